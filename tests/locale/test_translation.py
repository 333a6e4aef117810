"""What the program says on the screen, in the reader's language: nothing stands outside the catalogue."""

import pickle
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from importlib import resources
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from rkreport.core.days import readings_text
from rkreport.core.percent import percent_of
from rkreport.core.words import counted
from rkreport.errors import ConfigError, ServerTrouble
from rkreport.locale.translation import load_translation, spoken_words
from rkreport.sentence import Sentence, all_of, joined, ours
from tests.locale.said import errors_said, f_strings, texts

tell = load_translation("id")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The Indonesian texts as they are on the disk."""
    with resources.files("rkreport.locale").joinpath("id.po").open("rb") as file:
        return read_po(file, locale="id")


def fields(template: str) -> Iterator[tuple[str, str, str]]:
    """The values of a template with conversion and format, but for the words that English chooses by a number."""
    for _, name, form, conversion in Formatter().parse(template):
        if name and "|" not in (form or ""):
            yield name, form or "", conversion or ""


def test_every_text_is_in_the_catalogue(catalogue: Catalog) -> None:
    """And nothing else is: the catalogue says what the program says."""
    told = {str(one.id): str(one.string) for one in catalogue if one.id}
    said = texts()
    assert len(said) > 1_000
    assert {text: place for text, place in said.items() if not told.get(text)} == {}
    assert sys.platform == "win32" or sorted(told.keys() - said.keys()) == []  # whose system says less


def test_no_sentence_is_an_f_string() -> None:
    """What is filled in at once can never be told in another language."""
    assert list(f_strings()) == []


def test_both_languages_have_the_same_values(catalogue: Catalog) -> None:
    """Each value stands in the Indonesian as well, as often as it needs, in the same format."""
    with_values = [one for one in catalogue if one.id and "{" in str(one.id) and "[[" not in str(one.id)]
    assert len(with_values) > 400
    for one in with_values:
        assert set(fields(str(one.string))) == set(fields(str(one.id))), one.id


def test_a_text_ends_as_in_english(catalogue: Catalog) -> None:
    """Blanks at its ends and the full stop are there in both: sentences are put together of them."""
    for one in filter(lambda one: one.id, catalogue):
        english, told = str(one.id), str(one.string)
        ends = [(text[:1].isspace(), text[-1:].isspace(), text.rstrip().endswith(".")) for text in (english, told)]
        assert ends[0] == ends[1], english


def test_every_class_of_errors_says_something_in_both() -> None:
    """`python -m tests.locale.said` prints them as a table to read through."""
    said = {name: list(dict.fromkeys(found)) for name, found in errors_said().items()}
    assert sum(map(len, said.values())) > 200
    for name in (
        "ConfigError",
        "LmsError",
        "StoreError",
        "GuardStop",
        "OutputError",
        "MailServerUnusable",
        "Unreachable",
    ):
        assert said[name], name
    for text in (text for found in said.values() for text in found if " " in text):
        assert tell(text) != text or not re.search("[a-z]{3}", re.sub("{[^{}]*}", "", text)), text


def test_texts_are_short(catalogue: Catalog) -> None:
    """A sentence has under 400 characters."""
    assert [one.string for one in catalogue if one.id and len(str(one.string)) >= 400] == []


def test_values_are_told_in_their_form() -> None:
    """Numbers and dates as Indonesian writes them; sentences within sentences; ids and names as they are."""
    moment = datetime(2026, 10, 31, 9, 5, tzinfo=UTC)
    said = Sentence(
        "{name}: {count:,} of {rate:.1f}, {moment:%Y-%m-%d %H:%M}, {plain}, {why}",
        name="Messages",
        count=12_345,
        rate=2.5,
        moment=moment,
        plain=2026,
        why=counted(3, "batch", "batches"),
    )
    assert tell(readings_text([date(2026, 3, 4), date(2026, 4, 3)])) == "4 Maret 2026 atau 3 April 2026"
    assert said == "Messages: 12,345 of 2.5, 2026-10-31 09:05, 2026, 3 batches"
    assert tell(said) == "Messages: 12.345 of 2,5, 31 Okt 2026 09.05, 2026, 3 batch"


def test_sentences_hold_together() -> None:
    """Joined, lengthened, shortened by the full stop, or within an error, they can still be told."""
    first, second = Sentence("Nothing was sent."), counted(2, "course")
    assert tell(first) != first
    assert tell(joined("; ", (first.rstrip("."), second))) == f"{tell(first).rstrip('.')}; {tell(second)}"
    assert tell(first.removesuffix(".")) == tell(first).removesuffix(".")
    assert Sentence("a.xlsx").removesuffix(".xlsx") == "a"
    assert tell(first + " " + second) == f"{tell(first)} {tell(second)}"
    assert tell("- " + first) == f"- {tell(first)}"
    assert tell(all_of([first, second])) == f"{tell(first)} dan {tell(second)}"
    error = ConfigError("{path}: {error}", path="config.toml", error=ServerTrouble("Nothing was sent."))
    assert (str(error), tell(error.sentence)) == ("config.toml: Nothing was sent.", f"config.toml: {tell(first)}")


def test_an_error_of_a_worker_can_be_told() -> None:
    """It comes from another process with its template and values."""
    error = pickle.loads(pickle.dumps(ConfigError("{rows:,} of them", rows=1_200)))  # noqa: S301 - made above
    assert error.sentence.values == {"rows": 1_200}
    assert (str(error), tell(error.sentence)) == ("1,200 of them", "1.200 of them")


def test_names_are_no_words_of_ours() -> None:
    """A unit called *Messages* stays so; a text of the program as a value is told where it says it is one."""
    assert tell(Sentence("{unit}", unit="Messages")) == "Messages"
    assert tell(Sentence("{unit}", unit=ours("Messages"))) == tell("Messages") != "Messages"


def test_words_of_the_reports_are_told_on_the_screen() -> None:
    """A month or a share in a sentence is English in the log, and Indonesian on the screen."""
    words = spoken_words()
    said = Sentence(
        "{month}: {rate}", month=words.month(2026, 10), rate=words.percent(percent_of(Fraction(1, 3), Fraction(1)))
    )
    assert (said, tell(said)) == ("October 2026: 33.3%", "Oktober 2026: 33,3%")
    assert tell(words.text("edition.so_far", month=words.month(2026, 10))) != "October 2026 so far"
