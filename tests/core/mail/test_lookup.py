"""Rows of the ledger are found by any name that a message has."""

import pytest

from rkreport.core.mail.lookup import no_such_manager, nothing_sent, report_id, with_file, with_message_id
from tests import factories

FIRST = factories.delivery()
SECOND = factories.delivery(revision=2, message_id="<rk.2026-10.second@contoh.test>", file_sha256="b" * 64)
ROWS = (FIRST, SECOND)


@pytest.mark.parametrize(
    "name",
    [
        "<rk.2026-10.second@contoh.test>",
        "rk.2026-10.second@contoh.test",
        "rk.2026-10.second",
        " <rk.2026-10.second@mail.other.test> ",
    ],
)
def test_a_message_is_found_by_any_of_its_names(name: str) -> None:
    """With brackets or without, as X-RkReport-Id, and with a domain that a mail service put there."""
    assert with_message_id(ROWS, name) == [SECOND]


@pytest.mark.parametrize("name", ["", "<>", "@contoh.test", "rk.2026-10.secon", "RK.2026-10.SECOND"])
def test_what_is_no_name_finds_nothing(name: str) -> None:
    """No part of a name is one."""
    assert with_message_id(ROWS, name) == []


def test_a_file_is_found_by_its_digest() -> None:
    """The row it was sent with, and no other."""
    assert with_file(ROWS, "b" * 64) == [SECOND]
    assert with_file(ROWS, "b" * 63) == []
    assert report_id(SECOND.message_id) == "rk.2026-10.second"


def test_of_ids_that_are_equally_close_the_one_with_most_letters_in_place_is_meant() -> None:
    """Whatever the order of the ids; an id that is like none gets no hint."""
    for known in (("M-001", "M-010", "M-100"), ("M-100", "M-010", "M-001")):
        assert no_such_manager("M-0O1", known, "here") == "There is no manager M-0O1 here; did you mean M-001?"
    assert no_such_manager("Budi", ("M-001",), "here").endswith("; take an id from burst-list.csv.")


def test_an_empty_ledger_knows_no_manager() -> None:
    """Then no id is wrong: nothing was sent from here, and another data folder may be the one that sends."""
    sentence = nothing_sent("M-001")
    assert sentence.startswith(
        "rkreport send has not run from this data_dir yet, so it keeps no message for manager M-001"
    )
    assert "report.data_dir" in sentence
