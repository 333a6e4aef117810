"""What a person should look at in the data: one line per kind of finding. Knows findings, not how they were found."""

from collections.abc import Iterable, Iterator

from rkreport.core.compliance import Compliance
from rkreport.core.models import Finding, Level
from rkreport.core.report.figures import Figures
from rkreport.core.report.given import table_of
from rkreport.core.report.reconcile import assignments_sentence, detail_sentence
from rkreport.core.report.sheets import Column, Kind, Row, TableSheet
from rkreport.core.words import Words

EXAMPLES = 5
_LEVELS = tuple(Level)  # worst first


def quality_sheet(compliance: Compliance, figures: Figures, words: Words) -> TableSheet:
    """Findings, the worst and then the most frequent first; below, that the rows add up."""
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


def _rows(findings: Iterable[Finding], words: Words) -> Iterator[Row]:
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)

    def worst(found: list[Finding]) -> int:
        return min(_LEVELS.index(finding.level) for finding in found)

    ordered = sorted(by_code.items(), key=lambda item: (worst(item[1]), -len(item[1]), item[0]))
    for code, found in ordered:
        examples = list(dict.fromkeys(finding.example for finding in found if finding.example))[:EXAMPLES]
        yield (
            words.text(f"level.{_LEVELS[worst(found)].value}"),
            code,
            words.text(f"finding.{code}.title"),
            len(found),
            "\n".join(examples) or None,
            words.text(f"finding.{code}.effect"),
            words.text(f"finding.{code}.mend"),
        )
