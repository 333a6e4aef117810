"""From stored pages to a snapshot: every list's rows, each once, as models. Pure; needs no network."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import cast

from rkreport.core.models import Assignment, Batch, Course, Learner, ListKind, ListReading, Snapshot, Traffic, Unit
from rkreport.lms.lists import Model, content_of, models_of, parsed
from rkreport.lms.paging import ASIDE, CLOSING_PASS, ListKey, PageRows, rows_of


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What is known of a fetch beside its pages."""

    snapshot_id: str
    host: str
    started_at: datetime
    finished_at: datetime
    lists: tuple[ListReading, ...]
    traffic: Traffic


def assemble(record: FetchRecord, pages: Iterable[tuple[str, int, bytes]]) -> Snapshot:
    """Build the snapshot from (list name, pass, body) in the order of list, pass and page."""
    proofs = {(one.kind, one.course, one.batch): one.proof for one in record.lists}
    models: defaultdict[ListKind, list[Model]] = defaultdict(list)
    for name, group in groupby(pages, key=itemgetter(0)):
        key = ListKey.parse(name)
        proof = proofs.get((key.kind, key.course, key.batch))
        # What closes a fetch, and the page beside a broken one, were read at another time than the passes that prove.
        wanted = (
            (number, body)
            for _, number, body in group
            if number % ASIDE < CLOSING_PASS and (number < ASIDE or not proof)
        )
        contents = ((number, content_of(key, parsed(key, body))) for number, body in wanted)
        read = [PageRows(number, content.read, content.rows) for number, content in contents]
        models[key.kind] += models_of(key, rows_of(read, proof))
    return Snapshot(
        snapshot_id=record.snapshot_id,
        host=record.host,
        started_at=record.started_at,
        finished_at=record.finished_at,
        learners=cast("tuple[Learner, ...]", tuple(models[ListKind.USERS])),
        units=cast("tuple[Unit, ...]", tuple(models[ListKind.UNITS])),
        courses=cast("tuple[Course, ...]", tuple(models[ListKind.COURSES])),
        batches=cast("tuple[Batch, ...]", tuple(models[ListKind.BATCHES])),
        assignments=cast("tuple[Assignment, ...]", tuple(models[ListKind.ASSIGNMENTS])),
        lists=record.lists,
        traffic=record.traffic,
    )
