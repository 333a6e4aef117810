"""Who is who, by the rules said again: records, ids, matches, places of units.

As `oracle`: plain loops, nothing of `rkreport` but its plain values. A person is the list of their records; the
last one shows them, and its address (tests give each record its own) is what they are known by.
"""

from rkreport.core.models import Assignment, Learner, Unit
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import Snapshot

Records = list[Learner]


def people(snapshot: Snapshot) -> list[Records]:
    """The records of each person, in the order of the user list."""
    found: list[Records] = []
    for record in snapshot.learners:
        for known in found:
            if record.serial is not None and known[0].serial == record.serial:
                known.append(record)
                break
        else:
            found.append([record])
    merged: list[Records] = []
    for records in found:
        for known in merged:
            if _agree(known[-1], records[-1]):
                known[:] = [one for one in snapshot.learners if any(one is each for each in known + records)]
                break
        else:
            merged.append(records)
    return merged


def _agree(one: Learner, other: Learner) -> bool:
    return (
        one.employee_id.strip() == other.employee_id.strip() != ""
        and one.name.strip() == other.name.strip()
        and (one.unit_serial or one.unit_name) == (other.unit_serial or other.unit_name)
        and sorted(one.tags) == sorted(other.tags)
        and one.is_active == other.is_active
    )


def owners(employee_id: str, snapshot: Snapshot) -> list[Records]:
    """All people with an id."""
    return [each for each in people(snapshot) if each[-1].employee_id.strip() == employee_id.strip() != ""]


def meant(employee_id: str, snapshot: Snapshot) -> Records | None:
    """Whom an id means: who alone has it, else who alone is active."""
    having = owners(employee_id, snapshot)
    active = [each for each in having if each[-1].is_active]
    if len(having) == 1:
        return having[0]
    return active[0] if len(active) == 1 else None


def matching(row: Assignment, snapshot: Snapshot) -> tuple[Learner | None, str]:
    """Whose assignment it is, and how that is known."""
    by_serial = _with_serial(row, snapshot)
    if by_serial is not None:
        return by_serial[-1], "serial"
    by_id = meant(row.employee_id, snapshot)
    if by_id is None or (row.user_serial is not None and any(one.serial for one in by_id)):
        return None, "unmatched"
    if row.name.strip() != by_id[-1].name.strip() and _is_contested(row, by_id, snapshot):
        return None, "unmatched"
    return by_id[-1], "employee_id"


def _with_serial(row: Assignment, snapshot: Snapshot) -> Records | None:
    for records in people(snapshot):
        if row.user_serial is not None and any(one.serial == row.user_serial for one in records):
            return records
    return None


def _is_contested(row: Assignment, by_id: Records, snapshot: Snapshot) -> bool:
    """Whether the serials under a shared id have different names, or the name of another who has the id."""
    having = owners(row.employee_id, snapshot)
    if len(having) == 1 or any(one.serial for one in by_id):
        return False
    carried = [
        one
        for one in snapshot.assignments
        if one.employee_id.strip() == row.employee_id.strip()
        and one.user_serial is not None
        and _with_serial(one, snapshot) is None
    ]
    for one in carried:
        for other in carried:
            if one.user_serial != other.user_serial and one.name.strip() != other.name.strip():
                return True
    others = {each[-1].name.strip() for each in having} - {by_id[-1].name.strip()}
    return any(one.name.strip() in others for one in carried)


def paths(learner: Learner, snapshot: Snapshot) -> list[tuple[str, ...]]:
    """The places of the learner's unit that count: the active ones, all where none is."""
    mine = [unit for unit in snapshot.units if unit.serial == learner.unit_serial]
    active = [unit for unit in mine if all(_is_on(unit.path[:end], snapshot) for end in range(1, len(unit.path) + 1))]
    return [unit.path for unit in active or mine]


def _is_on(path: tuple[str, ...], snapshot: Snapshot) -> bool:
    here = [unit for unit in snapshot.units if unit.path == path]
    return not here or any(unit.is_active for unit in here)


def in_audience(policy: CoursePolicy, learner: Learner, snapshot: Snapshot) -> bool:
    """Whether a course's audience names somebody."""
    if policy.audience is None:
        return False
    for tag in learner.tags:
        for text in policy.audience.tags:
            if text.lower() in (tag.serial.lower(), tag.name.lower()):
                return True
    for text in policy.audience.organizations:
        if text.lower() in (learner.company_serial.lower(), learner.company.lower()):
            return True
        if any(
            _is_named(unit, text) and unit.serial in path
            for unit in snapshot.units
            for path in paths(learner, snapshot)
        ):
            return True
        if not snapshot.has_structure and (text == learner.unit_serial or text.lower() == learner.unit_name.lower()):
            return True
    return False


def _is_named(unit: Unit, text: str) -> bool:
    return unit.serial == text or unit.name.lower() == text.lower()
