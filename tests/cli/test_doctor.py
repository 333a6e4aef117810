"""`rkreport doctor`: every problem at once, each with what to do about it, and nothing changed."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rkreport.errors import MailServerUnusable
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import NO_SERVER, NOW, Outcome, Workspace, serving
from tests.excel.brands import edited

Spoil = Callable[[Workspace], object]


def checks(outcome: Outcome, name: str = "") -> list[dict[str, Any]]:
    """The checks of a `--json` call, of one name where given."""
    return [check for check in outcome.document["checks"] if check["name"] == name or not name]


def states(outcome: Outcome) -> set[str]:
    """What came of the checks."""
    return {check["state"] for check in checks(outcome)}


def test_a_healthy_folder(configured: Workspace) -> None:
    """All is well: exit code 0, one line for each check, and nothing is made."""
    before = sorted(configured.folder.iterdir())
    outcome = configured.rkreport("doctor")
    assert outcome.code == 0, outcome.out
    *lines, last = outcome.out.splitlines()
    assert all(line.startswith(("✔ ok       ", "▲ warning  ")) for line in lines)
    assert last == "A run would go through; 2 things to look at first."  # the sample company, no allowed_domains
    assert "60 visible." in outcome.out
    assert sorted(configured.folder.iterdir()) == before
    assert outcome.err.splitlines()[0].startswith("Asking 127.0.0.1")


def test_json(configured: Workspace) -> None:
    """One object with the list of checks; signs and sum are for people."""
    outcome = configured.rkreport("doctor", "--json")
    assert outcome.document["exit_code"] == outcome.code == 0
    assert states(outcome) == {"ok", "warning"}
    assert {tuple(check) for check in checks(outcome)} == {("name", "state", "found", "fix", "exit_code")}


def test_offline_asks_nothing(configured: Workspace, server: Simulator) -> None:
    """Not even for a token; what was not looked at is said to be so."""
    before = server.traffic.answered.total()
    outcome = configured.rkreport("doctor", "--offline", "--json")
    assert outcome.code == 0
    assert server.traffic.answered.total() == before
    assert [check["state"] for check in checks(outcome) if check["name"] in {"LMS login", "Courses"}] == ["skipped"] * 2


def test_every_problem_is_named_at_once(configured: Workspace, company: Company) -> None:
    """Half of everything is wrong: each has its line with the fix, and what is right was looked at all the same."""
    first, second = company.overview().courses
    configured.edit(second, "COURSE-LAIN")
    configured.edit(first, first[:-1])
    configured.edit("target_percent = 90", 'target_percent = 900\ntemplate = "merek.xlsx"')
    configured.edit('from = "L&D', 'templates_dir = "texts"\nfrom = "L&D')
    managers = configured.folder / "managers.csv"
    managers.write_text(managers.read_text("utf-8") + "M-9,X,no-address,,,,U,\nM-8,Y,,,fr,,U,\n", "utf-8")
    (configured.folder / "texts").mkdir()
    (configured.folder / "texts" / "manager.en.txt").write_text("Dear $nobody")
    configured.secrets["RKREPORT_CLIENT_SECRET"] = "not-it"
    outcome = configured.rkreport("doctor", "--json")
    assert outcome.code == 2
    failures = [check for check in checks(outcome) if check["state"] == "failed"]
    assert [check["name"] for check in failures] == [
        *("Config", "Managers", "Managers", "LMS login", "Mail templates"),
    ]
    assert all(check["fix"] or "must be" in check["found"] for check in failures)
    assert "target_percent" in failures[0]["found"]
    assert "no-address" not in outcome.out
    configured.secrets["RKREPORT_CLIENT_SECRET"] = "demo-secret"
    configured.edit("target_percent = 900", "target_percent = 90")
    found = configured.rkreport("doctor").out
    for words in (
        "merek.xlsx does not exist; correct report.template",
        f"Course {first[:-1]}",
        f'did you mean "{first}"?',
        "Course COURSE-LAIN",
        "rkreport courses lists them",
    ):
        assert words in found


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            ("manager.en.txt", "manager.id.html"),
            "your manager.en and manager.id, because there is no done.en and done.id",
        ),
        (("manager.en.txt", "done.en.txt"), "2 of 18 texts are your own"),
        (("done.id.html",), "1 of 18 texts are your own"),
        (
            ("layout.html", "manager.id.txt", "done.id.txt", "summary.en.txt"),
            "2 of 18 texts are your own, and layout.html, summary.en.txt",
        ),
    ],
)
def test_own_texts_of_mails_are_counted(configured: Workspace, own: tuple[str, ...], said: str) -> None:
    """Those for teams where all is done are known; where they are missing it is said which own ones stand in."""
    configured.edit("[mail]", '[mail]\ntemplates_dir = "texts"')
    (configured.folder / "texts").mkdir()
    for name in own:
        (configured.folder / "texts" / name).write_text("$company")
    (check,) = checks(configured.rkreport("doctor", "--offline", "--json"), "Mail templates")
    assert check["state"] == "ok"
    assert check["found"].endswith(said)


@pytest.mark.parametrize(
    ("own", "text", "state", "found"),
    [
        ("layout.html", "<p>\n$nobody", "failed", "layout.html, line 2: $nobody is not a known placeholder"),
        ("texts.id.toml", '[team]\nnotice = "$nobody"', "failed", "texts.id.toml, team.notice, line 1: $nobody is"),
        ("texts.id.toml", "[team]\nnotice = x", "failed", "texts.id.toml, line 2: this is not valid TOML"),
        ("summary.id.txt", "$manager_name", "warning", "no summary can be made: "),
        ("texts.fr.toml", "", "warning", "texts.fr.toml is not used"),
    ],
)
def test_own_layout_and_texts_are_read(configured: Workspace, own: str, text: str, state: str, found: str) -> None:
    """A mistake is named once, though all mails have one layout; one in the summary's stops no run."""
    configured.edit("[mail]", '[mail]\ntemplates_dir = "texts"')
    (configured.folder / "texts").mkdir()
    (configured.folder / "texts" / own).write_text(text)
    outcome = configured.rkreport("doctor", "--offline", "--json")
    (check,) = (check for check in checks(outcome, "Mail templates") if check["state"] != "ok")
    assert check["state"] == state
    assert found in check["found"]
    assert check["fix"]
    assert outcome.code == (2 if state == "failed" else 0)


def edit(old: str, new: str) -> Spoil:
    """Spoils the config."""
    return lambda workspace: workspace.edit(old, new)


def newer_store(workspace: Workspace) -> None:
    """A store from the future."""
    folder = workspace.folder / "rkreport-data"
    folder.mkdir(mode=0o700)
    with sqlite3.connect(folder / "store.sqlite3") as store:
        store.execute("PRAGMA user_version = 99")
    store.close()


def other_store(workspace: Workspace) -> None:
    """A store that is none."""
    (workspace.folder / "rkreport-data").mkdir(mode=0o700)
    (workspace.folder / "rkreport-data" / "store.sqlite3").write_bytes(b"no database at all" * 100)


def a_file(name: str) -> Spoil:
    """A file where a folder shall be."""
    return lambda workspace: (workspace.folder / name).write_text("in the way")


def secrets(**given: str) -> Spoil:
    """Other secrets."""
    return lambda workspace: setattr(workspace, "secrets", given)


def open_folder(workspace: Workspace) -> None:
    """A data folder that everybody may read."""
    (workspace.folder / "rkreport-data").mkdir()
    (workspace.folder / "rkreport-data").chmod(0o755)


def flawed_brand(workspace: Workspace) -> None:
    """A brand template with a flaw."""

    def change(sheet: Any) -> None:
        sheet["A1"] = "$titel"

    (workspace.folder / "brand.xlsx").write_bytes(edited(change))
    workspace.edit("[report]", '[report]\ntemplate = "brand.xlsx"')


def silent_manager(workspace: Workspace) -> None:
    """A manager without an address, one outside the domains, and a unit that nobody knows."""
    rows = "M-8,Y,,,,,Unit Antah,\nM-9,X,x@lain.test,,,,,\n"
    path = workspace.folder / "managers.csv"
    path.write_text(path.read_text("utf-8") + rows, "utf-8")
    workspace.edit("[mail]", '[mail]\nallowed_domains = ["contoh.test"]')


CASES: dict[str, tuple[Spoil, str, str, int, str]] = {
    "no credentials": (secrets(), "Credentials", "failed", 2, "RKREPORT_CLIENT_ID is not set"),
    "broken secret": (secrets(RKREPORT_CLIENT_ID="a\nb"), "Credentials", "failed", 2, "holds a line break"),
    "wrong secret": (
        secrets(RKREPORT_CLIENT_ID="demo", RKREPORT_CLIENT_SECRET="x"),
        *("LMS login", "failed", 3, "refused RKREPORT_CLIENT_ID"),
    ),
    "wrong token": (secrets(RKREPORT_ACCESS_TOKEN="x"), "LMS login", "failed", 3, "RKREPORT_ACCESS_TOKEN"),
    "missing batch": (
        edit("due_days_after_session = 14", 'batches = ["BATCH-LAIN"]'),
        *("Course COURSE-KODEETIK", "failed", 2, "has no batch BATCH-LAIN"),
    ),
    "wrong kind": (
        edit("due_days_after_session = 14", 'kind = "offline"'),
        *("Course COURSE-KODEETIK", "failed", 4, 'or leave out kind = "offline" in the config'),
    ),
    "output in the way": (a_file("reports"), "Output folder", "failed", 5, "is a file, not a folder"),
    "data in the way": (a_file("rkreport-data"), "Data folder", "failed", 5, "choose another report.data_dir"),
    "synced": (edit("[report]", '[report]\ndata_dir = "OneDrive - PT/rk"'), "Data folder", "warning", 0, "in OneDrive"),
    "newer store": (newer_store, "Store", "failed", 5, "made by a newer rkreport"),
    "no store": (other_store, "Store", "failed", 5, "something else or damaged"),
    "brand": (flawed_brand, "Brand template", "failed", 2, "$titel"),
    "silent manager": (silent_manager, "Mail", "warning", 0, "manager M-8 without an address"),
    "other domain": (silent_manager, "Mail", "warning", 0, "manager M-9 with an address outside"),
    "unknown unit": (silent_manager, "Managers", "warning", 0, 'no unit "Unit Antah"'),
    "templates": (edit("[mail]", '[mail]\ntemplates_dir = "texts"'), "Mail templates", "failed", 2, "is no folder"),
    "no workbook password": (
        edit("[mail]", "[privacy]\nencrypt_workbooks = true\n[mail]"),
        *("Encryption", "failed", 2, "RKREPORT_WORKBOOK_PASSWORD is not set; set it to a password"),
    ),
    "no domains": (
        edit("[mail]", '[mail]\ntransport = "smtp"\nhost = "localhost"\n'),
        *("Config", "failed", 2, 'has transport = "smtp" but no allowed_domains; add'),
    ),
    "smtp": (
        edit("[mail]", '[mail]\ntransport = "smtp"\nhost = "localhost"\nport = 1\nallowed_domains = ["contoh.test"]\n'),
        *("Mail login", "failed", 6, "The mail server localhost:1 cannot be reached"),
    ),
}
if sys.platform != "win32":  # which has rights of its own kind
    CASES["open data folder"] = (open_folder, "Data folder", "warning", 0, "other users of this machine can read")


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_found(configured: Workspace, case: str) -> None:
    """Its check, state and words; the exit code is that of the run it would stop. All checks run all the same."""
    spoil, name, state, code, words = CASES[case]
    spoil(configured)
    outcome = configured.rkreport("doctor", "--json")
    assert outcome.code == outcome.document["exit_code"] == code
    found = [check for check in checks(outcome, name) if words in f"{check['found']}; {check['fix']}"]
    assert [(check["state"], check["exit_code"]) for check in found] == [(state, code)]
    assert len(checks(outcome, "Mail login")) == 1
    assert not (configured.folder / "user-log").exists()


def test_the_lms_is_down(configured: Workspace, server: Simulator) -> None:
    """Exit code 3, and everything on this machine was looked at."""
    configured.edit(server.base_url, NO_SERVER)
    configured.edit("page_size = 20", "max_attempts = 1")
    outcome = configured.rkreport("doctor", "--json")
    assert outcome.code == 3
    assert "No connection to 127.0.0.1:1" in checks(outcome, "LMS login")[0]["found"]
    assert checks(outcome, "Store")[0]["state"] == "ok"


def test_a_wrong_clock(configured: Workspace) -> None:
    """Some minutes are a warning; half a day decides about the month, and stops."""
    configured.now = NOW + timedelta(minutes=20)
    outcome = configured.rkreport("doctor")
    assert outcome.code == 0
    assert "but the LMS's clock differs by 20 minutes; set this machine's clock" in outcome.out
    configured.now = NOW - timedelta(days=3)
    outcome = configured.rkreport("doctor")
    assert outcome.code == 2
    assert "differs by 72 hours" in outcome.out


def test_a_full_disk(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a month takes stops; less than ten months is a warning."""
    usage = shutil.disk_usage(configured.folder)
    for free, code, state in ((10_000_000, 5, "failed"), (200_000_000, 0, "warning")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage._replace(free=free))
        outcome = configured.rkreport("doctor", "--json")
        assert (outcome.code, checks(outcome, "Disk space")[0]["state"]) == (code, state)


def test_a_folder_that_cannot_be_written(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system's reason, and what to do."""

    def refused(**_given: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("rkreport.run.setup.checks.disk.tempfile.TemporaryFile", refused)
    outcome = configured.rkreport("doctor", "--json")
    assert outcome.code == 5
    assert "Permission denied" in checks(outcome, "Data folder")[0]["found"]


def test_no_config_at_all(workspace: Workspace) -> None:
    """The first line says how to begin, and the rest does not fall over."""
    outcome = workspace.rkreport("doctor")
    assert outcome.code == 2
    assert "config.toml does not exist; say rkreport init to write one" in outcome.out.splitlines()[0]
    assert outcome.out.splitlines()[-1].startswith("1 thing to mend")


def test_a_store_in_use_is_left_alone(configured: Workspace) -> None:
    """Looking changes no byte of it and needs no lock."""
    assert configured.rkreport("run", "--quiet").code == 0
    store = configured.folder / "rkreport-data" / "store.sqlite3"
    before = store.read_bytes()
    with sqlite3.connect(store, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        outcome = configured.rkreport("doctor")
    other.close()
    assert "it holds 1 finished snapshot." in outcome.out
    assert store.read_bytes() == before


def test_a_terminal_without_signs(configured: Workspace) -> None:
    """Words say the same, and nothing is escaped."""
    configured.secrets |= {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    process = configured.start("doctor", "--offline", encoding="cp1252")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert out.startswith("ok       Config")
    assert "\\u" not in out.replace(str(configured.folder), "")


def test_the_mail_server_s_login_is_tried(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where messages go by SMTP, the function that was handed in decides; offline it is not called."""
    configured.edit("[mail]", '[mail]\ntransport = "smtp"\nhost = "localhost"\nallowed_domains = ["contoh.test"]\n')

    class Refusing:
        async def check_login(self) -> str:
            raise MailServerUnusable("The mail server refuses the login; check RKREPORT_SMTP_PASSWORD.")

    monkeypatch.setattr("rkreport.run.transports.smtp_transport_of", lambda *_given: Refusing())
    outcome = configured.rkreport("doctor", "--json")
    assert checks(outcome, "Mail login")[0] == {
        "name": "Mail login",
        "state": "failed",
        "found": "The mail server refuses the login",
        "fix": "check RKREPORT_SMTP_PASSWORD",
        "exit_code": 6,
    }
    assert checks(configured.rkreport("doctor", "--json", "--offline"), "Mail login")[0]["state"] == "skipped"


def test_nothing_personal_is_said(configured: Workspace, company: Company) -> None:
    """No address and no name of a manager stands in any check."""
    outcome = configured.rkreport("doctor", "--json")
    assert "@" not in outcome.out
    assert not any(manager.name in outcome.out for manager in company.managers)
    assert os.sep in str(configured.folder)


def test_an_lms_that_fails_half_way(workspace: Workspace, company: Company) -> None:
    """What it cannot tell is a check that failed, and the others are there."""
    with serving(company, "5xx=0.4") as simulator:
        workspace.configure(company, simulator.base_url)
        outcome = workspace.rkreport("doctor", "--json")
    assert outcome.code in {0, 3}
    assert checks(outcome, "Disk space")[0]["state"] == "ok"
