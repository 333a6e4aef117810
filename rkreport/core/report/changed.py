"""The sheet `What changed`: the move of the rate since the last month-end report, by cause, group and person.

Knows a comparison; must not know how a cause is found.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from rkreport.core.changes.causes import Cause, one_team
from rkreport.core.changes.comparison import NO_UNIT, CauseSum, Change, Comparison, Missing
from rkreport.core.changes.points import Score, decimals_of_move, points_of, shown_points
from rkreport.core.changes.table import employee_id_of, manager_of, name_of, unit_of_change
from rkreport.core.compliance import Compliance, Numbered, month_text
from rkreport.core.models import Status
from rkreport.core.percent import Percent, percent_beside, percent_of, points_shown
from rkreport.core.report.figures import Figures
from rkreport.core.report.kpis import points_text
from rkreport.core.report.labels import manager_label, status_cell, unit_label
from rkreport.core.report.sheets import ROWS_PER_SHEET, Column, Kind, Panel, Row, StackedSheet, Table, table_of
from rkreport.core.review.last_sent import NOBODY
from rkreport.core.rollup import Tally
from rkreport.core.words import Words

_OTHER_ROWS = 48_500  # left free for the tables above the long one
_WIDE, _NARROW = 34.0, 24.0  # characters; longer names wrap, so that all columns fit a printed page
_MOST_ROWS = ROWS_PER_SHEET - _OTHER_ROWS

CAUSES = {
    Cause.RULES: "changed.rules",
    Cause.JOINED: "changed.joined",
    Cause.LEFT: "changed.left",
    Cause.EXCEPTION: "changed.exception",
    Cause.BATCH: "changed.batch",
    Cause.EXPIRED: "changed.expired",
    Cause.OVERDUE: "changed.overdue",
    Cause.DONE: "changed.done",
    Cause.CORRECTED: "changed.corrected",
    Cause.MOVED: "changed.moved",
}
_MISSING = {
    Missing.FIRST: "changed.first_month",
    Missing.RULES: "changed.other_rules",
    Missing.UNREADABLE: "changed.unreadable",
}


def changed_sheet(compliance: Compliance, figures: Figures, comparison: Comparison, words: Words) -> StackedSheet:
    """The sheet; where there is nothing to compare with, it says why."""
    key, title = "what_changed", words.text("sheet.what_changed.title")
    if comparison.missing or comparison.edition is None:
        why = _why_missing(comparison, words, has_history=bool(compliance.history))
        return StackedSheet(key, title, why, (), ())
    tables = (
        Panel(words.text("changed.causes"), _causes_of(comparison, words)),
        *_group_panels(compliance, figures, comparison, words),
        Panel(words.text("changed.who"), _who(compliance, figures, comparison, words)),
    )
    return StackedSheet(
        key=key,
        title=title,
        headline=rate_sentence(comparison.before, comparison.after, figures.target, comparison.edition, words),
        sentences=(
            figures_sentence(comparison.before, comparison.after, comparison.edition, words),
            *rules_sentence(comparison.by_cause, words),
            words.text("changed.one_cause"),
            *_too_many(comparison, words),
        ),
        tables=tables,
        footnotes=(words.text("changed.moved_nothing"), words.text("changed.units_overlap")),
    )


def rate_sentence(before: Score, after: Score, target: Fraction, edition: Numbered, words: Words) -> str:
    """How the rate moved since the earlier report, in one sentence."""
    then, now, month = before.rate, after.rate, month_text(edition.series, words)
    if then is None or now is None:
        return words.text("changed.no_rate", month=month)
    shown = {"month": month, "now": words.percent(percent_of(now, target))}
    if then == now:
        return words.text("changed.same_rate", **shown)
    amount, was = points_text(now, then, words), words.percent(percent_beside(then, now, target))
    return words.text("changed.rate_up" if now > then else "changed.rate_down", amount=amount, before=was, **shown)


def figures_sentence(before: Score, after: Score, edition: Numbered, words: Words) -> str:
    """The numbers of both rates."""
    return words.text(
        "changed.figures",
        month=month_text(edition.series, words),
        compliant=words.number(before.compliant),
        counted=words.number(before.counted),
        compliant_now=words.number(after.compliant),
        counted_now=words.number(after.counted),
    )


def rules_sentence(causes: Iterable[CauseSum], words: Words) -> Iterator[str]:
    """Say where the row stands that keeps changed rules apart from what people did; nothing where no rule changed."""
    if any(each.cause is Cause.RULES for each in causes):
        yield words.text("changed.by_rules")


def causes_table(name: str, causes: tuple[CauseSum, ...], before: Score, after: Score, words: Words) -> Table:
    """The causes that occur, with a total; the points are left out where one of the two rates does not exist."""
    exact = [points_of(each.score, before, after) for each in causes]
    known = [each for each in exact if each is not None]
    decimals = decimals_of_move(before, after)
    points: list[Decimal | None] = [None] * len(causes)
    if len(known) == len(causes):
        points = list(shown_points(known, decimals))
    total = sum((each.score for each in causes), Score())
    (moved,) = shown_points([sum(known, Fraction())], decimals)
    columns = (
        Column(words.text("changed.cause"), Kind.TEXT),
        Column(words.text("changed.requirements"), Kind.INTEGER),
        Column(words.text("changed.compliant_change"), Kind.INTEGER),
        Column(words.text("changed.counted_change"), Kind.INTEGER),
        Column(words.text("changed.points"), Kind.POINTS),
    )
    rows: list[Row] = [
        (words.text(CAUSES[each.cause]), each.requirements, each.score.compliant, each.score.counted, point)
        for each, point in zip(causes, points, strict=True)
    ]
    number = sum(each.requirements for each in causes)
    has_points = before.rate is not None and after.rate is not None
    end = (words.text("label.total"), number, total.compliant, total.counted, moved if has_points else None)
    return table_of(name, columns, rows, end)


def _causes_of(comparison: Comparison, words: Words) -> Table:
    return causes_table("tblChangeCauses", comparison.by_cause, comparison.before, comparison.after, words)


def _why_missing(comparison: Comparison, words: Words, *, has_history: bool) -> str:
    missing = comparison.missing or Missing.FIRST
    if missing is Missing.FIRST and not has_history:
        return words.text("changed.no_month_before")
    if comparison.edition is None:
        return words.text(_MISSING[missing])
    return words.text(_MISSING[missing], month=month_text(comparison.edition.series, words))


def _too_many(comparison: Comparison, words: Words) -> Iterator[str]:
    if len(comparison.changes) > _MOST_ROWS:
        yield words.text("changed.too_many", count=words.number(len(comparison.changes)))


# ---- groups: then and now

_Line = tuple[str, str, Score, Score]
"""The name of a group, its id, and its scores then and now."""


def _group_panels(compliance: Compliance, figures: Figures, comparison: Comparison, words: Words) -> Iterator[Panel]:
    """Courses, managers and units with their rates then and now; those that are gone stand last."""
    for title, header, name, lines in (
        ("changed.courses", "column.course", "tblChangeCourses", _courses(figures, comparison)),
        ("changed.managers", "column.manager", "tblChangeManagers", _managers(compliance, figures, comparison, words)),
        ("changed.units", "column.unit", "tblChangeUnits", _units(figures, comparison, words)),
    ):
        yield Panel(words.text(title), _groups(name, words.text(header), lines, figures.target, words))


def _courses(figures: Figures, comparison: Comparison) -> Iterator[_Line]:
    then = comparison.then.by_course
    for serial, tally in figures.by_course.items():
        yield figures.course_names[serial], serial, then.get(serial, Score()), _score(tally)
    for serial, score in then.items():
        if serial not in figures.by_course:
            yield serial, serial, score, Score()


def _managers(compliance: Compliance, figures: Figures, comparison: Comparison, words: Words) -> Iterator[_Line]:
    managers = {team.manager.manager_id: team.manager for team in compliance.teams}
    then = dict(comparison.then.by_manager)
    for manager_id, tally in figures.by_manager.items():
        manager = managers[manager_id] if manager_id is not None else None
        yield manager_label(manager, words), manager_id or "", then.pop(one_team(manager_id), Score()), _score(tally)
    for gone, score in then.items():
        yield gone or manager_label(None, words), gone, score, Score()


def _units(figures: Figures, comparison: Comparison, words: Words) -> Iterator[_Line]:
    then = dict(comparison.then.by_unit)
    for unit in figures.by_unit:
        before = then.pop(unit.serial or NO_UNIT, Score())
        yield unit_label(unit, words), unit.serial or "", before, _score(unit.whole)
    for serial, score in then.items():
        yield comparison.then.unit_names.get(serial) or serial or words.text("label.no_unit"), serial, score, Score()


def _score(tally: Tally) -> Score:
    return Score(tally.compliant, tally.counted)


def _groups(name: str, header: str, lines: Iterable[_Line], target: Fraction, words: Words) -> Table:
    columns = (
        Column(header, Kind.NOTE, _WIDE),
        Column(words.text("changed.id"), Kind.TEXT),
        Column(words.text("changed.rate_then"), Kind.PERCENT),
        Column(words.text("changed.rate_now"), Kind.PERCENT),
        Column(words.text("changed.points"), Kind.POINTS),
        Column(words.text("changed.counted_then"), Kind.INTEGER),
        Column(words.text("changed.counted_now"), Kind.INTEGER),
    )
    rows: Iterator[Row] = (
        (
            label,
            own_id or None,
            _rate_then(before, after, target),
            percent_of(after.rate, target),
            _moved(before, after),
            before.counted,
            after.counted,
        )
        for label, own_id, before, after in lines
        if before.counted or after.counted
    )
    return table_of(name, columns, rows)


def _rate_then(before: Score, after: Score, target: Fraction) -> Percent | None:
    if before.rate is None or after.rate is None:
        return percent_of(before.rate, target)
    return percent_beside(before.rate, after.rate, target)


def _moved(before: Score, after: Score) -> Decimal | None:
    if before.rate is None or after.rate is None:
        return None
    points = points_shown(after.rate, before.rate)
    return -points if after.rate < before.rate else points


# ---- who


def _who(compliance: Compliance, figures: Figures, comparison: Comparison, words: Words) -> Table:
    """A row for each requirement that changed; the names come first, so that its columns lie below the others'."""
    columns = (
        Column(words.text("detail.name"), Kind.NOTE, _WIDE),
        Column(words.text("detail.employee_id"), Kind.TEXT),
        Column(words.text("changed.cause"), Kind.TEXT),
        Column(words.text("changed.status_then"), Kind.STATUS),
        Column(words.text("changed.status_now"), Kind.STATUS),
        Column(words.text("changed.compliant_change"), Kind.INTEGER),
        Column(words.text("changed.counted_change"), Kind.INTEGER),
        Column(words.text("column.unit"), Kind.NOTE, _NARROW),
        Column(words.text("column.manager"), Kind.NOTE, _NARROW),
        Column(words.text("column.course"), Kind.NOTE, _WIDE),
    )
    labels = {one_team(team.manager.manager_id): manager_label(team.manager, words) for team in compliance.teams}
    labels.setdefault(NOBODY, manager_label(None, words))
    causes = {cause: words.text(key) for cause, key in CAUSES.items()}
    statuses = {status: status_cell(status, words) for status in Status}

    def row(change: Change) -> Row:
        manager_id = manager_of(change)
        return (
            name_of(change) or None,
            employee_id_of(change) or None,
            causes[change.cause],
            statuses[change.before.status] if change.before else None,
            statuses[change.after.status] if change.after else None,
            change.score.compliant,
            change.score.counted,
            unit_of_change(change, compliance.units) or None,
            labels.get(manager_id, manager_id),
            figures.course_names.get(change.course, change.course),
        )

    shown = comparison.changes[:_MOST_ROWS]
    return Table("tblChanges", columns, lambda: map(row, shown), len(shown))
