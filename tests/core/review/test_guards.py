"""Guards: each fires beyond its border, not on it, and names no address."""

from dataclasses import replace
from fractions import Fraction

import pytest

from rkreport.core.compliance import Compliance, Period, PeriodResult, Team
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Counts, ManagerId, Person, Status
from rkreport.core.review.guard import Guard, GuardCode, GuardLimits
from rkreport.core.review.guards import guards_of
from rkreport.core.review.last_sent import LastSent, WentTo
from rkreport.core.routing import FALLBACK_ID
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.core.reviews import LIMITS, is_allowed, result

EN, ID = load_words("en"), load_words("id")
NOW, BEFORE = Period(2026, 10), Period(2026, 9)
NOTHING = LastSent()


def fired(
    run: Compliance,
    now: PeriodResult | None = None,
    limits: GuardLimits = LIMITS,
    last: LastSent = NOTHING,
) -> list[Guard]:
    """The guards of a run."""
    return list(guards_of(run, now or result(NOW), limits, is_allowed, last))


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
    check = Finding(FindingCode.UNMATCHED_ASSIGNMENT, Level.CHECK, "00417")
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
    assert codes(QUIET, result(NOW, people=101), replace(LIMITS, people_change_percent=0.5)) == [GuardCode.PEOPLE_MOVED]
    assert codes(QUIET, result(NOW, people=101), replace(LIMITS, people_change_percent=1)) == []


def test_incomplete() -> None:
    """One list that is not whole stops; one that moved does not."""
    lost = factories.reading(kind=ListKind.USERS, verdict=Verdict.INCOMPLETE)
    moving = factories.reading(verdict=Verdict.MOVING)
    for lists, expected in (((lost, moving), [GuardCode.INCOMPLETE]), ((moving,), [])):
        run = replace(QUIET, snapshot=replace(QUIET.snapshot, lists=lists))
        assert codes(run) == expected


def test_blocking_findings() -> None:
    """A finding that blocks stops; what has a guard of its own is not told twice."""
    block = Finding(FindingCode.BATCH_UNKNOWN, Level.BLOCK, "C / B")
    own = (
        Finding(FindingCode.LIST_INCOMPLETE, Level.BLOCK, ""),
        Finding(FindingCode.ADDRESS_OUTSIDE_ALLOWED_DOMAINS, Level.BLOCK, "M-001"),
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
    known = {ManagerId(f"M-{number:03}"): WentTo(email) for number, email in enumerate(last, start=1) if email}
    return fired(replace(QUIET, teams=teams), last=LastSent(known))


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
    assert "from 80.0% (240 of 300) last month to 33.3% (100 of 300), by more than 15 points" in rate.sentence(EN)
    assert "dari 80,0% (240 dari 300) bulan lalu menjadi 33,3% (100 dari 300)" in rate.sentence(ID)
    assert (people.code.value, rate.code.value) == ("people_moved", "rate_moved")


# ---- people who would go to somebody else


def people_in(run: dict[str, int], last: dict[str, int]) -> tuple[Compliance, LastSent]:
    """People by manager now and last time, "last>now" for those who change hands; every manager has an address."""
    teams: dict[str, list[Person]] = {}
    manager_of: dict[str, ManagerId] = {}
    number = 0
    for path, count in run.items():
        before, _, now = path.rpartition(">")
        for _ in range(count):
            number += 1
            teams.setdefault(now, []).append(somebody(number))
            if before != "new":
                manager_of[f"{number:05}"] = ManagerId(before or now)
    for manager_id, count in last.items():
        manager_of |= {f"gone-{manager_id}-{each}": ManagerId(manager_id) for each in range(count)}
    made = tuple(_team_of(manager_id, people) for manager_id, people in teams.items() if manager_id)
    went_to = {
        manager_id: WentTo(f"{manager_id.lower()}@contoh.test") for manager_id in manager_of.values() if manager_id
    }
    everybody = tuple(owed(person, COURSES[0]) for people in teams.values() for person in people)
    return replace(QUIET, teams=made, requirements=everybody), LastSent(went_to, manager_of)


def _team_of(manager_id: str, people: list[Person]) -> Team:
    email = f"{manager_id.lower()}@contoh.test"
    return team(1, tuple(people), manager_id=ManagerId(manager_id), email=email, is_fallback=manager_id == FALLBACK_ID)


@pytest.mark.parametrize(
    ("run", "last", "expected"),
    [
        ({"A": 50, "B": 12, "A>B": 3}, {}, [GuardCode.TEAM_MOVED]),  # 3 of 15 are 20 percent
        ({"A": 50, "B": 13, "A>B": 3}, {}, []),
        ({"A": 50, "B": 8, "A>B": 2}, {}, []),  # 2 are never 3
        ({"A": 12, "B": 500, "A>B": 3}, {}, [GuardCode.TEAM_MOVED]),  # 3 of the 15 that A had
        ({"A": 13, "B": 500, "A>B": 3}, {}, []),
        ({"A": 12, "B": 500, "A>B": 3}, {"A": 1}, []),  # somebody who left the company was of A's team too
        ({"A": 50, "B": 12, "new>B": 9}, {}, []),  # nobody had them
        ({"A": 9, "B": 9, "C": 500, "A>C": 2, "B>C": 2}, {}, []),
        ({"A": 20, "A>B": 1, "C": 20, "C>D": 2}, {}, [GuardCode.TEAM_MOVED]),  # teams that moved whole: three people
        ({"A": 20, "A>B": 1, "C": 20, "C>D": 1}, {}, []),
    ],
)
def test_team_moved(run: dict[str, int], last: dict[str, int], expected: list[GuardCode]) -> None:
    """At least three people and a fifth of a team, as it is or was; joiners were nobody's."""
    made, sent = people_in(run, last)
    assert [guard.code for guard in fired(made, last=sent)] == expected


def test_who_was_never_sent_has_moved_from_nowhere() -> None:
    """The report of A was never delivered: that its people are B's now takes them from nobody."""
    made, sent = people_in({"B": 10, "A>B": 10}, {})
    nowhere = replace(sent, went_to={ManagerId("B"): sent.went_to[ManagerId("B")]})
    assert fired(made, last=nowhere) == []
    assert [guard.code for guard in fired(made, last=sent)] == [GuardCode.TEAM_MOVED]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"A>B": 6, "B": 50, "A>C": 6, "C": 50}, [GuardCode.TEAM_LOST]),
        ({"A>B": 2, "B": 50}, []),  # whole to one other address, and too few to be a team that moved
        ({"B": 50}, [GuardCode.TEAM_LOST]),  # nobody of the team is left
    ],
)
def test_team_lost(run: dict[str, int], expected: list[GuardCode]) -> None:
    """A manager gets nothing now; silent where the whole team went to one other address."""
    made, sent = people_in(run, {"A": 1})
    assert [guard.code for guard in fired(made, last=sent)] == expected


@pytest.mark.parametrize(
    ("now", "before", "fires"),
    [((89, 11), (95, 5), True), ((90, 10), (96, 4), False), ((89, 11), (94, 6), True), ((89, 11), (93, 7), False)],
)
def test_fallback_share(now: tuple[int, int], before: tuple[int, int], fires: bool) -> None:  # noqa: FBT001 - an expected value
    """Above ten percent, and five points above last time."""
    joined = {"A": before[0], FALLBACK_ID: before[1], f"A>{FALLBACK_ID}": 0}
    made, _ = people_in({"A": now[0], FALLBACK_ID: now[1]}, {})
    _, sent = people_in(joined, {})
    guards = [guard.code for guard in fired(made, last=replace(sent, went_to={}))]
    assert guards == ([GuardCode.FALLBACK_SHARE] if fires else [])
    assert fired(made, last=replace(sent, went_to={}, is_whole=False)) == []


def test_a_first_month_has_no_new_copies() -> None:
    """A boss who is a manager and gets copies is asked about where it is new, and not where all is."""
    teams = (team(1, (), email="a@contoh.test"), team(2, (), email="b@contoh.test", cc=("A@contoh.test",)))
    run = replace(QUIET, teams=teams)
    known = {ManagerId("M-001"): WentTo("a@contoh.test")}
    assert fired(run) == []
    (guard,) = fired(run, last=LastSent(known))
    assert (guard.code, guard.values["managers"]) == (GuardCode.SAME_ADDRESS, "M-001, M-002")
    told = known | {ManagerId("M-002"): WentTo("b@contoh.test", ("a@contoh.test",))}
    assert fired(run, last=LastSent(told)) == []


# ---- requirements of nobody


@pytest.mark.parametrize(
    ("unmatched", "matched", "before", "fires"),
    [
        (4, 1, None, False),  # a few people
        (5, 95, None, False),
        (6, 94, None, True),
        (300, 1, None, True),
        (300, 0, None, True),
        (0, 0, None, False),
        (60, 40, Fraction(60, 100), False),
        (60, 40, Fraction(55, 100), True),
        (60, 40, Fraction(56, 100), False),
        (60, 40, Fraction(0), True),
        (9, 91, Fraction(5, 100), False),
        (10, 90, Fraction(5, 100), True),
    ],
)
def test_unmatched_share(unmatched: int, matched: int, before: Fraction | None, fires: bool) -> None:  # noqa: FBT001 - an expected value
    """Above five percent and four requirements; after a sending, five points above what was sent."""
    nobody = [owed(somebody(number), COURSES[0], counts=Counts.UNMATCHED) for number in range(unmatched)]
    others = [owed(somebody(number), COURSES[1]) for number in range(matched)]
    unassigned = [owed(somebody(number), COURSES[0], Status.NOT_ASSIGNED) for number in range(1000)]
    run = replace(QUIET, requirements=(*nobody, *others, *unassigned), history=())
    guards = [guard.code for guard in fired(run, last=LastSent(unmatched=before))]
    assert guards == ([GuardCode.UNMATCHED_SHARE] if fires else [])


def test_the_sentence_about_requirements_of_nobody_has_both_shares() -> None:
    """Also where nothing was sent before."""
    nobody = [owed(somebody(number), COURSES[0], counts=Counts.UNMATCHED) for number in range(1500)]
    run = replace(QUIET, requirements=(*nobody, *QUIET.requirements), history=())
    (first,) = fired(run)
    (later,) = fired(run, last=LastSent(unmatched=Fraction(1, 50)))
    assert "1,500 of 1,501, 99.9% of all with an assignment; last time –." in first.sentence(EN)
    assert "1.500 dari 1.501 kewajiban" in later.sentence(ID)
    assert "terakhir kali 2,0%." in later.sentence(ID)
