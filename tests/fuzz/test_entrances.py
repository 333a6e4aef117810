"""A short version of `python -m tests.fuzz` that is the same each time: seeds, and seeds damaged at random."""

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.fuzz import entrance
from tests.fuzz.entrances import ENTRANCES

if TYPE_CHECKING:
    from rkreport.errors import RkreportError

_SOUND = ("config", "managers-csv", "managers-xlsx", "exceptions-csv", "sheet-xml", "snapshot", "snapshot-value")
_TIMES = 120  # for all seeds of an entrance together
_TOKENS = (
    b"\0",
    b"\xff\xfe",
    b"\x1b[2J",
    b'"',
    b"[" * 300,
    b"{}",
    b"null",
    b"1e999",
    b"=cmd|' '!A0",
    b"\r\n",
    b"<!DOCTYPE a>",
)


def damaged(seed: bytes, times: int, chance: random.Random) -> Iterator[bytes]:
    """The seed cut, with flipped bits, with pieces doubled, and with hostile tokens."""
    for _ in range(times):
        made = bytearray(seed)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(made) + 1)
            match chance.randrange(4):
                case 0:
                    del made[at : at + chance.choice((1, 10, 10_000))]
                case 1 if made:
                    made[at % len(made)] ^= 1 << chance.randrange(8)
                case 2:
                    made[at:at] = made[at : at + 200]
                case _:
                    made[at:at] = chance.choice(_TOKENS)
        yield bytes(made)


@pytest.mark.parametrize("name", ENTRANCES)
def test_damaged_bytes_are_taken_or_refused(name: str) -> None:
    """Whatever comes in: no error but one that the program turns into a sentence."""
    chance = random.Random(name)  # noqa: S311 - the same each time
    seeds = ENTRANCES[name].seeds
    for seed in seeds:
        ENTRANCES[name].take(seed)
        for data in damaged(seed, max(1, _TIMES // len(seeds)), chance):
            ENTRANCES[name].take(data)


@pytest.mark.parametrize("name", _SOUND)
def test_the_seeds_are_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that begins at what is refused at once never comes to the rows."""
    refused: list[RkreportError] = []
    monkeypatch.setattr(entrance, "refused", refused.append)
    for seed in ENTRANCES[name].seeds:
        ENTRANCES[name].take(seed)
    assert refused == []
