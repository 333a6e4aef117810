"""What the steps need from outside: clocks, secrets, pools and an observer. The command line supplies them.

Must not know what a step does with it.
"""

import asyncio
import os
import random
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rkreport.core.audit_chain import Actor
from rkreport.run.pool import Pools
from rkreport.sentence import Sentence

Clock = Callable[[], datetime]
"""Gives the time of day, aware, in UTC."""


class Observer(Protocol):
    """Watches a run."""

    def say(self, sentence: str) -> None:
        """Show a sentence about the run."""

    def step(self, name: str, unit: str) -> Callable[[int, int], None]:
        """Begin a step; call the returned function with done and known units until the step ends."""


def os_actor() -> Actor:
    """Return who runs this process by the operating system, not by the environment, which anybody can set."""
    return Actor(_user(), socket.gethostname())


def _user() -> str:
    if sys.platform == "win32":
        try:
            return os.getlogin()
        except OSError:  # such as in a service
            return "unknown user"
    import pwd  # noqa: PLC0415 - Windows has none

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # such as in a container
        return Sentence("uid {getuid}", getuid=os.getuid())


@dataclass(frozen=True, slots=True)
class World:
    """Real clocks and secrets in production, made-up ones in tests. `utc_now` is aware; `monotonic` is in seconds.

    `command` is what was called, and `actor` tells who called it: for the audit log.
    """

    utc_now: Clock
    monotonic: Callable[[], float]
    secrets: Mapping[str, str]
    observer: Observer
    pools: Pools
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random  # from 0 to 1
    actor: Callable[[], Actor] = os_actor
    command: str = ""
