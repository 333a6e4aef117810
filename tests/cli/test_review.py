"""`rkreport review`: the list on screen, as CSV and as a page, all with the manifest's numbers."""

import csv
import hashlib
import re
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from rkreport.simulator.company import Company
from tests.cli.program import NO_SERVER, Workspace, serving
from tests.cli.sent import mark_sent


@pytest.fixture(scope="session")
def built_once(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A folder with a finished run, which tests do not change."""
    workspace = Workspace(tmp_path_factory.mktemp("reviewed"))
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        outcome = workspace.rkreport("run")
    assert outcome.code == 0, outcome.err
    return workspace


@pytest.fixture
def built(configured: Workspace) -> Workspace:
    """A folder with a finished run of its own."""
    outcome = configured.rkreport("run")
    assert outcome.code == 0, outcome.err
    return configured


def list_of(workspace: Workspace) -> list[dict[str, str]]:
    """The rows of burst-list.csv."""
    return list(csv.DictReader((workspace.built / "burst-list.csv").read_text("utf-8-sig").splitlines()))


def page_of(workspace: Workspace, name: str = "review.html") -> str:
    """A page of the review."""
    return (workspace.built / name).read_text("utf-8")


def digests(workspace: Workspace) -> dict[str, str]:
    """Every file of the manifest with its digest as it lies there."""
    paths = [file["path"] for file in workspace.manifest["files"]]
    return {path: hashlib.sha256((workspace.built / path).read_bytes()).hexdigest() for path in paths}


def test_a_build_writes_the_review(built_once: Workspace) -> None:
    """The list and both pages are in the edition's folder and in the manifest, readable by their owner alone."""
    files = {file["path"]: file for file in built_once.manifest["files"]}
    assert [name for name, file in files.items() if file["kind"] == "review"] == ["review.html", "review.id.html"]
    assert files["burst-list.csv"]["rows"] == len(list_of(built_once)) == 3
    for name in ("burst-list.csv", "review.html", "review.id.html"):
        assert sys.platform == "win32" or stat.S_IMODE((built_once.built / name).stat().st_mode) == 0o600
    assert '<html lang="en">' in page_of(built_once)
    assert '<html lang="id">' in page_of(built_once, "review.id.html")
    assert 'href="review.id.html"' in page_of(built_once)
    assert 'href="review.html"' in page_of(built_once, "review.id.html")


def test_the_page_has_the_manifest_s_numbers(built_once: Workspace) -> None:
    """Rate, both of its parts, overdue, failed, findings and files: the same as other programs read."""
    manifest, page = built_once.manifest, page_of(built_once)
    rate, statuses = manifest["rate"], manifest["status_counts"]
    cards = re.findall(
        r'<span class="label">([^<]+)</span>\s*<strong>([^<]+)</strong>\s*<span class="note">([^<]+)', page
    )
    shown = {label: (value, note) for label, value, note in cards}
    assert shown["Compliance rate"] == (
        f"{rate['percent']:.1f}%",
        f"{rate['compliant']} of {rate['counted']} requirements",
    )
    assert rate["exempt"]
    assert f'<span class="note">{rate["exempt"]} exempt, ' in page
    for label in ("Overdue", "Failed", "Not assigned"):
        assert shown[label] == (f"{statuses[label]}", f"of {rate['counted']} requirements")
    found = re.findall(r'<code class="small">(\w+)</code></th><td class="n" data-label="Count">(\d+)</td>', page)
    assert {code: int(count) for code, count in found} == manifest["findings"]
    for file in manifest["files"]:
        if file["kind"] == "manager":
            assert f'href="{file["path"]}"' in page


def test_the_list_has_the_manifest_s_numbers(built_once: Workspace) -> None:
    """The teams together are all that counts; each row has its file, with its size."""
    rows, manifest = list_of(built_once), built_once.manifest
    assert sum(int(row["requirements"]) for row in rows) == manifest["rate"]["counted"]
    assert sum(int(row["compliant"]) for row in rows) == manifest["rate"]["compliant"]
    assert sum(int(row["overdue"]) for row in rows) == manifest["status_counts"]["Overdue"]
    for row in rows:
        assert int(row["size_bytes"]) == (built_once.built / row["file"]).stat().st_size


def test_review_says_and_writes_the_same(built: Workspace) -> None:
    """Said after a build it changes no byte, leaves the manifest true, and names the files it has written."""
    before = digests(built)
    outcome = built.rkreport("review")
    assert (outcome.code, outcome.err) == (0, "")
    assert digests(built) == before
    assert {file["path"]: file["sha256"] for file in built.manifest["files"]} == before
    assert "CSV         reports/2026-10/rev1/burst-list.csv\n" in outcome.out
    assert "Page        reports/2026-10/rev1/review.html\n" in outcome.out


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits(built: Workspace, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Manager, people, overdue, rate with both numbers, size, language and address of every team, within its width."""
    monkeypatch.setattr("tests.cli.program.COLUMNS", str(columns))
    outcome = built.rkreport("review")
    table, _, rest = outcome.out.partition("\nReview.\n")
    assert max(map(len, table.splitlines())) <= columns
    assert "nothing stops the sending" in rest
    together = re.sub(r"\s", "", table)
    for row in list_of(built):
        assert row["email"].partition("@")[0] in together
        assert f"{row['compliant']}of{row['requirements']}" in together
        assert f"{max(round(int(row['size_bytes']) / 1000), 1)}kB" in together


def test_review_as_json(built_once: Workspace) -> None:
    """One object with everything: what stops the sending, the plan, the managers, who is gone."""
    document = built_once.rkreport("review", "--json").document
    assert document["period"] == "2026-10"
    assert (document["revision"], document["complete"], document["guards"], document["gone"]) == (1, True, [], [])
    assert document["plan"] | {"domains": None} == {
        "messages": 3,
        "domains": None,
        "minutes": 0,
        "sent": 0,
        "written": 0,
        "unknown": 0,
        "unchanged": 0,
        "refused": {},
    }
    assert document["plan"]["domains"] == {"contoh.test": 3}
    ids = [row["manager_id"] for row in list_of(built_once)]
    assert [each["manager_id"] for each in document["managers"]] == ids
    assert (built_once.folder / document["page"]).exists()
    assert document["findings"] == built_once.manifest["findings"]


def change_address(workspace: Workspace, manager_id: str, email: str) -> None:
    """Write another address for a manager."""
    path = workspace.folder / "managers.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    cells = [line.split(",") for line in lines]
    text = "\n".join(",".join([*row[:2], email, *row[3:]] if row[0] == manager_id else row) for row in cells)
    path.write_text(text + "\n", "utf-8")


def test_what_stops_the_sending_is_said(built: Workspace) -> None:
    """Two managers with one address: a guard with the word that accepts it, on screen, in JSON and on the page."""
    change_address(built, "M-001", "sama@contoh.test")
    change_address(built, "M-002", "sama@contoh.test")
    assert built.rkreport("build").code == 0
    outcome = built.rkreport("review")
    assert outcome.code == 0
    assert "STOP        Managers who share an address with another one: 2 (M-001, M-002)." in outcome.out
    assert "--accept same_address" in outcome.out
    assert "--accept same_address" in page_of(built)
    assert [each["accept"] for each in built.rkreport("review", "--json").document["guards"]] == ["same_address"]
    assert [row["warnings"] for row in list_of(built)[:2]] == ["same address as another manager"] * 2


def test_other_settings_want_another_build(built: Workspace) -> None:
    """The review is of the files that lie there: after a change of managers.csv they have to be built again."""
    change_address(built, "M-001", "baru@contoh.test")
    before = page_of(built)
    outcome = built.rkreport("review")
    assert outcome.code == 5
    assert "was built with other settings" in outcome.error
    assert page_of(built) == before


def test_new_and_gone_managers_are_named(configured: Workspace) -> None:
    """After a month without one manager and with another, both are named, the gone one with how many people."""
    managers = configured.folder / "managers.csv"
    text = managers.read_text("utf-8-sig")
    managers.write_text(text.replace("M-002", "M-900"), "utf-8")
    assert configured.rkreport("run", "--period", "2026-09").code == 0
    managers.write_text(text, "utf-8")
    assert configured.rkreport("build").code == 0
    document = configured.rkreport("review", "--json").document
    assert [each["manager_id"] for each in document["managers"] if each["new"]] == ["M-002"]
    assert [each["manager_id"] for each in document["gone"]] == ["M-900"]
    outcome = configured.rkreport("review")
    assert re.search(r"^Gone        M-900 \(\d+ people\)$", outcome.out, re.MULTILINE)
    assert "new managers: 1; no longer listed: 1" in outcome.out
    assert [row["new"] for row in list_of(configured)] == ["", "yes", ""]


def test_the_ledger_s_states_are_shown(built: Workspace) -> None:
    """What was sent already is not announced again, and what is in doubt is named."""
    assert built.rkreport("send", "--only", "M-001").code == 0
    connection = sqlite3.connect(built.folder / "rkreport-data" / "store.sqlite3")
    connection.execute("UPDATE delivery SET state = 'unknown' WHERE manager_id = 'M-002'")
    connection.commit()
    connection.close()
    document = built.rkreport("review", "--json").document
    plan: dict[str, Any] = document["plan"]
    assert (plan["messages"], plan["sent"], plan["written"], plan["unknown"]) == (1, 0, 1, 1)
    assert [row["message"] for row in list_of(built)] == ["written", "unknown", "planned"]
    assert "in doubt" in page_of(built)
    files = [(file["path"], file["sha256"]) for file in built.manifest["files"]]
    assert sorted(files) == sorted(digests(built).items())  # the manifest knows the files as they are now, each once


def test_nothing_to_review(workspace: Workspace, company: Company) -> None:
    """Without a snapshot, and for a month that was not built, one sentence says what to do."""
    workspace.configure(company, NO_SERVER)
    assert workspace.rkreport("review").code == 4
    assert not (workspace.folder / "reports").exists()


def test_a_month_that_was_not_built(built_once: Workspace) -> None:
    """The sentence names the month and the command."""
    outcome = built_once.rkreport("review", "--period", "2026-08")
    assert outcome.code == 5
    assert "Nothing is built for 2026-08" in outcome.error


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"files": []}', "[" * 100_000])
def test_a_damaged_manifest_is_a_sentence(built: Workspace, content: str) -> None:
    """Whatever stands in it."""
    Path(built.built / "manifest.json").write_text(content, "utf-8")
    outcome = built.rkreport("review")
    assert outcome.code == 5
    assert "run rkreport build again." in outcome.error


def test_a_changed_workbook_is_not_reviewed(built: Workspace) -> None:
    """A manager's file that is not as it was built is no file to look at before sending."""
    name = next(file["path"] for file in built.manifest["files"] if file["manager_id"] == "M-001")
    with (built.built / name).open("ab") as file:
        file.write(b"x")
    outcome = built.rkreport("review")
    assert outcome.code == 5
    assert "is not the file that was built" in outcome.error


def test_a_list_saved_in_excel_is_made_anew_by_a_review(built: Workspace) -> None:
    """Changed, it is not what was built: exit code 5 names the command that makes it again, and then all goes."""
    path = built.built / "burst-list.csv"
    before = path.read_bytes()
    path.write_text("manager_id;name", "utf-8")
    outcome = built.rkreport("send")
    assert (outcome.code, outcome.error.endswith("run rkreport review again.")) == (5, True)
    assert built.rkreport("review").code == 0
    assert path.read_bytes() == before
    assert built.rkreport("send").code == 0
    assert built.rkreport("review").code == 0
    assert path.read_bytes() != before  # now with the messages' states
    assert [row["message"] for row in list_of(built)] == ["written"] * 3


def test_a_guard_stops_a_sending_until_it_is_accepted(built: Workspace) -> None:
    """Exit code 4 and the option to add; with it the messages go, and a trial is not asked about it."""
    change_address(built, "M-001", "sama@contoh.test")
    change_address(built, "M-002", "sama@contoh.test")
    assert built.rkreport("build").code == 0
    assert built.rkreport("send", "--to-me", "saya@contoh.test").code == 0
    outcome = built.rkreport("send")
    assert outcome.code == 4
    assert outcome.error.endswith("Look at review.html first; to send anyway, add --accept same_address.")
    assert [row["message"] for row in list_of(built)] == ["", "", ""]
    assert built.rkreport("send", "--accept", "no_address").code == 4
    assert built.rkreport("send", "--accept", "same_address").code == 0


def test_a_run_that_sends_stops_at_a_guard_too(configured: Workspace) -> None:
    """What was built is kept, and the sentence names the command that goes on; a wrong word is refused before all."""
    change_address(configured, "M-001", "sama@contoh.test")
    change_address(configured, "M-002", "sama@contoh.test")
    outcome = configured.rkreport("run", "--send", "--accept", "everything")
    assert outcome.code == 2
    assert 'The option --accept does not know "everything"' in outcome.error
    assert not (configured.folder / "reports").exists()
    outcome = configured.rkreport("run", "--send")
    assert outcome.code == 4
    assert outcome.error.endswith("add --accept same_address. The build is kept: rkreport send goes on from it.")
    assert configured.rkreport("send", "--accept", "same_address").code == 0


def test_hostile_names_on_the_terminal(built: Workspace) -> None:
    """Marks that turn the writing around and escape sequences reach no terminal; the CSV runs nothing."""
    path = built.folder / "managers.csv"
    text = path.read_text("utf-8-sig")
    first = re.search(r"^M-001,([^,]+),", text, re.MULTILINE)
    assert first
    path.write_text(text.replace(first[1], "@Sari [bold]\u202eB"), "utf-8")
    assert built.rkreport("build").code == 0
    outcome = built.rkreport("review")
    assert "\u202e" not in outcome.out
    assert "\x1b" not in outcome.out
    assert "[bold]" in outcome.out
    assert list_of(built)[0]["name"].startswith("'@Sari")


def test_the_next_revision_says_who_gets_nothing(built: Workspace) -> None:
    """After a sending, another build is revision 2; its list and page name those whose workbook says the same."""
    mark_sent(built, built.now)
    assert built.rkreport("build").code == 0
    folder = built.built.with_name("rev2")
    lines = (folder / "burst-list.csv").read_text("utf-8-sig").splitlines()
    assert [row["message"] for row in csv.DictReader(lines)] == ["unchanged"] * 3
    page = (folder / "review.html").read_text("utf-8")
    assert "The same as in an earlier revision that was sent, not sent again: 3." in page
    plan = built.rkreport("review", "--json").document["plan"]
    assert (plan["messages"], plan["unchanged"]) == (0, 3)


def test_an_edition_is_there_again_after_a_kill(built: Workspace) -> None:
    """A build that died between moving the old edition aside and the new one in has taken nothing away."""
    built.built.rename(built.built.with_name(".rev1.old"))
    assert built.rkreport("review").code == 0
    assert (built.built / "manifest.json").exists()


@pytest.mark.parametrize("has_browser", [True, False])
def test_the_page_is_opened(built: Workspace, monkeypatch: pytest.MonkeyPatch, *, has_browser: bool) -> None:
    """In the browser; where there is none, its name is said."""
    opened: list[str] = []

    def browser(url: str) -> bool:
        opened.append(url)
        return has_browser

    monkeypatch.setattr("webbrowser.open", browser)
    outcome = built.rkreport("review", "--open")
    assert opened == [(built.built / "review.html").as_uri()]
    assert ("open reports/2026-10/rev1/review.html yourself" in outcome.err) is not has_browser
    assert outcome.code == 0
