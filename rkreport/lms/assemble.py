"""Turns stored pages into a snapshot with each list's rows once, as models. Pure; needs no network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.snapshot import ListReading, SetAside, Snapshot, Traffic
from rkreport.lms.lists import LISTS, check_users, compacted, models_of, stored_content
from rkreport.lms.paging import ASIDE, CLOSING_PASS, ListKey, PageRef
from rkreport.lms.rows import PageRows, rows_of
from rkreport.sentence import Sentence


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What is known about a fetch apart from its pages."""

    snapshot_id: str
    host: str
    started_at: datetime
    finished_at: datetime
    lists: tuple[ListReading, ...]
    traffic: Traffic


def assemble(record: FetchRecord, pages: Iterable[tuple[str, int, int, bytes]], *, is_part: bool = False) -> Snapshot:
    """Build the snapshot from (list name, pass, page, body) in that order; `is_part`: from some of its lists.

    Raises:
        UnfitUserList: the list of users cannot make a report.
    """
    readings = {(one.kind, one.course, one.batch): one for one in record.lists}
    models: dict[str, list[Any]] = {definition.snapshot_field: [] for definition in LISTS.values()}
    set_aside: list[SetAside] = []
    findings: list[Finding] = []
    says_active = False
    for name, group in groupby(pages, key=itemgetter(0)):
        key = ListKey.parse(name)
        reading = readings.get((key.kind, key.course, key.batch))
        list_rows = _rows_of_list(key, reading, group)
        content = models_of(key, list_rows.rows)
        models[LISTS[key.kind].snapshot_field] += content.models
        set_aside += content.set_aside
        findings += [*content.findings, *list_rows.findings]
        says_active = says_active or list_rows.says_active
    if not is_part:
        check_users(len(models["learners"]), any_says_active=says_active)
    return Snapshot(
        snapshot_id=record.snapshot_id,
        host=record.host,
        started_at=record.started_at,
        finished_at=record.finished_at,
        lists=record.lists,
        traffic=record.traffic,
        set_aside=tuple(set_aside),
        findings=tuple(findings),
        **{name: tuple(found) for name, found in models.items()},
    )


@dataclass(frozen=True, slots=True)
class _ListRows:
    """The rows of one list, findings about its pages, and whether any page says who is active."""

    rows: list[Any]
    findings: list[Finding]
    says_active: bool


def _rows_of_list(key: ListKey, reading: ListReading | None, pages: Iterable[tuple[str, int, int, bytes]]) -> _ListRows:
    proof = reading.proof if reading else None
    read: list[PageRows] = []
    lost: list[Finding] = []
    says_active = False
    for _, number, page, body in pages:
        # Skip pages of closing passes, and pages read aside of a broken one: they are from another time than the proof.
        if number % ASIDE >= CLOSING_PASS or (number >= ASIDE and proof):
            continue
        content = stored_content(key, page, body)
        says_active = says_active or content.says_active
        read.append(PageRows(PageRef(number, page), content.read, compacted(key, content.rows)))
        if content.has_lost_letters:
            lost.append(
                Finding(FindingCode.LETTERS_LOST, Level.CHECK, Sentence("{key}, page {page}", key=key, page=page))
            )
    rows = rows_of(read, proof, has_repeats=bool(reading and reading.has_repeats))
    return _ListRows(rows, list(dict.fromkeys(lost)), says_active)
