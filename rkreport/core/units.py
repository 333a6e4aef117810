"""The company structure, asked by serial or name. Knows units and learners, no rules of compliance or routing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from rkreport.core.models import Learner, Unit


def folded(text: str) -> str:
    """A name as it is compared: outer blanks and case do not matter."""
    return text.strip().casefold()


@dataclass(frozen=True)
class UnitTree:
    """The units by serial, with what lies below what."""

    by_serial: Mapping[str, Unit]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "UnitTree":
        """Take the flattened company structure in any order."""
        return cls({unit.serial: unit for unit in units})

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Unit, ...]]:
        names: dict[str, tuple[Unit, ...]] = {}
        for unit in self.by_serial.values():
            names[folded(unit.name)] = (*names.get(folded(unit.name), ()), unit)
        return names

    def find(self, text: str) -> tuple[Unit, ...]:
        """The unit with this serial, else all units with this name: none, one, or several of the same name."""
        unit = self.by_serial.get(text.strip())
        return (unit,) if unit else self._by_name.get(folded(text), ())

    def path_of(self, learner: Learner) -> tuple[str, ...]:
        """Serials from the root to the learner's unit; the unit's alone when the structure does not have it."""
        unit = self.by_serial.get(learner.unit_serial)
        return unit.path if unit else (learner.unit_serial,)

    def names_of(self, learner: Learner) -> tuple[str, ...]:
        """As `path_of`, in names; what the structure does not know goes by the learner's own unit name."""
        unit = self.by_serial.get(learner.unit_serial)
        return tuple(self.by_serial[serial].name for serial in unit.path) if unit else (learner.unit_name,)


def names_company(text: str, learner: Learner) -> bool:
    """Whether a text names the learner's whole company, by serial or name."""
    name = folded(text)
    return bool(name) and name in (folded(learner.company_serial), folded(learner.company))
