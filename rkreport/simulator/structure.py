"""The company structure: a tree of units that grows with the company. Knows no people and no HTTP.

Root, then regions (only where there are more divisions than kinds of them), then divisions, then teams. Every division
has a manager; people work in teams.
"""

import json
from dataclasses import dataclass

from rkreport.simulator.chance import distinct_bits, mix
from rkreport.simulator.vocabulary import CITIES, DIVISIONS

COMPANY_NAME = "PT Contoh Sejahtera"
COMPANY_SERIAL = "CMP-CONTOH"
_PEOPLE_PER_DIVISION = 25
_MOST_DIVISIONS = 2000
_PEOPLE_PER_TEAM = 12
_FIELD_DIVISIONS = 5  # the first of DIVISIONS work in towns, the others in the head office


@dataclass(frozen=True, slots=True)
class Node:
    """One unit, with the place of its parent in `Structure.nodes` (None: the root)."""

    serial: str
    name: str
    is_active: bool
    parent: int | None


@dataclass(frozen=True, slots=True)
class Structure:
    """All units, parents before children. `divisions` and `teams` are places in `nodes`."""

    nodes: tuple[Node, ...]
    divisions: tuple[int, ...]
    teams: tuple[int, ...]

    def body(self) -> str:
        """The answer of the company structure endpoint, `data` first as on its page."""
        trees: list[dict[str, object]] = []
        children: list[list[dict[str, object]]] = []
        for node in self.nodes:
            below: list[dict[str, object]] = []
            tree: dict[str, object] = {
                "serial": node.serial,
                "name": node.name,
                "isActive": node.is_active,
                "childOrganizations": below,
            }
            children.append(below)
            (trees if node.parent is None else children[node.parent]).append(tree)
        answer = {"data": {"organizations": trees}, "status": "success", "message": "success"}
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def make_structure(people: int, seed: int) -> Structure:
    """The tree for a company of `people`: a team for about every 12, a division for about every 25 (2,000 at most)."""
    divisions = max(1, min(_MOST_DIVISIONS, round(people / _PEOPLE_PER_DIVISION)))
    teams_each = max(1, round(people / divisions / _PEOPLE_PER_TEAM))
    nodes: list[Node] = []

    def add(name: str, parent: int | None, *, is_active: bool = True) -> int:
        place = len(nodes)
        nodes.append(Node(f"COMP{distinct_bits(seed, place, 32):08X}", name, is_active, parent))
        return place

    root = add("Contoh Sejahtera", None)
    division_places: list[int] = []
    team_places: list[int] = []
    has_regions = divisions > len(DIVISIONS)
    parent = root
    for number in range(divisions):
        region, kind = divmod(number, len(DIVISIONS))
        city = _city(region)
        if has_regions and kind == 0:
            parent = add(f"Wilayah {city}", root)
        name, team_names = DIVISIONS[kind]
        division = add(f"{name} {city}" if has_regions else name, parent)
        division_places.append(division)
        # one team more or less in some divisions: teams of equal size would look made up
        for team in range(max(1, teams_each + mix(seed, number) % 3 - 1)):
            turn, which = divmod(team, len(team_names))
            in_town = has_regions or kind < _FIELD_DIVISIONS or turn > 0
            team_places.append(
                add(f"{team_names[which]} {_city(number + turn)}" if in_town else team_names[which], division)
            )
    add("Proyek Selesai", root, is_active=False)
    return Structure(tuple(nodes), tuple(division_places), tuple(team_places))


def _city(number: int) -> str:
    turn, which = divmod(number, len(CITIES))
    return CITIES[which] if turn == 0 else f"{CITIES[which]} {turn + 1}"
