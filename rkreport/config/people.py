"""managers.csv and exceptions.csv as routing rules and exceptions. Knows their columns, not the LMS."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from rkreport.config.tables import read_table
from rkreport.core.message import parse_address
from rkreport.core.models import CourseException, EmployeeId, Manager, ManagerId, RoutingRule, RuleKind
from rkreport.errors import ConfigError

MANAGER_COLUMNS = ("manager_id", "name", "email", "cc", "language", "employee_id", "organization", "tag")
EXCEPTION_COLUMNS = ("employee_id", "course", "until", "reason", "approved_by")

_RULES = {"employee_id": RuleKind.EMPLOYEE, "tag": RuleKind.TAG, "organization": RuleKind.ORGANIZATION}

NumberedRow = tuple[int, Mapping[str, str]]


def read_managers(path: Path, default_language: str) -> tuple[tuple[Manager, ...], tuple[RoutingRule, ...]]:
    """Managers in the order of the file, and their rules.

    Raises:
        ConfigError: names file, line, column and what to write.
    """
    return managers_of(read_table(path, MANAGER_COLUMNS, ("manager_id",)), str(path), default_language)


def managers_of(
    rows: Iterable[NumberedRow], source: str, default_language: str
) -> tuple[tuple[Manager, ...], tuple[RoutingRule, ...]]:
    """As `read_managers`, from rows that are already read."""
    managers: dict[str, Manager] = {}
    spelled: dict[str, str] = {}
    rules: list[RoutingRule] = []
    for line, row in rows:
        where = f"{source}, line {line}"
        manager = _manager(row, where, default_language)
        known = managers.get(manager.manager_id)
        if spelled.setdefault(manager.manager_id.casefold(), manager.manager_id) != manager.manager_id:
            raise ConfigError(f"{where}: manager_id {manager.manager_id} differs from an earlier one only in case.")
        managers[manager.manager_id] = _merged(known, manager, row, where) if known else manager
        found = [(kind, row[column]) for column, kind in _RULES.items() if row[column]]
        if len(found) > 1:
            raise ConfigError(f"{where}: fill only one of employee_id, organization and tag; write a second row.")
        rules += [RoutingRule(manager.manager_id, kind, value, line) for kind, value in found]
    return tuple(managers.values()), tuple(rules)


def read_exceptions(path: Path) -> tuple[CourseException, ...]:
    """The exceptions in the order of the file.

    Raises:
        ConfigError: names file, line, column and what to write.
    """
    return tuple(
        _exception(row, line, f"{path}, line {line}")
        for line, row in read_table(path, EXCEPTION_COLUMNS, ("employee_id", "course"))
    )


def _manager(row: Mapping[str, str], where: str, default_language: str) -> Manager:
    if not row["manager_id"]:
        raise ConfigError(f"{where}: manager_id is empty; every row needs one.")
    language = row["language"].casefold() or default_language
    if language not in {"id", "en"}:
        raise ConfigError(f'{where}: language must be "id" or "en".')
    return Manager(
        manager_id=ManagerId(row["manager_id"]),
        name=row["name"],
        email=parse_address(row["email"], source=f"{where}: email") if row["email"] else "",
        cc=tuple(parse_address(part, source=f"{where}: cc") for part in re.split(r"[,;\s]+", row["cc"]) if part),
        language=language,
    )


def _merged(known: Manager, row_manager: Manager, row: Mapping[str, str], where: str) -> Manager:
    """A manager's later rows may leave name, address and language out, but not contradict them."""
    for column, known_value, value in (
        ("name", known.name, row_manager.name),
        ("email", known.email.casefold(), row_manager.email.casefold()),
        ("cc", known.cc, row_manager.cc),
        ("language", known.language, row_manager.language if row["language"] else ""),
    ):
        if value and value != known_value:
            raise ConfigError(f"{where}: {column} differs from an earlier row of manager {known.manager_id}.")
    return known


def _exception(row: Mapping[str, str], line: int, where: str) -> CourseException:
    for column in ("employee_id", "course"):
        if not row[column]:
            raise ConfigError(f'{where}: {column} is empty; write one, or "*" for every course.')
    try:
        until = date.fromisoformat(row["until"]) if row["until"] else None
    except ValueError:
        raise ConfigError(f"{where}: until must be a date such as 2026-12-31, or empty for ever.") from None
    return CourseException(
        employee_id=EmployeeId(row["employee_id"]),
        course=row["course"],
        until=until,
        reason=row["reason"],
        approved_by=row["approved_by"],
        line=line,
    )
