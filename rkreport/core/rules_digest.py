"""A digest of the rules that makes months comparable: equal decisions give equal digests in every version.

Knows what a rule means; must not know how it is written down.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date

from rkreport.core.rules import Audience, CoursePolicy, Rules


def rules_digest(rules: Rules) -> str:
    """`2:` and a SHA-256 of the settings that decide who complies.

    Leaves out exceptions (they change every month), the target, batches, names and kinds: they change no rule. A field
    that is new in the models changes no digest unless it is added here.
    """
    decisions = {
        "courses": {str(policy.serial): _decisions(policy) for policy in rules.courses},
        "due_soon_days": rules.due_soon_days,
        "expiring_days": rules.expiring_days,
        **({"plans": sorted(rules.plans)} if rules.plans else {}),
    }
    return f"2:{hashlib.sha256(json.dumps(decisions, sort_keys=True).encode()).hexdigest()}"


def rules_digest_1(rules: Rules) -> str:
    """The digest of version 0.1.0, for results that carry it. Never edit: it is the `repr` of that version's models."""
    courses = _tuple(map(_course_1, rules.courses))
    text = (
        f"Rules(courses={courses}, exceptions=(), due_soon_days={rules.due_soon_days!r},"
        f" target_percent=100.0, expiring_days={rules.expiring_days!r})"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _decisions(policy: CoursePolicy) -> dict[str, object]:
    """By name, the decisions about one course that are set."""
    audience = policy.audience
    decisions = {
        "due": policy.due and policy.due.isoformat(),
        "due_days_after_session": policy.due_days_after_session,
        "valid_for_months": policy.valid_for_months,
        "attempts": policy.attempts.value,
        "audience": audience and [sorted(audience.organizations), sorted(audience.tags)],
    }
    return {name: value for name, value in decisions.items() if value is not None}


def _course_1(policy: CoursePolicy) -> str:
    return (
        f"CoursePolicy(serial={str(policy.serial)!r}, batches={_batches_1(policy)}, kind={_kind_1(policy)},"
        f" name={policy.name!r}, due={_date_1(policy.due)}, due_days_after_session={policy.due_days_after_session!r},"
        f" valid_for_months={policy.valid_for_months!r}, attempts={_enum_1('Attempts', policy.attempts.value)},"
        f" audience={_audience_1(policy.audience)})"
    )


def _batches_1(policy: CoursePolicy) -> str:
    return "None" if policy.batches is None else _tuple(repr(str(batch)) for batch in policy.batches)


def _kind_1(policy: CoursePolicy) -> str:
    return "None" if policy.kind is None else _enum_1("CourseKind", policy.kind.value)


def _audience_1(audience: Audience | None) -> str:
    if audience is None:
        return "None"
    return f"Audience(organizations={audience.organizations!r}, tags={audience.tags!r})"


def _date_1(day: date | None) -> str:
    return "None" if day is None else f"datetime.date({day.year}, {day.month}, {day.day})"


def _enum_1(name: str, value: str) -> str:
    return f"<{name}.{value.upper()}: {value!r}>"


def _tuple(items: Iterable[str]) -> str:
    """As `repr` writes a tuple."""
    parts = list(items)
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
