"""Repeatable chance: the same seed and index always give the same bits. Knows integers only.

Rows are made from seed and index when they are asked for, so a company of any size costs no memory.
"""

from math import gcd

_WORD = (1 << 64) - 1
_ODD = 0x9E3779B97F4A7C15
_SHARES = 1 << 24


def mix(seed: int, index: int) -> int:
    """64 bits, spread well enough for made-up people: one of splitmix64's three rounds, since every row pays for it."""
    bits = (seed + index * _ODD) & _WORD
    bits = ((bits ^ (bits >> 32)) * 0xBF58476D1CE4E5B9) & _WORD
    return bits ^ (bits >> 29)


def distinct_bits(seed: int, index: int, width: int) -> int:
    """`width` bits that differ for every index below 2**width, because each step is invertible."""
    mask = (1 << width) - 1
    bits = (seed + index * _ODD) & mask
    bits ^= bits >> (width // 2)
    bits = (bits * _ODD) & mask
    return bits ^ (bits >> (width // 2))


def fraction(seed: int, index: int) -> float:
    """A number of [0, 1)."""
    return (mix(seed, index) >> 40) / _SHARES


class Shuffle:
    """A permutation of `range(size)` that is computed, not stored; `size` is at least 1."""

    __slots__ = ("_back", "_first", "_step", "size")

    def __init__(self, size: int, seed: int) -> None:
        """Choose a step near the golden section, so that neighbours land far apart."""
        self.size = size
        self._first = mix(seed, 0) % size
        step = int(size * (0.55 + fraction(seed, 1) / 5)) or 1
        while gcd(step, size) != 1:
            step += 1
        self._step = step
        self._back = pow(step, -1, size)

    def at(self, place: int) -> int:
        """The number at `place`."""
        return (self._first + place * self._step) % self.size

    def place_of(self, what: int) -> int:
        """The place of the number `what`."""
        return (what - self._first) * self._back % self.size
