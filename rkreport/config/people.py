"""The lists of managers and of exceptions as routing rules and exceptions. Knows their columns, not the LMS.

A cell may hold personal data and is never part of an error.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rkreport.config.days import parse_day
from rkreport.config.tables import ListFile, Refuse, at_once, read_table, row_word
from rkreport.core.mail.addresses import parse_address
from rkreport.core.models import CourseException, EmployeeId, Manager, ManagerId
from rkreport.core.routing import RoutingRule, RuleKind
from rkreport.core.words import LANGUAGES
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence, one_of

MANAGER_COLUMNS = ("manager_id", "name", "email", "cc", "language", "employee_id", "organization", "tag")
# Every file needs these: without addresses no mail goes out, without one kind of rule people get another manager.
_MANAGER_NEEDS = tuple(column for column in MANAGER_COLUMNS if column not in {"cc", "language"})
EXCEPTION_COLUMNS = ("employee_id", "course", "until", "reason", "approved_by")

_RULES = {"employee_id": RuleKind.EMPLOYEE, "tag": RuleKind.TAG, "organization": RuleKind.ORGANIZATION}
# A look-up that found nobody must not stop a month: in these columns an error of Excel becomes a finding.
_MAY_MATCH_NOTHING = frozenset({*_RULES, "course"})

NumberedRow = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Draft:
    """One manager as read so far: by column, the value and the place of the row that gave it."""

    manager_id: str
    where: str
    given: dict[str, tuple[str, str]]


def read_managers(
    file: ListFile, default_language: str, refuse: Refuse = at_once
) -> tuple[tuple[Manager, ...], tuple[RoutingRule, ...]]:
    """Managers in the order of their ids, and their rules; `refuse` takes the error of a wrong row.

    Raises:
        ConfigError: names file, line, column and what to write.
    """
    rows = read_table(file, MANAGER_COLUMNS, _MANAGER_NEEDS, refuse, _MAY_MATCH_NOTHING)
    return managers_of(
        rows, Sentence("{path}, {row_word}", path=file.path, row_word=row_word(file)), default_language, refuse
    )


def managers_of(
    rows: Iterable[NumberedRow], source: str, default_language: str, refuse: Refuse = at_once
) -> tuple[tuple[Manager, ...], tuple[RoutingRule, ...]]:
    """Like `read_managers`, from rows that are already read; an error begins with `source` and the row's number."""
    drafts: dict[str, _Draft] = {}
    rules: list[RoutingRule] = []
    for number, row in rows:
        try:
            rules += _rules_of(row, number, Sentence("{source} {number}", source=source, number=number), drafts)
        except ConfigError as error:
            refuse(error)
    in_order = sorted(drafts.values(), key=lambda draft: draft.manager_id)  # whatever the order of their rows
    return tuple(_manager(draft, default_language) for draft in in_order), tuple(rules)


def _rules_of(row: Mapping[str, str], number: int, where: str, drafts: dict[str, _Draft]) -> list[RoutingRule]:
    """The rule of one row, if it has one; the row's other columns go into the manager's draft."""
    manager_id = row["manager_id"]
    if not manager_id:
        raise ConfigError("{where}: manager_id is empty; every row needs one.", where=where)
    draft = drafts.setdefault(manager_id.casefold(), _Draft(manager_id, where, {}))
    if draft.manager_id != manager_id:
        raise ConfigError(
            "{where}: manager_id differs only in upper and lower case from {where_2}; write both"
            " alike, or give one of them another id.",
            where=where,
            where_2=draft.where,
        )
    _add_row(draft, row, where)
    found = [(kind, row[column]) for column, kind in _RULES.items() if row[column]]
    if len(found) > 1:
        raise ConfigError(
            "{where}: fill only one of employee_id, organization and tag; write a second row.", where=where
        )
    return [RoutingRule(ManagerId(manager_id), kind, value, number) for kind, value in found]


def read_exceptions(file: ListFile, refuse: Refuse = at_once) -> tuple[CourseException, ...]:
    """The exceptions in the order of the file; `refuse` takes the error of a wrong row.

    Raises:
        ConfigError: names file, line, column and what to write.
    """
    found, word = [], row_word(file)
    for line, row in read_table(file, EXCEPTION_COLUMNS, EXCEPTION_COLUMNS, refuse, _MAY_MATCH_NOTHING):
        try:
            found.append(_exception(row, line, Sentence("{path}, {word} {line}", path=file.path, word=word, line=line)))
        except ConfigError as error:
            refuse(error)
    return tuple(found)


def _add_row(draft: _Draft, row: Mapping[str, str], where: str) -> None:
    """Add a row to its manager's draft: rows may leave columns empty, but not contradict each other."""
    copies = (
        parse_address(part, source=Sentence("{where}, cc", where=where))
        for part in re.split(r"[,;\s]+", row["cc"])
        if part
    )
    language = row["language"].casefold()
    if language and language not in LANGUAGES:
        known = one_of(f'"{each}"' for each in LANGUAGES)
        raise ConfigError(
            "{where}, language: must be {known}, or empty for the language of the report.", where=where, known=known
        )
    for column, value in (
        ("name", row["name"]),
        ("email", parse_address(row["email"], source=Sentence("{where}, email", where=where)) if row["email"] else ""),
        ("cc", " ".join(copies)),
        ("language", language),
    ):
        if not value:
            continue
        first, first_where = draft.given.setdefault(column, (value, where))
        if first.casefold() != value.casefold():
            raise ConfigError(
                "{where}, {column}: differs from {first_where}, the same manager; write both alike,"
                " or give one of them another id.",
                where=where,
                column=column,
                first_where=first_where,
            )


def _manager(draft: _Draft, default_language: str) -> Manager:
    name, email, copies, language = (draft.given.get(key, ("",))[0] for key in ("name", "email", "cc", "language"))
    return Manager(ManagerId(draft.manager_id), name, email, tuple(copies.split()), language or default_language)


def _exception(row: Mapping[str, str], line: int, where: str) -> CourseException:
    if not row["employee_id"]:
        raise ConfigError("{where}: employee_id is empty; every row needs one.", where=where)
    if not row["course"]:
        raise ConfigError('{where}: course is empty; write its serial, or "*" for every course.', where=where)
    return CourseException(
        employee_id=EmployeeId(row["employee_id"]),
        course=row["course"],
        until=parse_day(row["until"], source=Sentence("{where}, until", where=where)) if row["until"] else None,
        reason=row["reason"],
        approved_by=row["approved_by"],
        line=line,
    )
