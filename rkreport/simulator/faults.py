"""Faults on request: the words of a fault spec, and the dice that decide. Knows no HTTP and no company.

A spec is a comma-separated list such as `429=0.02,cut=0.01,rate=20,total=+3`. Whether a request fails depends only on
the seed, the target and how often it was asked for, so a run can be repeated whatever the order of its requests.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from zlib import crc32

from rkreport.errors import ConfigError
from rkreport.simulator.chance import fraction, mix

FULL_TOKEN_SECONDS = 43_199


class Kind(StrEnum):
    """What may happen to a single request, each with its own probability. A kind without a number happens always."""

    TOO_MANY = "429"  # with Retry-After, in seconds and as an HTTP date in turn
    TOO_MANY_BARE = "429-bare"  # without Retry-After
    SERVER_ERROR = "5xx"  # 500, 502, 503 and 504 in turn
    CUT = "cut"  # the connection ends in the middle of the body
    CUT_JSON = "cut-json"  # a whole answer with half of the JSON
    SLOW = "slow"  # answered after `slow-seconds`
    HTML = "html"  # a web page with status 200
    TOKEN = "token"  # noqa: S105 - a word; the access token is refused from now on
    NULL_ITEMS = "null-items"  # a page with `items: null` although it has rows
    REDIRECT = "redirect"  # to another host


class Totals(StrEnum):
    """How `totalItems` and `totalPage` are written."""

    NUMBER = "number"
    STRING = "string"
    MISSING = "missing"


class Completions(StrEnum):
    """How User Course Status answers."""

    LIST = "list"  # `data.items`, as documented
    BARE = "bare"  # `data` is the array itself
    REFUSED = "refused"  # 403
    MISSING = "missing"  # 404
    HUGE = "huge"  # 64 MiB, nearly all of it blanks


class Moments(StrEnum):
    """How times of User Course Status are written."""

    OFFSET = "offset"  # as documented: 2026-10-31T15:15:00+07:00
    DATE_ONLY = "date-only"
    MIXED = "offsets"  # by row: Z with and without milliseconds, +07:00, +00:00, no zone at all


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong. Chances are per request and add up to 1 at most."""

    chances: tuple[tuple[Kind, float], ...] = ()
    rate: int | None = None  # requests taken in any sliding second; the next one gets 429 with Retry-After: 1
    token_seconds: int = FULL_TOKEN_SECONDS
    latency_seconds: float = 0.0
    slow_seconds: float = 2.0
    churn: float = 0.0  # chance that a row joins or leaves the list that is being read
    total_offset: int = 0
    totals: Totals = Totals.NUMBER
    empty_is_null: bool = False  # `items: null` on pages without rows
    repeats_page: bool = False  # every page after the first is the first one again, and there is always one more
    errors_as_200: bool = False
    refuses_with_403: bool = False
    completions: Completions = Completions.LIST
    moments: Moments = Moments.OFFSET
    mixes_spellings: bool = False  # statuses of online courses and plans: five spellings, and a made-up word per list
    online_is_bare: bool = False  # `data` of online users is the array itself


NO_FAULTS = Faults()


def parse_faults(spec: str) -> Faults:
    """Read a spec; "" is no faults. Raises ConfigError with the known names."""
    faults = NO_FAULTS
    for word in filter(None, (part.strip() for part in spec.split(","))):
        name, _, value = word.partition("=")
        try:
            faults = _read(faults, name, value)
        except (KeyError, ValueError) as error:
            raise ConfigError(f"Simulator: the fault {word[:40]!r} is unknown; known: {KNOWN_FAULTS}.") from error
    if sum(chance for _, chance in faults.chances) > 1:
        raise ConfigError("Simulator: the chances of the faults add up to more than 1; write smaller ones.")
    return faults


def _read(faults: Faults, name: str, value: str) -> Faults:
    kind = _KINDS.get(name)
    if kind:
        others = tuple(chance for chance in faults.chances if chance[0] is not kind)
        return replace(faults, chances=(*others, (kind, _chance(value or "1"))))
    return _SETTINGS[name](faults, value)


def _chance(value: str) -> float:
    chance = float(value)
    if not 0 <= chance <= 1:
        raise ValueError(value)
    return chance


def _whole(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


def _duration(value: str) -> float:
    number = float(value)
    if not 0 <= number < math.inf:
        raise ValueError(value)
    return number


def _total(faults: Faults, value: str) -> Faults:
    if value in {Totals.STRING, Totals.MISSING}:
        return replace(faults, totals=Totals(value))
    return replace(faults, total_offset=int(value))


def _completions(faults: Faults, value: str) -> Faults:
    if value in {Moments.DATE_ONLY, Moments.MIXED}:
        return replace(faults, moments=Moments(value))
    if value == Completions.LIST:
        raise ValueError(value)
    return replace(faults, completions=Completions(value))


def _only(value: str, expected: str) -> bool:
    if value != expected:
        raise ValueError(value)
    return True


_KINDS = {kind.value: kind for kind in Kind}
_SETTINGS: dict[str, Callable[[Faults, str], Faults]] = {
    "rate": lambda faults, value: replace(faults, rate=_whole(value)),
    "token-seconds": lambda faults, value: replace(faults, token_seconds=_whole(value)),
    "latency-ms": lambda faults, value: replace(faults, latency_seconds=_duration(value) / 1000),
    "slow-seconds": lambda faults, value: replace(faults, slow_seconds=_duration(value)),
    "churn": lambda faults, value: replace(faults, churn=_chance(value)),
    "total": _total,
    "items": lambda faults, value: replace(faults, empty_is_null=_only(value, "null")),
    "repeat-page": lambda faults, value: replace(faults, repeats_page=_only(value, "")),
    "error-200": lambda faults, value: replace(faults, errors_as_200=_only(value, "")),
    "completions": _completions,
    "spellings": lambda faults, value: replace(faults, mixes_spellings=_only(value, "mixed")),
    "online": lambda faults, value: replace(faults, online_is_bare=_only(value, "bare")),
    "auth-403": lambda faults, value: replace(faults, refuses_with_403=_only(value, "")),
}
KNOWN_FAULTS = (
    ", ".join([*Kind, "churn"])
    + " =CHANCE; rate, token-seconds, latency-ms, slow-seconds =N; total=+N|-N|string|missing; "
    "items=null; repeat-page; error-200; auth-403; completions=bare|refused|missing|huge|date-only|offsets; "
    "spellings=mixed; online=bare"
)


class Dice:
    """Decides by seed, target and attempt, and by nothing else."""

    def __init__(self, faults: Faults, seed: int) -> None:
        """Take the chances of `faults`."""
        self._faults = faults
        self._seed = seed

    def fault(self, target: str, attempt: int) -> Kind | None:
        """What happens to the `attempt`-th request for `target`; at most one thing."""
        if not self._faults.chances:
            return None
        draw = self._draw(target, attempt, 1)
        for kind, chance in self._faults.chances:
            if draw < chance:
                return kind
            draw -= chance
        return None

    def churn(self, target: str, attempt: int) -> int | None:
        """64 bits that say which change happens before the answer; None for no change."""
        if not self._faults.churn or self._draw(target, attempt, 2) >= self._faults.churn:
            return None
        return mix(self._stream(target, 3), attempt)

    def _draw(self, target: str, attempt: int, stream: int) -> float:
        return fraction(self._stream(target, stream), attempt)

    def _stream(self, target: str, stream: int) -> int:
        return mix(mix(self._seed, crc32(target.encode())), stream)
