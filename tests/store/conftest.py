"""An open store with a clock that stands where the test puts it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rkreport.store.database import Database


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        """Start at 2026-11-01 01:02:03 UTC."""
        self.now = datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def pass_time(self, **units: float) -> None:
        """Go on by hours, seconds and so on."""
        self.now += timedelta(**units)


@pytest.fixture
def clock() -> Clock:
    """A clock at 2026-11-01 01:02:03 UTC."""
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder, not made yet."""
    return tmp_path / "data"


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """An open store."""
    opened = Database(folder)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """A second, empty store."""
    opened = Database(tmp_path / "other")
    yield opened
    opened.close()
