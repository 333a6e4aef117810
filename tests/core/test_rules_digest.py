"""When two months were judged by the same rules: across versions, and whatever is no rule."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rkreport.core.models import BatchSerial, CourseException, CourseKind, CourseSerial, EmployeeId
from rkreport.core.rules import Attempts, Audience, CoursePolicy, Rules
from rkreport.core.rules_digest import rules_digest, rules_digest_1
from tests import factories

FIRST = CoursePolicy(
    serial=CourseSerial("C-1"),
    batches=(BatchSerial("B-1"),),
    kind=CourseKind.WEBINAR,
    name='Anti "korupsi" – Pak Joko\'s',
    due=date(2026, 12, 31),
    valid_for_months=12,
    attempts=Attempts.LATEST,
    audience=Audience(("COMP1", "Barat"), ("Staf",)),
)
SECOND = CoursePolicy(serial=CourseSerial("C-2"), due_days_after_session=14)
RULES = factories.rules(courses=(FIRST, SECOND))


def with_first(**changes: Any) -> Rules:
    """The rules with another first course."""
    return replace(RULES, courses=(replace(FIRST, **changes), SECOND))


def test_the_digest_of_known_rules_never_changes() -> None:
    """Whatever is added to the models: months that were kept are compared by these. Never edit them."""
    assert rules_digest(RULES) == "2:5a291432cfb90541d239af829f86aa92d429c5b20be68d941b202c1ec6779ca4"
    assert rules_digest_1(RULES) == "ef125f0233733d3e123be876e9efd12d536f75136ac4e4c2fc37700e40e74844"


NO_RULES: dict[str, Callable[[], Rules]] = {
    "a batch more": lambda: with_first(batches=(BatchSerial("B-1"), BatchSerial("B-2"))),
    "all batches": lambda: with_first(batches=None),
    "a known kind": lambda: with_first(kind=None),
    "another name": lambda: with_first(name="Another"),
    "the target": lambda: replace(RULES, target_percent=50.0),
    "an exception": lambda: replace(RULES, exceptions=(CourseException(EmployeeId("1"), "*", None, "Cuti", "SDM", 2),)),
    "the order of courses": lambda: replace(RULES, courses=(SECOND, FIRST)),
    "the order of an audience": lambda: with_first(audience=Audience(("Barat", "COMP1"), ("Staf",))),
}
OTHER_RULES: dict[str, Callable[[], Rules]] = {
    "a course less": lambda: replace(RULES, courses=(FIRST,)),
    "another course": lambda: with_first(serial=CourseSerial("C-3")),
    "another due date": lambda: with_first(due=date(2026, 12, 30)),
    "due after the session": lambda: with_first(due=None, due_days_after_session=14),
    "another validity": lambda: with_first(valid_for_months=None),
    "other attempts": lambda: with_first(attempts=Attempts.BEST),
    "no audience": lambda: with_first(audience=None),
    "an empty audience": lambda: with_first(audience=Audience((), ())),
    "another unit": lambda: with_first(audience=Audience(("COMP1",), ("Staf",))),
    "another tag": lambda: with_first(audience=Audience(("COMP1", "Barat"), ())),
    "soon": lambda: replace(RULES, due_soon_days=15),
    "expiring": lambda: replace(RULES, expiring_days=91),
}


@pytest.mark.parametrize("what", NO_RULES)
def test_what_is_no_rule_changes_nothing(what: str) -> None:
    """Months stay comparable."""
    assert rules_digest(NO_RULES[what]()) == rules_digest(RULES)


@pytest.mark.parametrize("what", OTHER_RULES)
def test_every_decision_is_a_rule(what: str) -> None:
    """Months are not comparable."""
    assert rules_digest(OTHER_RULES[what]()) != rules_digest(RULES)
