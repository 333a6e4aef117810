"""What a person should look at in the data: one line per kind of finding. Knows findings, not how they were found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rkreport.core.compliance import Compliance
from rkreport.core.findings import Finding, Level
from rkreport.core.report.figures import Figures
from rkreport.core.report.reconcile import assignments_sentence, detail_sentence
from rkreport.core.report.sheets import Column, Kind, Row, TableSheet, table_of
from rkreport.core.words import Words

EXAMPLES = 5
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
