"""Chance that can be asked again."""

from hypothesis import given
from hypothesis import strategies as st

from rkreport.simulator.chance import Shuffle, distinct_bits, fraction, mix


@given(st.integers(1, 400), st.integers(0, 2**64 - 1))
def test_shuffle_is_a_permutation_that_can_be_undone(size: int, seed: int) -> None:
    """Every number stands at exactly one place, and `place_of` finds it."""
    shuffle = Shuffle(size, seed)
    assert sorted(shuffle.at(place) for place in range(size)) == list(range(size))
    assert [shuffle.place_of(shuffle.at(place)) for place in range(size)] == list(range(size))


@given(st.integers(0, 2**64 - 1))
def test_distinct_bits_never_repeat(seed: int) -> None:
    """All indexes of a small width give different bits: nothing is lost on the way."""
    assert len({distinct_bits(seed, index, 8) for index in range(256)}) == 256


@given(st.integers(0, 2**64 - 1))
def test_fractions_are_spread(seed: int) -> None:
    """For any seed about half of the fractions are below a half, and all lie in [0, 1)."""
    fractions = [fraction(seed, index) for index in range(1000)]
    assert 400 < sum(one < 0.5 for one in fractions) < 600
    assert all(0 <= one < 1 for one in fractions)


def test_mix_depends_on_seed_and_index() -> None:
    """The same arguments give the same bits, others give others."""
    assert mix(1, 2) == mix(1, 2)
    assert len({mix(seed, index) for seed in range(50) for index in range(50)}) == 2500
