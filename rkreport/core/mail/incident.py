"""A message that went to the wrong person: what the notice about it has to say. Pure.

Law 27 of 2022 (UU PDP), Article 46, requires it in writing within 3 × 24 hours: which personal data, when and how they
came out, and what was done about it. The ledger and the sent file know the first two; a person fills in the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from rkreport.core.compliance import Series, month_text, number_text
from rkreport.core.mail.delivery import POSSIBLY_DELIVERED, Delivery, DeliveryState
from rkreport.core.mail.lookup import report_id
from rkreport.core.mail.templates import Value
from rkreport.core.words import Words
from rkreport.sentence import Sentence

TIME_TO_NOTIFY: Final = timedelta(hours=72)

DRAFT_NAMES: Final = (
    "company",
    "month",
    "edition",
    "reply_to",
    "deadline",
    "sent",  # when it left, in words
    "recipient",
    "cc",  # may be empty
    "message_id",
    "report_id",
    "file_name",
    "sha256",
    "came_back",  # whether what came back is what was sent; may be empty
    "people_count",
    "columns",  # a line per sheet
    "people",  # a line per person
)
"""The names that the draft's template uses."""


@dataclass(frozen=True, slots=True)
class SentTable:
    """One table of a workbook. `rows` hold the cells that were asked for, by column, as text."""

    sheet: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """What was in a file. `people` are employee id and name, each once, in the file's order."""

    people: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]  # sheet, headers


def exposed(tables: Sequence[SentTable], id_headers: Iterable[str], name_headers: Iterable[str]) -> Exposed:
    """Whose data the tables hold, and which; the headers are those of any language."""
    ids, names = list(id_headers), list(name_headers)
    people = dict.fromkeys(
        person for table in tables for row in table.rows if any(person := (_first(row, ids), _first(row, names)))
    )
    return Exposed(tuple(people), tuple((table.sheet, table.columns) for table in tables))


def _first(row: Mapping[str, str], headers: Sequence[str]) -> str:
    return next((row[header] for header in headers if header in row), "")


def deadline(sent: Delivery, zone: tzinfo) -> datetime | None:
    """When the notice is due, counted from the sending; None if the message cannot have left."""
    if sent.state not in POSSIBLY_DELIVERED or sent.changed_at is None:
        return None
    return (sent.changed_at + TIME_TO_NOTIFY).astimezone(zone)


def draft_values(
    sent: Delivery,
    found: Exposed | None,
    *,
    company: str,
    reply_to: str,
    is_as_sent: bool | None,
    zone: tzinfo,
    words: Words,
) -> dict[str, Value]:
    """A value for each of `DRAFT_NAMES`.

    Args:
        sent: the message.
        found: what its file holds; None when it cannot be read any more.
        company: whose people they are.
        reply_to: where questions go.
        is_as_sent: whether a file that came back is the one that was sent; None when none came back.
        zone: of the report.
        words: of the report's language.
    """
    series = Series.parse(sent.period)
    until = deadline(sent, zone)
    unknown = (words.text("incident.unreadable"),)
    return {
        "company": company,
        "month": month_text(series, words),
        "edition": number_text(series, sent.revision, words),
        "reply_to": reply_to,
        "deadline": words.timestamp(until) if until else words.text("incident.no_deadline"),
        "sent": _sent(sent, zone, words),
        "recipient": sent.recipient or words.text("incident.purged"),
        "cc": ", ".join(sent.cc),
        "message_id": sent.message_id,
        "report_id": report_id(sent.message_id),
        "file_name": sent.file.rpartition("/")[2],
        "sha256": sent.file_sha256,
        "came_back": _came_back(words, is_as_sent=is_as_sent),
        "people_count": words.number(len(found.people) if found else sent.figures.people),
        "columns": tuple(
            Sentence("{sheet}: {headers}", sheet=sheet, headers=", ".join(headers)) for sheet, headers in found.columns
        )
        if found
        else unknown,
        "people": tuple(" · ".join(filter(None, person)) for person in found.people) if found else unknown,
    }


def _came_back(words: Words, *, is_as_sent: bool | None) -> str:
    if is_as_sent is None:
        return ""
    return words.text("incident.as_sent" if is_as_sent else "incident.altered")


def _sent(sent: Delivery, zone: tzinfo, words: Words) -> str:
    moment = words.timestamp(sent.changed_at.astimezone(zone)) if sent.changed_at else ""
    if sent.state is DeliveryState.SENT:
        return words.text("incident.sent", moment=moment)
    if sent.state is DeliveryState.WRITTEN:
        return words.text("incident.written", moment=moment)
    if sent.state in POSSIBLY_DELIVERED:
        return words.text("incident.perhaps_sent", moment=moment)
    return words.text("incident.not_sent", moment=moment)
