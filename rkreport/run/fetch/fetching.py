"""Fetch: reads the LMS into a finished snapshot of the store. Continues an interrupted fetch.

Knows config and store; `rkreport.lms.fetch` knows which lists there are and their order.
"""

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import truststore

from rkreport import __version__
from rkreport.config.load import Config, naming_the_file
from rkreport.config.schema import LmsSection, is_loopback
from rkreport.config.secrets import lms_credentials
from rkreport.core.snapshot import Traffic
from rkreport.core.words import counted
from rkreport.errors import UnfitUserList
from rkreport.files import sha256_of
from rkreport.lms.auth import GivenToken, RenewedToken, TokenSource
from rkreport.lms.client import LmsClient, fetch_token
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.pacing import Gate
from rkreport.lms.transport import LmsSettings, Meter, Transport
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.pages import SnapshotPages
from rkreport.store.snapshots import SnapshotRow, Snapshots

_GROUPS_IN_FLIGHT = 4  # of pages that wait for the disk; while one is written, requests of the others are under way


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """How to fetch: `fresh` discards an interrupted fetch; `verify` reads every longer list until it is proven."""

    fresh: bool = False
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """A finished snapshot, and the names of its lists that may have unreadable rows."""

    row: SnapshotRow
    uneven: frozenset[str]


async def fetch_snapshot(config: Config, database: Database, world: World, how: FetchOrder) -> Fetched:
    """Read everything the config names into a finished snapshot.

    Raises:
        RkreportError: as `FetchEngine.run`. The pages read so far are kept, and the next call continues from them. Only
            an unusable list of users is read anew.
    """
    snapshots = Snapshots(database, world.utc_now)
    snapshot = _begin(config, snapshots, world.secrets, fresh=how.fresh)
    together = config.settings.lms.max_in_flight // _GROUPS_IN_FLIGHT
    pages = SnapshotPages(database, snapshot.snapshot_id, world.utc_now, together=together)
    if len(pages):
        world.observer.say(
            Sentence(
                "Going on with the interrupted fetch {snapshot_id}: {pages} read already.",
                snapshot_id=snapshot.snapshot_id,
                pages=counted(len(pages), "page"),
            )
        )
    meter = Meter()
    started = world.monotonic()
    try:
        async with connected_to(config.settings.lms, world, meter) as client:
            engine = FetchEngine(fetch_plan(config, verify=how.verify), client, pages, world.observer.step)
            with naming_the_file(config):
                lists = await engine.run()
    except UnfitUserList:
        snapshots.discard_unfinished()  # continuing from these pages would always fail here
        raise
    finally:
        snapshots.account(snapshot.snapshot_id, Traffic(meter.requests, meter.retries), world.monotonic() - started)
    snapshots.finish(snapshot.snapshot_id, lists)
    return Fetched(snapshots.finished(snapshot.snapshot_id), engine.uneven)


@asynccontextmanager
async def connected_to(section: LmsSection, world: World, meter: Meter) -> AsyncIterator[LmsClient]:
    """Open a client for an LMS; all its requests share one gate.

    Raises:
        ConfigError: the credentials are missing.
    """
    settings = LmsSettings(
        section.base_url, section.timeout_seconds, section.max_attempts, section.authorization_scheme
    )
    credentials = lms_credentials(world.secrets)
    host = urlsplit(section.base_url).hostname
    connector = aiohttp.TCPConnector(limit=section.max_in_flight, ssl=truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"rkreport/{__version__}"},
        trust_env=not is_loopback(host),  # company proxies, but never for this machine
    ) as session:
        gate = Gate(section.requests_per_second, clock=world.monotonic)
        transport = Transport(
            settings, session, gate, world.monotonic, world.utc_now, say=world.observer.say, meter=meter
        )
        tokens: TokenSource
        if isinstance(credentials, str):
            tokens = GivenToken(credentials)
        else:
            client_id, client_secret = credentials
            tokens = RenewedToken(lambda: fetch_token(transport, client_id, client_secret), world.monotonic)
        yield LmsClient(transport, tokens)


def fetch_plan(config: Config, *, verify: bool) -> FetchPlan:
    """Return what to read according to the config."""
    section = config.settings.lms
    return FetchPlan(
        config.rules.courses,
        section.page_size,
        section.max_in_flight,
        verify,
        plans=config.rules.plans,
        completion_dates=section.completion_dates == "auto",
    )


def plan_digest(config: Config) -> str:
    """Digest what a fetch depends on: only the same requests to the same LMS continue a snapshot."""
    section = config.settings.lms
    courses = [[policy.serial, policy.batches, policy.kind] for policy in config.rules.courses]
    # What an older version did not know is only in the digest if it is set: its snapshots can be continued.
    more: dict[str, object] = {"plans": config.rules.plans} if config.rules.plans else {}
    more |= {"completion_dates": section.completion_dates} if section.completion_dates != "auto" else {}
    return sha256_of(json.dumps([section.base_url, section.page_size, courses, *([more] if more else [])]).encode())


def _begin(config: Config, snapshots: Snapshots, secrets: Mapping[str, str], *, fresh: bool) -> SnapshotRow:
    plan = plan_digest(config)
    # Check the credentials before discarding an unfinished snapshot.
    lms_credentials(secrets)
    unfinished = None if fresh else snapshots.resumable(plan)
    if unfinished:
        return unfinished
    snapshots.discard_unfinished()
    return snapshots.begin(plan, str(urlsplit(config.settings.lms.base_url).netloc))
