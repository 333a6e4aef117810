"""Guards at work: asked on a terminal, a stop elsewhere."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from rkreport.config.load import Config, load_config
from rkreport.core.compliance import Period, PeriodResult, Series
from rkreport.core.join import join
from rkreport.core.models import ManagerId
from rkreport.core.period import month_before
from rkreport.core.review.elsewhere import OtherLedger
from rkreport.core.review.guard import Guard, GuardCode
from rkreport.core.review.last_sent import LastSent, WentTo
from rkreport.core.snapshot import ListKind
from rkreport.errors import EXIT_DATA, ConfigError, GuardStop
from rkreport.run.edition.assessing import Assessment, assess_snapshot, result_of
from rkreport.run.edition.guarding import accepted_guards, guard, guards_for
from tests import factories
from tests.core.companies import COURSES, company, owed, somebody, team

SETTINGS = '[report]\ncompany = "PT Contoh"\n[[courses]]\nserial = "C-1"\n[mail]\nallowed_domains = ["contoh.test"]\n'


@dataclass(frozen=True, slots=True)
class Judged:
    """An edition as `guard` wants it."""

    config: Config
    assessment: Assessment
    last_sent: LastSent = field(default_factory=LastSent)
    other_ledgers: tuple[OtherLedger, ...] = ()


def found(judged: Judged) -> tuple[Guard, ...]:
    """All that stops it."""
    return guards_for(judged.config, judged.assessment.compliance, judged.last_sent, judged.other_ledgers)


@pytest.fixture
def quiet(tmp_path: Path) -> Judged:
    """Nothing stops this one."""
    path = tmp_path / "config.toml"
    path.write_text(SETTINGS, "utf-8")
    person = somebody(1)
    run = company((owed(person, COURSES[0]),), (team(1, (person,)),))
    return Judged(load_config(path), Assessment(run, join(run.snapshot)))


@pytest.fixture
def stopped(quiet: Judged) -> Judged:
    """A manager has no address, and another one outside the allowed domains."""
    people = quiet.assessment.compliance.teams[0].people
    teams = (team(1, people, email=""), team(2, (), email="x@elsewhere.test"))
    run = replace(quiet.assessment.compliance, teams=teams)
    return replace(quiet, assessment=replace(quiet.assessment, compliance=run))


def test_what_is_not_unusual_passes(quiet: Judged) -> None:
    """Nobody is asked anything."""

    def ask(question: str) -> bool:
        raise AssertionError(question)

    guard(found(quiet), frozenset(), ask)
    guard(found(quiet), frozenset(), None)


def test_without_a_terminal_it_stops(stopped: Judged) -> None:
    """Exit code 4; the sentence says all that stops it, and the options that let it pass."""
    with pytest.raises(GuardStop) as stop:
        guard(found(stopped), frozenset(), None)
    assert stop.value.exit_code == EXIT_DATA
    assert str(stop.value) == (
        "Nothing was sent. Managers without an address: 1 (M-001). Their workbooks are not sent. Managers with an"
        " address outside the allowed domains: 1 (M-002). Their workbooks are not sent. Look at review.html first; to"
        " send anyway, add --accept no_address --accept address_not_allowed."
    )


def test_rows_set_aside_are_found_and_stop(quiet: Judged) -> None:
    """A snapshot with a row that could not be read has its finding, and is sent once that is accepted."""
    run = quiet.assessment.compliance
    readings = tuple(factories.reading(kind=ListKind.ASSIGNMENTS, course=course.serial) for course in COURSES)
    snapshot = replace(run.snapshot, set_aside=(factories.set_aside(),), lists=readings)
    judged = assess_snapshot(quiet.config, snapshot, Series(Period(2026, 10)), 1, ())
    assert [each.code for each in judged.compliance.findings if each.code == "row_set_aside"] == ["row_set_aside"]
    whole = replace(quiet.assessment, compliance=replace(run, snapshot=snapshot))
    with pytest.raises(GuardStop, match="--accept rows_set_aside"):
        guard(found(replace(quiet, assessment=whole)), frozenset(), None)
    guard(found(replace(quiet, assessment=whole)), frozenset({"rows_set_aside"}), None)


def test_what_is_accepted_passes(stopped: Judged) -> None:
    """Each by its own word; one is not enough for two."""
    guard(found(stopped), frozenset({"no_address", "address_not_allowed"}), None)
    with pytest.raises(GuardStop, match="add --accept address_not_allowed"):
        guard(found(stopped), frozenset({"no_address"}), None)


def test_a_person_is_asked_one_by_one(stopped: Judged) -> None:
    """Yes to all passes; what was accepted before is not asked."""
    questions: list[str] = []

    def yes(question: str) -> bool:
        questions.append(question)
        return True

    guard(found(stopped), frozenset({"no_address"}), yes)
    (question,) = questions
    assert question.startswith("Managers with an address outside the allowed domains: 1 (M-002).")
    assert question.endswith(" Send anyway? [y/N]")


def test_a_question_stays_on_the_screen(quiet: Judged) -> None:
    """Twelve lines of names and addresses at most, and where the others stand; without any, one line."""
    people = quiet.assessment.compliance.teams[0].people
    teams = tuple(team(number, people, email=f"new{number}@contoh.test") for number in range(1, 16))
    run = replace(quiet.assessment.compliance, teams=teams)
    old = {each.manager.manager_id: WentTo(f"old-{each.manager.manager_id}@contoh.test") for each in teams}
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    with pytest.raises(GuardStop) as stop:
        guard(
            found(replace(quiet, assessment=replace(quiet.assessment, compliance=run), last_sent=LastSent(old))),
            frozenset(),
            no,
        )
    (question,) = questions
    assert question.count(" → new") == 12
    assert question.endswith("\n  … 3 more in review.html\nSend anyway? [y/N]")
    assert "@" not in str(stop.value)


def test_a_no_stops_at_once(stopped: Judged) -> None:
    """After the first no nothing more is asked."""
    questions: list[str] = []

    def no(question: str) -> bool:
        questions.append(question)
        return False

    with pytest.raises(GuardStop, match="add --accept no_address"):
        guard(found(stopped), frozenset(), no)
    assert len(questions) == 1


def test_where_the_last_report_went_counts(quiet: Judged) -> None:
    """What the ledger knows reaches the guard, and its word lets it pass."""
    moved = replace(quiet, last_sent=LastSent({ManagerId("M-001"): WentTo("old@contoh.test")}))
    with pytest.raises(GuardStop, match=r"1 \(M-001\)\. .* add --accept address_moved"):
        guard(found(moved), frozenset(), None)
    guard(found(moved), frozenset({"address_moved"}), None)


def test_limits_come_from_the_config(quiet: Judged, tmp_path: Path) -> None:
    """`[guards]` decides how far is too far."""
    path = tmp_path / "other.toml"
    run = quiet.assessment.compliance
    past = replace(guard_month(quiet), people=2)
    for limit, expected in (("50", []), ("49", [GuardCode.PEOPLE_MOVED])):
        path.write_text(f"{SETTINGS}[guards]\npeople_change_percent = {limit}\n", "utf-8")
        stops = guards_for(load_config(path), replace(run, history=(past,)), LastSent(), ())
        assert [one.code for one in stops] == expected


def guard_month(judged: Judged) -> PeriodResult:
    """The figures of this run, as those of the month before."""
    now = result_of(judged.config.rules_sha256, judged.assessment.compliance)
    return replace(now, period=month_before(now.period))


def test_an_unknown_word_is_a_sentence() -> None:
    """A word that accepts nothing is refused, with those that there are. `incomplete` has an option of its own."""
    assert accepted_guards(["rate_moved", "rate_moved"]) == {"rate_moved"}
    for word in ("everything", "incomplete"):
        sentence = f'does not know "{word}"; write one of rows_set_aside, .*; incomplete data need --allow-incomplete'
        with pytest.raises(ConfigError, match=sentence):
            accepted_guards([word])
