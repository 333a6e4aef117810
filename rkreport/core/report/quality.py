"""What a person should look at in the data: one line per kind of finding. Knows findings, not how they were found."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rkreport.core.compliance import Compliance
from rkreport.core.findings import Finding, Level
from rkreport.core.report.figures import Figures
from rkreport.core.report.reconcile import assignments_sentence, detail_sentence
from rkreport.core.report.sheets import Column, Kind, Panel, Row, TableSheet, table_of
from rkreport.core.words import Words

EXAMPLES = 5
LISTED = 20_000  # findings, one row each
_LEVELS = tuple(Level)  # worst first


def quality_sheet(compliance: Compliance, figures: Figures, words: Words) -> TableSheet:
    """Findings, the worst and then the most frequent first; the footnotes show that the rows add up."""
    columns = (
        Column(words.text("quality.level"), Kind.TEXT),
        Column(words.text("quality.code"), Kind.TEXT),
        Column(words.text("quality.finding"), Kind.NOTE),
        Column(words.text("quality.count"), Kind.INTEGER),
        Column(words.text("quality.examples"), Kind.NOTE),
        Column(words.text("quality.effect"), Kind.NOTE),
        Column(words.text("quality.mend"), Kind.NOTE),
    )
    return TableSheet(
        key="data_quality",
        title=words.text("sheet.data_quality.title"),
        table=table_of("tblDataQuality", columns, _rows(compliance.findings, words)),
        frozen_columns=3,
        empty_text=words.text("health.no_findings"),
        blocks=_all_findings(compliance.findings, words),
        footnotes=(
            assignments_sentence(figures.reconciliation, words),
            detail_sentence(figures.reconciliation, figures.first_rows.count, words),
        ),
    )


@dataclass(frozen=True, slots=True)
class FindingKind:
    """All findings of one code, without any of their examples: what it is, what it does, how to mend it."""

    level: Level
    code: str
    title: str
    count: int
    effect: str
    mend: str


def finding_kinds(findings: Iterable[Finding], words: Words) -> tuple[FindingKind, ...]:
    """The findings by code, in the order of the sheet."""
    return tuple(
        FindingKind(
            level=_worst(found),
            code=code,
            title=words.text(f"finding.{code}.title"),
            count=len(found),
            effect=words.text(f"finding.{code}.effect"),
            mend=words.text(f"finding.{code}.mend"),
        )
        for code, found in _by_code(findings)
    )


def _all_findings(findings: Sequence[Finding], words: Words) -> tuple[Panel, ...]:
    """One row per finding, in the order of the kinds; a single kind with a single finding needs no list."""
    ordered = [finding for _, found in _by_code(findings) for finding in found]
    if len(ordered) <= 1:
        return ()
    levels = {level: words.text(f"level.{level.value}") for level in Level}
    titles = {code: words.text(f"finding.{code}.title") for code in {finding.code for finding in ordered}}
    columns = (
        Column(words.text("quality.level"), Kind.TEXT),
        Column(words.text("quality.code"), Kind.TEXT),
        Column(words.text("quality.finding"), Kind.NOTE),
        Column(words.text("quality.number"), Kind.INTEGER),
        Column(words.text("quality.where"), Kind.NOTE),
    )
    numbers: Counter[str] = Counter()
    rows: list[Row] = []
    for finding in ordered[:LISTED]:
        numbers[finding.code] += 1
        rows.append(
            (levels[finding.level], finding.code, titles[finding.code], numbers[finding.code], finding.example or None)
        )
    title = "quality.all" if len(ordered) <= LISTED else "quality.first"
    said = words.text(title, count=words.number(len(ordered)), shown=words.number(LISTED))
    return (Panel(said, table_of("tblFindings", columns, rows)),)


def _by_code(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings of each code, the worst and then the most frequent first."""
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    return sorted(by_code.items(), key=lambda item: (_LEVELS.index(_worst(item[1])), -len(item[1]), item[0]))


def _worst(found: list[Finding]) -> Level:
    return min((finding.level for finding in found), key=_LEVELS.index)


def _rows(findings: Iterable[Finding], words: Words) -> Iterator[Row]:
    for code, found in _by_code(findings):
        examples = list(dict.fromkeys(finding.example for finding in found if finding.example))[:EXAMPLES]
        yield (
            words.text(f"level.{_worst(found).value}"),
            code,
            words.text(f"finding.{code}.title"),
            len(found),
            "\n".join(examples) or None,
            words.text(f"finding.{code}.effect"),
            words.text(f"finding.{code}.mend"),
        )
