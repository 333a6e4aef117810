"""Folders that earlier versions left, opened with this one: nothing is a change of rules or a correction by itself."""

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rkreport.core.models import Counts
from rkreport.core.words import LANGUAGES
from rkreport.delivery.smtp_connection import SmtpSettings
from rkreport.locale import load_words
from rkreport.run.edition.recognizing import _COUNTS
from tests.cli.office import message_of
from tests.cli.program import Workspace, serving
from tests.cli.sent import ledger_of
from tests.delivery.scripted_smtp import ScriptedSmtp
from tests.fixtures.make_old_folder import OCTOBER, company_of, write_config
from tests.run.workbooks import cells_of, master_of, table_of

EN = load_words("en")
FOLDERS = Path(__file__).parents[1] / "fixtures"
FIRST, BEFORE_ONLINE = "folder-0.1.0.tar.xz", "folder-0.1.0-8.tar.xz"
only_the_first = pytest.mark.parametrize("old", [FIRST], indirect=True)
DECEMBER = datetime(2026, 12, 4, 2, tzinfo=UTC)
STATES = {"M-001": "sent", "M-002": "failed", "M-003": "unknown", "no-manager": "sent"}


@pytest.fixture(params=[FIRST, BEFORE_ONLINE])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Workspace:
    """The folder, an hour after October was sent."""
    with tarfile.open(FOLDERS / request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    workspace = Workspace(tmp_path)
    workspace.now = OCTOBER + timedelta(hours=1)
    return workspace


@contextmanager
def mail_server() -> Iterator[ScriptedSmtp]:
    """Takes everything, wherever the config says that it is: the config must stay as it was."""
    with ScriptedSmtp() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "rkreport.run.transports.SmtpSettings", lambda *given: replace(SmtpSettings(*given), port=server.port)
        )
        yield server


def states(workspace: Workspace, revision: int) -> dict[str, str]:
    """October's messages of a revision, by manager."""
    rows = ledger_of(workspace)
    return {row.manager_id: row.state.value for row in rows if (row.period, row.revision) == ("2026-10", revision)}


def recipients(server: ScriptedSmtp) -> list[str]:
    """To whom messages went."""
    return [one for taken in server.taken for one in taken.recipients]


def test_the_past_is_told_as_it_was(old: Workspace) -> None:
    """Two months, each as it was sent, and every message as the ledger had it."""
    past = old.rkreport("history", "--json").document
    figures = {"people": 12, "counted": 22, "compliant": 16, "overdue": 3, "revision": 1, "standing": "sent"}
    for month, snapshot in (("2026-09", "20261006-020000"), ("2026-10", "20261105-020000")):
        (found,) = (one for one in past["periods"] if one["period"] == month)
        assert figures | {"period": month, "snapshot_id": snapshot} == {
            name: found[name] for name in (*figures, "period", "snapshot_id")
        }
    assert [one["snapshot"] for one in past["snapshots"]] == ["20261006-020000", "20261105-020000"]
    assert states(old, 1) == STATES


@pytest.mark.parametrize(
    "command",
    ["archive M-001 --period 2026-10 --out sent.xlsx", "export all.rkreport", "purge --dry-run --older-than 1"],
)
def test_other_commands_open_it(old: Workspace, command: str) -> None:
    """What was sent is given back, a snapshot leaves, and what is too old is listed."""
    outcome = old.rkreport(*command.split())
    assert outcome.code == 0, outcome.err
    assert states(old, 1) == STATES


@only_the_first
@pytest.mark.parametrize("command", ["review", "send"])
def test_what_another_version_built_is_built_again_first(old: Workspace, command: str) -> None:
    """Its workbooks may say what this version would not, even under the same number: exit code 5, nothing goes."""
    with mail_server() as server:
        outcome = old.rkreport(command)
    assert (outcome.code, "run rkreport build again" in outcome.error) == (5, True)
    assert server.taken == []
    assert states(old, 1) == STATES


@pytest.mark.parametrize("old", [BEFORE_ONLINE], indirect=True)
def test_what_says_the_same_goes_as_it_was_built(old: Workspace) -> None:
    """An edition of the version before online courses says what this one would: exactly what had failed goes."""
    with mail_server() as server:
        assert old.rkreport("send").code == 6
        assert recipients(server) == ["lee@contoh.test"]
        assert old.rkreport("send").code == 6
        assert recipients(server) == ["lee@contoh.test"]
    assert states(old, 1) == STATES | {"M-002": "sent"}


def sent_after_the_build(old: Workspace) -> list[str]:
    """October is built again, looked at and sent; to whom. Said again, nothing goes."""
    built = old.rkreport("build", "--json")
    assert (built.code, built.document["revision"]) == (0, 2), built.err
    assert old.rkreport("review").code == 0
    with mail_server() as server:
        assert old.rkreport("send").code == 6
        found = recipients(server)
        assert old.rkreport("send").code == 6
        assert recipients(server) == found
    assert states(old, 1) == STATES
    return found


def test_exactly_what_had_failed_goes(old: Workspace) -> None:
    """Nobody gets a message twice, and what is in doubt stays so: same data and same settings are no correction."""
    assert sent_after_the_build(old) == ["lee@contoh.test"]
    assert states(old, 2) == {"M-002": "sent"}


def test_other_settings_are_no_correction_either(old: Workspace) -> None:
    """The config has changed, so the files that were sent are looked at: they say the same."""
    old.edit("page_size = 20", "page_size = 50")
    assert sent_after_the_build(old) == ["lee@contoh.test"]


def test_without_the_folder_of_the_edition_the_files_are_looked_at(old: Workspace) -> None:
    """Reports were moved away; what was sent is kept in the data folder."""
    shutil.rmtree(old.folder / "reports")
    assert sent_after_the_build(old) == ["lee@contoh.test"]


@only_the_first
@pytest.mark.parametrize("is_in_folder", [True, False])
@pytest.mark.parametrize("manager", ["M-001", "no-manager"])
def test_a_file_that_cannot_be_read_is_no_proof(
    old: Workspace,
    manager: str,
    is_in_folder: bool,  # noqa: FBT001 - one of two cases
) -> None:
    """Gone from the archive the very file in the edition's folder proves the same; without it there is a correction.

    The settings are others. Nobody else gets a correction.
    """
    old.edit("page_size = 20", "page_size = 50")
    (row,) = (one for one in ledger_of(old) if (one.period, one.manager_id) == ("2026-10", manager))
    (old.folder / "rkreport-data" / "sent" / row.file_sha256[:2] / f"{row.file_sha256}.xlsx").unlink()
    file = old.folder / "reports" / row.period / f"rev{row.revision}" / row.file
    if is_in_folder:
        assert sent_after_the_build(old) == ["lee@contoh.test"]
    else:
        file.write_bytes(file.read_bytes() + b"\0")
        assert sorted(sent_after_the_build(old)) == sorted(["lee@contoh.test", row.recipient])


def test_a_true_correction_goes(old: Workspace) -> None:
    """Somebody of M-001 is excused since: that is another content, whoever built the one before."""
    (person,) = _overdue_of(old, "M-001")
    with (old.folder / "exceptions.csv").open("a", encoding="utf-8") as file:
        file.write(f"{person},*,,Cuti,SDM\n")
    assert sorted(sent_after_the_build(old)) == ["lee@contoh.test", "ratna@contoh.test"]


def _overdue_of(old: Workspace, manager_id: str) -> set[str]:
    """Employee ids in the old action list of a manager whose status is overdue."""
    ((path),) = (old.built / "managers").glob(f"{manager_id}_*.xlsx")
    header, *rows = [row for row in cells_of(path)["Perlu tindakan"] if len(row) > 4 and row[0] and row[3]]
    assert header[0] == "ID karyawan"
    return {str(row[0]) for row in rows if "Terlambat" in str(row[3])}


def test_the_next_month_is_compared(old: Workspace) -> None:
    """By the same rules, so the trend says so, the messages compare, and no guard stops."""
    with serving(company_of(DECEMBER)) as lms, mail_server() as server:
        old.now = DECEMBER
        write_config(old, lms.base_url, 25)
        outcome = old.rkreport("run", "--send")
        assert outcome.code == 0, outcome.err
    assert len(recipients(server)) == 4
    trend = table_of(cells_of(master_of(old.folder / "reports" / "2026-11" / "rev1")), "Trend")
    changed = EN.text("trend.rules_changed")
    assert [row[changed] for row in trend] == ["", EN.text("word.no"), EN.text("word.no")]
    moved = [message_of(taken).get_body(("plain",)) for taken in server.taken]
    for body, taken in zip(moved, server.taken, strict=True):
        assert body
        text = body.get_content()
        words = load_words(str(message_of(taken)["Content-Language"]))
        assert words.text("since.other_rules") not in text
        told = "joko@contoh.test" not in taken.recipients and "lee@contoh.test" not in taken.recipients
        assert any(month in text for month in ("bulan lalu", "last month")) == told  # these two were not sent October


@pytest.mark.parametrize("counts", Counts)
def test_why_a_row_does_not_count_is_known_in_a_sent_workbook(counts: Counts) -> None:
    """The words of today's workbooks, and those of earlier ones where they were others."""
    said = {load_words(language).text(f"counts.{counts.name.lower()}") for language in LANGUAGES}
    if counts is Counts.NOT_IN_AUDIENCE:
        said.add("di luar sasaran")
    assert {_COUNTS.get(word) for word in said} == {counts}
