"""Between two months that are sent: every slip that takes people to somebody else is stopped, honest months pass."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.config.people import MANAGER_COLUMNS
from rkreport.core.models import Learner, Unit
from rkreport.core.review.guard import GuardCode
from rkreport.core.review.moves import moves_of
from rkreport.errors import ConfigError
from rkreport.locale import load_words
from tests.core.list_mistakes import (
    BEFORE,
    COURSE,
    NEW_COURSE,
    PARENTS,
    ROOT,
    UNITS,
    Change,
    Month,
    both,
    copy_down,
    delete,
    exchange,
    fill,
    guards_after,
    learner_in,
    misspell,
    reached,
    rename_ids,
    reverse,
    sent,
    shift,
    sort,
    swap,
)

EN, ID = load_words("en"), load_words("id")
MOVED, LOST, SHARE = GuardCode.TEAM_MOVED, GuardCode.TEAM_LOST, GuardCode.FALLBACK_SHARE
ADDRESS, SAME, NONE = GuardCode.ADDRESS_MOVED, GuardCode.SAME_ADDRESS, GuardCode.NO_ADDRESS

SLIPS: dict[str, tuple[Change, set[GuardCode]]] = {
    "units sorted": (sort("organization"), {MOVED}),
    "addresses sorted": (sort("email"), {ADDRESS}),
    "copies sorted": (sort("cc"), {ADDRESS}),
    "names and addresses sorted": (sort("name", "email"), {ADDRESS}),
    "addresses and copies sorted": (sort("email", "cc"), {ADDRESS}),
    "units upside down": (reverse("organization"), {MOVED}),
    "addresses upside down": (reverse("email"), {ADDRESS}),
    "copies upside down": (reverse("cc"), {ADDRESS}),
    "units and addresses each upside down and sorted": (both(reverse("organization"), sort("email")), {MOVED, ADDRESS}),
    "units slipped": (shift("organization"), {MOVED}),
    "addresses slipped": (shift("email"), {ADDRESS}),
    "copies slipped": (shift("cc"), {ADDRESS}),
    "two units swapped": (swap(5, 9, "organization"), {MOVED}),
    "two units of two people each swapped": (swap(0, 1, "organization"), {MOVED}),
    "two addresses swapped": (swap(0, 1, "email"), {ADDRESS}),
    "two copies swapped": (swap(3, 8, "cc"), {ADDRESS}),
    "units emptied": (fill("organization", ""), {SHARE}),
    "one unit emptied": (fill("organization", "", 7), {SHARE}),
    "all units misspelt": (misspell(), {SHARE}),
    "one unit misspelt": (misspell(11), {SHARE}),
    "a small unit misspelt": (misspell(4), {MOVED}),
    "one unit misspelt as the root": (fill("organization", ROOT.name, 9), {MOVED}),
    "one unit misspelt as the one above, of which others are gone": (
        both(fill("organization", PARENTS[0].name, 2), delete(6, 8)),
        {MOVED},
    ),
    "the root for everybody": (fill("organization", ROOT.name), {SHARE}),
    "one unit for everybody": (fill("organization", "Toko"), {SHARE}),
    "one unit given to two": (copy_down("organization", 6), {SHARE}),
    "an address copied down": (copy_down("email", 4), {ADDRESS, SAME}),
    "one address for everybody": (fill("email", "ratna@contoh.test"), {ADDRESS, SAME}),
    "one copy for everybody": (fill("cc", "asisten5@contoh.test"), {ADDRESS}),
    "a manager in everybody's copy": (fill("cc", "ratna@contoh.test"), {SAME}),
    "ids renamed, units sorted": (both(rename_ids, sort("organization")), {MOVED}),
    "ids renamed, addresses sorted": (both(rename_ids, sort("email")), {MOVED}),
    "ids renamed, two addresses swapped": (both(rename_ids, swap(6, 9, "email")), {MOVED}),
    "ids renamed, all units misspelt": (both(rename_ids, misspell()), {SHARE}),
    "a row deleted and its unit given to the next": (both(copy_down("organization", 6), delete(6)), {MOVED, SHARE}),
    "the night shift given to another": (fill("manager_id", "M-07", 12), {MOVED}),
    "single people given to another": (fill("manager_id", "M-02", 13, 14, 15), {MOVED}),
}


def after(change: Change) -> Month:
    """October, with the list so changed."""
    return replace(BEFORE, rows=change(BEFORE.rows))


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_stopped(name: str) -> None:
    """Somebody would get people anew, and exactly these guards say so; their sentences hold no address and no name."""
    change, expected = SLIPS[name]
    assert reached(after(change)) - reached(BEFORE)
    guards = guards_after(after(change))
    assert {guard.code for guard in guards} == expected
    for guard in guards:
        for words in (EN, ID):
            assert not any(part in guard.sentence(words) for part in ("@", "Ratna", "Orang"))
        assert any("@contoh.test" in line for line in guard.detail_lines(EN))


@pytest.mark.parametrize("change", [sort("tag"), sort("employee_id"), both(sort("employee_id"), sort("tag"))])
def test_a_slip_that_cannot_be_read_is_refused(change: Change) -> None:
    """Two kinds of rule in one row: the list itself is refused, before anything is built."""
    with pytest.raises(ConfigError, match="fill only one of employee_id, organization and tag"):
        guards_after(after(change))


HARMLESS: dict[str, Change] = {
    "rows sorted": lambda rows: sorted(rows, key=lambda row: row["organization"]),
    "ids renamed": rename_ids,
    "names sorted": sort("name"),
    "copies emptied": fill("cc", ""),
    "addresses and copies exchanged": exchange("email", "cc"),
    "a unit written by its serial": fill("organization", "U-03", 3),
    "other letters": lambda rows: [row | {"organization": row["organization"].upper()} for row in rows],
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_takes_nobody_elsewhere_is_not_asked(name: str) -> None:
    """However the list changed: no address gets anybody anew, so nothing stops."""
    month = after(HARMLESS[name])
    assert reached(month) <= reached(BEFORE)
    assert guards_after(month) == ()


def test_an_address_less_is_said() -> None:
    """Without an address nobody gets anything: that is told by its own guard alone."""
    assert {guard.code for guard in guards_after(after(fill("email", "", 3)))} == {NONE}


@settings(max_examples=25, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sets(st.sampled_from(("organization", "email", "cc", "manager_id")), min_size=1),
)
def test_no_rearrangement_goes_unsaid(chance: Random, columns: set[str]) -> None:
    """Whatever cells of some columns change places in the twelve rows: who moves is stopped, or named in a row."""
    rows = [dict(row) for row in BEFORE.rows]
    for column in sorted(columns):
        order = list(range(12))
        for _ in range(chance.randint(1, 3)):
            one, other = chance.sample(range(12), 2)
            order[one], order[other] = order[other], order[one]
        for place, found in enumerate(order):
            rows[place][column] = BEFORE.rows[found][column]
    month = replace(BEFORE, rows=rows)
    try:
        moved = {person for person, _ in reached(month) - reached(BEFORE)}
    except ConfigError:
        return
    named = moves_of(month.compliance(), sent(BEFORE.compliance())).gained
    assert not moved or guards_after(month) or sum(named.values())


# ---- honest months


def _people(change: Callable[[list[Learner]], list[Learner]], list_change: Change = list, **given: Any) -> Month:
    return replace(BEFORE, people=change(list(BEFORE.people)), rows=list_change(BEFORE.rows), **given)


def _left(*units: int) -> Callable[[list[Learner]], list[Learner]]:
    names = {UNITS[3 + number].name for number in units}
    return lambda people: [one for one in people if one.unit_name not in names]


def _moved_to(unit: Unit, *numbers: int) -> Callable[[list[Learner]], list[Learner]]:
    ids = {f"{number:05}" for number in numbers}
    return lambda people: [
        replace(one, unit_serial=unit.serial, unit_name=unit.name) if one.employee_id in ids else one for one in people
    ]


JOINERS = [learner_in(700 + number, UNITS[3 + number % 12]) for number in range(18)]
NEW_ROW = {
    **dict.fromkeys(MANAGER_COLUMNS, ""),
    "manager_id": "M-20",
    "name": "Wulan Dari",
    "email": "wulan@contoh.test",
}
HONEST: dict[str, tuple[Month, set[GuardCode]]] = {
    "nothing changed": (BEFORE, set()),
    "joiners": (_people(lambda people: [*people, *JOINERS]), set()),
    "leavers": (_people(lambda people: [one for one in people if int(one.employee_id) % 9]), set()),
    "joiners and leavers": (_people(lambda people: [*people[12:], *JOINERS]), set()),
    "a team that left": (_people(_left(0)), {LOST}),
    "a manager replaced under the same id": (after(fill("email", "baru@contoh.test", 8)), {ADDRESS}),
    "a manager replaced under a new id": (
        after(
            both(fill("manager_id", "M-20", 8), fill("name", "Wulan Dari", 8), fill("email", "wulan@contoh.test", 8))
        ),
        {MOVED},
    ),
    "a unit given to another manager": (
        after(both(fill("manager_id", "M-06", 4), fill("name", "", 4), fill("email", "", 4), fill("cc", "", 4))),
        {MOVED},
    ),
    "a manager who left, the unit split over two": (
        _people(
            lambda people: _moved_to(UNITS[10], *range(23, 28))(_moved_to(UNITS[11], *range(28, 33))(people)), delete(5)
        ),
        {LOST},
    ),
    "a manager who left, nobody yet in the place": (after(delete(5)), {SHARE}),
    "a new course": (replace(BEFORE, courses=(COURSE, NEW_COURSE)), set()),
    "two people transferred": (_people(_moved_to(UNITS[14], 40, 41)), set()),
    "a copy more": (after(fill("cc", "asisten0@contoh.test bos@contoh.test", 0)), {ADDRESS}),
    "a copy more, to another manager": (after(fill("cc", "asisten5@contoh.test ratna@contoh.test", 0)), {SAME}),
    "a manager for the head office": (after(lambda rows: [*rows, NEW_ROW | {"organization": ROOT.name}]), {MOVED}),
    "a new unit without a manager": (
        _people(lambda people: [*people, *(learner_in(600 + number, ROOT) for number in range(15))]),
        {SHARE},
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_month_asks_once_at_most(name: str) -> None:
    """What happens in companies passes, with one question where people change hands."""
    month, expected = HONEST[name]
    guards = guards_after(month)
    assert {guard.code for guard in guards} == expected
    assert len(guards) <= 1
