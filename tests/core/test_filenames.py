"""File names: readable where they can be, safe and different always."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

from rkreport.core.compliance import Period, Series
from rkreport.core.filenames import manager_file_name, master_file_name, message_file_name, safe_names, slug

OCTOBER = Period(2026, 10)


@pytest.mark.parametrize("identifier", ["M-001", "00417", "budi.s_2", "x" * 60])
def test_plain_ids_stay(identifier: str) -> None:
    """An id of letters, digits and . _ - is its own name, so that people find the file."""
    assert safe_names([identifier]) == {identifier: identifier}


@pytest.mark.parametrize(
    ("identifier", "beginning"),
    [
        ("..", "id~"),
        (".", "id~"),
        ("", "id~"),
        ("../../etc/passwd", "etc-passwd~"),
        ("C:\\Users", "C-Users~"),
        ("CON", "CON_~"),
        ("nul", "nul_~"),
        ("COM1.txt", "COM1_.txt~"),
        ("-rf", "rf~"),
        (".hidden", "hidden~"),
        ("a b\r\nc\x00\u202etxt.exe", "a-b-c-txt.exe~"),
        ("Éva", "Eva~"),
        ("経理", "id~"),
        ("M~1", "M-1~"),
        ("x" * 61, "x" * 60 + "~"),
        ("\ud800", "id~"),
    ],
)
def test_unsafe_ids_are_changed_and_marked(identifier: str, beginning: str) -> None:
    """An id that is no file name on some system becomes one, and a hash keeps it apart from others."""
    name = safe_names([identifier])[identifier]
    assert name.startswith(beginning)
    assert len(name) == len(beginning) + 8


def test_ids_that_differ_by_case_alone_get_different_names() -> None:
    """Windows and macOS would write one manager's workbook over another's."""
    names = safe_names(["M-001", "m-001", "M-002"])
    assert names["M-002"] == "M-002"
    assert names["M-001"].startswith("M-001~")
    assert names["m-001"].startswith("m-001~")
    assert names["M-001"].lower() != names["m-001"].lower()


def test_the_same_id_has_the_same_name_in_every_run() -> None:
    """Names hang on the ids alone, not on their order."""
    assert safe_names(["a/b", "a:b"]) == safe_names(["a:b", "a/b"])


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.lists(st.text() | st.sampled_from(["a", "A", "ä", "a ", "a.", "aux", "AUX", "ａ"]), unique=True))
def test_names_are_safe_and_different(identifiers: list[str]) -> None:
    """Any ids: every name is valid on every system, short, ASCII, and different from all others without case."""
    names = safe_names(identifiers)
    assert list(names) == identifiers
    for name in names.values():
        assert is_valid_filename(name, platform="universal")
        assert name.isascii()
        assert len(name) <= 69
        assert name[0] not in ".-~ "
        assert not set(name) & set('/\\:*?"<>| $%')
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names.values()}) == len(identifiers)


@pytest.mark.parametrize(
    ("company", "expected"),
    [
        ("PT Contoh Sejahtera", "pt-contoh-sejahtera"),
        ("  Crédit & Co. (Tbk) ", "credit-co-tbk"),
        ("株式会社", "company"),
        ("", "company"),
        ("../..", "company"),
        ("a" * 39 + " bc", "a" * 39),
        ("a" * 50, "a" * 40),
    ],
)
def test_company_slug(company: str, expected: str) -> None:
    """A company's name becomes at most 40 ASCII characters in lower case, or `company`."""
    assert slug(company) == expected


def test_file_names_are_the_promised_ones() -> None:
    """Master workbook, manager workbook and message are named as promised."""
    assert master_file_name("PT Contoh", Series(OCTOBER), 2) == "pt-contoh_training-compliance_2026-10_master_rev2.xlsx"
    assert manager_file_name("M-001", Series(OCTOBER), 1) == "M-001_2026-10_rev1.xlsx"
    assert message_file_name(7, "M-001") == "0007_M-001.eml"
    assert message_file_name(12345, "M-001") == "12345_M-001.eml"
