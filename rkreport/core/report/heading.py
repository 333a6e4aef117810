"""The title block of every sheet, and the frame of a workbook. Knows the edition, and no people."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC

from rkreport.core.compliance import Edition, month_text, number_text
from rkreport.core.models import Status
from rkreport.core.report.completeness import banner
from rkreport.core.report.labels import status_cell
from rkreport.core.report.sheets import Heading, Sheet, WorkbookPlan
from rkreport.core.snapshot import ListReading
from rkreport.core.words import Words
from rkreport.sentence import Sentence, joined


def workbook(
    *,
    report: str,
    edition: Edition,
    host: str,
    lists: Sequence[ListReading],
    sheets: tuple[Sheet, ...],
    properties: Mapping[str, str],
    words: Words,
) -> WorkbookPlan:
    """The sheets in their frame; `report` says in words which report it is.

    The document's time is the end of the extraction, so that a build is repeatable.
    """
    finished = edition.extraction_finished.astimezone(UTC)
    month = month_text(edition.series, words)
    number = number_text(edition.series, edition.revision, words)
    title = words.text("heading.title", company=edition.company, report=report)
    footer = words.text("heading.footer", company=edition.company, month=month, edition=number)
    return WorkbookPlan(
        title=title,
        subject=words.text("heading.subject", month=month, edition=number),
        company=edition.company,
        language=words.language,
        created=finished.replace(tzinfo=None, microsecond=0),
        heading=Heading(
            title=title,
            lines=_lines(edition, host, words),
            banner=banner(lists, words),
            back=words.text("heading.back", title=sheets[0].title),
            footer=joined(" · ", (*_mark(lists, words), footer)),
            # The drawing fills these two, so they stay placeholders.
            page_of=words.text("heading.page_of", page="{page}", pages="{pages}"),
            values=_values(report, edition, host, words),
        ),
        sheets=sheets,
        continued=words.text("heading.continued", title="{title}", number="{number}"),
        properties=dict(properties)
        | {"period": str(edition.period), "revision": str(edition.revision), "run": edition.run_id}
        | ({"kind": edition.series.kind} if edition.is_interim else {}),
        statuses=tuple(status_cell(status, words) for status in Status),
    )


def _mark(lists: Sequence[ListReading], words: Words) -> Iterator[str]:
    """What the foot of every printed page says first when data are missing: pages get separated."""
    if banner(lists, words):
        yield words.text("mail.incomplete")


def _lines(edition: Edition, host: str, words: Words) -> tuple[str, str]:
    """The period and the day that the report shows; when and where its data were read."""
    month, as_of = month_text(edition.series, words), words.timestamp(edition.as_of)
    number = number_text(edition.series, edition.revision, words)
    read = words.text("heading.extracted", moments=_span(edition, words), host=host, edition=number, run=edition.run_id)
    return words.text("heading.period", month=month, as_of=as_of), read


def _values(report: str, edition: Edition, host: str, words: Words) -> dict[str, str]:
    """What a template's own texts can name."""
    return {
        "company": edition.company,
        "report": report,
        "period": month_text(edition.series, words),
        "as_of": words.timestamp(edition.as_of),
        "extracted": _span(edition, words),
        "host": host,
        "revision": str(edition.revision),
        "run": edition.run_id,
    }


def series_told(properties: Mapping[str, str]) -> str:
    """The `Series` of a workbook as text, from the workbook's own properties."""
    return "-".join(filter(None, (properties.get("period"), properties.get("kind"))))


def _span(edition: Edition, words: Words) -> str:
    """The start and end of reading the data; one moment if both have the same words."""
    started, finished = words.timestamp(edition.extraction_started), words.timestamp(edition.extraction_finished)
    return started if started == finished else Sentence("{started} – {finished}", started=started, finished=finished)
