"""The awkward people that every real company has. Knows the user record's fields, no HTTP and no course.

Each stands at a fixed place of the user list, spread over all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

FEWEST_PEOPLE = 50  # with fewer people, about half of them or more would be awkward


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is odd about one person.

    `record` replaces fields of the user record (the name and employee id also where the person is assigned).
    `assigned_id` is the employee id that assignments show instead, `assigned_status` the status they all have.
    """

    what: str
    record: Mapping[str, object] = field(default_factory=dict)
    assigned_id: str | None = None
    assigned_status: str | None = None


_EMPLOYEE_ID_TWICE = "70000001"
_LONG_NAME = "Raden Mas Aryo Suryokusumo " * 11 + "Sastrodiningrat"
_ODDITIES = (
    Oddity("look-alike id, with zeros", {"employeeID": "00123"}),
    Oddity("look-alike id, without zeros", {"employeeID": "123"}),
    Oddity("leading zeros", {"employeeID": "0000042"}),
    Oddity("hyphen in the id", {"employeeID": "ID-1234"}),
    Oddity("blank before the assigned id", {"employeeID": "07070"}, assigned_id=" 07070"),
    Oddity("renamed since assigned", {"employeeID": "R2600012"}, assigned_id="R1900012"),
    Oddity("accents", {"name": "Zoë Müller-Nasution"}),
    Oddity("more accents", {"name": "José Ñíguez Łukasiewicz"}),
    Oddity("apostrophe", {"name": "Ma'ruf Al-Qur'ani"}),
    Oddity("typographic apostrophe", {"name": "Siobhán O’Neill"}),
    Oddity("formula with a link", {"name": '=HYPERLINK("http://x.test","klik")'}),
    Oddity("formula", {"name": "=1+1"}),
    Oddity("begins with an at sign", {"name": "@Budi Santoso"}),
    Oddity("begins with a plus", {"name": "+62 Dewi Lestari"}),
    Oddity("begins with a minus", {"name": "-Sari Utami"}),
    Oddity("very long name", {"name": _LONG_NAME}),
    Oddity("emoji", {"name": "Rizky 🚀 Pratama 👩‍🏭"}),
    Oddity("inactive, still assigned", {"isActive": False}),
    Oddity("no e-mail", {"email": None}),
    Oddity("no phone", {"phone": ""}),
    Oddity("neither user name nor e-mail", {"username": None, "email": ""}),
    Oddity(
        "unit not in the structure", {"organizationDisplayName": "Unit Lama", "organizationLevelSerial": "COMPGONE0001"}
    ),
    Oddity("status nobody knows", assigned_status="Rescheduled"),
)
_TWIN = Oddity("employee id of two records", {"employeeID": _EMPLOYEE_ID_TWICE})


def awkward_people(people: int) -> Mapping[int, Oddity]:
    """Who is odd, by place in the user list of `people` (at least `FEWEST_PEOPLE`).

    The two records with one employee id are neighbours on one page: on two pages they would look like a list that moved
    while it was read.
    """
    spacing = people // (len(_ODDITIES) + 1)
    places = {(number + 1) * spacing: oddity for number, oddity in enumerate(_ODDITIES)}
    return {0: _TWIN, 1: _TWIN} | places
