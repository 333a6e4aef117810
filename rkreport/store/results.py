"""The figures of each period, kept for the trend. The newest build of a period stands for it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rkreport.core.compliance import Period, PeriodResult
from rkreport.errors import StoreError
from rkreport.store.database import Database


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The figures of a period, and when they were built."""

    result: PeriodResult
    built_at: datetime


class Results:
    """The results of a store."""

    def __init__(self, database: Database, utc_now: Callable[[], datetime]) -> None:
        """Take the store and a clock."""
        self._database = database
        self._now = utc_now

    def keep(self, result: PeriodResult) -> None:
        """Keep the figures of a period, in place of an earlier build's."""
        self._database.write(
            "INSERT OR REPLACE INTO result (period, built_at, figures) VALUES (?, ?, ?)",
            str(result.period),
            self._now().isoformat(),
            json.dumps(asdict(result)),
        )

    def all(self) -> tuple[PeriodResult, ...]:
        """The results of all periods, oldest first.

        Raises:
            StoreError: a result is not what was stored.
        """
        return self._parsed(self._database.read("SELECT figures FROM result ORDER BY period"))

    def built(self, period: Period) -> KeptResult | None:
        """The result of one period, if it was ever built.

        Raises:
            StoreError: it is not what was stored.
        """
        rows = self._database.read("SELECT figures, built_at FROM result WHERE period = ?", str(period))
        if not rows:
            return None
        ((figures, built_at),) = rows
        (result,) = self._parsed([(figures,)])
        return KeptResult(result, datetime.fromisoformat(built_at))

    def before(self, period: Period) -> tuple[PeriodResult, ...]:
        """The results of the eleven periods kept before this one, oldest first.

        Raises:
            StoreError: a result is not what was stored.
        """
        rows = self._database.read(
            "SELECT figures FROM result WHERE period < ? ORDER BY period DESC LIMIT 11", str(period)
        )
        return self._parsed(reversed(rows))

    def _parsed(self, rows: Iterable[Any]) -> tuple[PeriodResult, ...]:
        try:
            return tuple(_result(json.loads(figures)) for (figures,) in rows)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"A result in {self._database.path} is damaged; restore the file from a backup, or choose another"
                " data_dir."
            ) from error


def _result(figures: dict[str, Any]) -> PeriodResult:
    return PeriodResult(**figures | {"period": Period(**figures["period"])})
