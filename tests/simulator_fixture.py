"""Simulated LMSs for tests: `simulator` starts as many as a test asks for, and stops them when it ends."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import date
from typing import Protocol, TypedDict, Unpack

import pytest

from rkreport.simulator.company import Company, make_company
from rkreport.simulator.faults import parse_faults
from rkreport.simulator.server import Simulator

TODAY = date(2026, 11, 10)


class Sizes(TypedDict, total=False):
    """What `make_company` can be told."""

    today: date
    people: int
    seed: int
    courses: int
    batches: int
    assignments: int | None
    awkward: bool
    serial_in_users: bool
    online_courses: int
    learning_plans: int


def made(**sizes: Unpack[Sizes]) -> Company:
    """A company for `TODAY`, unless told otherwise."""
    chosen: Sizes = {"today": TODAY, **sizes}
    return make_company(**chosen)


class StartSimulator(Protocol):
    """Starts a simulator with a fault spec and either a company or the sizes of one."""

    async def __call__(
        self,
        faults: str = "",
        *,
        company: Company | None = None,
        clock: Callable[[], float] | None = None,
        fault_seed: int = 1,
        **sizes: Unpack[Sizes],
    ) -> Simulator:
        """The simulator listens when this returns. `clock` moves the rate window and the lives of tokens."""


@pytest.fixture
async def simulator() -> AsyncIterator[StartSimulator]:
    """A factory of running simulators; companies are made for `TODAY` unless told otherwise."""
    async with AsyncExitStack() as stack:

        async def start(
            faults: str = "",
            *,
            company: Company | None = None,
            clock: Callable[[], float] | None = None,
            fault_seed: int = 1,
            **sizes: Unpack[Sizes],
        ) -> Simulator:
            one = Simulator(
                company or made(**sizes),
                faults=parse_faults(faults),
                fault_seed=fault_seed,
                clock=clock or time.monotonic,
            )
            return await stack.enter_async_context(one)

        yield start
