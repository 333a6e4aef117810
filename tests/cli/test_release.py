"""`[release] approval = true`: nothing goes without the code of this very edition and the name of a second person."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rkreport.delivery.mime import Message
from rkreport.files import sha256_of
from rkreport.run.edition.messages import team_message
from rkreport.run.world import os_actor
from tests.cli.office import MANAGERS, Office, opened_office
from tests.cli.program import Outcome
from tests.cli.test_audit import events_of, lines_of
from tests.cli.test_doctor import checks

OTHER = "Budi Santoso"


@pytest.fixture
def guarded(fetched: Path, tmp_path: Path) -> Iterator[Office]:
    """An office that wants a second person, with a built edition."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit("[mail]\n", "[release]\napproval = true\n\n[mail]\n")
        assert office.workspace.rkreport("build").code == 0
        yield office


def code_of(office: Office) -> str:
    """What review prints."""
    return str(office.workspace.rkreport("review", "--json").document["release"])


def send(office: Office, code: str, name: str, *more: str) -> Outcome:
    """Send under a release."""
    return office.workspace.rkreport("send", "--release", code, "--approved-by", name, *more)


def test_review_prints_the_code(guarded: Office) -> None:
    """On screen and as JSON, the same each time, also after some was sent."""
    code = code_of(guarded)
    shown = guarded.workspace.rkreport("review").out
    assert f"rkreport send --release {code} --approved-by NAME sends them all" in shown
    assert send(guarded, code, OTHER, "--only", "M-001").code == 0
    assert code_of(guarded) == code
    assert send(guarded, code.lower().replace("-", " "), OTHER).code == 0
    assert len(guarded.server.taken) == MANAGERS


def test_the_page_has_the_code(guarded: Office) -> None:
    """In every language once it was reviewed; before that it says that a second person is needed."""
    pages = sorted(guarded.folder.glob("review*.html"))
    told = "".join(page.read_text("utf-8") for page in pages)
    assert ("disetujui orang kedua; rkreport review" in told, "A second person must" in told) == (True, True)
    code = code_of(guarded)
    assert [code in page.read_text("utf-8") for page in pages] == [True, True]
    assert send(guarded, code, OTHER).code == 0


def test_doctor_says_that_a_second_person_is_needed(guarded: Office) -> None:
    """A line of its own where the config wants one, and none elsewhere."""
    (check,) = checks(guarded.workspace.rkreport("doctor", "--offline", "--json"), "Release")
    assert (check["state"], "a second person looks at rkreport review" in check["found"]) == ("ok", True)
    guarded.workspace.edit("approval = true", "approval = false")
    assert checks(guarded.workspace.rkreport("doctor", "--offline", "--json"), "Release") == []


def test_both_stand_where_people_look(guarded: Office) -> None:
    """In ledger.csv, history, audit log and the summary mail."""
    code = code_of(guarded)
    assert send(guarded, code, OTHER).code == 0
    assert {(row["release_code"], row["approved_by"]) for row in guarded.ledger().values()} == {(code, OTHER)}
    deliveries = guarded.workspace.rkreport("history", "--json").document["deliveries"]
    assert {(row["release_code"], row["approved_by"]) for row in deliveries} == {(code, OTHER)}
    line = lines_of(guarded.workspace)[events_of(guarded.workspace).index("release_given")]
    assert (line["about"]["release"], line["about"]["approved_by"]) == (code, OTHER)
    assert set(line["digests"]) == {"manifest", "burst_list", "release"}
    assert f"Released by: {OTHER}, code {code}" in guarded.server.summaries[-1].decode()


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        (None, OTHER, "add --release CODE --approved-by NAME, with the code that review prints"),
        ("", "", "add --release CODE --approved-by NAME, with the code that review prints"),
        ("right", "  ", "add --release CODE --approved-by NAME, with the code that review prints"),
        ("3333-3333", OTHER, "is not that of this edition and its burst list"),
        ("right", "sender", "--approved-by names the user who sends"),
    ],
)
def test_nothing_goes_without(guarded: Office, code: str | None, name: str, said: str) -> None:
    """As where a guard stops: one sentence, exit code 4, no message, no row that says so."""
    given = code_of(guarded) if code == "right" else code
    person = f" {os_actor().user.upper()} " if name == "sender" else name
    release = () if given is None else ("--release", given)
    outcome = guarded.workspace.rkreport("send", "--yes", "--approved-by", person, *release)
    assert (outcome.code, outcome.error.startswith("Error: Nothing was sent. "), said in outcome.error) == (
        4,
        True,
        True,
    )
    assert "release_given" not in events_of(guarded.workspace)
    assert guarded.server.taken == []


def test_what_changed_wants_another_code(guarded: Office) -> None:
    """Another address in the burst list, and another text of the mail; the code of before is refused."""
    code = code_of(guarded)
    guarded.set_address("M-001", "other@contoh.test")
    assert guarded.workspace.rkreport("build").code == 0
    assert (send(guarded, code, OTHER).code, code_of(guarded) == code) == (4, False)
    folder = with_own_texts(guarded)
    code = code_of(guarded)
    (folder / "notes.txt").write_text("y")
    assert code_of(guarded) == code
    (folder / "texts.en.toml").write_text('[manager]\nquestions = "Call me."\n', "utf-8")
    assert (send(guarded, code, OTHER).code, code_of(guarded) == code) == (4, False)
    assert send(guarded, code_of(guarded), OTHER).code == 0


def test_a_second_content_with_the_same_code_is_not_sent(guarded: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are short, so two contents can be made that share one: what review showed is compared by its digest."""
    folder = with_own_texts(guarded)
    for place in ("reviewing", "releasing"):
        monkeypatch.setattr(f"rkreport.run.edition.{place}.code_of", lambda _digest: "AAAA-AAAA")
    assert code_of(guarded) == "AAAA-AAAA"
    (folder / "texts.en.toml").write_text('[manager]\nquestions = "Call me."\n', "utf-8")
    refused = send(guarded, "AAAA-AAAA", OTHER)
    assert (refused.code, "may have changed since" in refused.error, guarded.server.taken) == (4, True, [])


def test_a_text_that_changes_while_messages_go_stops_them(guarded: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """As whoever answers a question might do."""
    folder = with_own_texts(guarded)
    code = code_of(guarded)

    def changing(*given: Any, **more: Any) -> Message:
        (folder / "texts.en.toml").write_text('[manager]\nquestions = "Call me."\n', "utf-8")
        return team_message(*given, **more)

    monkeypatch.setattr("rkreport.run.send.message_source.team_message", changing)
    stopped = send(guarded, code, OTHER)
    assert (stopped.code, "Mail texts were changed" in stopped.error, guarded.server.taken) == (5, True, [])


def with_own_texts(guarded: Office) -> Path:
    """The folder of own texts, after a build with them; what is no text there counts nothing."""
    folder = guarded.workspace.folder / "texts"
    folder.mkdir()
    (folder / "notes.txt").write_text("x")
    guarded.workspace.edit("[mail]\n", '[mail]\ntemplates_dir = "texts"\n')
    assert guarded.workspace.rkreport("build").code == 0
    return folder


def test_switching_it_off_wants_a_new_build(guarded: Office) -> None:
    """What waits for its approval does not go around it."""
    guarded.workspace.edit("approval = true", "approval = false")
    outcome = guarded.workspace.rkreport("send")
    assert (outcome.code, "was built with other settings" in outcome.error) == (5, True)
    assert guarded.server.taken == []


def test_again_wants_it_too_and_a_trial_does_not(guarded: Office) -> None:
    """The very file once more is a sending; a trial is how the second person looks, and goes to the config's own."""
    code = code_of(guarded)
    refused = guarded.workspace.rkreport("send", "--to-me", "other@contoh.test", "--sample", "1")
    assert (refused.code, "goes to the address in mail.summary_to" in refused.error) == (2, True)
    assert guarded.server.taken == []
    assert guarded.workspace.rkreport("send", "--to-me", "ld@contoh.test", "--sample", "1").code == 0
    (*_, begun, _) = guarded.workspace.rkreport("audit", "--json").document["last"]
    assert (begun["event"], begun["about"]["managers"]) == ("trial_begun", "M-001")
    assert begun["digests"]["address"] == sha256_of(b"ld@contoh.test")
    assert send(guarded, code, OTHER, "--to-me", "ld@contoh.test").code == 2
    assert send(guarded, code, OTHER).code == 0
    assert guarded.workspace.rkreport("send", "--again", "M-001", "--reason", "lost").code == 4
    assert send(guarded, code, OTHER, "--again", "M-001", "--reason", "lost").code == 0


def test_a_run_that_sends_is_refused_before_it_begins(guarded: Office) -> None:
    """Nothing is fetched; the sentence says how."""
    before = events_of(guarded.workspace)
    outcome = guarded.workspace.rkreport("run", "--send")
    assert (outcome.code, "say rkreport run without --send" in outcome.error) == (2, True)
    assert events_of(guarded.workspace) == [*before, "summary_made"]


def test_a_release_that_nothing_looks_at_is_refused(office: Office) -> None:
    """Without the setting the options would protect nothing."""
    outcome = office.workspace.rkreport("send", "--release", "3333-3333", "--approved-by", OTHER)
    assert (outcome.code, "approval = true below [release]" in outcome.error) == (2, True)
    assert "release" not in json.loads(office.workspace.rkreport("review", "--json").out)


def test_on_a_terminal_it_asks(guarded: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """For what was left out of the two; --yes does not answer that."""
    code = code_of(guarded)
    monkeypatch.setattr("rkreport.cli.commands.deliver.is_attended", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n{OTHER}\n"))
    assert guarded.workspace.rkreport("send", "--yes").code == 0
    assert {row["approved_by"] for row in guarded.ledger().values()} == {OTHER}
