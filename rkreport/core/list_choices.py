"""What the columns of the lists can hold: the company's units and tags with their people, and its courses.

Knows how rules look units and tags up: a text that is offered means exactly what stands beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rkreport.core.leaks.text_folding import visible
from rkreport.core.learners import LearnerIndex
from rkreport.core.list_rows import is_excel_error
from rkreport.core.models import Course, Learner, Tag, Unit
from rkreport.core.units import UnitTree, name_key

_LONGEST = 200  # characters: longer names are offered by their serial


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit; `text` is what a rule may say: the name if no other has it, else the serial."""

    text: str
    people: int  # active ones, with all units below
    name: str
    above: tuple[str, ...]  # names from the top, without the unit's own
    serial: str


@dataclass(frozen=True, slots=True)
class TagChoice:
    """A tag and its active people; `text` is what a rule may say."""

    text: str
    people: int
    serial: str


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A course that the config lists."""

    serial: str
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that the lists offer; `has_structure` False: units below a unit are not known."""

    units: tuple[UnitChoice, ...] = ()
    tags: tuple[TagChoice, ...] = ()
    courses: tuple[CourseChoice, ...] = ()
    people: int = 0
    has_structure: bool = True


def choices_of(records: Iterable[Learner], units: Sequence[Unit] | None, courses: Iterable[Course]) -> Choices:
    """The choices of a company; `units` None: the LMS gives no structure. Units stand in tree order, tags by name."""
    learners = [one for one in LearnerIndex(records).people if one.is_active]
    tree = UnitTree.of_learners(learners) if units is None else UnitTree.of(units)
    return Choices(
        units=_units(learners, tree),
        tags=tuple(_tags(learners)),
        courses=tuple(CourseChoice(course.serial, visible(course.name)) for course in courses),
        people=len(learners),
        has_structure=units is not None,
    )


def _units(learners: Iterable[Learner], tree: UnitTree) -> tuple[UnitChoice, ...]:
    people: Counter[str] = Counter()
    for learner in learners:
        people.update(tree.above(tree.unit_of(learner)))
    found = []
    for serial, path in tree.in_order({unit.serial for unit in tree.units}):
        name = tree.name_of(serial) or ""
        text = name if _can_be_written(name) and tree.find(name) == (serial,) else serial
        if _can_be_written(text):
            above = tuple(visible(tree.name_of(each) or each) for each in path[:-1])
            found.append(UnitChoice(text.strip(), people[serial], visible(name), above, serial))
    return tuple(found)


def _tags(learners: Iterable[Learner]) -> Iterator[TagChoice]:
    """Tags of one name are one choice: a rule that says the name means all of them."""
    people: Counter[str] = Counter()
    tags: defaultdict[str, set[Tag]] = defaultdict(set)
    for learner in learners:
        own = [(name_key(tag.name) or name_key(tag.serial), tag) for tag in learner.tags]
        people.update({key for key, _ in own})
        for key, tag in own:
            tags[key].add(tag)
    for key, alike in sorted(tags.items()):
        name, serials = min(tag.name for tag in alike), sorted({tag.serial for tag in alike})
        text = name if _can_be_written(name) else serials[0]
        if _can_be_written(text):
            yield TagChoice(text.strip(), people[key], ", ".join(map(visible, serials)))


def _can_be_written(text: str) -> bool:
    """Whether a list that holds this text is read again as the same rule."""
    return (
        bool(text.strip())
        and len(text) <= _LONGEST
        and text.strip() == visible(text)
        and not text.strip().startswith("=")
        and not is_excel_error(text)
    )
