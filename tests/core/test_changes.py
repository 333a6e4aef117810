"""The causes of a month's change add up, and find the people whom an independent look at both `Detail` sheets finds."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import given, settings

from rkreport.core.changes.causes import Cause, one_team
from rkreport.core.changes.comparison import compare
from rkreport.core.changes.points import Score, points_of, shown_points
from rkreport.core.changes.table import HEADER, changes_by_cause, csv_rows
from rkreport.core.changes.team import team_changes
from rkreport.core.compliance import Compliance
from rkreport.core.models import COMPLIANT, ManagerId
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import StatusCell, TableSheet
from rkreport.core.rollup import by_team, overall
from rkreport.locale import load_words
from tests.core.months import Months, months
from tests.factories import JAKARTA

EN = load_words("en")


@given(months())
@settings(max_examples=200)
def test_the_causes_add_up_to_the_move(pair: Months) -> None:
    """Of numerator, denominator and rate: exactly, and in the points that are shown."""
    found, before, after = (
        compare(pair.after, pair.earlier),
        overall(pair.before.requirements),
        overall(pair.after.requirements),
    )
    then, now = Score(before.compliant, before.counted), Score(after.compliant, after.counted)
    assert (found.before, found.after) == (then, now)
    assert sum((each.score for each in found.by_cause), then) == now
    if then.rate is not None and now.rate is not None:
        points = [points_of(each.score, then, now) for each in found.by_cause]
        exact = [each for each in points if each is not None]
        assert sum(exact, Fraction()) == (now.rate - then.rate) * 100
        (total,) = shown_points([sum(exact, Fraction())])
        assert sum(shown_points(exact)) == total
        assert all(
            abs(shown - each) < Fraction(1, 10)
            for shown, each in zip(map(Fraction, shown_points(exact)), exact, strict=True)
        )
    moved = [each for each in found.by_cause if each.cause is Cause.MOVED]
    assert all(each.score == Score() for each in moved)


@given(months())
@settings(max_examples=200)
def test_the_people_are_those_of_the_two_details(pair: Months) -> None:
    """Person by person and course by course, the changes are the differences of the rows that count."""
    found = compare(pair.after, pair.earlier)
    expected = counted_rows(pair.after)
    expected.subtract(counted_rows(pair.before))
    told: Counter[tuple[str, str, str]] = Counter()
    for change in found.changes:
        employee_id, _, _ = change.person.partition("/")
        told[employee_id, change.course, "counted"] += change.score.counted
        told[employee_id, change.course, "compliant"] += change.score.compliant
    assert {key: count for key, count in told.items() if count} == {key: n for key, n in expected.items() if n}


@given(months())
@settings(max_examples=200)
def test_every_team_adds_up_and_names_its_own_people(pair: Months) -> None:
    """With those who moved in and out; its list holds people who are in the team now, and nobody else."""
    found = compare(pair.after, pair.earlier)
    teams = team_changes(found, pair.after.teams)
    then, now = scores(pair.before), scores(pair.after)
    for team in pair.after.teams:
        manager_id = one_team(team.manager.manager_id)
        changed = teams[team.manager.manager_id]
        assert (changed.before, changed.after) == (then[manager_id], now[manager_id])
        assert {each.requirement.person.key for each in changed.people} <= {person.key for person in team.people}
        assert changed.gone >= 0


@given(months())
def test_the_file_and_the_manifest_say_the_same(pair: Months) -> None:
    """The last two columns of changes.csv add up to the sums per cause."""
    found = compare(pair.after, pair.earlier)
    sums = changes_by_cause(found)
    assert list(sums) == [cause.value for cause in Cause]
    told: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in csv_rows(pair.after, found):
        record = dict(zip(HEADER, row, strict=True))
        for place, number in enumerate((1, record["compliant_change"], record["counted_change"])):
            told[str(record["cause"])][place] += int(number)
    assert {cause: [each["requirements"], each["compliant"], each["counted"]] for cause, each in sums.items()} == {
        cause: told[cause] for cause in sums
    }


def scores(run: Compliance) -> defaultdict[ManagerId, Score]:
    """The score of each team; people without a manager are one team."""
    found: defaultdict[ManagerId, Score] = defaultdict(Score)
    for manager_id, tally in by_team(run.requirements, run.teams).items():
        found[one_team(manager_id)] += Score(tally.compliant, tally.counted)
    return found


def counted_rows(run: Compliance) -> Counter[tuple[str, str, str]]:
    """By employee id, course and figure, the rows of `Detail` that count."""
    found: Counter[tuple[str, str, str]] = Counter()
    for row in detail(run):
        if row["Counts"] == "yes":
            found[row["Employee ID"], row["Course serial"], "counted"] += 1
            found[row["Employee ID"], row["Course serial"], "compliant"] += row["Compliance status"] in COMPLIANT
    return found


def detail(run: Compliance) -> Iterator[dict[str, str]]:
    """The rows of the sheet by header, texts without outer blanks."""
    (sheet,) = (each for each in master_plan(run, EN, JAKARTA).sheets if each.key == "detail")
    assert isinstance(sheet, TableSheet)
    headers = [column.header for column in sheet.table.columns]
    for row in sheet.table.rows():
        cells = [cell.status if isinstance(cell, StatusCell) else str(cell or "").strip() for cell in row]
        yield dict(zip(headers, cells, strict=True))
