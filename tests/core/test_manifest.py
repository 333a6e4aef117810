"""The manifest: its names are fixed, and its numbers are those of the data."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from rkreport.core.assess import assess
from rkreport.core.compliance import Compliance
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.join import join
from rkreport.core.manifest import BuiltFile, Manifest, manifest_of
from rkreport.core.models import Counts, Status
from rkreport.core.plans import rules_of_snapshot
from rkreport.core.snapshot import ListKind, Reason, Traffic, Verdict
from rkreport.locale import load_words
from tests import factories
from tests.core import oracle
from tests.core.worlds import World, worlds

EN = load_words("en")
FIXED = {
    "run_id",
    "period",
    "kind",
    "revision",
    "as_of",
    "complete",
    "reasons",
    "lists",
    "lms",
    "users",
    "assignments",
    "rows_set_aside",
    "matched",
    "requirements",
    "status_counts",
    "completion_dates",
    "rate",
    "files",
    "timings_seconds",
    "version",
    "config_sha256",
}
FILES = (BuiltFile("managers/M-001_2026-10_rev1.xlsx", "manager", "M-001", 12, "f" * 64),)


def manifest(compliance: Compliance) -> Manifest:
    """The manifest of a build of this run."""
    joined = join(compliance.snapshot).assignments
    return manifest_of(compliance, joined, FILES, {"join": 0.123456, "render": 2}, EN)


def test_names_are_the_fixed_ones() -> None:
    """Every fixed name is there; beyond them only the findings by code and what changed; all of it is JSON."""
    made = manifest(factories.compliance())
    assert set(made) == FIXED | {"findings", "changes"}
    assert json.loads(json.dumps(made)) == made


def test_values_of_a_small_run() -> None:
    """One person, one cleared assignment, one proven list."""
    made = manifest(factories.compliance())
    assert made["run_id"] == "20261101-010203"
    assert (made["period"], made["revision"], made["as_of"]) == ("2026-10", 1, "2026-10-31T23:59:59+07:00")
    assert (made["complete"], made["reasons"]) == (True, [])
    assert made["lists"] == {"proven": 1, "checked": 0, "moving": 0, "incomplete": 0}
    assert (made["users"], made["assignments"], made["requirements"]) == (1, 1, 1)
    assert made["matched"] == {"serial": 1, "employee_id": 0, "unmatched": 0}
    assert made["rate"] == {"compliant": 1, "counted": 1, "exempt": 0, "percent": 100.0}
    assert made["files"] == [
        {
            "path": "managers/M-001_2026-10_rev1.xlsx",
            "kind": "manager",
            "manager_id": "M-001",
            "rows": 12,
            "sha256": "f" * 64,
            "content_sha256": None,
        }
    ]
    assert made["timings_seconds"] == {"join": 0.123, "render": 2}
    assert (made["version"], made["config_sha256"], made["findings"]) == ("0.1.0", "0" * 64, {})


def test_moment_without_fractions() -> None:
    """The extraction's moment has microseconds; the manifest's has seconds and its offset."""
    late = factories.edition(as_of=factories.AS_OF - timedelta(microseconds=1))
    assert manifest(factories.compliance(edition=late))["as_of"] == "2026-10-31T23:59:58+07:00"


def test_incomplete_data_say_so() -> None:
    """One incomplete list makes it incomplete; every list with a reason is named; the traffic is summed."""
    lost = factories.reading(
        kind=ListKind.ASSIGNMENTS,
        course="COURSE-K3DASAR",
        batch="BATCH-K3-01",
        verdict=Verdict.INCOMPLETE,
        pages_expected=3,
        pages_received=2,
        rows_expected=1250,
        rows_received=1199,
        reason=Reason("rows_missing", {"received": 1199, "expected": 1250}),
    )
    snapshot = factories.snapshot(lists=(factories.reading(), lost), traffic=Traffic(9, 2))
    made = manifest(factories.compliance(snapshot=snapshot))
    assert made["complete"] is False
    assert made["reasons"] == [
        "assignments of batch BATCH-K3-01 in course COURSE-K3DASAR: Only 1,199 of 1,250 rows arrived."
    ]
    assert made["lists"] == {"proven": 1, "checked": 0, "moving": 0, "incomplete": 1}
    assert made["lms"] == {
        "requests": 9,
        "retries": 2,
        "pages_expected": 4,
        "pages_received": 3,
        "rows_expected": 1251,
        "rows_received": 1200,
    }


def test_moving_lists_leave_it_complete() -> None:
    """A list that moved while it was read is named with its reason, and the data stay complete."""
    moving = factories.reading(verdict=Verdict.MOVING, reason=Reason("moving", {"difference": 3}))
    made = manifest(factories.compliance(snapshot=factories.snapshot(lists=(moving,))))
    assert made["complete"] is True
    assert made["reasons"] == ["users: Up to 3 rows were added or removed while the list was read."]
    assert made["lists"] == {"proven": 0, "checked": 0, "moving": 1, "incomplete": 0}


def test_rows_set_aside_are_counted() -> None:
    """All of them by themselves, those of assignment lists among the assignments too; the data stay complete."""
    rows = (factories.set_aside(), factories.set_aside(kind=ListKind.USERS, course="", batch=""))
    made = manifest(factories.compliance(snapshot=factories.snapshot(set_aside=rows)))
    assert (made["assignments"], made["rows_set_aside"]) == (2, 2)
    assert sum(made["matched"].values()) + 1 == made["assignments"]
    assert made["complete"] is True


def test_a_structure_that_is_not_given_is_a_reason() -> None:
    """And no list that is proven, checked, moving or incomplete; the data are complete."""
    absent = factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT, reason=Reason("absent", {"status": "404"}))
    made = manifest(factories.compliance(snapshot=factories.snapshot(lists=(factories.reading(), absent))))
    assert made["complete"] is True
    assert made["lists"] == {"proven": 1, "checked": 0, "moving": 0, "incomplete": 0}
    (reason,) = made["reasons"]
    assert reason.startswith("units: The LMS does not give this account the company structure (HTTP 404)")


def test_nothing_that_counts_has_no_percent() -> None:
    """Where nothing counts there is no rate, rather than zero or a hundred."""
    unmatched = factories.requirement(counts=Counts.UNMATCHED)
    made = manifest(factories.compliance(requirements=(unmatched,)))
    assert made["rate"] == {"compliant": 0, "counted": 0, "exempt": 0, "percent": None}
    assert made["requirements"] == 1


def test_percent_has_two_decimals() -> None:
    """Two of three is 66.67."""
    kept = [factories.requirement(person=factories.person(key=key)) for key in "ab"]
    late = replace(kept[0], person=factories.person(key="c"), status=Status.OVERDUE)
    made = manifest(factories.compliance(requirements=(*kept, late)))
    assert made["rate"] == {"compliant": 2, "counted": 3, "exempt": 0, "percent": 66.67}


def test_findings_are_counted_by_code_and_name_nobody() -> None:
    """Their examples may hold personal data, so other programs get numbers."""
    found = (
        Finding(FindingCode.UNMATCHED_ASSIGNMENT, Level.CHECK, "00999"),
        Finding(FindingCode.BLANK_NAME, Level.INFO, "00417"),
        Finding(FindingCode.UNMATCHED_ASSIGNMENT, Level.CHECK, "00998"),
    )
    made = manifest(factories.compliance(findings=found))
    assert made["findings"] == {"blank_name": 1, "unmatched_assignment": 2}
    assert "00999" not in json.dumps(made)
    assert "Sari" not in json.dumps(made)


@given(worlds())
def test_numbers_are_those_of_the_oracle(world: World) -> None:
    """Matched and unmatched are all assignments; statuses add up to counted and exempt; the rate is the oracle's."""
    joined = join(world.snapshot)
    rules = rules_of_snapshot(world.rules, world.snapshot, world.zone)
    assessed = assess(joined, world.snapshot, rules, world.as_of)
    run = factories.compliance(snapshot=world.snapshot, requirements=assessed.requirements)
    made = manifest_of(run, joined.assignments, (), {}, EN)
    assert sum(made["matched"].values()) == made["assignments"] == len(world.snapshot.assignments)
    lines = oracle.verdicts(world.snapshot, world.rules, world.as_of)
    expected = Counter(line.status for line in lines.values() if line.counts in {"yes", "exempt"})
    assert {status: count for status, count in made["status_counts"].items() if count} == expected
    assert set(made["status_counts"]) == {status.value for status in Status}
    rate = made["rate"]
    assert (rate["compliant"], rate["counted"]) == oracle.rate(lines)
    assert rate["exempt"] == made["status_counts"]["Exempt"]
