"""From stored pages to a snapshot: every list's rows, each once, as models. Pure; needs no network."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from rkreport.core.models import Assignment, Batch, Course, Learner, ListKind, ListReading, Snapshot, Traffic, Unit
from rkreport.lms.lists import Model, content_of, models_of, parsed
from rkreport.lms.paging import Identity, ListKey, union


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """What is known of a fetch beside its pages."""

    snapshot_id: str
    host: str
    started_at: datetime
    finished_at: datetime
    lists: tuple[ListReading, ...]
    traffic: Traffic


def assemble(record: FetchRecord, pages: Iterable[tuple[str, bytes]]) -> Snapshot:
    """Build the snapshot from (list name, body) in the order of list, pass and page."""
    contents: defaultdict[str, list[tuple[tuple[Identity, ...], tuple[object, ...]]]] = defaultdict(list)
    for name, body in pages:
        content = content_of(ListKey.parse(name), parsed(ListKey.parse(name), body))
        contents[name].append((content.read.identities, content.rows))
    models: defaultdict[ListKind, list[Model]] = defaultdict(list)
    for name in sorted(contents):
        key = ListKey.parse(name)
        models[key.kind] += models_of(key, union(contents.pop(name)))
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
