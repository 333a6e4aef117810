"""Lists: writes the workbooks of managers and exceptions, with the company's units, tags and courses to choose from.

Knows which files the config names, and asks the LMS. A list that is a CSV file stays as it is: its rows go into a
workbook beside it.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rkreport.config.load import WORKBOOK_SUFFIX, read_list, read_settings
from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS
from rkreport.config.schema import ConfigFile
from rkreport.config.tables import rows_of
from rkreport.config.text_file import read_bounded
from rkreport.config.workbook_file import LARGEST_BYTES, workbook_rows
from rkreport.core.exemptions import ANY_COURSE
from rkreport.core.list_choices import Choices, CourseChoice, choices_of
from rkreport.core.models import Course, Learner, PlanSerial, Unit
from rkreport.core.words import LANGUAGES, Words
from rkreport.errors import ConfigError, OutputError
from rkreport.files import write_private_file
from rkreport.lms.browse import Browser
from rkreport.locale import load_words
from rkreport.run.fetch.browsing import browser
from rkreport.run.world import World

if TYPE_CHECKING:
    from rkreport.excel.list_workbook import ChoiceTexts, ListForm

MANAGERS, EXCEPTIONS = "managers.xlsx", "exceptions.xlsx"
_WIDTHS = {
    "managers": dict(zip(MANAGER_COLUMNS, (14, 26, 30, 26, 11, 16, 34, 22), strict=True)),
    "exceptions": dict(zip(EXCEPTION_COLUMNS, (16, 28, 14, 34, 24), strict=True)),
}
_IDS = frozenset({"manager_id", "employee_id", "organization", "tag", "course"})


@dataclass(frozen=True, slots=True)
class WrittenList:
    """One workbook. `was_there`: it was refreshed; `instead_of`: the config names that file, `""` none, or this one."""

    kind: str  # "managers" or "exceptions"
    path: Path
    was_there: bool
    is_named: bool
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Lists:
    """What was written, and with what to choose from. `is_whole` False: the LMS gave fewer rows than it announced."""

    files: tuple[WrittenList, ...]
    choices: Choices
    is_whole: bool
    managers_in_config: bool


async def lists_step(config: Path, world: World) -> Lists:
    """Ask the LMS, then write or refresh the lists.

    Raises:
        ConfigError: the config or a list cannot be read, or a list cannot be kept whole.
        LmsError: the LMS cannot be used.
        OutputError: a list is open in another program, or cannot be written.
    """
    settings = read_settings(config)
    planned = tuple(_planned(config, settings))
    for one in planned:
        _refuse_if_open(one.path)
    async with browser(settings.lms, world) as lms:
        choices, is_whole = await _choices(lms, settings, world)
    words = load_words(settings.report.language)
    today = world.utc_now().astimezone(ZoneInfo(settings.report.timezone)).date()
    contents = [_content(config, one, choices, words, today) for one in planned]  # all of them, or none is written
    for one, content in zip(planned, contents, strict=True):
        _write(one, content)
    return Lists(planned, choices, is_whole, managers_in_config=bool(settings.managers.list))


def first_list(kind: str, language: str) -> bytes:
    """An empty list, as `init` writes it before the LMS was asked."""
    return _new(kind, (), Choices(), load_words(language), None)


async def _choices(lms: Browser, settings: ConfigFile, world: World) -> tuple[Choices, bool]:
    advance = world.observer.step("Reading the company", "lists")
    learners, are_all = await lms.users()
    advance(1, 3)
    units = await lms.units()
    advance(2, 3)
    courses = await _courses(lms, settings)
    advance(3, 3)
    return _with_any_course(learners, units, courses, settings.report.language), are_all


def _with_any_course(
    learners: Iterable[Learner], units: Sequence[Unit] | None, courses: Iterable[Course], language: str
) -> Choices:
    found = choices_of(learners, units, courses)
    every = CourseChoice(ANY_COURSE, load_words(language).text("lists.every_course"))
    return Choices(found.units, found.tags, (every, *found.courses), found.people, found.has_structure)


async def _courses(lms: Browser, settings: ConfigFile) -> list[Course]:
    """The courses of the config and of its learning plans; an exception for any other has no effect."""
    known = {str(course.serial): course for course in (await lms.courses())[0]}
    wanted = {course.serial: known.get(course.serial) for course in settings.courses}
    if settings.learning_plans:
        plans = {plan.serial: plan for plan in (await lms.plans())[0]}
        for section in settings.learning_plans:
            if plan := plans.get(PlanSerial(section.serial)):
                wanted |= {one.course.serial: one.course for one in (await lms.courses_of(plan)).courses}
    return [course for course in wanted.values() if course]


def _planned(config: Path, settings: ConfigFile) -> Iterable[WrittenList]:
    named = {"managers": settings.managers.file, "exceptions": settings.exceptions.file}
    for kind, usual in (("managers", MANAGERS), ("exceptions", EXCEPTIONS)):
        if kind == "managers" and settings.managers.list:
            continue
        name = named[kind] or ""
        is_named = Path(name).suffix.casefold() == WORKBOOK_SUFFIX
        path = config.parent / (name if is_named else Path(name or usual).with_suffix(WORKBOOK_SUFFIX))
        yield WrittenList(kind, path, path.exists(), is_named, "" if is_named else name)


def _content(config: Path, planned: WrittenList, choices: Choices, words: Words, today: date) -> bytes:
    if planned.was_there:
        return _refreshed(planned, choices, words, today)
    rows = [cells for _, cells in rows_of(read_list(config, planned.instead_of))] if planned.instead_of else []
    return _new(planned.kind, rows, choices, words, today)


def _write(planned: WrittenList, content: bytes) -> None:
    _refuse_if_open(planned.path)
    mode = planned.path.stat().st_mode & 0o777 if planned.was_there else None
    write_private_file(planned.path, content)
    if sys.platform != "win32" and mode is not None:  # a list that colleagues may read stays so
        planned.path.chmod(mode)


def _new(kind: str, rows: Iterable[Sequence[str]], choices: Choices, words: Words, today: date | None) -> bytes:
    from rkreport.excel import list_workbook as workbook  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    return workbook.new_list(_form(kind, words), rows, choices, _texts(choices, words, today))


def _refreshed(planned: WrittenList, choices: Choices, words: Words, today: date) -> bytes:
    from rkreport.excel import list_workbook as workbook  # noqa: PLC0415 - as above

    path = planned.path
    content = read_bounded(path, LARGEST_BYTES, if_missing="say rkreport lists again")
    workbook_rows(path, content, is_loaded_whole=True)  # refuses what is dangerous to open
    try:
        return workbook.refreshed_list(content, _form(planned.kind, words), choices, _texts(choices, words, today))
    except workbook.NotKept as reason:
        raise ConfigError(f"{path} {reason}.") from None


def _form(kind: str, words: Words) -> "ListForm":
    from rkreport.excel.list_workbook import COURSES, TAGS, UNITS, ListForm  # noqa: PLC0415 - as above

    offered = {
        "language": f'"{",".join(sorted(LANGUAGES, reverse=True))}"',
        "organization": UNITS,
        "tag": TAGS,
        "course": COURSES,
    }
    columns = _WIDTHS[kind]
    return ListForm(
        title=words.text("lists.managers" if kind == "managers" else "lists.exceptions"),
        columns=columns,
        text_columns=_IDS & columns.keys(),
        date_columns=frozenset({"until"}) & columns.keys(),
        drop_downs={name: formula for name, formula in offered.items() if name in columns},
    )


def _texts(choices: Choices, words: Words, today: date | None) -> "ChoiceTexts":
    from rkreport.excel.list_workbook import ChoiceTexts  # noqa: PLC0415 - as above

    people = words.text("lists.unit_people" if choices.has_structure else "lists.people")
    named = ("lists.unit_name", "lists.unit_above", "lists.serial")
    values = {"people": words.number(choices.people), "date": words.date(today) if today else ""}
    if today is None:
        note = words.text("lists.empty")
    else:
        note = words.text("lists.note" if choices.has_structure else "lists.flat", **values)
    return ChoiceTexts(
        note=note,
        units=(words.text("lists.unit_text"), people, *map(words.text, named)),
        tags=(words.text("lists.tag_text"), words.text("lists.people"), words.text("lists.serial")),
        courses=(words.text("lists.course_text"), words.text("lists.course_name")),
    )


def _refuse_if_open(path: Path) -> None:
    """Refuse a file that Excel or LibreOffice has open: what is typed there would overwrite the refreshed file."""
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise OutputError(
                "{path} is open in another program; close it there, and say rkreport lists again. If"
                " it is open nowhere, delete {name}, which a crash left behind.",
                path=path,
                name=lock.name,
            )
