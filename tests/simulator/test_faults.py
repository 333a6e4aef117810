"""Fault specs and the dice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.errors import ConfigError
from rkreport.simulator.faults import NO_FAULTS, Completions, Dice, Faults, Kind, Moments, Totals, parse_faults


def test_empty_spec_is_no_faults() -> None:
    """Nothing goes wrong unless asked for."""
    assert parse_faults("") == NO_FAULTS
    assert Dice(NO_FAULTS, 1).fault("GET /", 1) is None


def test_every_documented_word_is_read() -> None:
    """One spec with everything gives every setting; a kind without a number happens always."""
    faults = parse_faults(
        "429=0.02, 429-bare=0.01,rate=20,token-seconds=5,total=+3,total=string,items=null,repeat-page,churn=0.2,"
        "error-200,auth-403,latency-ms=80,slow-seconds=0.5,completions=bare,completions=offsets,spellings=mixed,"
        "online=bare"
    )
    assert faults == Faults(
        chances=((Kind.TOO_MANY, 0.02), (Kind.TOO_MANY_BARE, 0.01)),
        rate=20,
        token_seconds=5,
        latency_seconds=0.08,
        slow_seconds=0.5,
        churn=0.2,
        total_offset=3,
        totals=Totals.STRING,
        empty_is_null=True,
        repeats_page=True,
        errors_as_200=True,
        refuses_with_403=True,
        completions=Completions.BARE,
        moments=Moments.MIXED,
        mixes_spellings=True,
        online_is_bare=True,
    )
    assert parse_faults("total=-3,total=missing").total_offset == -3
    for word in ("refused", "missing", "huge"):
        assert parse_faults(f"completions={word}").completions is Completions(word)
    assert parse_faults("completions=date-only").moments is Moments.DATE_ONLY
    assert parse_faults("redirect").chances == ((Kind.REDIRECT, 1.0),)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_takes_a_chance(kind: Kind) -> None:
    """All kinds of a single request's faults can be asked for by name."""
    assert parse_faults(f"{kind}=0.25").chances == ((kind, 0.25),)


@pytest.mark.parametrize(
    "spec",
    [
        "nonsense",
        "429=2",
        "429=-1",
        "429=often",
        "429=nan",
        "rate=0",
        "rate=",
        "latency-ms=-1",
        "latency-ms=inf",
        "total=",
        "items=empty",
        "repeat-page=1",
        "token-seconds=x",
        "completions=",
        "completions=list",
        "spellings=odd",
        "online=",
        "=1",
    ],
)
def test_what_is_not_understood_is_refused_with_the_known_names(spec: str) -> None:
    """The message quotes the word and lists what may be written instead."""
    with pytest.raises(ConfigError, match=r"429-bare, .*=CHANCE.*repeat-page") as refused:
        parse_faults(spec)
    assert repr(spec) in str(refused.value)


def test_chances_above_one_are_refused() -> None:
    """At most one fault happens to a request, so chances cannot add up to more than 1."""
    with pytest.raises(ConfigError, match="more than 1"):
        parse_faults("429=0.6,5xx=0.6")


@given(st.integers(0, 2**32), st.text(max_size=40), st.integers(1, 1000))
def test_dice_depend_on_seed_target_and_attempt_alone(seed: int, target: str, attempt: int) -> None:
    """Another pair of dice with the same seed decides the same, whatever was asked before."""
    faults = parse_faults("429=0.2,5xx=0.2,cut=0.2,churn=0.5")
    one, other = Dice(faults, seed), Dice(faults, seed)
    other.fault("something else", 1)
    assert one.fault(target, attempt) is other.fault(target, attempt)
    assert one.churn(target, attempt) == other.churn(target, attempt)


def test_dice_keep_to_the_chances() -> None:
    """Over many targets each kind happens about as often as asked, churn too."""
    dice = Dice(parse_faults("429=0.1,5xx=0.3,churn=0.2"), 7)
    drawn = [dice.fault(f"GET /page={page}", 1) for page in range(5000)]
    assert 400 < drawn.count(Kind.TOO_MANY) < 600
    assert 1350 < drawn.count(Kind.SERVER_ERROR) < 1650
    assert 900 < sum(dice.churn(f"GET /page={page}", 1) is not None for page in range(5000)) < 1100


def test_a_second_attempt_can_succeed() -> None:
    """A target that failed once does not fail for ever."""
    dice = Dice(parse_faults("5xx=0.5"), 1)
    assert {dice.fault("GET /", attempt) for attempt in range(1, 20)} == {None, Kind.SERVER_ERROR}
