"""Every number of the rankings, the heat maps, the live rate and the findings is what `Detail` gives by a filter."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from rkreport.simulator.company import Company
from tests.cli.program import Workspace, serving
from tests.run.conftest import WholeRun
from tests.run.workbooks import HEADER_ROW, Cells, Record, cells_of, master_of, table_of

Score = tuple[int, int]
"""Compliant and counted."""


def score_of(rows: list[Record]) -> Score:
    """What a reader gets who sums up the two columns of 0 and 1."""
    return sum(int(row["Compliant"]) for row in rows), sum(int(row["Counted"]) for row in rows)


def scores_by(master: Cells, *columns: str) -> dict[tuple[str, ...], Score]:
    """The score of each combination of cells in these columns of `Detail`, where something counts."""
    groups: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
    for row in table_of(master, "Detail"):
        groups[tuple(str(row[column]) for column in columns)].append(row)
    return {key: score for key, rows in groups.items() if (score := score_of(rows))[1]}


def panel_of(master: Cells, title: str) -> list[Record]:
    """The rows of a small table on `Summary` by header, its empty columns left out."""
    sheet = master["Summary"]
    (at,) = [(row, column) for row, cells in enumerate(sheet) for column, cell in enumerate(cells) if cell == title]
    row, first = at
    header = sheet[row + 1]
    beside = [column for column in range(first + 1, len(header)) if sheet[row][column] != ""]  # the next panel's title
    last = min(beside, default=len(header))
    places = [column for column in range(first, last) if header[column] != ""]
    found = []
    for cells in sheet[row + 2 :]:
        if cells[first] == "":
            break
        found.append({str(header[column]): cells[column] for column in places})
    return found


def squares_of(master: Cells, title: str, header: str) -> dict[tuple[str, str], tuple[float, Score]]:
    """The squares of the maps with this title: rate, compliant and counted by name and course."""
    rows = master["By course"]
    found: dict[tuple[str, str], tuple[float, Score]] = {}
    for start in [number for number, cells in enumerate(rows) if str(cells[0]).startswith(title)]:
        head = next(number for number in range(start, len(rows)) if header in rows[number])
        names = rows[head].index(header)
        courses = {column: " ".join(cell.split()) for column, cell in enumerate(rows[head]) if column > names and cell}
        for cells in rows[head + 1 :]:
            if (name := cells[names]) == "" or " by course" in name:
                break  # a page may end between two maps, without an empty row
            if name == header:
                continue  # it is repeated
            for column, course in courses.items():
                if cells[column] != "":
                    share, numbers = cells[column].split("% · ")
                    compliant, counted = map(int, numbers.replace(",", "").split("/"))
                    found[name, course] = float(share), (compliant, counted)
    return found


def ranking(scores: dict[str, Score]) -> list[tuple[str, int, int]]:
    """Name, not compliant, counted: the most first, then the lowest rate, then by name."""
    some = [(name, counted - compliant, counted) for name, (compliant, counted) in scores.items()]
    some = [each for each in some if each[1]]
    return sorted(some, key=lambda each: (-each[1], 1 - each[1] / each[2], each[0]))[:5]


def labelled(scores: dict[tuple[str, ...], Score], label: Callable[[str], str]) -> dict[str, Score]:
    """The scores by the name that the report gives a group."""
    return {label(key[0]): score for key, score in scores.items()}


def unit_label(cell: str) -> str:
    """As the report names people without a unit."""
    return cell or "No unit"


def test_the_rankings_are_counted_from_the_detail(whole_run: WholeRun) -> None:
    """Units and managers: what is not compliant, what counts, the rate and what is overdue of it."""
    master = whole_run.master
    managers = [str(row["Manager"]) for row in table_of(master, "By manager")]
    with_recipient = {name.partition(" (goes to")[0]: name for name in managers}

    def manager_label(cell: str) -> str:
        return with_recipient.get(cell, cell)

    labels: dict[str, Callable[[str], str]] = {"Unit": unit_label, "Manager": manager_label}
    for column, label in labels.items():
        shown = panel_of(master, f"{column}s with the most requirements not met")
        expected = ranking(labelled(scores_by(master, column), label))
        assert [(row[column], row["Not compliant"], row["Counted"]) for row in shown] == expected
        assert len(shown) > 3
        for row in shown:
            assert row["Compliance rate"] == 1 - row["Not compliant"] / row["Counted"]
            held = [each for each in table_of(master, "Detail") if label(str(each[column])) == row[column]]
            late = [each for each in held if each["Counted"] and each["Compliance status"] == "✖ Overdue"]
            assert row["Overdue"] == len(late)


def test_the_heat_maps_are_counted_from_the_detail(whole_run: WholeRun) -> None:
    """Every unit and every manager in every course: the rate, and the numbers that it is made of."""
    master = whole_run.master
    for title, column in (
        ("Units by course", "Unit"),
        ("Managers by course", "Manager"),
    ):
        squares = squares_of(master, title, column)
        expected = scores_by(master, column, "Course")
        told = {(name.partition(" (goes to")[0], course): each for (name, course), each in squares.items()}
        assert {key: score for key, (_, score) in told.items()} == expected
        assert all(abs(share - 100 * part / counted) <= 0.05 for share, (part, counted) in squares.values())
        assert len(squares) > 5


def test_the_live_rate_is_that_of_all_rows(whole_run: WholeRun) -> None:
    """Its stored values are the sums of the columns below, and the manifest's rate."""
    rate, above = whole_run.workspace.manifest["rate"], whole_run.master["Detail"][HEADER_ROW - 1]
    header = whole_run.master["Detail"][HEADER_ROW]
    compliant, counted = score_of(table_of(whole_run.master, "Detail"))
    assert (compliant, counted) == (rate["compliant"], rate["counted"])
    assert (above[header.index("Compliant")], above[header.index("Counted")]) == (compliant, counted)
    assert above[header.index("Name")] == compliant * 10_000 // counted / 10_000


def test_every_finding_is_listed(whole_run: WholeRun) -> None:
    """One row each, as many of a kind as the table of kinds and the manifest say."""
    rows = whole_run.master["Data quality"]
    (start,) = [number for number, cells in enumerate(rows) if str(cells[0]).startswith("All findings, one row each")]
    header, *listed = rows[start + 1 :]
    found = [dict(zip(header, row, strict=True)) for row in listed if row[1] != ""]
    codes = Counter(str(row["Code"]) for row in found)
    assert codes == whole_run.workspace.manifest["findings"]
    kinds = {str(row["Code"]): row["Count"] for row in table_of(whole_run.master, "Data quality")}
    assert kinds == codes
    for code, count in codes.items():
        assert [row["Number"] for row in found if row["Code"] == code] == list(range(1, count + 1))


def test_the_audit_trail_has_numbers(whole_run: WholeRun) -> None:
    """Its totals can be summed up: they are numbers, and agree with the manifest and with each list."""
    manifest, rows = whole_run.workspace.manifest, table_of(whole_run.master, "Audit trail")
    values: dict[str, Any] = {row["Item"]: row["Value"] for row in rows if row["Section"] != "Lists"}
    assert (values["Users"], values["Counted"]) == (manifest["users"], manifest["rate"]["counted"])
    assert values["Revision"] == 1
    lists = [row for row in rows if row["Section"] == "Lists"]
    for column, total in (("Rows received", "rows_received"), ("Pages expected", "pages_expected")):
        assert sum(row[column] for row in lists) == manifest["lms"][total] == values[column]


def test_the_headline_is_the_rate(whole_run: WholeRun) -> None:
    """The band on the first sheet says the manifest's percentage."""
    band = whole_run.master["Summary"][HEADER_ROW][0]
    assert band.startswith("✖ Target not reached")
    assert f"{round(whole_run.workspace.manifest['rate']['percent'], 1):.1f}%" in band


def test_the_change_since_last_month_is_that_of_the_two_details(company: Company, workspace: Workspace) -> None:
    """Units and managers: as many points as a reader finds who filters both months' `Detail`."""
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        assert workspace.rkreport("run", "--period", "2026-09").code == 0
        assert workspace.rkreport("run").code == 0
    reports = workspace.built.parent.parent
    before, now = (cells_of(master_of(reports / month / "rev1")) for month in ("2026-09", "2026-10"))
    for column in ("Unit", "Manager"):
        then, later = (
            {key: compliant / counted * 100 for key, (compliant, counted) in scores_by(month, column).items()}
            for month in (before, now)
        )
        told = {
            (str(row[column]).partition(" (goes to")[0],): str(row["Since last month"])
            for row in panel_of(now, f"{column}s with the most requirements not met")
            if row["Since last month"]
        }
        assert told
        for key, text in told.items():
            points = later[key] - then[key]
            assert text.startswith("↑" if points > 0 else "↓" if points < 0 else "●")
            shown = re.search(r"[\d.]+", text)
            assert abs(float(shown[0]) - abs(points)) <= 0.05 + 1e-9 if shown else points == 0
