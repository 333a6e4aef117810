"""A text of the LMS that no cell holds refuses no report: names are shortened, and rows with such ids set aside."""

from typing import Any

import pytest

from rkreport.lms.shapes import LONGEST_ID, LONGEST_NAME
from tests.cli.plain_office import PlainOffice, rate
from tests.plain_lms import (
    BATCHES,
    COURSES,
    USERS,
    PlainLms,
    assigned_to,
    assignment,
    batch,
    serving,
    unit,
    user,
)

PEOPLE = [user(1), user(2), user(3), user(4, organizationLevelSerial="U-OTHER")]
ROWS = [assignment(number) for number in (1, 2, 3, 4)]
LONG = "Person 4 " + "Zx " * 11_000  # begins as somebody of the other team is called


def changed(rows: list[Any], number: int, **values: Any) -> list[Any]:
    """The rows with other values in one of them."""
    return [row | values if at == number - 1 else row for at, row in enumerate(rows)]


def named(names: dict[int, str]) -> list[Any]:
    """The assignments under other names, by the number of the person."""
    return [
        row | {"user": {"serial": f"S00{at}", "employeeID": f"E00{at}", "name": names.get(at, f"Person {at}")}}
        for at, row in enumerate(ROWS, 1)
    ]


LISTS: dict[str, dict[str, list[Any]]] = {
    "name": {USERS: changed(PEOPLE, 1, name=LONG), assigned_to("B-1"): named({1: LONG})},
    "name in the user list alone": {USERS: changed(PEOPLE, 1, name=LONG)},
    "name in assignments alone": {assigned_to("B-1"): named({1: LONG})},
    "two names that begin alike": {
        USERS: changed(changed(PEOPLE, 1, name=LONG), 4, name=LONG + "b"),
        assigned_to("B-1"): named({1: LONG, 4: LONG + "b"}),
    },
    "one long name in two teams": {
        USERS: changed(changed(PEOPLE, 1, name=LONG), 4, name=LONG),
        assigned_to("B-1"): named({1: LONG, 4: LONG}),
    },
    "user name": {USERS: changed(PEOPLE, 1, username=LONG)},
    "phone": {USERS: changed(PEOPLE, 1, phone="08" * 20_000)},
    "company": {USERS: [row | {"companyName": LONG} for row in PEOPLE]},
    "unit": {USERS: changed(PEOPLE, 1, organizationDisplayName=LONG)},
    "tag": {USERS: changed(PEOPLE, 1, tags=[{"serial": "T", "name": LONG}, LONG])},
    "course": {COURSES: [{"serial": "C-1", "name": LONG}]},
    "batch": {BATCHES: [batch("B-1", name=LONG)]},
    "state": {assigned_to("B-1"): changed(ROWS, 1, postActivityStatus=LONG)},
    "reason": {assigned_to("B-1"): changed(ROWS, 1, absentReason="sakit " * 11_000)},
    "escapes": {USERS: changed(PEOPLE, 1, name="_x0041_" * 6_000)},
    "emoji": {USERS: changed(PEOPLE, 1, name="👩‍🏭" * 12_000)},
    "combining": {USERS: changed(PEOPLE, 1, name="e\u0301\u0323" * 12_000)},
    "right to left": {USERS: changed(PEOPLE, 1, name="\u202eידוב\u202c " * 6_000)},
    "ligatures": {USERS: changed(PEOPLE, 1, name="\ufdfa" * 33_000)},
}


@pytest.mark.parametrize("lists", LISTS.values(), ids=LISTS)
def test_a_long_text_is_shortened_and_named(plain: PlainOffice, lists: dict[str, list[Any]]) -> None:
    """The report is built with the same figures, and a finding tells which text it was."""
    with serving(PlainLms(lists={USERS: PEOPLE, assigned_to("B-1"): ROWS} | lists)) as lms:
        manifest = plain.run(lms)
    assert (rate(manifest), manifest["complete"], manifest["rows_set_aside"]) == ((4, 4), True, 0)
    assert manifest["findings"]["text_shortened"] >= 1
    assert len([file for file in manifest["files"] if file["kind"] == "manager"]) == 2


def test_a_long_name_of_a_unit_is_shortened(plain: PlainOffice) -> None:
    """The company structure is one answer, read in its own way."""
    with serving(PlainLms(structure=[unit("U-TOP", unit("U-LOW", name=LONG), name=LONG), unit("U-OTHER")])) as lms:
        manifest = plain.run(lms)
    assert (manifest["findings"]["text_shortened"], manifest["rows_set_aside"], rate(manifest)) == (2, 0, (3, 3))


@pytest.mark.parametrize("middle", ["Zx " * 1, "Zx " * 20, "Zx " * 79, "Zx " * 200, "👩" * 200])
def test_a_name_with_little_room_may_hold_the_name_of_somebody(plain: PlainOffice, middle: str) -> None:
    """A course may be called after a person; where its name is shortened, it is still that of the course."""
    name = f"Person 4 {middle} Person 4"
    people = {USERS: changed(PEOPLE, 1, name=name), assigned_to("B-1"): named({1: name})}
    with serving(PlainLms(lists={COURSES: [{"serial": "C-1", "name": name}], **people})) as lms:
        assert rate(plain.run(lms)) == (4, 4)


@pytest.mark.parametrize("field", ["name", "organizationDisplayName", "username"])
def test_a_text_of_the_bound_is_no_long_one(plain: PlainOffice, field: str) -> None:
    """It stays as it is, without a finding."""
    with serving(PlainLms(lists={USERS: changed(PEOPLE, 1, **{field: "n" * LONGEST_NAME})})) as lms:
        manifest = plain.run(lms)
    assert "text_shortened" not in manifest["findings"]


@pytest.mark.parametrize("length", [LONGEST_ID + 1, 40_000])
@pytest.mark.parametrize("field", ["serial", "employeeID", "email", "companySerial", "organizationLevelSerial", "tags"])
def test_a_row_with_a_long_id_is_set_aside(plain: PlainOffice, field: str, length: int) -> None:
    """A shortened id could be another's; the others are in the report."""
    value: Any = [{"serial": "x" * length, "name": "T"}] if field == "tags" else "x" * length
    with serving(PlainLms(lists={USERS: changed(PEOPLE, 1, **{field: value}), assigned_to("B-1"): ROWS})) as lms:
        manifest = plain.run(lms)
    assert (manifest["rows_set_aside"], manifest["users"], manifest["matched"]["unmatched"]) == (1, 3, 1)
    assert rate(manifest) == (3, 3)
