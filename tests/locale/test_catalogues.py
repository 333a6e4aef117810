"""The catalogues are held to each other and to the code that asks them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import rkreport
from rkreport.core.answers.taking import CHOICES
from rkreport.core.findings import Level
from rkreport.core.models import Counts, MatchedBy, Status
from rkreport.core.snapshot import REASONS, ListKind, Verdict
from rkreport.core.words import LANGUAGES
from rkreport.locale import load_words

CATALOGUES = {language: load_words(language).texts for language in LANGUAGES}
KEYS = frozenset(CATALOGUES["en"])

# Keys that the code puts together from a value; everything else stands in the source as it is.
COMPOSED = ("status.", "counts.", "matched.", "verdict.", "level.", "list.", "reason.", "choice.", "finding.")
FINDING_PARTS = ("title", "effect", "mend")


@cache
def _trees() -> tuple[tuple[Path, ast.Module], ...]:
    paths = sorted(Path(rkreport.__file__).parent.rglob("*.py"))
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in paths)


def _is_call_of(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    return (isinstance(called, ast.Attribute) and called.attr == name) or (
        isinstance(called, ast.Name) and called.id == name
    )


def _first_arguments(name: str) -> Iterator[tuple[Path, ast.expr]]:
    """The first argument of every call of a function or method of this name."""
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_call_of(node, name) and node.args:
                yield path, node.args[0]


def _literals() -> frozenset[str]:
    return frozenset(
        node.value
        for _, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_languages_have_the_same_keys() -> None:
    """No text is missing in one language."""
    for language, texts in CATALOGUES.items():
        assert set(texts) == KEYS, language


def test_languages_have_the_same_placeholders() -> None:
    """A translation tells the same values, is not empty, and has no blank at its ends."""
    for texts in CATALOGUES.values():
        for key, text in texts.items():
            assert _placeholders(text) == _placeholders(CATALOGUES["en"][key]), key
            assert text == text.strip() != "", key


MANY = ("heat.worst_", "panel.worst_", "health.continued", "reason.too_long", "time_left.")
"""Texts that are used for two or more alone."""


def test_english_counts() -> None:
    """One is one, whatever stands around it; no text has a number before a noun that is always plural."""
    words = load_words("en")
    said = [words.text("kpi.of_people", part=1, whole=whole) for whole in ("1", "2", "1,001", "0")]
    assert said == ["1 of 1 person", "1 of 2 people", "1 of 1,001 people", "1 of 0 people"]
    plurals = r"\{(count|whole|counted|days|months|rows|lists)\} (people|[a-z]+s)\b"
    wrong = {key for key, text in words.texts.items() if re.search(plurals, text)}
    assert {key for key in wrong if not key.startswith(MANY)} == set()


def test_every_key_is_used() -> None:
    """A text that no code asks for is gone."""
    literals = _literals()
    assert {key for key in KEYS - literals if not key.startswith(COMPOSED)} == set()
    assert {
        key for key in KEYS if key.startswith(("reason.", "finding.")) and key.split(".")[1] not in literals
    } == set()


def test_every_key_in_the_code_exists() -> None:
    """What the source hands to `text`, or what looks like a key in the reports, is in the catalogue."""
    asked = {
        argument.value
        for path, argument in _first_arguments("text")
        if isinstance(argument, ast.Constant) and "excel" not in path.parts
    }
    assert asked
    assert asked - KEYS == set()
    sections = {key.split(".")[0] for key in KEYS}
    report = Path(rkreport.__file__).parent / "core" / "report"
    looks_like_a_key = re.compile(r"[a-z_]+(\.[a-z_]+)+")
    found = {
        node.value
        for path, tree in _trees()
        if report in path.parents
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and looks_like_a_key.fullmatch(node.value)
        and node.value.split(".")[0] in sections
    }
    assert found - KEYS == set()


def test_composed_keys_begin_as_documented() -> None:
    """A key that is put together begins with one of the known words, so that the other tests see all keys."""
    for path, argument in _first_arguments("text"):
        if isinstance(argument, ast.JoinedStr) and "report" in path.parts:
            start = argument.values[0]
            assert isinstance(start, ast.Constant), path
            assert start.value in COMPOSED, path


def test_closed_sets_have_all_their_words() -> None:
    """Every status, count, way of matching, verdict, level, kind of list and choice has a text, and no other has."""
    expected = {
        *(f"status.{each.name.lower()}" for each in Status),
        *(f"counts.{each.name.lower()}" for each in Counts),
        *(f"matched.{each.value}" for each in MatchedBy),
        *(f"verdict.{each.value}" for each in Verdict),
        *(f"level.{each.value}" for each in Level),
        *(f"list.{each.value}" for each in ListKind),
        *(f"reason.{code}" for code in REASONS),
        *(f"choice.{choice}" for choice in CHOICES),
    }
    assert {key for key in KEYS if key.startswith(COMPOSED[:-1])} == expected


def test_english_words_are_the_fixed_ones() -> None:
    """Statuses, counts and matches are in English exactly the words that other programs read."""
    english = CATALOGUES["en"]
    assert all(english[f"status.{each.name.lower()}"] == each.value for each in Status)
    assert all(english[f"counts.{each.name.lower()}"] == each.value for each in Counts)
    assert all(english[f"matched.{each.value}"] == each.value for each in MatchedBy)


@pytest.mark.parametrize(("code", "values"), REASONS.items())
def test_reasons_take_the_values_they_are_given(code: str, values: set[str]) -> None:
    """A reason has exactly the placeholders that the fetch fills."""
    for texts in CATALOGUES.values():
        assert _placeholders(texts[f"reason.{code}"]) == values


def test_findings_have_three_texts_without_values() -> None:
    """Each finding says what it is, what it does to the figures and how to mend it."""
    codes = {key.split(".")[1] for key in KEYS if key.startswith("finding.")}
    expected = {f"finding.{code}.{part}" for code in codes for part in FINDING_PARTS}
    assert {key for key in KEYS if key.startswith("finding.")} == expected
    assert not any(_placeholders(texts[key]) for texts in CATALOGUES.values() for key in expected)


@pytest.mark.parametrize(("maker", "section"), [("Finding", "finding"), ("Reason", "reason")])
def test_emitted_codes_are_worded(maker: str, section: str) -> None:
    """Every code that the code emits as it stands in the source has its texts."""
    worded = {key.split(".")[1] for key in KEYS if key.startswith(f"{section}.")}
    parts = (part for _, argument in _first_arguments(maker) for part in ast.walk(argument))
    emitted = {part.value for part in parts if isinstance(part, ast.Constant)}
    assert emitted <= worded
