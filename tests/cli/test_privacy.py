"""No secret and no personal data on the terminal, in the log or in a file's name, also when something goes wrong."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import Workspace, serving

SECRET = "Canary/Secret+4711=="
LONG_ENOUGH = 6  # a shorter name or id may be part of a word


@pytest.fixture
def guarded(workspace: Workspace) -> Workspace:
    """A folder whose secret is a canary."""
    workspace.secrets = {"RKREPORT_CLIENT_ID": "canary-client-id", "RKREPORT_CLIENT_SECRET": SECRET}
    return workspace


def personal_words(company: Company, simulator: Simulator) -> set[str]:
    """Every name, address, phone number, user name, serial and id of the made-up people."""
    fields = ("name", "email", "phone", "username", "serial", "employeeID")
    records = [json.loads(record) for record in simulator.stable_users()]
    assert len(records) == company.overview().users
    words = {str(record.get(field) or "") for record in records for field in fields}
    return {word for word in words if len(word) >= LONG_ENOUGH}


@pytest.mark.parametrize("faults", ["", "5xx=0.03,cut-json=0.03,null-items=0.03", "total=+3"])
def test_nothing_personal_is_said_or_logged(guarded: Workspace, company: Company, faults: str) -> None:
    """A run that says and logs all it can: no secret, no token, no person; nor in the name of a file."""
    with serving(company, faults, client_id="canary-client-id", client_secret=SECRET) as simulator:
        guarded.configure(company, simulator.base_url)
        outcome = guarded.rkreport("run", "--verbose", "--allow-incomplete")
        words = personal_words(company, simulator)
    assert outcome.code in {0, 6}, outcome.err
    names = "\n".join(path.relative_to(guarded.folder).as_posix() for path in guarded.folder.rglob("*"))
    said = f"{outcome.out}\n{outcome.err}\n{guarded.log}\n{names}"
    assert "Reading users and assignments" in guarded.log
    assert [word for word in words if word in said] == []
    assert "canary" not in said.casefold()
    assert not re.search(r"authorization|accessToken|@contoh\.test", said, re.IGNORECASE)
    stored = (guarded.folder / "rkreport-data" / "store.sqlite3").read_bytes()
    assert SECRET.encode() not in stored


def test_a_refused_login_does_not_show_it(guarded: Workspace, company: Company, server: Simulator) -> None:
    """The sentence names the variables, never what they hold."""
    guarded.configure(company, server.base_url)
    outcome = guarded.rkreport("run", "--verbose")
    assert outcome.code == 3
    assert "RKREPORT_CLIENT_SECRET" in outcome.error
    assert "canary" not in (outcome.out + outcome.err + guarded.log).casefold()


def test_a_bug_is_one_line_and_a_log(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1, one line that names the log; the traceback is in the log, with the secret taken out."""
    configured.secrets["RKREPORT_CLIENT_SECRET"] = SECRET

    def broken(*_given: object) -> None:
        raise RuntimeError(f"boom {SECRET}")

    monkeypatch.setattr("rkreport.cli.commands.report.build_step", broken)
    outcome = configured.rkreport("build")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "Error: This is a mistake in rkreport, not yours; the details are in rkreport-data/rkreport.log.\n"
    )
    assert "RuntimeError: boom [secret]" in configured.log
    assert "Traceback (most recent call last)" in configured.log
    assert SECRET not in configured.log


def test_a_bug_before_there_is_a_data_folder_is_logged_too(
    configured: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no config could be read, the log is in the user's log folder; the secret is taken out there too."""
    configured.secrets["RKREPORT_CLIENT_SECRET"] = SECRET

    def broken(*_given: object) -> None:
        raise RuntimeError(f"boom {SECRET}")

    monkeypatch.setattr("rkreport.cli.command_run.load_config", broken)
    outcome = configured.rkreport("run", "--json")
    log = configured.folder / "user-log" / "rkreport.log"
    assert outcome.code == 1
    assert outcome.error.endswith(f"the details are in {log.as_posix()}.")
    assert outcome.document["exit_code"] == 1
    assert "RuntimeError: boom [secret]" in log.read_text("utf-8")
    assert SECRET not in log.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_everything_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    """Every file and folder that demo and send make, the parents too."""
    before = os.umask(0)
    try:
        workspace = Workspace(tmp_path)
        assert workspace.process("demo", "--people", "20", "--quiet").code == 0
        assert workspace.process("send", "--yes", "--quiet", "--config", "rkreport-demo/config.toml").code == 0
    finally:
        os.umask(before)
    made = [tmp_path / "rkreport-demo", *(tmp_path / "rkreport-demo").rglob("*")]
    assert len(made) > 20
    assert not [path for path in made if path.stat().st_mode & 0o077]
