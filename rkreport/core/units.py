"""The company structure, looked up by serial or name. Knows units and learners, no rules of compliance or routing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Learner, Unit, UnitSerial
from rkreport.core.snapshot import Snapshot

Path = tuple[UnitSerial, ...]
"""Serials from the root to a unit."""


def name_key(text: str) -> str:
    """A name in the form in which names are compared: outer blanks and case do not matter."""
    return text.strip().casefold()


@dataclass(frozen=True)
class UnitTree:
    """The units with all their places. A place is a path; a unit can have several.

    Without a structure (`is_flat`) every learner's unit is a root, and the people below a unit are unknown. A company's
    name then means all its people, not a unit.
    """

    units: tuple[Unit, ...]  # one per place, in any order
    is_flat: bool = False
    companies: frozenset[str] = frozenset()  # name_key serials and names that mean no unit

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "UnitTree":
        """Take the flattened company structure in any order, a unit once for each of its places."""
        return cls(tuple(units))

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot) -> "UnitTree":
        """The fetched structure, else the units of the learners."""
        return cls.of(snapshot.units) if snapshot.has_structure else cls.of_learners(snapshot.learners)

    @classmethod
    def of_learners(cls, learners: Iterable[Learner]) -> "UnitTree":
        """The units of the learners. A unit without a serial goes by its name, unless a serial has that name."""
        learners = tuple(learners)
        carried = sorted({(learner.unit_serial.strip(), learner.unit_name.strip()) for learner in learners})
        known = {name_key(name) for serial, name in carried if serial}
        nameless = {
            name_key(name): name for serial, name in carried if not serial and name_key(name) not in known | {""}
        }
        pairs = [(UnitSerial(serial), name) for serial, name in carried if serial]
        pairs += [(UnitSerial(name), name) for name in nameless.values()]
        units = tuple(Unit(serial, name, is_active=True, path=(serial,)) for serial, name in pairs)
        companies = {name_key(text) for one in learners for text in (one.company_serial, one.company)}
        return cls(units, is_flat=True, companies=frozenset(companies - {""}))

    @cached_property
    def places(self) -> Mapping[str, tuple[Path, ...]]:
        """By serial, the places of each unit in tree order: the active ones, or all if none is active.

        A place is inactive if any unit on its path is.
        """
        inactive = {unit.path for unit in self.units} - {unit.path for unit in self.units if unit.is_active}
        found: defaultdict[str, set[Path]] = defaultdict(set)
        for unit in self.units:
            found[unit.serial].add(unit.path)
        active = {
            serial: {path for path in paths if not any(path[:end] in inactive for end in range(1, len(path) + 1))}
            for serial, paths in found.items()
        }
        return {serial: tuple(sorted(active[serial] or paths, key=self._order)) for serial, paths in found.items()}

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The name of each unit; of several spellings the first by alphabet."""
        names: dict[str, str] = {}
        for unit in self.units:
            names[unit.serial] = min(filter(None, (names.get(unit.serial), unit.name)), default="")
        return names

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[UnitSerial, ...]]:
        found: defaultdict[str, dict[UnitSerial, None]] = defaultdict(dict)
        for unit in self.units:
            if name_key(unit.name):
                found[name_key(unit.name)][unit.serial] = None
        return {name: tuple(serials) for name, serials in found.items()}

    @cached_property
    def _above(self) -> Mapping[str, Path]:
        return {
            serial: tuple(dict.fromkeys(each for path in paths for each in path))
            for serial, paths in self.places.items()
        }

    def _order(self, path: Path) -> tuple[tuple[str, str], ...]:
        """Sorts parents before their children, and siblings by name."""
        return tuple((self._names.get(serial, "").casefold(), serial) for serial in path)

    def find(self, text: str) -> tuple[UnitSerial, ...]:
        """The unit with this serial, else all units with this name: none, one, or several of the same name."""
        serial = UnitSerial(text.strip())
        if name_key(text) in self.companies:
            return ()
        return (serial,) if serial in self._names else self._by_name.get(name_key(text), ())

    def name_of(self, serial: str) -> str | None:
        """The name of a unit; None where the structure does not have it."""
        return self._names.get(serial)

    def above(self, serial: str) -> Path:
        """The unit and all units above any of its places, each once; none where the structure does not have it."""
        return self._above.get(serial, ())

    def in_order(self, serials: Iterable[UnitSerial]) -> list[tuple[UnitSerial, Path]]:
        """The units that the tree knows, in tree order, each with its first place."""
        first = [(serial, self.places[serial][0]) for serial in serials if serial in self.places]
        return sorted(first, key=lambda each: self._order(each[1]))

    def unit_of(self, learner: Learner) -> UnitSerial:
        """The serial of the learner's unit, `""` for none; without a structure the unit's name may decide."""
        serial = UnitSerial(learner.unit_serial.strip())
        if serial or not self.is_flat:
            return serial
        found = self.find(learner.unit_name)
        return found[0] if len(found) == 1 else UnitSerial("")

    def paths_of(self, learner: Learner) -> tuple[Path, ...]:
        """The places of the learner's unit; the unit alone when the structure does not have it."""
        unit = self.unit_of(learner)
        return self.places.get(unit, ((unit,),))

    def names_of(self, learner: Learner) -> tuple[str, ...]:
        """The names on the path to the unit's first place; the learner's own unit name if the tree lacks it."""
        paths = self.places.get(self.unit_of(learner))
        return tuple(self._names.get(serial, "") for serial in paths[0]) if paths else (learner.unit_name,)

    def findings(self) -> Iterator[Finding]:
        """One finding per unit with several parents. Units below it have several places too, but get no finding."""
        for serial, paths in self.places.items():
            if len({path[:-1][-1:] for path in paths}) > 1:
                yield Finding(FindingCode.UNIT_IN_SEVERAL_PLACES, Level.CHECK, f"{self._names[serial]} ({serial})")


def names_company(text: str, learner: Learner) -> bool:
    """Whether a text names the learner's whole company, by serial or name."""
    name = name_key(text)
    return bool(name) and name in (name_key(learner.company_serial), name_key(learner.company))
