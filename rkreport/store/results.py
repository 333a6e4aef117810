"""The figures of each edition, and which of a period's editions stands: the one that was sent, not the newest build.

Other months are compared only with editions that were sent or written: no other build reached a reader.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from rkreport.core.compliance import Period, PeriodResult
from rkreport.core.mail.delivery import TeamFigures
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Write, intact

# `weight` is the number of a `Standing`: 3 was sent by a mail server or may have been, 2 was written to the outbox. If
# the written build of a revision is kept, a later build of that revision is not the one in the outbox.
_WEIGHED = """
    SELECT period, revision, built_at, figures, max(
        handed_over,
        coalesce(
            (SELECT max(CASE transport WHEN 'outbox' THEN CASE WHEN EXISTS (
                    SELECT 1 FROM edition_result AS written WHERE written.period = edition_result.period
                    AND written.revision = edition_result.revision AND written.handed_over = 2
                ) THEN 0 ELSE 2 END ELSE 3 END) FROM delivery
                WHERE delivery.period = edition_result.period AND delivery.revision = edition_result.revision
                AND state IN ('sending', 'sent', 'unknown', 'written')),
            0
        )
    ) AS weight
    FROM edition_result
"""
_STANDING = f"""
    SELECT period, revision, built_at, figures, weight FROM (
        SELECT *, row_number() OVER (
            PARTITION BY period ORDER BY weight DESC, revision DESC, built_at DESC
        ) AS place FROM ({_WEIGHED})
    ) WHERE place = 1
"""  # noqa: S608 - both are ours
_COPY = f"""
    INSERT INTO edition_result (period, revision, built_at, figures, handed_over) SELECT ?1, ?2, ?3, ?4, ?5
    WHERE NOT EXISTS (SELECT 1 FROM ({_WEIGHED}) WHERE period = ?1 AND weight >= min(?5, 1))
"""  # noqa: S608 - as above
_DAMAGED = Sentence("A result in {path} is damaged; restore the file from a backup, or choose another data_dir.")


class Standing(StrEnum):
    """What became of the edition whose figures stand for a period, the least first.

    `KEPT`: kept by a version that had one result per month, and did not keep what became of it.
    """

    BUILT = "built"
    KEPT = "kept"
    WRITTEN = "written"
    SENT = "sent"


_STANDINGS = tuple(Standing)


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The figures of an edition, when they were built, and what became of it."""

    result: PeriodResult
    revision: int
    built_at: datetime
    standing: Standing

    @property
    def is_base(self) -> bool:
        """Whether other months are compared with it."""
        return self.standing is not Standing.BUILT


class Results:
    """The results of a store."""

    def __init__(self, database: Database, utc_now: Callable[[], datetime]) -> None:
        """Take the store and a clock."""
        self._database = database
        self._now = utc_now

    def keep(self, result: PeriodResult, revision: int, *, is_written: bool = False) -> None:
        """Keep the figures of a build, in place of an earlier build's of the same revision.

        A build that wrote its messages (`is_written`) is replaced only by another one that did.
        """
        self._database.write(
            "INSERT OR REPLACE INTO edition_result (period, revision, handed_over, built_at, figures)"
            " VALUES (?, ?, ?, ?, ?)",
            str(result.period),
            revision,
            _STANDINGS.index(Standing.WRITTEN if is_written else Standing.BUILT),
            self._now().isoformat(),
            json.dumps(asdict(result)),
        )

    def all(self) -> tuple[KeptResult, ...]:
        """The standing result of each period, oldest first.

        Raises:
            StoreError: a result is not what was stored.
        """
        return self._parsed(self._database.read(f"{_STANDING} ORDER BY period"))

    def standing(self, period: Period) -> KeptResult | None:
        """The standing result of one period: sent, else written to the outbox, else built last. None if never built.

        Raises:
            StoreError: it is not what was stored.
        """
        found = self._parsed(
            self._database.read(Sentence("{standing} AND period = ?", standing=_STANDING), str(period))
        )
        return found[0] if found else None

    def before(self, period: Period) -> tuple[PeriodResult, ...]:
        """The standing results of the eleven last periods before this one that were sent or written, oldest first.

        Raises:
            StoreError: a result is not what was stored.
        """
        sql = f"{_STANDING} AND period < ? AND weight > 0 ORDER BY period DESC LIMIT 11"
        rows = self._database.read(sql, str(period))
        return tuple(kept.result for kept in self._parsed(reversed(rows)))

    def rename_rules(self, old: str, new: str) -> None:
        """Replace a digest of rules by the one that the same rules have in this version."""
        self._database.write(
            "UPDATE edition_result SET figures = json_set(figures, '$.rules_sha256', ?)"
            " WHERE CASE WHEN json_valid(figures) THEN json_extract(figures, '$.rules_sha256') END = ?",
            new,
            old,
        )

    def _parsed(self, rows: Iterable[Any]) -> tuple[KeptResult, ...]:
        with intact(self._database.path, _DAMAGED):
            return tuple(_kept(*row) for row in rows)


def copy_results(source: Database, write: Write) -> None:
    """Copy the standing results into another store; a result that it sent or wrote itself stays."""
    for period, revision, built_at, figures, weight in source.stream(_STANDING):
        write(_COPY, (period, revision, built_at, figures, weight))


def _kept(period: str, revision: int, built_at: str, figures: str, weight: int) -> KeptResult:
    fields: dict[str, Any] = json.loads(figures)
    told = {manager_id: TeamFigures(**team) for manager_id, team in (fields.get("told_by_manager") or {}).items()}
    result = PeriodResult(**fields | {"period": Period(**fields["period"]), "told_by_manager": told or None})
    if period != str(result.period) or weight >= len(_STANDINGS):
        raise ValueError(period)
    return KeptResult(result, revision, datetime.fromisoformat(built_at), _STANDINGS[weight])
