"""What is worked around in the tests, and whether it still has to be."""

import inspect

import aiohttp
import pytest
from aioresponses import aioresponses


async def test_aioresponses_still_needs_the_shim() -> None:
    """Aioresponses fails alone on an aiohttp that demands `stream_writer`; when it no longer does, drop the shim."""
    if "stream_writer" not in inspect.signature(aiohttp.ClientResponse.__init__).parameters:
        pytest.skip("this aiohttp does not demand it")  # the lowest supported one
    with aioresponses() as replies:
        replies.get("http://lms.test/", body="")
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TypeError, match="stream_writer"):
                await session.get("http://lms.test/")
