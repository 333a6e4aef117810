"""The clients that read the made-up LMS: rkreport's own command, and peers as their documentation shows them.

rkreport checks each row, proves each list by a second pass, and has each page on the disk before it goes on. The peers
read each list once and write the rows to files, one JSON object a line. Knows no measuring.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.page_server import BATCHES, COURSE, PAGE_SIZE, USERS_PATH, path_of_batch

LISTS: Mapping[str, str] = {"users": USERS_PATH} | {batch: path_of_batch(batch) for batch in BATCHES}
"""Path by name; the name is also that of the file with the rows."""

MOST_PER_SECOND = 10_000  # what the config takes; more than any client reaches
IN_FLIGHT = 50
_TOO_MANY = 429
_CONFIG = """\
[lms]
base_url = "{url}"
requests_per_second = {per_second}
max_in_flight = {in_flight}
completion_dates = "off"
[report]
company = "PT Contoh"
[[courses]]
serial = "{course}"
[managers]
fallback_email = "ld@contoh.test"
"""


@dataclass(frozen=True, slots=True)
class Client:
    """Reads all lists from a URL at a limit (0: none) into a folder; `needs` are the packages that it is made of."""

    read: Callable[[str, int, Path], None]
    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages that are not installed."""
        return tuple(name for name in self.needs if not find_spec(name))


# ---- rkreport


def rkreport_arguments(url: str, per_second: int, folder: Path) -> list[str]:
    """Make a config file, and return the command line that fetches by it."""
    config = folder / "config.toml"
    limit = per_second or MOST_PER_SECOND
    config.write_text(_CONFIG.format(url=url, per_second=limit, in_flight=IN_FLIGHT, course=COURSE), "utf-8")
    os.environ |= {"RKREPORT_CLIENT_ID": "a", "RKREPORT_CLIENT_SECRET": "b"}
    return ["rkreport", "fetch", "--config", str(config)]


def _rkreport(*options: str) -> Callable[[str, int, Path], None]:
    def read(url: str, per_second: int, folder: Path) -> None:
        from rkreport.__main__ import main  # noqa: PLC0415 - a process pays for its own imports

        sys.argv = [*rkreport_arguments(url, per_second, folder), *options]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(f"rkreport ended with {ended.code}") from None

    return read


# ---- aiohttp and httpx, with a limiter: all pages of all lists at once

_Get = Callable[[str, Mapping[str, int]], AbstractAsyncContextManager[tuple[int, bytes]]]
_Limit = AbstractAsyncContextManager[Any]


@asynccontextmanager
async def _no_limit() -> AsyncIterator[None]:
    yield


async def _read_all(get: _Get, limit: Callable[[], _Limit], folder: Path) -> None:
    turns = asyncio.Semaphore(IN_FLIGHT)

    async def page_of(path: str, page: int) -> dict[str, Any]:
        while True:
            async with turns, limit(), get(path, {"page": page, "pageSize": PAGE_SIZE}) as (status, body):
                if status != _TOO_MANY:
                    data: dict[str, Any] = json.loads(body)["data"]
                    return data
            await asyncio.sleep(1)

    async def one(name: str, path: str) -> None:
        first = await page_of(path, 1)
        _write(folder / f"{name}.jsonl", first["items"])
        others = [page_of(path, page) for page in range(2, first["totalPage"] + 1)]
        for done in asyncio.as_completed(others):
            _write(folder / f"{name}.jsonl", (await done)["items"])

    async with asyncio.TaskGroup() as tasks:
        for name, path in LISTS.items():
            tasks.create_task(one(name, path))


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)


def _aiohttp_throttle(url: str, per_second: int, folder: Path) -> None:
    import aiohttp  # noqa: PLC0415 - as above
    from asyncio_throttle import Throttler  # noqa: PLC0415 - as above

    async def run() -> None:
        throttler = Throttler(per_second) if per_second else None
        async with aiohttp.ClientSession(url) as session:

            @asynccontextmanager
            async def get(path: str, query: Mapping[str, int]) -> AsyncIterator[tuple[int, bytes]]:
                async with session.get(path, params=query) as response:
                    yield response.status, await response.read()

            await _read_all(get, lambda: throttler or _no_limit(), folder)

    asyncio.run(run())


def _httpx_aiolimiter(url: str, per_second: int, folder: Path) -> None:
    import httpx  # noqa: PLC0415 - as above
    from aiolimiter import AsyncLimiter  # noqa: PLC0415 - as above

    async def run() -> None:
        limiter = AsyncLimiter(per_second, 1) if per_second else None
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:

            @asynccontextmanager
            async def get(path: str, query: Mapping[str, int]) -> AsyncIterator[tuple[int, bytes]]:
                response = await client.get(path, params=dict(query))
                yield response.status_code, response.content

            await _read_all(get, lambda: limiter or _no_limit(), folder)

    asyncio.run(run())


# ---- the frameworks: a page at a time, and no limit of their own


def _dlt(url: str, _per_second: int, folder: Path) -> None:
    from dlt.sources.rest_api import rest_api_source  # noqa: PLC0415 - as above

    paginator = {
        "type": "page_number", "base_page": 1, "page_param": "page", "total_path": "data.totalPage",
    }  # fmt: skip
    resources = [
        {"name": name, "endpoint": {"path": path, "params": {"pageSize": PAGE_SIZE}, "data_selector": "data.items"}}
        for name, path in LISTS.items()
    ]
    source = rest_api_source({"client": {"base_url": url, "paginator": paginator}, "resources": resources})
    for name, resource in source.resources.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in resource)


def _singer(url: str, _per_second: int, folder: Path) -> None:
    from singer_sdk import RESTStream, Tap  # noqa: PLC0415 - as above
    from singer_sdk import typing as th  # noqa: PLC0415 - as above
    from singer_sdk.pagination import BasePageNumberPaginator  # noqa: PLC0415 - as above

    class Paginator(BasePageNumberPaginator):  # type: ignore[misc]  # without types here
        def has_more(self, response: Any) -> bool:  # noqa: ANN401 - a response of requests
            data = response.json()["data"]
            return bool(data["currentPage"] < data["totalPage"])

    class Rows(RESTStream):  # type: ignore[misc]  # as above
        url_base = url
        records_jsonpath = "$.data.items[*]"
        schema = th.PropertiesList(th.Property("employeeID", th.StringType)).to_dict()

        def get_new_paginator(self) -> BasePageNumberPaginator:
            return Paginator(1)

        def get_url_params(self, _context: object, token: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's
            return {"page": token or 1, "pageSize": PAGE_SIZE}

    class ThisTap(Tap):  # type: ignore[misc]  # as above
        name = "tap-lms"
        config_jsonschema = th.PropertiesList().to_dict()

        def discover_streams(self) -> list[Any]:
            return []

    tap = ThisTap(config={})
    for name, path in LISTS.items():
        stream = Rows(tap, name=name, path=path)
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(row)}\n" for row in stream.get_records(None))


CLIENTS: Mapping[str, Client] = {
    "rkreport": Client(_rkreport()),
    "rkreport, read once": Client(_rkreport("--no-verify")),
    "aiohttp + asyncio-throttle": Client(_aiohttp_throttle),
    "httpx + aiolimiter": Client(_httpx_aiolimiter, ("httpx", "aiolimiter")),
    "dlt's REST source": Client(_dlt, ("dlt",)),
    "singer-sdk": Client(_singer, ("singer_sdk",)),
}
