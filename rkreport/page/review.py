"""Fills the page's template with a review. Every value is escaped as text, whatever it contains.

The template belongs to the program, not the admin. Names from the LMS and from the admin's lists are only values in
it. Must not know how a figure is made.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rkreport import __version__
from rkreport.core.findings import Level
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import Status
from rkreport.core.percent import Percent, percent_of
from rkreport.core.report.kpis import rate_text
from rkreport.core.report.labels import STATUS_SYMBOLS, status_word
from rkreport.core.report.sheets import Kpi
from rkreport.core.review.burst_list import BurstRow
from rkreport.core.review.page import Bar, Review, TrendPoint
from rkreport.core.words import Words
from rkreport.page.charts import line_chart, parts_of

_KILO = 1000
_Worded = Callable[[Fraction | None], str]
LEVEL_SYMBOLS: Final[Mapping[Level, str]] = MappingProxyType({Level.BLOCK: "✖", Level.CHECK: "▲", Level.INFO: "●"})
_LABELS = (
    "review.title",
    "review.skip",
    "review.sections",
    "review.page_intro",
    "review.key_figures",
    "review.trend",
    "review.trend_first",
    "review.trend_rules",
    "review.trend_table",
    "review.target",
    "review.courses",
    "review.courses_caption",
    "review.units",
    "review.units_caption",
    "review.nothing_counts",
    "review.legend",
    "review.attention",
    "review.guards_none",
    "review.accept",
    "review.findings_none",
    "review.findings_caption",
    "review.plan",
    "review.messages",
    "review.one_message",
    "review.minutes",
    "review.one_minute",
    "review.refused",
    "review.new",
    "review.gone",
    "review.burst_list",
    "review.gone_caption",
    "review.people_before",
    "review.address",
    "review.team",
    "review.no_address",
    "review.workbook",
    "review.message",
    "review.warnings",
    "review.top",
    "column.manager",
    "column.manager_id",
    "column.course",
    "column.unit",
    "quality.level",
    "quality.finding",
    "quality.count",
    "quality.effect",
    "quality.mend",
    "tally.people",
    "tally.compliant",
    "tally.counted",
    "tally.rate",
    "status.exempt",
    "kpi.overdue",
    "trend.month",
)
_STATES = MappingProxyType(
    {
        "planned": "message.planned",
        "sending": "message.sending",
        "sent": "message.sent",
        "written": "message.written",
        "failed": "message.failed",
        "unknown": "message.unknown",
        "unchanged": "message.unchanged",
        "": "message.not_planned",
    }
)


@lru_cache(maxsize=4)  # one page per language, and compiling takes longer than filling
def _environment(templates: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def render_review(review: Review, words: Words, templates: Path, others: Iterable[tuple[str, str, str]]) -> str:
    """Render the page in the review's language.

    Args:
        review: the contents.
        words: the words of the same language.
        templates: the folder with `page.html`.
        others: file name, language and link text of the page in each other language.
    """
    percent = partial(_percent, review.target, words)
    return (
        _environment(templates)
        .get_template("page.html")
        .render(
            review=review,
            t={key: words.text(key) for key in _LABELS},
            number=words.number,
            met=partial(_met, words),
            percent=percent,
            target=percent(review.target),
            kpi_value=lambda kpi: _kpi_value(kpi, words),
            size=lambda size_bytes: _size(size_bytes, words),
            href=lambda path: quote(path, errors="replace"),
            copies=lambda cc: words.text("review.copies", addresses=", ".join(cc)),
            charts=_trend_charts(review),
            parts=lambda bar: parts_of(bar, review.statuses),
            bar_alt=lambda bar: _bar_alt(bar, review, words),
            trend_alt=_trend_alt(review, percent, words),
            status_words={status: status_word(status, words) for status in Status},
            symbols=STATUS_SYMBOLS,
            levels={level: words.text(f"level.{level.value}") for level in Level},
            level_symbols=LEVEL_SYMBOLS,
            states={state: words.text(key) for state, key in _STATES.items()},
            rows=sorted(review.rows, key=lambda row: (not row.warnings, not row.is_new)),
            has_states=any(row.state or row.is_unchanged for row in review.rows),
            texts=_texts(review, percent, words),
            others=others,
        )
    )


def _shown(value: Any) -> Any:  # noqa: ANN401 - whatever a template puts out
    """Remove invisible characters from text: direction marks, control characters, unpaired surrogates.

    A value with `__html__` was made by the template from parts that are already cleaned.
    """
    return value if hasattr(value, "__html__") or not isinstance(value, str) else visible(value)


def _texts(review: Review, percent: _Worded, words: Words) -> dict[str, str]:
    """Return the page's sentences that contain a value."""
    heading = review.heading
    return {
        "period": words.text("review.period", month=heading.month, as_of=heading.as_of),
        "source": words.text("review.source", extracted=heading.extracted, edition=heading.number, run=heading.run_id),
        "trend_caption": words.text("review.trend_caption", target=percent(review.target)),
        "guards": words.text("review.guards_some", count=words.number(len(review.guards))),
        "burst_caption": words.text("review.burst_caption", count=words.number(len(review.rows))),
        "footer": words.text("review.footer", version=__version__),
    }


def _percent(target: Fraction, words: Words, share: Fraction | None) -> str:
    return words.percent(percent_of(share, target))


def _met(words: Words, of: TrendPoint | Bar | BurstRow) -> str:
    """Word the numbers of a rate: `89 / 130; 1 exempt`."""
    numbers = {"compliant": words.number(of.compliant), "counted": words.number(of.counted)}
    if of.exempt:
        return words.text("review.met_exempt", **numbers, exempt=words.number(of.exempt))
    return words.text("review.met", **numbers)


def _kpi_value(kpi: Kpi, words: Words) -> str:
    if kpi.value is None or isinstance(kpi.value, Percent):
        return words.percent(kpi.value)
    return words.number(kpi.value)


def _size(size_bytes: int, words: Words) -> str:
    """Return a file's size for people: 12 kB, 1.4 MB."""
    if size_bytes < _KILO * _KILO:
        return f"{words.number(max(round(size_bytes / _KILO), 1))} kB"
    return f"{words.number(round(size_bytes / _KILO / _KILO, 1))} MB"


def _trend_charts(review: Review) -> dict[str, Any]:
    """Draw the chart for a wide and for a narrow screen: letters of a scaled chart would be too small to read."""
    sizes = {"wide": (1080, 280), "narrow": (340, 230)}
    return {
        name: line_chart(review.trend, review.target, width=width, height=height)
        for name, (width, height) in sizes.items()
    }


def _trend_alt(review: Review, percent: _Worded, words: Words) -> str:
    values = (
        words.text("review.trend_value", month=point.month, rate=rate_text(point, review.target, words))
        for point in review.trend
    )
    return words.text("review.trend_alt", values=", ".join(values), target=percent(review.target))


def _bar_alt(bar: Bar, review: Review, words: Words) -> str:
    values = (
        words.text("review.bar_value", status=status_word(status, words), count=words.number(bar.by_status[status]))
        for status in review.statuses
        if bar.by_status[status]
    )
    return words.text("review.bar_alt", label=bar.label, values=", ".join(values))
