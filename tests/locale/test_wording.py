"""Texts, dates and numbers as the readers of each language write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.words import LANGUAGES, Words
from rkreport.errors import ConfigError
from rkreport.locale import load_words
from tests.factories import percent

EN, ID = load_words("en"), load_words("id")


def _as_words(words: Words) -> Words:
    return words


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_is_what_core_asks_for(language: str) -> None:
    """Each language can be handed to core."""
    assert _as_words(load_words(language)).language == language


def test_numbers() -> None:
    """Separators differ, decimals are two at most and only where they say something."""
    assert (EN.number(12345), ID.number(12345)) == ("12,345", "12.345")
    assert (EN.number(1234.5), ID.number(1234.5)) == ("1,234.5", "1.234,5")
    assert ID.number(0) == "0"
    assert (EN.number(0.004), EN.number(Decimal("0.004")), ID.number(Decimal("5.0"))) == ("0", "0.004", "5")


def test_percent() -> None:
    """As many decimals as it is to have, half up; a dash where there is no rate."""
    assert (EN.percent(percent(0.875)), ID.percent(percent(0.875))) == ("87.5%", "87,5%")
    assert (EN.percent(percent(1)), ID.percent(percent(0))) == ("100.0%", "0,0%")
    assert (EN.percent(percent(0.99962, 2)), ID.percent(percent(0.0025))) == ("99.96%", "0,3%")
    assert EN.percent(None) == ID.percent(None) == "–"


def test_dates_have_the_month_in_letters() -> None:
    """A date cannot be read in two ways."""
    day = date(2026, 10, 31)
    assert (EN.date(day), ID.date(day)) == ("31 Oct 2026", "31 Okt 2026")
    assert (EN.month(2026, 8), ID.month(2026, 8)) == ("August 2026", "Agustus 2026")
    assert (EN.short_month(2026, 8), ID.short_month(2026, 8)) == ("Aug 2026", "Agu 2026")


@pytest.mark.parametrize(
    ("zone", "name"), [("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT")]
)
def test_moments_name_their_zone(zone: str, name: str) -> None:
    """A time is told in its own zone, with the zone's name; Indonesian parts hours and minutes by a dot."""
    moment = datetime(2026, 10, 31, 23, 59, 59, tzinfo=ZoneInfo(zone))
    assert EN.timestamp(moment) == f"31 Oct 2026 23:59 {name}"
    assert ID.timestamp(moment) == f"31 Okt 2026 23.59 {name}"
    assert EN.timestamp(moment.astimezone(UTC)).endswith(" UTC")


@pytest.mark.parametrize("first", ["UTC", "Asia/Jakarta"])
def test_a_moment_has_the_day_of_its_own_zone(first: str) -> None:
    """The same moment is on another day elsewhere, whichever of the two is asked for first."""
    moment = datetime(2025, 10 if first == "UTC" else 8, 31, 18, tzinfo=UTC)
    words = load_words("en")
    days = {zone: words.timestamp(moment.astimezone(ZoneInfo(zone)))[:2] for zone in (first, "UTC", "Asia/Jakarta")}
    assert days == {"UTC": "31", "Asia/Jakarta": "1 "}


def test_a_naive_moment_is_refused() -> None:
    """A time without a zone is a mistake of the caller, not a time."""
    with pytest.raises(ValueError, match="time zone"):
        EN.timestamp(datetime(2026, 10, 31))  # noqa: DTZ001 - naive on purpose


@given(st.text())
def test_values_are_data(value: str) -> None:
    """Whatever a value holds, braces too, it stands in the text as it is."""
    assert EN.text("todo.overdue", count=value) == f"Get overdue training done first: {value}"


def test_unknown_key_and_missing_value_are_key_errors() -> None:
    """A wrong key or a forgotten value is a bug, and shows."""
    with pytest.raises(KeyError):
        EN.text("no.such.key")
    with pytest.raises(KeyError):
        EN.text("todo.overdue")


def test_unknown_language_is_the_admins_to_mend() -> None:
    """The sentence says what was found and what to write."""
    with pytest.raises(ConfigError, match='language "fr"; write "en" or "id"'):
        load_words("fr")
