"""Rows of the ledger are found by any name that a message has."""

import pytest

from rkreport.core.looking_up import report_id, with_file, with_message_id
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
