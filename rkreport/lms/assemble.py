"""Turns stored pages into a snapshot with each list's rows once, as models. Pure; needs no network."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.snapshot import ListKind, ListReading, SetAside, Snapshot, Traffic
from rkreport.errors import StoreError
from rkreport.lms.lists import LISTS, PageContent, check_users, compacted, models_of, stored_content
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


_Named = tuple[ListKind, str, str]
"""Kind, course and batch of a list."""


class Received:
    """Counts what the kept pages of each list hold, to compare it with what its reading received."""

    def __init__(self) -> None:
        """Start without pages."""
        self._pages = Counter[_Named]()
        self._rows = Counter[_Named]()

    def note_page(self, key: ListKey, pass_number: int, page: int, content: PageContent) -> None:
        """Count a page as the reading does: not of a closing pass, and not past the end."""
        is_counted = bool(content.read.identities) or page == 1
        self._pages[_named(key)] += is_counted and pass_number % ASIDE < CLOSING_PASS

    def note_rows(self, key: ListKey, rows: int) -> None:
        """Count the rows that a list's pages give."""
        self._rows[_named(key)] += rows

    def first_short(self, lists: Iterable[ListReading], *, is_part: bool = False) -> ListReading | None:
        """Return a list that lacks pages or rows; `is_part`: among those with any page.

        A list may have more than its reading: pages of an earlier try. Copies on several pages are not counted.
        """
        for one in lists:
            named = one.kind, one.course, one.batch
            lacks_rows = named in self._rows and not one.has_repeats and self._rows[named] < one.rows_received
            lacks_pages = self._pages[named] < one.pages_received
            if (lacks_pages or lacks_rows) and (named in self._pages or not is_part):
                return one
        return None


def lacking_pages(reading: ListReading, snapshot_id: str) -> StoreError:
    """The error of a list whose pages are not all there."""
    return StoreError(
        "The store lacks pages of {key} that belong to snapshot {snapshot_id}; fetch again, or restore the data"
        " folder from a backup.",
        key=ListKey(reading.kind, reading.course, reading.batch),
        snapshot_id=snapshot_id,
    )


def _named(key: ListKey) -> _Named:
    return key.kind, key.course, key.batch


def assemble(record: FetchRecord, pages: Iterable[tuple[str, int, int, bytes]], *, is_part: bool = False) -> Snapshot:
    """Build the snapshot from (list name, pass, page, body) in that order; `is_part`: from some of its lists.

    Raises:
        UnfitUserList: the list of users cannot make a report.
        StoreError: pages are missing.
    """
    received = Received()
    readings = {(one.kind, one.course, one.batch): one for one in record.lists}
    models: dict[str, list[Any]] = {definition.snapshot_field: [] for definition in LISTS.values()}
    set_aside: list[SetAside] = []
    findings: list[Finding] = []
    says_active = False
    for name, group in groupby(pages, key=itemgetter(0)):
        key = ListKey.parse(name)
        reading = readings.get((key.kind, key.course, key.batch))
        list_rows = _rows_of_list(key, reading, group, received)
        content = models_of(key, list_rows.rows)
        models[LISTS[key.kind].snapshot_field] += content.models
        set_aside += content.set_aside
        findings += [*content.findings, *list_rows.findings]
        says_active = says_active or list_rows.says_active
    short = received.first_short(record.lists, is_part=is_part)
    if short:
        raise lacking_pages(short, record.snapshot_id)
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


def _rows_of_list(
    key: ListKey, reading: ListReading | None, pages: Iterable[tuple[str, int, int, bytes]], received: Received
) -> _ListRows:
    proof = reading.proof if reading else None
    read: list[PageRows] = []
    lost: list[Finding] = []
    says_active = False
    for _, number, page, body in pages:
        # Skip pages of closing passes, and pages read aside of a broken one: they are from another time than the proof.
        if number % ASIDE >= CLOSING_PASS or (number >= ASIDE and proof):
            continue
        content = stored_content(key, page, body)
        received.note_page(key, number, page, content)
        says_active = says_active or content.says_active
        read.append(PageRows(PageRef(number, page), content.read, compacted(key, content.rows)))
        if content.has_lost_letters:
            lost.append(
                Finding(FindingCode.LETTERS_LOST, Level.CHECK, Sentence("{key}, page {page}", key=key, page=page))
            )
    rows = rows_of(read, proof, has_repeats=bool(reading and reading.has_repeats))
    received.note_rows(key, len(rows))
    return _ListRows(rows, list(dict.fromkeys(lost)), says_active)
