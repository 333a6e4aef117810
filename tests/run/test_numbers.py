"""The numbers add up, from the server over the manifest to the cells of the workbooks."""

import sys
from collections import Counter
from pathlib import Path

from tests.cli.program import Workspace, serving
from tests.run.conftest import WholeRun
from tests.run.workbooks import Cells, Record, cells_of, master_of, table_of
from tests.simulator_fixture import made

COMPLIANT = ("✔ Completed", "◷ Expiring")


def counted_rows(master: Cells) -> list[Record]:
    """What a reader sees who filters `Detail` by Counts = yes."""
    return [row for row in table_of(master, "Detail") if row["Counts"] == "yes"]


def batches_in(master: Cells) -> Counter[tuple[str, str]]:
    """How many rows of `Detail` each batch has."""
    rows = table_of(master, "Detail")
    return Counter((row["Course serial"], row["Batch serial"]) for row in rows if row["Batch serial"])


def test_every_assignment_of_the_server_is_in_the_detail(whole_run: WholeRun) -> None:
    """Batch by batch, `Detail` has as many rows as the LMS has assignments, and the manifest says the same."""
    truth = whole_run.company.overview()
    assert batches_in(whole_run.master) == {(one.course, one.batch): one.assignments for one in truth.batches}
    manifest = whole_run.workspace.manifest
    assert (manifest["users"], manifest["assignments"]) == (truth.users, truth.assignments)
    assert sum(manifest["matched"].values()) == truth.assignments
    assert manifest["lms"]["rows_received"] == manifest["lms"]["rows_expected"]


def test_the_manifest_counts_the_rows_of_each_workbook(whole_run: WholeRun) -> None:
    """`rows` of a file is the number of rows of its detail sheet."""
    for file in whole_run.workspace.manifest["files"]:
        if file["kind"] == "master":
            assert file["rows"] == len(table_of(whole_run.master, "Detail"))
        if file["kind"] == "manager":
            cells = cells_of(whole_run.workspace.built / file["path"])
            assert file["rows"] == len(table_of(cells, list(cells)[3]))


def test_the_detail_says_how_each_row_was_matched(whole_run: WholeRun) -> None:
    """`Matched by` in `Detail` adds up to the manifest's `matched`."""
    rows = table_of(whole_run.master, "Detail")
    ways = Counter(row["Matched by"] for row in rows if row["Batch serial"])
    matched = whole_run.workspace.manifest["matched"]
    assert (ways["serial"], ways["unmatched"]) == (matched["serial"], matched["unmatched"])
    assert sum(ways.values()) == sum(matched.values())
    assert matched["unmatched"] > 0


def test_anybody_can_count_the_rate_in_the_detail(whole_run: WholeRun) -> None:
    """`Detail` filtered by Counts = yes gives the manifest's rate and the numbers on `Summary`."""
    counted = counted_rows(whole_run.master)
    compliant = [row for row in counted if row["Compliance status"] in COMPLIANT]
    rate = whole_run.workspace.manifest["rate"]
    assert (len(compliant), len(counted)) == (rate["compliant"], rate["counted"])
    assert 0 < len(compliant) < len(counted)
    summary = whole_run.master["Summary"]
    assert summary[8][0] == len(compliant) / len(counted)
    assert summary[9][0] == f"{len(compliant)} of {len(counted)} requirements"


def test_every_status_is_counted_as_in_the_detail(whole_run: WholeRun) -> None:
    """The manifest's `status_counts` are the statuses of the counted rows, and of one row per exempt requirement."""
    counted = Counter(row["Compliance status"].split(" ", 1)[1] for row in counted_rows(whole_run.master))
    rows = table_of(whole_run.master, "Detail")
    exempt = {(row["User serial"], row["Course serial"]) for row in rows if row["Counts"] == "exempt"}
    expected = whole_run.workspace.manifest["status_counts"]
    assert {status: count for status, count in expected.items() if count and status != "Exempt"} == counted
    assert expected["Exempt"] == len(exempt) == whole_run.workspace.manifest["rate"]["exempt"]


def test_people_count_as_in_the_detail(whole_run: WholeRun) -> None:
    """The rate per person on `Summary` can be counted in `Detail`: everything of theirs that counts is compliant."""
    verdicts: dict[str, list[bool]] = {}
    for row in counted_rows(whole_run.master):
        verdicts.setdefault(row["User serial"], []).append(row["Compliance status"] in COMPLIANT)
    good = sum(all(of_one) for of_one in verdicts.values())
    assert whole_run.master["Summary"][9][2] == f"{good} of {len(verdicts)} people"


def test_courses_and_managers_add_up_to_the_whole(whole_run: WholeRun) -> None:
    """The counted and compliant columns of `By course` and `By manager` sum up to the rate."""
    rate = whole_run.workspace.manifest["rate"]
    for sheet in ("By course", "By manager"):
        rows = table_of(whole_run.master, sheet)
        assert sum(row["Counted"] for row in rows) == rate["counted"]
        assert sum(row["Compliant"] for row in rows) == rate["compliant"]


def test_without_serials_people_are_matched_by_employee_id(workspace: Workspace) -> None:
    """Where the user list has no serials, as on the published page, nothing is lost and the rows say how."""
    company = made(people=60, courses=3, batches=20, serial_in_users=False)
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        assert workspace.rkreport("run").code == 0
    truth, manifest = company.overview(), workspace.manifest
    master = cells_of(master_of(workspace.built))
    assert batches_in(master) == {(one.course, one.batch): one.assignments for one in truth.batches}
    assert manifest["matched"]["serial"] == 0
    assert manifest["matched"]["employee_id"] > manifest["matched"]["unmatched"]
    assert sum(manifest["matched"].values()) == truth.assignments == manifest["assignments"]
    ways = Counter(row["Matched by"] for row in table_of(master, "Detail") if row["Batch serial"])
    assert ways["employee_id"] == manifest["matched"]["employee_id"]


def test_the_burst_list_has_a_line_for_each_workbook(whole_run: WholeRun) -> None:
    """burst-list.csv names exactly the managers' workbooks that are there."""
    lines = (whole_run.workspace.built / "burst-list.csv").read_text("utf-8-sig").splitlines()[1:]
    files = {path.name for path in (whole_run.workspace.built / "managers").iterdir()}
    assert {name for line in lines for name in files if f"managers/{name}" in line} == files
    assert len(lines) == len(files)


def test_nothing_else_lies_in_the_folder(whole_run: WholeRun) -> None:
    """The manifest names every file of the build but itself; the summary lies beside; nobody else can read any."""
    built = whole_run.workspace.built
    files = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert files - {"manifest.json", "summary.eml"} == {file["path"] for file in whole_run.workspace.manifest["files"]}
    assert {path.name for path in built.parent.iterdir()} == {built.name}
    assert not [path for path in (built, *built.rglob("*")) if is_open_to_others(path)]


def is_open_to_others(path: Path) -> bool:
    """Whether the rights let anybody but the owner in."""
    return sys.platform != "win32" and bool(path.stat().st_mode & 0o077)
