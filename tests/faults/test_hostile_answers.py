"""No hostile answer takes much memory or more requests than can help, or ends in a traceback."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rkreport.core.models import CourseSerial, PlanSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import Verdict
from rkreport.errors import LmsError
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.transport import Meter
from tests.faults.drift import silence
from tests.faults.hostile_answers import TABLE, Hostile, serving
from tests.lms.test_fetch import client_of

MOST_MEMORY_MB = 290  # beside the program itself, which has about 110
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _resident_mb(what: str) -> float:
    """`VmRSS`, what this process has now, or `VmHWM`, the most that it had."""
    found = re.search(rf"^{what}:\s+(\d+) kB", _STATUS.read_text("ascii"), re.MULTILINE)
    assert found
    return int(found[1]) / 1024


class Forgetful:
    """A store that keeps nothing, so that only what the fetch itself holds is measured."""

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:
        """Nothing is kept."""
        return False

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """Nothing is kept."""

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Nothing is kept."""


async def _fetch(hostile: Hostile) -> tuple[str, int]:
    """How a fetch from a server with this answer ends, in a sentence, and how often the answer was asked for."""
    async with serving(hostile) as lms, client_of(lms.base_url, Meter(), attempts=3) as client:
        courses = tuple(CoursePolicy(CourseSerial(serial)) for serial in ("C", "O"))
        plan = FetchPlan(courses, 100, 8, plans=(PlanSerial("P"),), completion_dates=True)
        try:
            readings = await FetchEngine(plan, client, Forgetful(), silence).run()
        except LmsError as error:
            sentence = str(error)
        else:
            reasons = [one.reason for one in readings if one.verdict is Verdict.INCOMPLETE and one.reason]
            sentence = str(reasons[0].values.get("error", "Read.")) if reasons else "Read."
        return sentence, lms.asked.count(hostile.path)


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_a_hostile_answer_is_bounded(name: str, record_property: Callable[[str, object], None]) -> None:
    """It ends in one printable sentence or a reading, in little memory, after few requests."""
    hostile = TABLE[name]()
    if _CLEAR.exists():
        _CLEAR.write_text("5", "ascii")  # the peak begins anew
    before = _resident_mb("VmRSS") if _STATUS.exists() else 0.0
    sentence, asked = asyncio.run(_fetch(hostile))
    taken = _resident_mb("VmHWM") - before if _STATUS.exists() else 0.0
    record_property("megabytes", round(taken))
    assert sentence.endswith(".")
    assert len(sentence) < 400, sentence
    assert sentence.isprintable(), sentence
    assert asked <= hostile.requests
    assert taken < MOST_MEMORY_MB
