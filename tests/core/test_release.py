"""The code of a release, and who may give one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.release import (
    LETTERS,
    LONGEST_NAME,
    code_of,
    is_name,
    is_same_code,
    is_same_person,
    name_of_person,
    release_sha256,
)


def test_a_code_is_short_and_has_no_look_alikes() -> None:
    """Three groups of four; none of 0 O, 1 I L, 2 Z, 5 S, 8 B, 6 G, U V is there twice over."""
    assert re.fullmatch(f"[{LETTERS}]{{4}}(-[{LETTERS}]{{4}}){{2}}", code_of(release_sha256({"files": []})))
    for alike in ("0OQ", "1IL", "2Z", "5S", "8B", "6G", "UV"):
        assert len(set(alike) & set(LETTERS)) <= 1


@settings(max_examples=20)  # a code is made slowly
@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_another_content_has_another_code(one: list[str], other: list[str]) -> None:
    """And the same content the same."""
    assert (code_of(release_sha256(one)) == code_of(release_sha256(other))) == (one == other)


def test_a_code_may_be_typed_as_people_type() -> None:
    """Without the hyphen, in small letters, with blanks; an empty one is none."""
    code = code_of(release_sha256("x"))
    assert all(is_same_code(form, code) for form in (code, code.lower(), code.replace("-", ""), f" {code} "))
    assert not is_same_code("", code)
    assert not is_same_code("", "")
    assert not is_same_code(code[:-1], code)


def test_two_names_of_one_person() -> None:
    """Capitals, blanks and invisible characters make nobody another person."""
    assert is_same_person("Sari", " sari\u200b ")
    assert is_same_person("ＳＡＲＩ", "sari")
    assert is_same_person("root", "ro.ot ")
    assert not is_same_person("Sari", "Budi")
    assert name_of_person("Budi\nSantoso\x1b[0m") == "Budi Santoso[0m"
    assert len(name_of_person("x" * 500)) == LONGEST_NAME


@pytest.mark.parametrize(
    "written",
    [
        *(
            "ro\u02bcot",
            "ro\u02b9ot",
            "\u02bbroot",
            "\u02c8root",
            "root\u02d0",
            "ro\u02ecot",
            "root\u02ee",
            "ro\u30fcot",
        ),
        *(
            "r\u00f6ot",
            "r\u014d\u014dt",
            "root\u0301",
            "r\u00f8\u00f8t",
            "\u0280oot",
            "\uff52oot",
            "\u02b3oot",
            "ro'ot",
        ),
        *("r\u01ebot", "ro\u00b7ot", "ro\u05f3ot", "\U0001d42boot", "r\u2800oot", "roo\u0167"),
    ],
)
def test_a_name_in_other_letters_is_the_same_person(written: str) -> None:
    """Marks, apostrophes, strokes and shapes make nobody another person."""
    assert is_same_person(written, "root")
    assert is_same_person("ROOT", written)
    assert not is_same_person(written, "Budi")


def test_a_name_in_another_alphabet_is_the_same_person() -> None:
    """Where its letters look alike, in capitals or small; a name with other letters is somebody else's."""
    assert is_same_person("\u0455\u043e\u0440\u0435", "sope")
    assert is_same_person("\u0421\u041e\u0420\u0415", "cope")
    assert is_same_person("\u039a\u0391\u03a4\u0395", "kate")
    assert not is_same_person("\u041d\u0438\u043d\u0430", "nina")
    assert not is_same_person("Ma\u02bcruf", "root")
    assert is_same_person("Ma\u02bcruf", "maruf")


def test_what_is_nobody_s_name() -> None:
    """Blanks that count as letters, signs, digits, one letter, and letters of two scripts."""
    assert all(map(is_name, ("Budi", "Li", "budi.santoso@contoh.test", "Sári Dewi", "Ma\u02bcruf", "Нина")))
    assert not any(map(is_name, ("", "\u3164\u3164", "\u2800", "-", "12", "B", "r\u043e\u043et")))


@pytest.mark.parametrize(
    ("one", "other"), [("कमल", "कमला"), ("राम", "रमा"), ("สมชาย ใจดี", "สมชาย ใจด"), ("Ani", "Anni")]
)
def test_vowels_tell_names_apart(one: str, other: str) -> None:
    """They are marks for Unicode, and letters to those who write them."""
    assert not is_same_person(one, other)
