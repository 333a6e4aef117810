"""Estimate: how many requests and minutes a fetch would take. Asks the LMS with as few requests as possible.

Keeps nothing.
"""

import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from rkreport.config.load import Config, naming_the_file
from rkreport.lms.fetch import FetchEngine
from rkreport.lms.loader import NoStore
from rkreport.lms.pacing import spacing_seconds
from rkreport.lms.transport import Meter
from rkreport.run.fetch.fetching import connected_to, fetch_plan
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of a fetch; `users` counts records of the user list, of which one learner may have several.

    `batches` counts online courses and learning plans too: each is a long list. `unknown_batches` are in no earlier
    snapshot, so each counts as one page.
    """

    host: str
    users: int
    batches: int
    unknown_batches: int
    requests: int
    seconds: float
    spent: int  # requests of the estimate itself


async def estimate_step(config: Config, database: Database, world: World) -> Estimate:
    """Read the course and batch lists and one page of users; take the sizes of batches from the newest snapshot.

    Raises:
        LmsError: the LMS cannot be used.
        ConfigError: the config names something that the LMS does not have.
    """
    meter, section = Meter(), config.settings.lms
    async with connected_to(section, world, meter) as client:
        engine = FetchEngine(fetch_plan(config, verify=True), client, NoStore(), world.observer.step)
        with naming_the_file(config):
            survey = await engine.survey()
    known = {
        (one.kind, one.course, one.batch): one.rows_received
        for row in Snapshots(database, world.utc_now).all_finished()[-1:]
        for one in row.lists
    }
    sizes = [known.get((key.kind, key.course, key.batch)) for key in survey.lists]
    pages = [_requests(survey.users, section.page_size), *(_requests(size or 0, section.page_size) for size in sizes)]
    requests = meter.requests + survey.closing + sum(pages)
    return Estimate(
        host=str(urlsplit(section.base_url).netloc),
        users=survey.users,
        batches=len(survey.lists),
        unknown_batches=sizes.count(None),
        requests=requests,
        seconds=requests * spacing_seconds(section.requests_per_second),
        spent=meter.requests,
    )


def _requests(rows: int, page_size: int) -> int:
    """Count requests for an unchanging list: several pages are read twice; a full last page needs one probe more."""
    pages = max(1, math.ceil(rows / page_size))
    probe = 1 if rows and rows % page_size == 0 else 0
    return pages * (2 if pages > 1 else 1) + probe
