"""Where the report comes from, so that it can be proved later. Knows how the snapshot was read."""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import chain

from rkreport.core.compliance import Compliance, month_text
from rkreport.core.report.completeness import list_name, reason_text
from rkreport.core.report.figures import Figures
from rkreport.core.report.labels import NO_VALUE
from rkreport.core.report.sheets import Column, Kind, Row, TableSheet, table_of
from rkreport.core.words import Words
from rkreport.sentence import Sentence

_NO_LIST = (None,) * 4


def audit_sheet(compliance: Compliance, figures: Figures, zone: tzinfo, words: Words) -> TableSheet:
    """Section, item, value, numbers of a list, note: the run, the rows, each list, each exception that was given."""
    columns = (
        Column(words.text("audit.section"), Kind.TEXT),
        Column(words.text("audit.item"), Kind.NOTE),
        Column(words.text("audit.value"), Kind.VALUE),
        Column(words.text("audit.pages_received"), Kind.INTEGER),
        Column(words.text("audit.pages_expected"), Kind.INTEGER),
        Column(words.text("audit.rows_received"), Kind.INTEGER),
        Column(words.text("audit.rows_expected"), Kind.INTEGER),
        Column(words.text("audit.note"), Kind.NOTE),
    )
    rows = chain(
        _run_rows(compliance, zone, words),
        _reading_rows(compliance, words),
        _number_rows(compliance, figures, words),
        _list_rows(compliance, words),
        _exception_rows(compliance, words),
    )
    return TableSheet(
        key="audit_trail",
        title=words.text("sheet.audit_trail.title"),
        table=table_of("tblAuditTrail", columns, rows),
        frozen_columns=2,
    )


def _run_rows(compliance: Compliance, zone: tzinfo, words: Words) -> Iterator[Row]:
    edition = compliance.edition
    section = words.text("audit.run")
    for item, value in (
        (words.text("audit.run_id"), edition.run_id),
        (words.text("audit.interim" if edition.is_interim else "audit.revision"), edition.revision),
        (words.text("audit.snapshot"), compliance.snapshot.snapshot_id),
        (words.text("audit.host"), compliance.snapshot.host),
        (words.text("audit.period"), month_text(edition.series, words)),
        (words.text("audit.as_of"), words.timestamp(edition.as_of)),
        (words.text("audit.zone"), str(zone)),
        (words.text("audit.extraction_started"), words.timestamp(edition.extraction_started)),
        (words.text("audit.extraction_finished"), words.timestamp(edition.extraction_finished)),
        (words.text("audit.config"), edition.config_sha256),
        (words.text("audit.version"), edition.version),
    ):
        yield section, item, value, *_NO_LIST, None


def _reading_rows(compliance: Compliance, words: Words) -> Iterator[Row]:
    section = words.text("audit.reading")
    lists = compliance.snapshot.lists
    for item, number in (
        (words.text("audit.requests"), compliance.snapshot.traffic.requests),
        (words.text("audit.retries"), compliance.snapshot.traffic.retries),
        (words.text("audit.pages_expected"), sum(reading.pages_expected for reading in lists)),
        (words.text("audit.pages_received"), sum(reading.pages_received for reading in lists)),
        (words.text("audit.rows_expected"), sum(reading.rows_expected for reading in lists)),
        (words.text("audit.rows_received"), sum(reading.rows_received for reading in lists)),
    ):
        yield section, item, number, *_NO_LIST, None


def _number_rows(compliance: Compliance, figures: Figures, words: Words) -> Iterator[Row]:
    section = words.text("audit.numbers")
    found = figures.reconciliation
    for item, number in (
        (words.text("audit.users"), len(compliance.snapshot.learners)),
        (words.text("audit.assignments"), found.fetched),
        (words.text("audit.matched_serial"), found.by_serial),
        (words.text("audit.matched_employee_id"), found.by_employee_id),
        (words.text("audit.unmatched"), found.unmatched),
        (words.text("audit.unlisted"), found.unlisted),
        (words.text("audit.set_aside"), found.set_aside),
        (words.text("audit.detail_rows"), figures.first_rows.count),
        (words.text("audit.requirements"), len(compliance.requirements)),
        (words.text("tally.counted"), figures.overall.counted),
        (words.text("tally.compliant"), figures.overall.compliant),
        (words.text("audit.exempt"), figures.overall.exempt),
        (words.text("audit.not_counting"), figures.overall.not_counting),
    ):
        yield section, item, number, *_NO_LIST, None


def _list_rows(compliance: Compliance, words: Words) -> Iterator[Row]:
    section = words.text("audit.lists")
    for reading in compliance.snapshot.lists:
        verdict = words.text(f"verdict.{reading.verdict.value}")
        pages = reading.pages_received, reading.pages_expected
        rows = reading.rows_received, reading.rows_expected
        yield section, list_name(reading, words), verdict, *pages, *rows, reason_text(reading.reason, words) or None


def _exception_rows(compliance: Compliance, words: Words) -> Iterator[Row]:
    """Whom an exception excuses and who approved it. The reason stays in the file: it can tell of illness."""
    section = words.text("audit.exceptions")
    for each in compliance.rules.exceptions:
        until = words.date(each.until) if each.until else words.text("audit.for_ever")
        approved_by = each.approved_by or NO_VALUE
        note = words.text("audit.exception_note", approved_by=approved_by, line=words.number(each.line))
        yield (
            section,
            Sentence("{employee_id} · {course}", employee_id=each.employee_id, course=each.course),
            until,
            *_NO_LIST,
            note,
        )
