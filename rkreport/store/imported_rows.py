"""Looks at what stands in a snapshot file before any of it is taken: ids, paths, times, digests and figures.

A value that is taken is printed, becomes part of a file name, or stops a build months later.
"""

import re
from dataclasses import fields
from datetime import datetime
from pathlib import PurePosixPath
from typing import NoReturn

from rkreport.core.compliance import PeriodResult, Series
from rkreport.core.leaks.text_folding import visible
from rkreport.core.mail.delivery import Delivery, TeamFigures
from rkreport.core.models import Counts, Status
from rkreport.core.moments import FIRST_YEAR, LAST_YEAR, is_sane
from rkreport.core.snapshot import REASONS, ListReading
from rkreport.errors import StoreError
from rkreport.store.answers import AnswerStore
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import Results, Standing
from rkreport.store.snapshot_file import NotOurs
from rkreport.store.snapshots import SnapshotRow, Snapshots

_SNAPSHOT_ID = re.compile(r"\d{8}-\d{6}(-\d{1,4})?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_ID = 300
_MOST = 1_000_000  # revisions, attempts, pages of a list
_MOST_PASSES = 1_000
_MOST_COST = 10**9  # requests, seconds
_BASES = "SELECT period, revision FROM base UNION SELECT DISTINCT period, revision FROM base_requirement"
_STATUSES = "SELECT DISTINCT status FROM base_requirement LIMIT 100"
_COUNTS = "SELECT DISTINCT counts FROM base_requirement LIMIT 100"
_NO_STANDING = "SELECT 1 FROM edition_result WHERE handed_over NOT BETWEEN 0 AND ? LIMIT 1"


def check_rows(source: Database, snapshot_id: str) -> None:
    """Look at all rows but the pages' bodies.

    Raises:
        NotOurs: one is not what rkreport writes.
    """
    try:
        _check_snapshot(Snapshots(source, _no_clock).finished(snapshot_id))
        for delivery in Ledger(source, _no_clock).all():
            _check_delivery(delivery)
        # An edition has a row for each of them: with any number of rows, looking for its messages would take hours.
        _must(be=not source.read(_NO_STANDING, len(Standing) - 1))
        for kept in Results(source, _no_clock).all():
            _check_result(kept.result, kept.revision)
            _sane(kept.built_at)
        _check_bases(source)
        _check_answers(AnswerStore(source))
    except (StoreError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotOurs("a row of another shape") from error


def check_place(pass_number: int, page: int, fetched_at: str) -> None:
    """Look at a page's pass and number, and when it came.

    Raises:
        NotOurs: no fetch reads so many, or that is no time.
    """
    _must(be=0 <= pass_number <= _MOST_PASSES and 1 <= page <= _MOST)
    try:
        _sane(datetime.fromisoformat(fetched_at))
    except ValueError as error:
        raise NotOurs("no time") from error


def is_plain(text: str) -> bool:
    """Whether a text is an id as people give it: all of it can be seen, and it leads to no other folder."""
    parts = re.split(r"[/\\]", text)
    return visible(text) == text.strip() and len(text) <= _LONGEST_ID and not {".", ".."} & set(parts)


def _no_clock() -> NoReturn:
    raise AssertionError("what is looked at has its times")


def _must(*, be: bool) -> None:
    if not be:
        raise NotOurs("a value of another shape")


def _plain(*texts: str) -> None:
    _must(be=all(is_plain(text) for text in texts))


def _sane(*moments: datetime | None) -> None:
    _must(be=all(moment is None or is_sane(moment) for moment in moments))


def _whole(*numbers: object) -> None:
    _must(be=all(isinstance(number, int) and abs(number) < 2**53 for number in numbers))


def _few(*counts: int) -> None:
    _must(be=all(0 <= count <= _MOST for count in counts))


def _check_snapshot(row: SnapshotRow) -> None:
    _must(be=_SNAPSHOT_ID.fullmatch(row.snapshot_id) is not None)
    _plain(row.host)
    _sane(row.started_at, row.finished_at)
    _must(be=all(0 <= one <= _MOST_COST for one in (row.traffic.requests, row.traffic.retries, row.fetch_seconds)))
    for reading in row.lists:
        _check_reading(reading)


def _check_reading(reading: ListReading) -> None:
    _plain(reading.course, reading.batch)
    _whole(reading.pages_expected, reading.pages_received, reading.rows_expected, reading.rows_received)
    if reading.proof is not None:
        _must(be=len(reading.proof) == 2)  # noqa: PLR2004 - two passes
        _whole(*reading.proof)
    if reading.reason is not None:
        values = dict(reading.reason.values)
        _must(be=REASONS.get(reading.reason.code) == frozenset(values))
        _must(be=all(isinstance(value, str | int) for value in values.values()))


def _check_delivery(row: Delivery) -> None:
    _edition(row.period, row.revision)
    _plain(row.manager_id, row.recipient, row.language, row.message_id, row.transport, *row.cc)
    path = PurePosixPath(row.file)
    _must(be=not path.is_absolute() and is_plain(row.file) and ":" not in row.file and "\\" not in row.file)
    _digests(row.file_sha256, row.content_sha256.rpartition(":")[2])
    _figures(row.figures)
    _few(row.attempts, row.again, row.copies_missed)
    _whole(row.size_bytes)
    _sane(row.planned_at, row.changed_at)


def _check_result(result: PeriodResult, revision: int) -> None:
    _edition(str(result.period), revision)
    _plain(result.rules_sha256, result.snapshot_id, *(result.people_by_manager or {}), *(result.told_by_manager or {}))
    numbers = (getattr(result, one.name) for one in fields(result) if one.type in {int, "int"})
    _whole(*numbers, result.exempt or 0, *(result.people_by_manager or {}).values())
    for figures in (result.told_by_manager or {}).values():
        _figures(figures)


def _check_bases(source: Database) -> None:
    for period, revision in source.read(_BASES):
        _edition(period, revision)
    for kept_at, *_ in source.read("SELECT kept_at FROM base"):
        _sane(datetime.fromisoformat(kept_at))
    _must(be={status for (status,) in source.read(_STATUSES)} <= set(Status))
    _must(be={counts for (counts,) in source.read(_COUNTS)} <= set(Counts))


def _check_answers(store: AnswerStore) -> None:
    for answer in store.all():
        _edition(answer.period, answer.revision)
        _plain(answer.manager_id, answer.address, answer.employee_id, answer.user_serial, answer.course)
        _sane(answer.sent_at, answer.collected_at)
    for file in store.files():
        _edition(file.period, file.revision)
        _plain(file.manager_id)
        _digests(file.file_sha256)
        _sane(file.sent_at, file.collected_at)


def _edition(series: str, revision: int) -> None:
    found = Series.parse(series)
    period = found.period
    _must(be=str(found) == series and 1 <= period.month <= 12 and FIRST_YEAR <= period.year <= LAST_YEAR)  # noqa: PLR2004 - months
    _must(be=1 <= revision <= _MOST)


def _figures(figures: TeamFigures) -> None:
    _whole(figures.people, figures.counted, figures.compliant, figures.overdue)


def _digests(*digests: str) -> None:
    _must(be=all(_SHA256.fullmatch(digest) for digest in digests))
