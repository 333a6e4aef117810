"""The demo: fetches and builds for a made-up company, with its LMS on loopback, over real HTTP, into real files.

It writes the messages into the outbox and sends none. Must not know a real LMS or mail server.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from rkreport.config.load import Config, load_config
from rkreport.config.secrets import CLIENT_ID, CLIENT_SECRET
from rkreport.core.compliance import Period, Series
from rkreport.errors import OutputError
from rkreport.files import reason_of, write_private_file
from rkreport.run.edition.assessing import assess_snapshot, load_snapshot, period_of, result_of
from rkreport.run.edition.building import Built
from rkreport.run.edition.choosing import BuildOrder
from rkreport.run.fetch.fetching import FetchOrder
from rkreport.run.opened_store import opened_store
from rkreport.run.pipeline import build_step, fetch_step
from rkreport.run.setup.simulating import CONFIG_NAME, EVERY_KIND, write_simulated_config
from rkreport.run.world import Clock, World
from rkreport.sentence import Sentence
from rkreport.simulator.company import make_company
from rkreport.simulator.server import Simulator
from rkreport.store.database import Database
from rkreport.store.results import Results
from rkreport.store.snapshots import SnapshotRow, Snapshots

_ID, _SECRET = "demo", "demo-secret"
_EARLIER_MONTHS = 8
_MARK = "This folder was made by rkreport demo; the next demo replaces it.\n"
_MARK_NAME = ".rkreport-demo"


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """The demo's folder, its number of people, and the seed to make them from."""

    folder: Path
    people: int
    seed: int
    language: str


async def demo_step(order: DemoOrder, world: World) -> Built:
    """Run the whole demo into its folder; replace an earlier demo there.

    Raises:
        OutputError: the folder holds other files, or cannot be written.
    """
    company = make_company(
        today=world.utc_now().date(),
        people=order.people,
        seed=order.seed,
        online_courses=2 if EVERY_KIND else 1,  # one in the plan, one beside it
    )
    _make_folder(order.folder)
    async with Simulator(company, client_id=_ID, client_secret=_SECRET) as simulator:
        world.observer.say(
            Sentence(
                "A simulated LMS with {people} made-up people answers on {base_url}.",
                people=order.people,
                base_url=simulator.base_url,
            )
        )
        write_simulated_config(order.folder, company, simulator.base_url, order.language, every_kind=EVERY_KIND)
        config = load_config(order.folder / CONFIG_NAME)
        own = replace(world, secrets={CLIENT_ID: _ID, CLIENT_SECRET: _SECRET})
        with opened_store(config, own) as database:
            row = (await fetch_step(config, database, own, FetchOrder(fresh=True))).row
            _keep_earlier_months(config, database, own.utc_now, row)
            return build_step(config, database, own, BuildOrder())


def _make_folder(folder: Path) -> None:
    """Make or empty the demo's own folder; refuse a folder with other contents."""
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / _MARK_NAME).exists():
                raise OutputError("The folder {folder} holds other things; name another one with --out.", folder=folder)
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            "The folder {folder} cannot be used: {reason}; name another one with --out.",
            folder=folder,
            reason=reason_of(error),
        ) from error
    write_private_file(folder / _MARK_NAME, _MARK.encode())


def _keep_earlier_months(config: Config, database: Database, utc_now: Clock, row: SnapshotRow) -> None:
    """Fill the trend: judge the same data as of the ends of earlier months."""
    snapshot = load_snapshot(Snapshots(database, utc_now), row)
    results = Results(database, utc_now)
    for period in _months_before(period_of(config, snapshot.finished_at, None), _EARLIER_MONTHS):
        result = result_of(config.rules_sha256, assess_snapshot(config, snapshot, Series(period), 1, ()).compliance)
        results.keep(result, revision=1, is_written=True)


def _months_before(period: Period, count: int) -> list[Period]:
    """Return the `count` months before a period, oldest first."""
    numbers = range(period.year * 12 + period.month - 1 - count, period.year * 12 + period.month - 1)
    return [Period(number // 12, number % 12 + 1) for number in numbers]
