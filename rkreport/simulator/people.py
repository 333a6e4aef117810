"""The people: every user record and every identity in an assignment, made from seed and place when asked for.

Knows wire names of the user record, the structure and the awkward people; no course and no HTTP. Places 0 to
`listed` - 1 are the user list; places beyond belong to people whom the list lacks: first those who left, then those who
may still join.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rkreport.simulator.awkward import Oddity
from rkreport.simulator.chance import Shuffle, distinct_bits, mix
from rkreport.simulator.structure import COMPANY_NAME, COMPANY_SERIAL, Structure
from rkreport.simulator.vocabulary import (
    FAMILIES,
    MEN,
    MENS_SURNAMES,
    MORE_NAMES,
    SECOND_NAMES,
    TAGS,
    WOMEN,
    WOMENS_SURNAMES,
)

DOMAIN = "contoh.test"
_INACTIVE_PER_THOUSAND = 30
# The same few busy people miss most trainings: by how much the likelihood to pass changes, in 1/65,536.
_BUSY_OF_16, _BUSY, _DILIGENT = 3, -29_000, 8_200


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as an assignment shows them; `employee_id` is the one known when they were assigned."""

    serial: str
    name: str
    employee_id: str

    def body(self) -> str:
        """The `user` object of an assignment."""
        wire = {"serial": self.serial, "name": self.name, "employeeID": self.employee_id}
        return json.dumps(wire, ensure_ascii=False, separators=(",", ":"))


class People:
    """All people of one company. `heads` maps a place to the unit (place in the structure) that the person leads."""

    def __init__(
        self,
        *,
        listed: int,
        structure: Structure,
        seed: int,
        oddities: Mapping[int, Oddity],
        heads: Mapping[int, int],
        serial_in_users: bool,
    ) -> None:
        """Prepare what many rows share: pairs of names, and the JSON of units and tags."""
        self.listed = listed
        self.oddities = oddities
        self._structure = structure
        self._seed = seed
        self.heads = heads
        self._serial_in_users = serial_in_users
        self._pairs = [
            (first, last, f"{first}.{last}".lower(), f"{first[:4].upper():X<4}")
            for firsts, lasts in ((MEN, MENS_SURNAMES), (WOMEN, WOMENS_SURNAMES))
            for last in f"{lasts} {FAMILIES}".split()
            for first in firsts.split()
        ]
        self._pair_order = Shuffle(len(self._pairs), mix(seed, 1))
        self._second_names = SECOND_NAMES.split()
        self._more_names = MORE_NAMES.split()
        self._units = [_unit_fields(node.name, node.serial) for node in structure.nodes]
        # some units do better than others: from -0.12 to +0.05 of their people, in 1/65,536
        self._bias = [mix(seed, 2_000_000 + place) % 11_141 - 7_864 for place in range(len(structure.nodes))]
        self._tags = [_tags_field(bits) for bits in range(16)]
        self._by_odd_id: dict[str, tuple[int, ...]] = {}
        for place, oddity in oddities.items():
            if "employeeID" in oddity.record:
                employee_id = str(oddity.record["employeeID"])
                self._by_odd_id[employee_id] = (*self._by_odd_id.get(employee_id, ()), place)

    def user(self, place: int) -> str:
        """One item of Find Users, as JSON text."""
        bits = mix(self._seed, place)
        name, login, letters = self._name(place, bits)
        serial = f'"serial":"{self._serial(place, letters)}",' if self._serial_in_users else ""
        head = place in self.heads
        is_active = head or (bits >> 44) % 1000 >= _INACTIVE_PER_THOUSAND
        text = (
            f'{{{serial}"employeeID":"{_employee_id(place, bits)}","name":"{name}","username":"{login}",'
            f'"email":"{login}@{DOMAIN}","phone":"628{1_000_000_000 + (bits >> 30) % 900_000_000}",'
            f'"isActive":{"true" if is_active else "false"},{self._units[self._unit(place, bits)]},'
            f'"tags":{self._tags[bits >> 60]}}}'
        )
        oddity = self.oddities.get(place)
        if oddity is None:
            return text
        return json.dumps(json.loads(text) | dict(oddity.record), ensure_ascii=False, separators=(",", ":"))

    def assigned(self, place: int) -> tuple[str, int]:
        """The `user` object of this person's assignments, as JSON text, and how much likelier than most they pass.

        The likelihood, in 1/65,536, depends on their unit and on themselves. One call gives both results, because both
        need the same bits and a page asks for a hundred.
        """
        bits = mix(self._seed, place)
        bias = self._bias_of(place, bits)
        if place in self.oddities:
            return self.assigned_as(place).body(), bias
        name, _, letters = self._name(place, bits)
        serial = self._serial(place, letters)
        return f'{{"serial":"{serial}","name":"{name}","employeeID":"{_employee_id(place, bits)}"}}', bias

    def assigned_as(self, place: int) -> Identity:
        """This person as assignments show them."""
        bits = mix(self._seed, place)
        name, _, letters = self._name(place, bits)
        serial = self._serial(place, letters)
        employee_id = _employee_id(place, bits)
        oddity = self.oddities.get(place)
        if oddity is None:
            return Identity(serial, name, employee_id)
        record = oddity.record
        return Identity(
            serial, str(record.get("name", name)), oddity.assigned_id or str(record.get("employeeID", employee_id))
        )

    def bias(self, place: int) -> int:
        """How much likelier than most this person passes, as `assigned` has it."""
        return self._bias_of(place, mix(self._seed, place))

    def employee_id(self, place: int) -> str:
        """The employee id of this person's user record."""
        oddity = self.oddities.get(place)
        if oddity and "employeeID" in oddity.record:
            return str(oddity.record["employeeID"])
        return _employee_id(place, mix(self._seed, place))

    def find(self, employee_id: str) -> tuple[int, ...]:
        """The places with this employee id, listed or not, in order: none, one, or two where records share it."""
        if employee_id in self._by_odd_id:
            return self._by_odd_id[employee_id]
        number = employee_id[2:]
        if not (number.isascii() and number.isdecimal()):
            return ()
        place = int(number) - 1
        return (place,) if place >= 0 and self.employee_id(place) == employee_id else ()

    def _bias_of(self, place: int, bits: int) -> int:
        return self._bias[self._unit(place, bits)] + (_BUSY if (bits >> 40) & 15 < _BUSY_OF_16 else _DILIGENT)

    def _name(self, place: int, bits: int) -> tuple[str, str, str]:
        """Full name and login, both distinct for every place, and four letters for the serial."""
        block, turn = divmod(place, len(self._pairs))
        first, last, login, letters = self._pairs[self._pair_order.at(turn)]
        if block:
            middle = self._more_names[block - 1]
            return f"{first} {middle} {last}", f"{first}.{middle}.{last}".lower(), letters
        second = (bits >> 24) & 31
        if second < len(self._second_names):
            return f"{first} {self._second_names[second]} {last}", login, letters
        return f"{first} {last}", login, letters

    def _serial(self, place: int, letters: str) -> str:
        return f"{letters}{distinct_bits(self._seed, place, 48):012X}"

    def _unit(self, place: int, bits: int) -> int:
        led = self.heads.get(place)
        if led is not None:
            return led
        teams = self._structure.teams
        return teams[(bits & 0xFFFFFF) * len(teams) >> 24]


def _employee_id(place: int, bits: int) -> str:
    """Two digits of the year of hire, 1998 to 2025, and a running number: some begin with a zero, as in life."""
    return f"{(1998 + (bits >> 52) % 28) % 100:02d}{place + 1:06d}"


def _unit_fields(name: str, serial: str) -> str:
    return (
        f'"companyName":"{COMPANY_NAME}","companySerial":"{COMPANY_SERIAL}",'
        f'"organizationDisplayName":"{name}","organizationLevelSerial":"{serial}"'
    )


def _tags_field(bits: int) -> str:
    """None for half of the people, else one or two."""
    if bits < 8:  # noqa: PLR2004 - half of 16
        return "[]"
    first = bits % len(TAGS)
    chosen = [first] if bits < 12 else [first, (first + 2) % len(TAGS)]  # noqa: PLR2004 - a quarter of 16
    wire = [{"serial": f"RUKRTAG-{distinct_bits(7, number, 32):08X}", "name": TAGS[number]} for number in chosen]
    return json.dumps(wire, separators=(",", ":"))
