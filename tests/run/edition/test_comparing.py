"""With which edition a report is compared: the newest that somebody has, and never with a trial."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from rkreport.config.load import load_config
from rkreport.core.compliance import Compliance, Period, Series
from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import Counts, ManagerId, Status
from rkreport.core.review.last_sent import LastSent, WentTo
from rkreport.errors import StoreError
from rkreport.run.edition.comparing import keep_base, last_sent
from rkreport.run.pool import INLINE
from rkreport.run.world import World
from rkreport.store.bases import BaseKey, Bases
from rkreport.store.database import Database
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.ledger_rows import put
from tests.run.editions import Silent
from tests.store.test_bases import base_row

SETTINGS = (
    '[report]\ncompany = "PT Contoh"\n[[courses]]\nserial = "C-1"\n[mail]\ntransport = "{}"\nhost = "h.contoh.test"\n'
    'allowed_domains = ["contoh.test"]\n'
)
NOW = datetime(2026, 11, 3, tzinfo=UTC)
AUGUST, SEPTEMBER, OCTOBER = (Period(2026, month) for month in (8, 9, 10))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty store."""
    opened = Database(tmp_path / "data")
    yield opened
    opened.close()


def edition(
    database: Database,
    period: Period,
    revision: int = 1,
    transport: str = "smtp",
    *,
    state: str = "sent",
    base: bool = True,
) -> None:
    """One that became this; its base has a person named after it."""
    put(
        database,
        factories.delivery(
            period=str(period),
            revision=revision,
            transport=transport,
            state=DeliveryState("written" if (transport, state) == ("outbox", "sent") else state),
            recipient="m@contoh.test",
        ),
    )
    if base:
        key = BaseKey(str(period), revision, is_written=transport == "outbox")
        Bases(database).keep(key, [base_row(f"{period} {revision} {transport}")], NOW)


def compared(
    database: Database, tmp_path: Path, period: Period = OCTOBER, revision: int = 2, transport: str = "smtp"
) -> LastSent:
    """What a report is compared with."""
    path = tmp_path / "config.toml"
    path.write_text(SETTINGS.format(transport), "utf-8")
    world = World(lambda: NOW, lambda: 0.0, {}, Silent(), lambda _tasks: nullcontext(INLINE))
    return last_sent(load_config(path), database, world, Series(period), revision)


def people(found: LastSent) -> list[str]:
    """Whose report it was."""
    return list(found.manager_of)


def test_nothing_was_ever_sent(database: Database, tmp_path: Path) -> None:
    """A first month, and one of which every message was refused."""
    assert compared(database, tmp_path) == LastSent()
    edition(database, SEPTEMBER, state="failed")
    edition(database, AUGUST, state="planned")
    assert people(compared(database, tmp_path)) == []


@pytest.mark.parametrize("state", ["sent", "unknown", "sending"])
def test_the_newest_that_somebody_may_have(database: Database, tmp_path: Path, state: str) -> None:
    """By month and revision; one that failed is passed over, a later month is none before."""
    edition(database, AUGUST, 3)
    edition(database, SEPTEMBER, 1)
    edition(database, SEPTEMBER, 2, state=state)
    edition(database, SEPTEMBER, 3, state="failed")
    edition(database, Period(2026, 11))
    assert people(compared(database, tmp_path)) == ["2026-09 2 smtp"]


def test_the_share_without_a_user_record_is_that_of_what_was_sent(database: Database, tmp_path: Path) -> None:
    """Of the requirements with an assignment; not known without a whole base."""
    edition(database, SEPTEMBER)
    assert compared(database, tmp_path).unmatched == 0
    rows = [base_row(str(number)) for number in range(3)]
    rows += [replace(rows[0], counts=Counts.UNMATCHED), replace(rows[0], status=Status.NOT_ASSIGNED)]
    for is_whole, share in ((True, Fraction(1, 4)), (False, None)):
        Bases(database).keep(BaseKey(str(SEPTEMBER), 1, is_written=False), rows, NOW, is_whole=is_whole)
        assert compared(database, tmp_path).unmatched == share
    database.write("UPDATE base_requirement SET status = 'x'")
    database.write("UPDATE base SET is_whole = 1")
    with pytest.raises(StoreError, match="damaged"):
        compared(database, tmp_path)


def test_a_correction_is_compared_with_what_it_corrects(database: Database, tmp_path: Path) -> None:
    """Of the same month the revision before; one whose sending has begun, with itself."""
    edition(database, SEPTEMBER)
    edition(database, OCTOBER, 1)
    assert people(compared(database, tmp_path, revision=2)) == ["2026-10 1 smtp"]
    edition(database, OCTOBER, 2)
    assert people(compared(database, tmp_path, revision=2)) == ["2026-10 2 smtp"]
    assert people(compared(database, tmp_path, SEPTEMBER, 1)) == ["2026-09 1 smtp"]


def test_what_was_sent_counts_before_what_was_written(database: Database, tmp_path: Path) -> None:
    """In one month; a month that was only written is the base of the next one, whichever way that goes."""
    edition(database, AUGUST)
    edition(database, SEPTEMBER, 1)
    edition(database, SEPTEMBER, 2, "outbox")
    assert people(compared(database, tmp_path)) == ["2026-09 1 smtp"]
    edition(database, OCTOBER, 1, "outbox")
    for transport in ("smtp", "outbox"):
        assert people(compared(database, tmp_path, Period(2026, 11), 1, transport)) == ["2026-10 1 outbox"]


def test_a_trial_in_the_outbox_was_told_to_nobody(database: Database, tmp_path: Path) -> None:
    """This month was written, and a mail server sends it now: it is held against last month all the same."""
    edition(database, SEPTEMBER)
    edition(database, OCTOBER, 1, "outbox")
    assert people(compared(database, tmp_path, revision=1)) == ["2026-09 1 smtp"]
    assert people(compared(database, tmp_path, revision=1, transport="outbox")) == ["2026-10 1 outbox"]


def test_where_it_went_is_of_the_newest_report_of_each(database: Database, tmp_path: Path) -> None:
    """With its copies, of whatever month."""
    put(database, factories.delivery(period="2026-08", manager_id=ManagerId("M-002"), cc=("bos@contoh.test",)))
    edition(database, SEPTEMBER)
    assert compared(database, tmp_path).went_to == {
        "M-001": WentTo("m@contoh.test"),
        "M-002": WentTo("budi@contoh.test", ("bos@contoh.test",)),
    }


def test_files_that_are_gone_are_no_base(database: Database, tmp_path: Path) -> None:
    """No base and no workbook: nothing is compared, nothing is kept, and shares are not told from half of it."""
    edition(database, SEPTEMBER, base=False)
    found = compared(database, tmp_path)
    assert (people(found), found.is_whole) == ([], False)
    assert database.read("SELECT * FROM base") == []


def run_of(number: int) -> Compliance:
    """October, with one person."""
    person = somebody(number)
    return company((owed(person, COURSES[0]),), (team(1, (person,)),))


@pytest.mark.parametrize(
    ("is_written", "begun", "kept"), [(False, False, "00002"), (False, True, "00001"), (True, True, "00002")]
)
def test_what_has_left_is_kept_as_it_was(database: Database, is_written: bool, begun: bool, kept: str) -> None:  # noqa: FBT001 - cases
    """Until the first message has left, and in the outbox, the newest build counts; after that what was sent."""
    world = World(lambda: NOW, lambda: 0.0, {}, Silent(), lambda _tasks: nullcontext(INLINE))
    keep_base(database, world.utc_now, run_of(1), is_written=is_written, begun=False)
    keep_base(database, world.utc_now, run_of(2), is_written=is_written, begun=begun)
    rows = Bases(database).rows(BaseKey("2026-10", 1, is_written=is_written))
    assert [row.person for row in rows] == [kept]
