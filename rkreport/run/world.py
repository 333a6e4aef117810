"""What the steps need of the world, handed in by the command line: clocks, secrets, processors, somebody to talk to."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rkreport.run.pool import Executors


class Observer(Protocol):
    """Who watches a run."""

    def say(self, sentence: str) -> None:
        """Something worth knowing has happened."""

    def step(self, name: str, unit: str) -> Callable[[int, int], None]:
        """A step begins; the returned function takes done and known units until it ends."""


@dataclass(frozen=True, slots=True)
class World:
    """Real clocks and secrets in production, made-up ones in tests. `utc_now` is aware, `monotonic` in seconds."""

    utc_now: Callable[[], datetime]
    monotonic: Callable[[], float]
    secrets: Mapping[str, str]
    observer: Observer
    executors: Executors
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random  # from 0 to 1
