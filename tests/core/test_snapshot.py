"""Rows that could not be read: each is told with its place, none is lost from the account."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.compliance import Compliance
from rkreport.core.findings import FindingCode, Level
from rkreport.core.report.reconcile import reconcile
from rkreport.core.snapshot import ListKind, SetAside, assignments_set_aside, set_aside_findings
from tests import factories
from tests.core.companies import companies

ROWS = st.lists(st.builds(factories.set_aside, kind=st.sampled_from(ListKind), page=st.integers(1, 99))).map(tuple)


@pytest.mark.parametrize(
    ("row", "example"),
    [
        (factories.set_aside(), "assignments C-1 B-1, page 3, field isAttend, 00417"),
        (factories.set_aside(row_id=""), "assignments C-1 B-1, page 3, field isAttend"),
        (
            factories.set_aside(kind=ListKind.USERS, course="", batch="", page=1, field="isActive"),
            "users, page 1, field isActive, 00417",
        ),
    ],
)
def test_a_row_is_told_with_its_place(row: SetAside, example: str) -> None:
    """List, page, field and id, as far as they are known; somebody should look, and nothing is blocked."""
    (finding,) = set_aside_findings((row,))
    assert (finding.code, finding.level, finding.example) == (FindingCode.ROW_SET_ASIDE, Level.CHECK, example)


@given(companies(), ROWS)
def test_the_account_closes_with_them(run: Compliance, rows: tuple[SetAside, ...]) -> None:
    """Fetched is matched, unmatched, unlisted and set aside; only rows of assignment lists are among them."""
    found = reconcile(replace(run, snapshot=replace(run.snapshot, set_aside=rows)))
    without = reconcile(run)
    aside = sum(row.kind in (ListKind.ASSIGNMENTS, ListKind.ONLINE) for row in rows)
    assert found.adds_up
    assert (found.fetched - without.fetched, found.set_aside, assignments_set_aside(rows)) == (aside, aside, aside)
    assert len(set_aside_findings(rows)) == len(rows)
