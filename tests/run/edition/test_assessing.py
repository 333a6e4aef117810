"""From a snapshot to a `Compliance`: nothing that was found on the way is lost, and nobody is told twice."""

from pathlib import Path

from rkreport.config.load import load_config
from rkreport.core.compliance import Compliance, Period, Series
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import UnitSerial
from rkreport.core.snapshot import ListKind, Verdict
from rkreport.run.edition.assessing import assess_snapshot
from tests import factories

CONFIG = """
[report]
company = "PT Contoh Sejahtera"
[[courses]]
serial = "COURSE-K3DASAR"
[courses.audience]
organizations = ["{organization}"]
"""


def assessed(folder: Path, organization: str, **snapshot: object) -> Compliance:
    """The verdicts of October 2026 on a course that an organization must take."""
    path = folder / "config.toml"
    path.write_text(CONFIG.format(organization=organization), "utf-8")
    fetched = factories.snapshot(**snapshot)
    return assess_snapshot(load_config(path), fetched, Series(Period(2026, 10)), 1, ()).compliance


BATCHES = factories.reading(kind=ListKind.BATCHES, course="COURSE-K3DASAR")


def test_the_findings_of_a_fetch_are_findings_of_the_run(tmp_path: Path) -> None:
    """What was odd about the answers of the LMS stands among what a person should look at."""
    odd = Finding(FindingCode.BLANK_NAME, Level.CHECK, "USERS, page 7")
    run = assessed(tmp_path, "COMPROOT0001", lists=(BATCHES,), findings=(odd,))
    assert odd in run.findings


def test_records_and_places_are_one_person_and_one_line(tmp_path: Path) -> None:
    """A record that stands twice and a unit with two places make one requirement, one member and one line by unit."""
    beside = factories.unit(path=(UnitSerial("COMPWEST0001"),))
    snapshot = factories.snapshot(learners=(factories.learner(),) * 2)
    units = (*snapshot.units, beside)
    run = assessed(tmp_path, "COMPROOT0001", lists=(BATCHES,), learners=snapshot.learners, units=units)
    assert len(run.requirements) == 1
    assert len(run.snapshot.learners) == 2
    assert {"user_twice", "unit_in_several_places"} <= {finding.code for finding in run.findings}


def test_a_refused_structure_leaves_rules_to_the_unit_itself(tmp_path: Path) -> None:
    """The audience of a unit that learners carry is taken, with a finding, and the units are those of the learners."""
    absent = factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT)
    run = assessed(tmp_path, "penjualan barat", lists=(BATCHES, absent), units=())
    assert len(run.requirements) == 1
    assert run.units.is_flat
    assert [one.code for one in run.findings if "unit" in one.code] == ["unit_rule_without_structure"]
