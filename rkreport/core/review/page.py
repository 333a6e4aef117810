"""The review: all that a person should see before mail leaves, as one value in one language. Knows no page or screen.

The figures are made once per run and shared by the languages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from rkreport.core.compliance import Compliance, PeriodResult, month_text, number_text
from rkreport.core.models import CourseSerial, ManagerId, Status
from rkreport.core.percent import target_of
from rkreport.core.report.completeness import banner, completeness_sentences
from rkreport.core.report.headline import headline_band, since_last_month
from rkreport.core.report.kpis import headline, monthly_changes
from rkreport.core.report.labels import course_names, unit_label
from rkreport.core.report.quality import FindingKind, finding_kinds
from rkreport.core.report.sheets import Kpi
from rkreport.core.report.summary import MONTHS_SHOWN, occurring
from rkreport.core.review.burst_list import (
    BurstRow,
    DeliveryStatus,
    GoneManager,
    SendSettings,
    Workbook,
    burst_rows,
    gone_managers,
)
from rkreport.core.review.guard import Guard
from rkreport.core.review.guards import last_month
from rkreport.core.review.send_preview import SendPlan, send_preview
from rkreport.core.rollup import Tally, UnitTally, by_course, by_team, by_unit, overall, rate
from rkreport.core.words import Words

GROUPS_SHOWN = 12  # bars of one chart; the rest are one more bar


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """The tallies that a review needs, in no language. `by_unit` holds the people directly in each unit."""

    overall: Tally
    by_course: Mapping[CourseSerial, Tally]
    by_unit: tuple[UnitTally, ...]
    by_team: Mapping[ManagerId | None, Tally]
    this_period: PeriodResult


@dataclass(frozen=True, slots=True)
class ReviewSource:
    """What a review is made from, by manager: `workbooks`, and `moved`, the number of people new to the address."""

    compliance: Compliance
    figures: ReviewFigures
    workbooks: Mapping[ManagerId, Workbook]
    posted: DeliveryStatus
    guards: tuple[Guard, ...]
    posting: SendSettings
    moved: Mapping[ManagerId, int] = field(default_factory=dict)
    release_code: str = ""  # where a second person must give it, and the edition is finished


@dataclass(frozen=True, slots=True)
class ReviewHeading:
    """What the review is about, in words; `number` is the edition's. `banner` is `""` if the data are complete."""

    company: str
    month: str
    as_of: str
    extracted: str
    number: str
    run_id: str
    banner: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month; `share` of 1, None when nothing counted. `is_comparable`: same rules as the point before."""

    month: str
    share: Fraction | None
    compliant: int
    counted: int
    exempt: int | None  # None: not kept by the version that made the month
    is_comparable: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One course or unit, or all the rest: the requirements that count, by status."""

    label: str
    by_status: Mapping[Status, int]
    counted: int
    compliant: int
    overdue: int
    exempt: int

    @property
    def share(self) -> Fraction | None:
        """Compliant ÷ counted."""
        return rate(self.compliant, self.counted)


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One reason to stop: its code, the option that lets it pass, its sentence, and lines with names for the page."""

    code: str
    option: str
    sentence: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """What the page and the screen show, in words of `language`. `target` is a share of 1.

    `compared_with` names the month of comparison, or says that there is none. `release` says that a second person is
    needed, and with which code; `""`: none is.
    """

    language: str
    heading: ReviewHeading
    verdict: str
    kpis: tuple[Kpi, ...]
    target: Fraction
    trend: tuple[TrendPoint, ...]
    statuses: tuple[Status, ...]  # that occur, in the order of the bars
    courses: tuple[Bar, ...]
    units: tuple[Bar, ...]
    completeness: tuple[str, ...]
    findings: tuple[FindingKind, ...]
    rows: tuple[BurstRow, ...]
    gone: tuple[GoneManager, ...]
    compared_with: str
    guards: tuple[GuardLine, ...]
    plan: SendPlan
    release: str = ""


def review_figures(compliance: Compliance, this_period: PeriodResult) -> ReviewFigures:
    """The tallies of a run."""
    requirements = compliance.requirements
    return ReviewFigures(
        overall=overall(requirements),
        by_course=by_course(requirements),
        by_unit=by_unit(requirements, compliance.units),
        by_team=by_team(requirements, compliance.teams),
        this_period=this_period,
    )


def review_of(source: ReviewSource, words: Words) -> Review:
    """The review in one language."""
    compliance, figures = source.compliance, source.figures
    total, now = figures.overall, figures.this_period
    target = target_of(compliance.rules.target_percent)
    names = course_names(compliance)
    rows = burst_rows(
        compliance,
        now,
        tallies=figures.by_team,
        workbooks=source.workbooks,
        posted=source.posted,
        posting=source.posting,
        moved=source.moved,
        words=words,
    )
    gone = gone_managers(compliance, now)
    return Review(
        language=words.language,
        heading=_heading(compliance, words),
        verdict=headline_band(
            total,
            target,
            words,
            is_complete=not banner(compliance.snapshot.lists, words),
            moved=since_last_month(now, compliance.history, target, words),
        ),
        kpis=headline(
            total,
            target,
            changes=monthly_changes(now, compliance.history, target, words),
            expiring_days=compliance.rules.expiring_days,
            words=words,
        ),
        target=target,
        trend=_trend((*compliance.history, now)[-MONTHS_SHOWN:], words),
        statuses=occurring((total,)),
        courses=_bars(((names[serial], tally) for serial, tally in figures.by_course.items()), words),
        units=_bars(((unit_label(each, words), each.own) for each in figures.by_unit), words),
        completeness=completeness_sentences(compliance.snapshot.lists, len(compliance.snapshot.set_aside), words),
        findings=finding_kinds(compliance.findings, words),
        rows=rows,
        gone=gone,
        compared_with=_compared_with(compliance, now, rows, gone, words),
        guards=tuple(_guard_line(guard, words) for guard in source.guards),
        plan=send_preview(rows, source.posting, words),
        release=_release(source, words),
    )


def _release(source: ReviewSource, words: Words) -> str:
    if source.release_code:
        return words.text("review.release", code=source.release_code)
    return words.text("review.release_later") if source.posting.wants_release else ""


def _guard_line(guard: Guard, words: Words) -> GuardLine:
    return GuardLine(guard.code.value, guard.option, guard.sentence(words), guard.detail_lines(words))


def _heading(compliance: Compliance, words: Words) -> ReviewHeading:
    edition = compliance.edition
    return ReviewHeading(
        company=edition.company,
        month=month_text(edition.series, words),
        as_of=words.timestamp(edition.as_of),
        extracted=words.timestamp(edition.extraction_finished),
        number=number_text(edition.series, edition.revision, words),
        run_id=edition.run_id,
        banner=banner(compliance.snapshot.lists, words),
    )


def _compared_with(
    compliance: Compliance, now: PeriodResult, rows: Sequence[BurstRow], gone: Sequence[GoneManager], words: Words
) -> str:
    before = last_month(now, compliance.history)
    if before is None or before.people_by_manager is None:
        return words.text("review.not_compared")
    return words.text(
        "review.compared",
        month=words.month(before.period.year, before.period.month),
        new=words.number(sum(row.is_new for row in rows)),
        gone=words.number(len(gone)),
    )


def _trend(periods: Sequence[PeriodResult], words: Words) -> tuple[TrendPoint, ...]:
    earlier = (None, *periods)
    return tuple(
        TrendPoint(
            month=words.short_month(each.period.year, each.period.month),
            share=rate(each.compliant, each.counted),
            compliant=each.compliant,
            counted=each.counted,
            exempt=each.exempt,
            is_comparable=before is None or before.rules_sha256 == each.rules_sha256,
        )
        for before, each in zip(earlier, periods, strict=False)
    )


def _bars(groups: Iterable[tuple[str, Tally]], words: Words) -> tuple[Bar, ...]:
    """The groups with most overdue first, the rest of them as one; groups in which nothing counts are left out."""
    bars = [
        Bar(label, tally.by_status, tally.counted, tally.compliant, tally.overdue, tally.exempt)
        for label, tally in groups
        if tally.counted
    ]
    bars.sort(key=lambda bar: (-bar.overdue, -bar.counted, bar.label))
    shown, rest = bars[:GROUPS_SHOWN], bars[GROUPS_SHOWN:]
    if rest:
        shown.append(
            Bar(
                label=words.text("review.others", count=words.number(len(rest))),
                by_status={status: sum(bar.by_status[status] for bar in rest) for status in Status},
                counted=sum(bar.counted for bar in rest),
                compliant=sum(bar.compliant for bar in rest),
                overdue=sum(bar.overdue for bar in rest),
                exempt=sum(bar.exempt for bar in rest),
            )
        )
    return tuple(shown)
