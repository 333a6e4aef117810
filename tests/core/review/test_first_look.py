"""Where nothing can be compared: whose address the LMS says it is, and how many belong to nobody."""

from dataclasses import replace

import pytest

from rkreport.core.compliance import Period
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Learner, ManagerId
from rkreport.core.review.first_look import first_look, is_same_name
from tests import factories
from tests.core.list_mistakes import (
    BEFORE,
    Change,
    Month,
    copy_down,
    misspell,
    reverse,
    rows_of_september,
    shift,
    sort,
    swap,
)
from tests.core.reviews import result


def manager_as_learner(row: dict[str, str]) -> Learner:
    """A manager as the LMS knows them."""
    return factories.learner(employee_id=f"9{row['manager_id']}", serial=None, name=row["name"], email=row["email"])


MANAGERS = [manager_as_learner(row) for row in rows_of_september() if row["name"]]


def found(month: Month, *known: str, history: bool = False) -> tuple[Finding, ...]:
    """The findings of a month, where these managers are known from an earlier one."""
    run = month.compliance()
    past = (result(Period(2026, 9), people_by_manager=dict.fromkeys(map(ManagerId, known), 1)),) if history else ()
    return first_look(run.teams, run.requirements, [*BEFORE.people, *MANAGERS], past, 10)


def strangers(change: Change) -> list[str]:
    """Managers whose address is another one's in a first month."""
    findings = found(replace(BEFORE, rows=change(BEFORE.rows)))
    assert all((one.code, one.level) == (FindingCode.ADDRESS_OF_SOMEBODY_ELSE, Level.CHECK) for one in findings)
    return [one.example for one in findings]


def test_a_good_list_has_nothing() -> None:
    """Everybody has their own address, and few belong to nobody."""
    assert found(BEFORE) == ()


@pytest.mark.parametrize(
    "change", [sort("email"), reverse("email"), shift("email"), sort("name"), reverse("name", "cc")]
)
def test_addresses_in_other_rows_are_found(change: Change) -> None:
    """In the very first month, by the LMS's own user list: nearly all the managers are named, by id alone."""
    assert len(strangers(change)) >= 8


def test_exactly_those_in_wrong_rows_are_found() -> None:
    """Two swapped, one copied."""
    assert strangers(swap(2, 9, "email")) == ["M-03", "M-10"]
    assert strangers(copy_down("email", 4)) == ["M-06"]


def test_who_is_known_is_compared_and_not_looked_up() -> None:
    """A manager of an earlier month is for the guards; a new one is looked up in any month."""
    wrong = replace(BEFORE, rows=swap(2, 9, "email")(BEFORE.rows))
    assert [one.example for one in found(wrong, "M-03", history=True)] == ["M-10"]
    assert found(wrong, "M-03", "M-10", history=True) == ()


def test_an_address_that_the_lms_does_not_know_says_nothing() -> None:
    """A shared mailbox, a manager who is no learner, a manager without a name in the list."""
    unknown = [row | {"email": f"x{row['email']}" if row["email"] else ""} for row in BEFORE.rows]
    assert found(replace(BEFORE, rows=unknown)) == ()
    assert strangers(lambda rows: [row | {"name": ""} for row in sort("email")(rows)]) == []


def test_many_without_a_manager_in_a_first_month() -> None:
    """Above the limit it is a finding with both numbers; later a guard compares it."""
    month = replace(BEFORE, rows=misspell(11)(BEFORE.rows))
    (finding,) = found(month)
    assert finding == Finding(FindingCode.MANY_WITHOUT_MANAGER, Level.CHECK, "33 / 156")
    assert found(month, *(f"M-{number:02}" for number in range(1, 13)), history=True) == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ibu Ratna", "Ratna Dewi Kusuma", True),
        ("Ratna D. Kusuma", "RATNA DEWI KUSUMA, S.E., M.M.", True),
        ("Drs. Joko Prabowo", "Prabowo Joko", True),
        ("Muhammad Ali", "Muhammad Yusuf", False),
        ("Ratna Dewi", "Dewi Lestari", False),
        ("Budi", "Budiman", False),
    ],
)
def test_names_are_compared_as_people_write_them(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - an expected value
    """Titles, degrees, initials and order aside; a shared word is not a shared name."""
    assert is_same_name(one, other) is same
    assert is_same_name(other, one) is same
