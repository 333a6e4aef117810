"""A manager whose team has done everything gets a mail of its own; whose message it is, and what it corrects, stays."""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from rkreport.core.compliance import Compliance
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import Delivery
from rkreport.core.manifest import BuiltFile
from rkreport.core.models import ManagerId, Status
from rkreport.core.report.team_view import team_views
from rkreport.core.review.last_sent import LastSent
from rkreport.core.snapshot import ListReading, Reason, Verdict
from rkreport.delivery.mime import Attachment
from rkreport.run.edition.earlier import Earlier
from rkreport.run.edition.messages import team_message, team_message_id, write_messages
from rkreport.run.pool import INLINE
from rkreport.run.world import World
from tests import factories
from tests.cli.program import NOW
from tests.cli.sent import message_in, parsed_message
from tests.config.workspace import SMALLEST, Workspace
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.run.editions import Silent

LD = Sender("L&D", "ld@contoh.test")
MAIL = '[mail]\nfrom = "L&D <ld@contoh.test>"\nallowed_domains = ["contoh.test"]\n'
DONE = {"en": "all done", "id": "semua selesai"}
USUAL = {"en": "overdue", "id": "terlambat"}
UNREAD = factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found"))
WORLD = World(lambda: NOW, lambda: 0.0, {}, Silent(), lambda _tasks: nullcontext(INLINE))


def run_of(*statuses: Status, lists: tuple[ListReading, ...] = (), **manager: object) -> Compliance:
    """A company of one team, each of whose people has one requirement of these statuses."""
    people = tuple(somebody(number) for number in range(len(statuses)))
    requirements = tuple(owed(person, COURSES[0], status) for person, status in zip(people, statuses, strict=True))
    run = company(requirements, (team(1, people, **manager),))
    return replace(run, snapshot=replace(run.snapshot, lists=lists or run.snapshot.lists))


@dataclass(frozen=True, slots=True)
class Desk:
    """A config with its folder of own texts, from which messages are made."""

    workspace: Workspace
    own: dict[str, str] = field(default_factory=dict)

    def message(self, run: Compliance, *, earlier: Delivery | None = None) -> EmailMessage:
        """The message about the one team."""
        (self.workspace.folder / "own").mkdir(exist_ok=True)
        for name, text in self.own.items():
            self.workspace.write(f"own/{name}", text)
        (view,) = team_views(run, run.teams)
        message = team_message(
            self.workspace.load(SMALLEST + MAIL + 'templates_dir = "own"\n'),
            LD,
            view,
            Attachment("M-001_2026-10_rev1.xlsx", b"PK"),
            WORLD,
            message_id=team_message_id(view.edition, "manager", view.team.manager.manager_id, LD),
            earlier=earlier,
        )
        return parsed_message(message.content)


def written(desk: Desk, run: Compliance, folder: Path) -> EmailMessage:
    """The one message of a build's outbox."""
    folder.mkdir()
    (folder / "book.xlsx").write_bytes(b"PK")
    book = BuiltFile("book.xlsx", "manager", ManagerId("M-001"), 1, sha256(b"PK").hexdigest())
    config = desk.workspace.load(SMALLEST + MAIL)
    write_messages(
        config, run, folder, {ManagerId("M-001"): book}, WORLD, pool=INLINE, earlier=Earlier({}, {}, LastSent(), ())
    )
    (path,) = (folder / "outbox").iterdir()
    return message_in(path)


def body_of(message: EmailMessage, kind: str = "plain") -> str:
    """What it says."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Without own texts."""
    return Desk(Workspace(tmp_path))


@pytest.mark.parametrize("language", ["en", "id"])
def test_all_done_is_said_shortly(desk: Desk, language: str) -> None:
    """In the subject, the text and the HTML, with target and company, as-of and file; no table of zeros."""
    message = desk.message(run_of(Status.COMPLETED, Status.COMPLETED, language=language))
    assert str(message["Subject"]).endswith(DONE[language])
    for kind in ("plain", "html"):
        said = body_of(message, kind)
        for words in ("Target: ", "2026 23", "M-001_2026-10_rev1.xlsx", "ld@contoh.test", "Manajer 1"):
            assert words in said
        assert not any(word in said.casefold() for word in ("overdue", "terlambat"))
    assert [part.get_filename() for part in message.iter_attachments()] == ["M-001_2026-10_rev1.xlsx"]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("other", [Status.OVERDUE, Status.EXPIRING, Status.IN_PROGRESS])
def test_one_that_is_left_brings_the_usual_mail(desk: Desk, other: Status, language: str) -> None:
    """Also where the rate is whole and a completion is about to expire: the manager has something to plan."""
    assert USUAL[language] in str(desk.message(run_of(Status.COMPLETED, other, language=language))["Subject"])


@pytest.mark.parametrize("language", ["en", "id"])
def test_incomplete_data_bring_the_usual_mail(desk: Desk, language: str) -> None:
    """Nobody knows then whether all is done."""
    message = desk.message(run_of(Status.COMPLETED, lists=(UNREAD,), language=language))
    assert USUAL[language] in str(message["Subject"])
    assert not any(word in body_of(message) for word in ("have completed it", "has completed it", "menyelesaikannya"))


def test_who_gets_the_people_without_a_manager_has_them_to_place(desk: Desk) -> None:
    """The fallback keeps its mail, whatever its people have done."""
    message = desk.message(run_of(Status.COMPLETED, is_fallback=True, language="en"))
    assert "people without a manager" in str(message["Subject"])


def test_a_correction_is_called_one(desk: Desk) -> None:
    """Revision and change stand above the two lines; who was sent nothing else is told of none."""
    run = run_of(Status.COMPLETED, Status.COMPLETED, language="en")
    run = replace(run, edition=factories.edition(revision=2))
    corrected = body_of(desk.message(run, earlier=factories.delivery()))
    assert "CORRECTED REPORT, REVISION 2" in corrected
    assert "Changed since revision 1: overdue 4" in corrected
    assert "REVISION" not in body_of(desk.message(run))


@pytest.mark.parametrize(
    ("own", "subject", "begins"),
    [
        ({"manager.en.txt": "Ours\n"}, "overdue", "Ours\n"),
        ({"manager.id.txt": "Ours\n"}, "all done", "Dear Manajer 1,"),
        ({"manager.en.txt": "Ours\n", "done.en.subject.txt": "Well done"}, "Well done", "Dear Manajer 1,"),
        ({"done.en.txt": "$all_done\n"}, "all done", "All 2 people in your team "),
    ],
)
def test_own_texts_win(desk: Desk, own: dict[str, str], subject: str, begins: str) -> None:
    """An admin who words the managers' mail of a language, and no other, has all its managers read that."""
    message = Desk(desk.workspace, own).message(run_of(Status.COMPLETED, Status.COMPLETED, language="en"))
    assert str(message["Subject"]).endswith(subject)
    assert body_of(message).startswith(begins)


def test_the_message_id_is_the_manager_s_whatever_is_said(desk: Desk, tmp_path: Path) -> None:
    """A build's messages differ in what they say and not in whose they are: none is mailed twice for that."""
    done, left = (written(desk, run_of(status), tmp_path / status) for status in (Status.COMPLETED, Status.OVERDUE))
    assert done["Subject"] != left["Subject"]
    assert done["Message-ID"] == left["Message-ID"]
    assert done["Message-ID"] == team_message_id(factories.edition(), "manager", "M-001", LD)
