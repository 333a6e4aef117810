"""Guards: each fires beyond its border, not on it, and names no address."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from rkreport.core.compliance import Compliance, Period, PeriodResult
from rkreport.core.guards import Guard, GuardCode, GuardLimits, guards_of
from rkreport.core.models import Finding, Level, ListKind, ManagerId, Verdict
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.core.reviews import LIMITS, is_allowed, result

EN, ID = load_words("en"), load_words("id")
NOW, BEFORE = Period(2026, 10), Period(2026, 9)
NOBODY: Mapping[ManagerId, str] = MappingProxyType({})


def fired(
    run: Compliance,
    now: PeriodResult | None = None,
    limits: GuardLimits = LIMITS,
    last_recipients: Mapping[ManagerId, str] = NOBODY,
) -> list[Guard]:
    """The guards of a run."""
    return list(guards_of(run, now or result(NOW), limits, is_allowed, last_recipients))


def codes(run: Compliance, now: PeriodResult | None = None, limits: GuardLimits = LIMITS) -> list[GuardCode]:
    """Their codes."""
    return [guard.code for guard in fired(run, now, limits)]


def after(before: PeriodResult, **overrides: object) -> Compliance:
    """A run with one good team, after such a month."""
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(1, (person,)),), history=(before,))
    return replace(run, **overrides)  # type: ignore[arg-type]  # overrides fit by name


QUIET = after(result(BEFORE))


def test_nothing_unusual_stops_nothing() -> None:
    """The same figures as last month, an allowed address, whole data, no finding that blocks."""
    assert codes(QUIET) == []
    check = Finding("unmatched_assignment", Level.CHECK, "00417")
    assert codes(replace(QUIET, findings=(check,))) == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_rows_set_aside(language: str) -> None:
    """A single row that could not be read stops; the sentence has the number and the lists, and no id of a row."""
    rows = (factories.set_aside(), factories.set_aside(page=4), factories.set_aside(kind=ListKind.USERS))
    (guard,) = fired(replace(QUIET, snapshot=replace(QUIET.snapshot, set_aside=rows)))
    words = load_words(language)
    assert guard.code.value == "rows_set_aside"
    said = guard.sentence(words)
    assert all(part in said for part in ("3", "C-1", "B-1", words.text("list.users")))
    assert "00417" not in said


@pytest.mark.parametrize(
    ("people", "fires"), [(100, False), (120, False), (121, True), (80, False), (79, True), (0, True)]
)
def test_people_moved(people: int, fires: bool) -> None:  # noqa: FBT001 - an expected value
    """More than 20 percent up or down stops; 20 percent do not."""
    assert codes(QUIET, result(NOW, people=people)) == ([GuardCode.PEOPLE_MOVED] if fires else [])


def test_people_out_of_nothing() -> None:
    """Where nobody was counted last month, anybody is a change."""
    assert codes(after(result(BEFORE, people=0)), result(NOW, people=1)) == [GuardCode.PEOPLE_MOVED]
    assert codes(after(result(BEFORE, people=0)), result(NOW, people=0)) == []


@pytest.mark.parametrize(("compliant", "fires"), [(240, False), (285, False), (286, True), (195, False), (194, True)])
def test_rate_moved(compliant: int, fires: bool) -> None:  # noqa: FBT001 - an expected value
    """From 80 percent, 95 and 65 are 15 points away and pass; one requirement more stops."""
    assert codes(QUIET, result(NOW, compliant=compliant)) == ([GuardCode.RATE_MOVED] if fires else [])


def test_rates_by_other_rules_are_not_compared() -> None:
    """A new rule moves the rate without anything being wrong; people are counted all the same."""
    now = result(NOW, compliant=0, rules_sha256="other", people=200)
    assert codes(QUIET, now) == [GuardCode.PEOPLE_MOVED]


@pytest.mark.parametrize("period", [Period(2026, 8), Period(2025, 10)])
def test_only_the_month_before_is_compared(period: Period) -> None:
    """After a gap nothing is compared: in two months much can change."""
    assert codes(after(result(period)), result(NOW, people=1, compliant=0)) == []


def test_limits_are_the_config_s() -> None:
    """Half a percent is half a percent."""
    assert codes(QUIET, result(NOW, people=101), GuardLimits(0.5, 15)) == [GuardCode.PEOPLE_MOVED]
    assert codes(QUIET, result(NOW, people=101), GuardLimits(1, 15)) == []


def test_incomplete() -> None:
    """One list that is not whole stops; one that moved does not."""
    lost = factories.reading(kind=ListKind.USERS, verdict=Verdict.INCOMPLETE)
    moving = factories.reading(verdict=Verdict.MOVING)
    for lists, expected in (((lost, moving), [GuardCode.INCOMPLETE]), ((moving,), [])):
        run = replace(QUIET, snapshot=replace(QUIET.snapshot, lists=lists))
        assert codes(run) == expected


def test_blocking_findings() -> None:
    """A finding that blocks stops; what has a guard of its own is not told twice."""
    block = Finding("batch_unknown", Level.BLOCK, "C / B")
    own = (
        Finding("list_incomplete", Level.BLOCK, ""),
        Finding("address_outside_allowed_domains", Level.BLOCK, "M-001"),
    )
    assert codes(replace(QUIET, findings=(*own, block))) == [GuardCode.BLOCKING_FINDINGS]
    assert codes(replace(QUIET, findings=own)) == []


@pytest.mark.parametrize(
    ("manager", "code"),
    [
        ({"email": ""}, GuardCode.NO_ADDRESS),
        ({"email": "rahasia@elsewhere.test"}, GuardCode.ADDRESS_NOT_ALLOWED),
        ({"cc": ("rahasia@elsewhere.test",)}, GuardCode.ADDRESS_NOT_ALLOWED),
    ],
)
def test_addresses(manager: dict[str, object], code: GuardCode) -> None:
    """A missing address, one outside the allowed domains, and such a copy stop; the sentence names the manager's id."""
    run = after(result(BEFORE))
    run = replace(run, teams=(team(7, run.teams[0].people, **manager),))
    (guard,) = fired(run)
    assert guard.code is code
    for words in (EN, ID):
        assert "M-007" in guard.sentence(words)
        assert "rahasia" not in guard.sentence(words)


def test_same_address() -> None:
    """Two managers with one address, however it is written, stop; without an address nobody shares one."""
    teams = (
        team(1, (), email="Sama@contoh.test"),
        team(2, (), email="sama@contoh.test"),
        team(3, (), email="x@contoh.test"),
    )
    (guard,) = fired(replace(QUIET, teams=teams))
    assert guard.code is GuardCode.SAME_ADDRESS
    assert guard.values == {"count": 2, "managers": "M-001, M-002"}
    assert codes(replace(QUIET, teams=(team(1, (), email=""), team(2, (), email="")))) == [GuardCode.NO_ADDRESS]


def moved(now: list[str], last: list[str]) -> list[Guard]:
    """The guards where managers M-001 and on have these addresses, and had those before."""
    teams = tuple(team(number, (), email=email) for number, email in enumerate(now, start=1))
    known = {ManagerId(f"M-{number:03}"): email for number, email in enumerate(last, start=1)}
    return fired(replace(QUIET, teams=teams), last_recipients=known)


def test_an_address_that_moved() -> None:
    """Another address than the last report went to stops, with the manager's id and without an address."""
    (guard,) = moved(["baru@contoh.test", "b@contoh.test"], ["lama@contoh.test", "b@contoh.test"])
    assert (guard.code, guard.code.value) == (GuardCode.ADDRESS_MOVED, "address_moved")
    assert guard.values == {"count": 1, "managers": "M-001"}
    for words in (EN, ID):
        sentence = guard.sentence(words)
        assert "M-001" in sentence
        assert "M-002" not in sentence
        assert "@" not in sentence


def test_an_address_that_was_another_manager_s() -> None:
    """Addresses that slipped by a row: who now has another one's is said apart."""
    (guard,) = moved(
        ["new@contoh.test", "A@contoh.test", "b@contoh.test"], ["a@contoh.test", "b@contoh.test", "c@contoh.test"]
    )
    assert guard.values == {"count": 3, "managers": "M-001, M-002, M-003", "taken": 2, "takers": "M-002, M-003"}
    for words in (EN, ID):
        sentence = guard.sentence(words)
        assert "(M-001, M-002, M-003)" in sentence
        assert "(M-002, M-003)" in sentence
        assert "@" not in sentence


def test_addresses_that_did_not_move() -> None:
    """The same however it is written, a manager of whom nothing is known or was purged, and no address at all."""
    assert moved(["A@contoh.test", "b@contoh.test"], ["a@Contoh.test"]) == []
    assert moved(["a@contoh.test", "b@contoh.test"], ["", "b@contoh.test"]) == []
    assert [guard.code for guard in moved([""], ["a@contoh.test"])] == [GuardCode.NO_ADDRESS]


def test_many_managers_are_not_all_named() -> None:
    """Five ids and the number of all: a sentence stays one."""
    run = replace(QUIET, teams=tuple(team(number, (), email="") for number in range(1, 8)))
    (guard,) = fired(run)
    assert guard.values == {"count": 7, "managers": "M-001, M-002, M-003, M-004, M-005, …"}


def test_sentences_tell_numbers_as_their_readers_write_them() -> None:
    """Percent, points and counts in both languages; the word to accept is the code."""
    people, rate = fired(after(result(BEFORE, people=1000)), result(NOW, people=1500, compliant=100))
    assert "from 1,000 last month to 1,500, by more than 20 percent" in people.sentence(EN)
    assert "dari 1.000 bulan lalu menjadi 1.500" in people.sentence(ID)
    assert "from 80.0% last month to 33.3%, by more than 15 points" in rate.sentence(EN)
    assert "dari 80,0% bulan lalu menjadi 33,3%" in rate.sentence(ID)
    assert (people.code.value, rate.code.value) == ("people_moved", "rate_moved")
