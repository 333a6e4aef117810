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

_MOST_PER_SECOND = 1000  # that a fetch reaches without a limit


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of a fetch; `users` counts records of the user list, of which one learner may have several.

    `batches` counts online courses and learning plans too: each is a long list. The LMS did not tell the sizes of
    `unknown_batches`, so each counts as one page.
    """

    host: str
    users: int
    batches: int
    unknown_batches: int
    requests: int
    seconds: float
    spent: int  # requests of the estimate itself


async def estimate_step(config: Config, database: Database, world: World, *, verify: bool = True) -> Estimate:
    """Read the short lists and one page of the users; take the sizes of batches from the newest snapshot.

    One page is read of each batch that it does not hold.

    Raises:
        LmsError: the LMS cannot be used.
        ConfigError: the config names something that the LMS does not have.
    """
    meter, section = Meter(), config.settings.lms
    newest = Snapshots(database, world.utc_now).all_finished()[-1:]
    known = {(one.kind, one.course, one.batch): one for row in newest for one in row.lists}
    async with connected_to(section, world, meter) as client:
        engine = FetchEngine(fetch_plan(config, verify=verify), client, NoStore(), world.observer.step)
        with naming_the_file(config):
            survey = await engine.survey(known)
    rows = [survey.users, *(one or 0 for one in survey.rows.values())]
    requests = survey.requests + sum(_requests(one, section.page_size, verify=verify) for one in rows)
    apart = max(
        spacing_seconds(section.requests_per_second),
        meter.mean_seconds / section.max_in_flight,
        1 / _MOST_PER_SECOND,
    )
    return Estimate(
        host=str(urlsplit(section.base_url).netloc),
        users=survey.users,
        batches=len(survey.rows),
        unknown_batches=list(survey.rows.values()).count(None),
        requests=requests,
        seconds=requests * apart,
        spent=meter.requests,
    )


def _requests(rows: int, page_size: int, *, verify: bool) -> int:
    """Count requests for an unchanging list: several pages are read twice; a full last page needs one probe more."""
    pages = max(1, math.ceil(rows / page_size))
    probe = 1 if rows and rows % page_size == 0 else 0
    return pages * (2 if pages > 1 and verify else 1) + probe
