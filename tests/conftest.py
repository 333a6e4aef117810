"""Fixtures that several folders share."""

import inspect
import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import aiohttp
import aioresponses.core
import pytest
from aioresponses import aioresponses as canned_replies
from hypothesis import settings

from rkreport.run.garbage import collect_garbage_rarely
from tests.simulator_fixture import simulator

__all__ = ["simulator"]

collect_ignore = ["test_benchmarks.py"] if sys.platform == "win32" else []  # which has no module `resource`

# A busy machine is no reason to fail; tests that hang are ended by pytest-timeout.
settings.register_profile("rkreport", deadline=None)
settings.load_profile("rkreport")


def pytest_collection_finish() -> None:
    """As the program does."""
    collect_garbage_rarely()


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch) -> Iterator[canned_replies]:
    """Canned HTTP replies, for what the simulator cannot be made to say."""
    # aioresponses 0.7.9 does not know an argument that aiohttp 3.14 demands; test_shims.py says when that is over.
    if "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters:

        def response(*args: Any, **kwargs: Any) -> aiohttp.ClientResponse:
            return aiohttp.ClientResponse(*args, stream_writer=Mock(), **kwargs)

        monkeypatch.setattr(aioresponses.core, "ClientResponse", response)
    with canned_replies() as replies:
        yield replies
