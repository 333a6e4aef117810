"""One message to the admin after each run and each sending, whether it went well or not."""

import json
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Self

import pytest

from rkreport.core.mail.delivery import Outcome, OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.errors import GuardStop, MailServerUnusable
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import NO_SERVER, Workspace, serving
from tests.cli.sent import message_in, parsed_message
from tests.cli.test_privacy import personal_words
from tests.run.workbooks import cells_of, master_of


def text_of(message: EmailMessage) -> str:
    """The plain text."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def in_data_folder(workspace: Workspace) -> Path:
    """Where the summary is when there is no edition."""
    return workspace.folder / "rkreport-data" / "summary.eml"


def test_a_run_that_went_well(configured: Workspace) -> None:
    """In the edition's folder, to one address, with the run's own figures; and nothing in the data folder."""
    outcome = configured.rkreport("run")
    assert outcome.code == 0
    message = message_in(configured.built / "summary.eml")
    rate = configured.manifest["rate"]
    assert (message["To"], message["Cc"], message["Auto-Submitted"]) == ("ld@contoh.test", None, "auto-generated")
    assert message["Subject"] == "[rkreport] Run finished – October 2026 – PT Contoh Sejahtera"
    assert f"{rate['compliant']} of {rate['counted']} training requirements met" in text_of(message)
    (first, second, *_) = re.findall(r"^- (\S*[/\\]\S*)", text_of(message).partition("Files:")[2], re.MULTILINE)
    assert (first, second) == (str((configured.built / "review.html").resolve()), str(configured.built.resolve()))
    assert "✖ Target not reached" in text_of(message)
    assert f"{configured.manifest['status_counts']['Expired']} expired" in text_of(message)
    assert "The summary is in reports/2026-10/rev1/summary.eml." in outcome.err
    assert not in_data_folder(configured).exists()
    assert not list(message.iter_attachments())


@pytest.mark.parametrize("is_written", [True, False])
def test_a_run_is_compared_with_what_was_handed_over_alone(configured: Workspace, *, is_written: bool) -> None:
    """The month before was written to the outbox, or built for a mail server and never sent, which is told."""
    if not is_written:
        configured.edit(
            "[mail]\n", '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nallowed_domains = ["contoh.test"]\n'
        )
    assert configured.rkreport("run", "--period", "2026-09").code == 0
    if not is_written:
        configured.edit('transport = "smtp"', 'transport = "outbox"')
    assert configured.rkreport("run").code == 0
    text = text_of(message_in(configured.built / "summary.eml"))
    assert ("last month" in text) is is_written
    assert (
        "Built and never sent: September 2026. Send them (rkreport send --period 2026-09)" in text
    ) is not is_written
    first_sheet = {str(cell) for row in cells_of(master_of(configured.built))["Summary"] for cell in row}
    assert ({"Since last month", "Months in a row below target"} <= first_sheet) is is_written


def test_a_sending_and_what_is_told_of_it(configured: Workspace) -> None:
    """Both `send` and `run --send` count what went; a trial is told of by itself."""
    assert configured.rkreport("run").code == 0
    (configured.built / "summary.eml").unlink()
    assert configured.rkreport("send", "--to-me", "ld@contoh.test").code == 0
    assert not (configured.built / "summary.eml").exists()
    assert configured.rkreport("send").code in {0, 6}
    first = text_of(message_in(configured.built / "summary.eml"))
    sent = re.search(r"Written to the outbox folder, not sent: (\d+), of which (\d+) just now", first)
    assert sent
    assert sent[1] == sent[2] != "0"
    assert configured.rkreport("send").code in {0, 6}
    assert f"not sent: {sent[1]}, of which 0 just now" in text_of(message_in(configured.built / "summary.eml"))


def test_a_run_that_failed(workspace: Workspace, company: Company) -> None:
    """No LMS: the sentence of the screen, the exit code and what to do, in the data folder."""
    workspace.configure(company, NO_SERVER)
    workspace.edit("page_size = 20", "max_attempts = 1")
    outcome = workspace.rkreport("run")
    assert outcome.code == 3
    text = text_of(message_in(in_data_folder(workspace)))
    assert outcome.error.removeprefix("Error: ").split(".")[0] in text
    assert "Exit code: 3" in text
    assert "it continues where it stopped" in text


def test_a_build_that_refuses(workspace: Workspace, company: Company) -> None:
    """Incomplete data: exit code 4, and the summary says so."""
    with serving(company, "total=+3") as simulator:
        workspace.configure(company, simulator.base_url)
        assert workspace.rkreport("run").code == 4
        assert "Exit code: 4" in text_of(message_in(in_data_folder(workspace)))
        assert workspace.rkreport("run", "--allow-incomplete").code == 6
    text = text_of(message_in(workspace.built / "summary.eml"))
    assert "NOT COMPLETE" in text
    assert "Exit code: 6" in text


def test_a_sending_that_was_stopped(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard: nothing was sent, and why."""

    def guard(*_given: object) -> None:
        raise GuardStop("The rate moved by 40 points; look at it first.")

    monkeypatch.setattr("rkreport.run.send.checking.guard", guard)
    assert configured.rkreport("run", "--send").code == 4
    text = text_of(message_in(configured.built / "summary.eml"))
    assert "Nothing was sent." in text
    assert "The rate moved by 40 points; look at it first." in text


def test_a_sending_that_died_half_way_counts_what_went(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What had left before a mistake ended it is counted from the ledger: never `nothing was sent`."""
    from rkreport.delivery.outbox import OutboxTransport  # noqa: PLC0415 - the real one, kept before it is replaced

    real, calls = OutboxTransport.deliver, []

    async def dying(*given: object) -> object:
        calls.append(given)
        if len(calls) > 1:
            raise RuntimeError("boom")
        return await real(*given)  # type: ignore[arg-type]  # as it was called

    assert configured.rkreport("run").code == 0
    monkeypatch.setattr(OutboxTransport, "deliver", dying)
    assert configured.rkreport("send").code == 1
    text = text_of(message_in(in_data_folder(configured)))
    assert "Written to the outbox folder, not sent: 1, of which 1 just now" in text
    assert "boom" not in text
    assert "Exit code: 1" in text


def test_nobody_and_no_secret_is_in_it(configured: Workspace, company: Company, server: Simulator) -> None:
    """No name, address or id of an employee, and no secret, in text or HTML."""
    assert configured.rkreport("run", "--send").code in {0, 6}
    message = message_in(configured.built / "summary.eml")
    whole = "\n".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())
    assert [word for word in personal_words(company, server) if word in whole] == []
    assert "demo-secret" not in whole


@pytest.mark.parametrize(
    ("lines", "to"),
    [
        ('summary_to = "admin@contoh.test"', "admin@contoh.test"),
        ('reply_to = "answers@contoh.test"', "answers@contoh.test"),
        ("", "ld@contoh.test"),
    ],
)
def test_whom_it_goes_to(configured: Workspace, lines: str, to: str) -> None:
    """`mail.summary_to`, else `mail.reply_to`, else the sender."""
    text = configured.config.read_text("utf-8")
    configured.config.write_text(re.sub(r"(?m)^reply_to.*$", "", text).replace("[mail]", f"[mail]\n{lines}"), "utf-8")
    assert configured.rkreport("run").code == 0
    assert message_in(configured.built / "summary.eml")["To"] == to


def test_an_address_outside_the_domains_gets_none(configured: Workspace) -> None:
    """`allowed_domains` holds for the summary too; the run ends as it would."""
    text = configured.config.read_text("utf-8")
    text = re.sub(r"(?m)^allowed_domains.*\n", "", text)
    configured.config.write_text(
        text.replace("[mail]", '[mail]\nallowed_domains = ["contoh.test"]\nsummary_to = "admin@other.test"'), "utf-8"
    )
    outcome = configured.rkreport("run")
    assert outcome.code == 0
    assert "mail.summary_to is outside mail.allowed_domains" in outcome.err
    assert not (configured.built / "summary.eml").exists()


class Server:
    """A mail server that does as a test says."""

    def __init__(self, outcome: Outcome | Exception) -> None:
        """Take what becomes of the message."""
        self.outcome = outcome
        self.got: list[tuple[str, str, list[str]]] = []

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(self, *_given: object) -> None:
        """Close."""

    async def deliver(self, message: Message, sender: str, recipients: list[str], _before: object) -> Outcome:
        """As `Transport.deliver`."""
        self.got.append((str(parsed_message(message.content)["Subject"]), sender, recipients))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def by_smtp(configured: Workspace) -> Workspace:
    """The config names a mail server."""
    configured.edit("[mail]", '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nallowed_domains = ["contoh.test"]')
    return configured


def test_by_smtp_it_is_sent(by_smtp: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message, one recipient, no file."""
    server = Server(Outcome(OutcomeKind.TAKEN, "250 ok"))
    monkeypatch.setattr("rkreport.run.send.summary.smtp_transport_of", lambda *_given: server)
    outcome = by_smtp.rkreport("run")
    assert outcome.code == 0
    assert server.got == [
        ("[rkreport] Run finished – October 2026 – PT Contoh Sejahtera", "ld@contoh.test", ["ld@contoh.test"])
    ]
    assert "The summary was sent." in outcome.err
    assert not (by_smtp.built / "summary.eml").exists()


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Outcome(OutcomeKind.LATER, "451 come back later"), "The summary could not be sent: 451 come back later."),
        (Outcome(OutcomeKind.STOP, "535 no"), "The summary could not be sent: 535 no."),
        (
            MailServerUnusable("The server refuses the login."),
            "could not be sent: The server refuses the login.",
        ),
        (RuntimeError("boom"), "There is no summary, because of a mistake in rkreport; the log has the details."),
    ],
)
def test_its_failure_changes_nothing(
    by_smtp: Workspace, monkeypatch: pytest.MonkeyPatch, failure: Outcome | Exception, said: str
) -> None:
    """Exit code and result are the run's; the failure is said and logged, and the summary kept as a file."""
    monkeypatch.setattr("rkreport.run.send.summary.smtp_transport_of", lambda *_given: Server(failure))
    outcome = by_smtp.rkreport("run", "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["period"] == "2026-10"
    assert said in outcome.err
    assert said in by_smtp.log
    assert (by_smtp.built / "summary.eml").exists() is not isinstance(failure, RuntimeError)


def test_an_own_template_is_used_and_its_mistake_costs_the_summary_alone(configured: Workspace) -> None:
    """`mail.templates_dir` holds the summary's templates too."""
    own = configured.folder / "own"
    own.mkdir()
    (own / "summary.en.subject.txt").write_text("Done with $month, code $exit_code")
    configured.edit("[mail]", '[mail]\ntemplates_dir = "own"')
    assert configured.rkreport("run").code == 0
    assert message_in(configured.built / "summary.eml")["Subject"] == "Done with October 2026, code 0"
    (own / "summary.en.subject.txt").write_text("$manager_name")
    outcome = configured.rkreport("build")
    assert outcome.code == 0
    outcome = configured.rkreport("send")
    assert outcome.code in {0, 6}
    assert "There is no summary: " in outcome.err
    assert "$manager_name is not a known placeholder" in outcome.err
