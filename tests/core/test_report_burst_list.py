"""The burst list: who gets which file."""

from dataclasses import replace

import pytest

from rkreport.core.compliance import Compliance, Period, PeriodResult, Team
from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import Counts, ManagerId, Status
from rkreport.core.percent import target_of
from rkreport.core.review.burst_list import (
    HEADER,
    BurstRow,
    DeliveryStatus,
    GoneManager,
    Refusal,
    Workbook,
    burst_rows,
    csv_rows,
    gone_managers,
    message_bytes,
)
from rkreport.core.rollup import by_team, overall, period_result
from rkreport.core.snapshot import Verdict
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.core.reviews import POSTING, result

EN, ID = load_words("en"), load_words("id")


def rows_of(run: Compliance, **overrides: object) -> tuple[BurstRow, ...]:
    """The rows of a run whose teams all have a workbook of 5,000 bytes."""
    given = {
        "tallies": by_team(run.requirements, run.teams),
        "workbooks": {
            each.manager.manager_id: Workbook(f"managers/{each.manager.manager_id}.xlsx", 5000) for each in run.teams
        },
        "posted": DeliveryStatus(),
        "posting": POSTING,
        "moved": {},
        "words": EN,
    }
    now = period_result(
        run.edition.period, overall(run.requirements), teams=run.teams, rules_sha256="r", snapshot_id="s"
    )
    return burst_rows(run, now, **(given | overrides))  # type: ignore[arg-type]  # overrides fit by name


def two_teams() -> tuple[Team, ...]:
    """Two teams of one person each, and one of nobody."""
    return (
        team(1, (somebody(1),), cc=("a@contoh.test", "b@contoh.test")),
        team(2, (somebody(2),), email="", is_fallback=True),
        team(3, (), email="c@contoh.test"),
    )


def a_run(**overrides: object) -> Compliance:
    """Three requirements of two people, one of them overdue."""
    first, second = somebody(1), somebody(2)
    requirements = (owed(first, COURSES[0]), owed(first, COURSES[1], Status.OVERDUE), owed(second, COURSES[0]))
    return company(requirements, two_teams(), **overrides)


def test_burst_list() -> None:
    """One row per team with its figures, its file and what to look at before sending."""
    files = {
        each.manager.manager_id: Workbook(f"managers/{each.manager.manager_id}.xlsx", 5000) for each in two_teams()
    }
    del files[ManagerId("M-003")]
    posted = DeliveryStatus({ManagerId("M-001"): DeliveryState.FAILED})
    cells = csv_rows(rows_of(a_run(), workbooks=files, posted=posted), target_of(95), EN)
    assert dict(zip(HEADER, cells[0], strict=True)) == {
        "manager_id": "M-001",
        "name": "Manajer 1",
        "email": "budi.s@contoh.test",
        "cc": "a@contoh.test; b@contoh.test",
        "language": "id",
        "people": 1,
        "requirements": 2,
        "compliant": 1,
        "overdue": 1,
        "rate": "50.0%",
        "file": "managers/M-001.xlsx",
        "warnings": "",
        "size_bytes": 5000,
        "new": "",
        "message": "failed",
        "exempt": 0,
    }
    warnings = HEADER.index("warnings")
    assert [row[warnings] for row in cells] == ["", "no email address; people without a manager", "no people"]
    assert (cells[2][HEADER.index("file")], cells[2][HEADER.index("size_bytes")]) == ("", 0)


def test_the_old_columns_keep_their_places() -> None:
    """Programs that read the list by position still find what they found; what is new stands behind."""
    assert HEADER[:12] == (
        *("manager_id", "name", "email", "cc", "language", "people", "requirements", "compliant", "overdue", "rate"),
        *("file", "warnings"),
    )


def test_burst_list_warns_of_incomplete_data() -> None:
    """Every row says when the data are incomplete, and when nothing counts."""
    person = somebody(1)
    run = company((owed(person, COURSES[0], Status.FAILED, Counts.INACTIVE),), (team(1, (person,)),))
    broken = replace(run.snapshot, lists=(factories.reading(verdict=Verdict.INCOMPLETE),))
    (row,) = rows_of(replace(run, snapshot=broken), words=ID)
    assert row.warnings == ("tidak ada kewajiban yang dihitung", "data tidak lengkap")


@pytest.mark.parametrize(
    ("overrides", "refusal", "warning"),
    [
        ({"email": ""}, Refusal.NO_ADDRESS, "no email address"),
        ({"email": "x@elsewhere.test"}, Refusal.NOT_ALLOWED, "address outside the allowed domains"),
        ({"cc": ("x@elsewhere.test",)}, Refusal.NOT_ALLOWED, "address outside the allowed domains"),
    ],
)
def test_what_is_never_sent_is_refused(overrides: dict[str, object], refusal: Refusal, warning: str) -> None:
    """No address, or one outside the allowed domains, be it a copy's: the row says why nothing goes there."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(1, (person,), **overrides),))
    (row,) = rows_of(run)
    assert (row.refusal, row.warnings) == (refusal, (warning,))


def test_a_workbook_too_large_for_mail_is_warned_of() -> None:
    """What counts is the size in the mail, a third more than the file's; the message goes, without the file."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(1, (person,)),))
    posting = replace(POSTING, max_message_bytes=1_000_000)
    fits, too_large = 700_000, 710_000
    assert message_bytes(fits) <= 1_000_000 < message_bytes(too_large)
    for size, warnings in ((fits, ()), (too_large, (EN.text("warning.too_large"),))):
        (row,) = rows_of(run, workbooks={ManagerId("M-001"): Workbook("x.xlsx", size)}, posting=posting)
        assert (row.refusal, row.warnings) == (None, warnings)


def test_two_managers_with_one_address_are_warned_of() -> None:
    """Upper and lower case make no other address."""
    run = company((), (team(1, (), email="A@contoh.test"), team(2, (), email="a@contoh.test")))
    assert all("same address as another manager" in row.warnings for row in rows_of(run))


def test_new_and_gone_managers() -> None:
    """Against the month before, as far as it is kept: who was not in it is new, who is not here is gone."""
    last = result(Period(2026, 9), people_by_manager={ManagerId("M-001"): 4, ManagerId("M-8"): 2, ManagerId("M-9"): 7})
    run = a_run(history=(last,))
    assert [row.manager_id for row in rows_of(run) if row.is_new] == ["M-002", "M-003"]
    now = result(Period(2026, 10))
    assert gone_managers(run, now) == (GoneManager(ManagerId("M-9"), 7), GoneManager(ManagerId("M-8"), 2))


@pytest.mark.parametrize(
    "history",
    [
        (),
        (result(Period(2026, 9), people_by_manager=None),),
        (result(Period(2026, 8), people_by_manager={ManagerId("M-9"): 7}),),
    ],
)
def test_nobody_is_new_without_last_month(history: tuple[PeriodResult, ...]) -> None:
    """The first month, a month kept by an older version, and a gap: nobody is called new or gone."""
    run = a_run(history=history)
    assert not any(row.is_new for row in rows_of(run))
    assert gone_managers(run, result(Period(2026, 10))) == ()
