"""Results that belong to nobody: a user list whose ids are lost leaves a rate of nothing, and stops the sending."""

from typing import Any

import pytest

from tests.cli.plain_office import PlainOffice, rate
from tests.plain_lms import USERS, PlainLms, assigned_to, assignment, serving, user

EVERYBODY = range(1, 13)
ROWS = [assignment(number) for number in EVERYBODY]


def lost(**values: Any) -> list[Any]:
    """A user list with these values in all records but the first."""
    return [user(number, serial=f"S{number:03}") | (values if number > 1 else {}) for number in EVERYBODY]


@pytest.mark.parametrize(
    "users",
    [
        lost(serial="SAME", employeeID=""),
        [user(number, serial="SAME") for number in EVERYBODY],
        lost(serial=None, employeeID=""),
        lost(serial=None, employeeID="0"),
        [user(1)],
    ],
    ids=["one serial", "one serial with ids", "no ids", "one id", "one record"],
)
def test_a_first_month_of_nobody_s_results_is_not_sent_unseen(plain: PlainOffice, users: list[Any]) -> None:
    """The build goes through and names them; `send` stops until somebody has looked, and then goes."""
    with serving(PlainLms(lists={USERS: users, assigned_to("B-1"): ROWS})) as lms:
        manifest = plain.run(lms)
    assert manifest["matched"]["unmatched"] >= 11
    assert rate(manifest)[1] <= 1
    assert [each["accept"] for each in plain.rkreport("review", "--json").document["guards"]] == ["unmatched_share"]
    stopped = plain.rkreport("send", "--json")
    assert (stopped.code, "--accept unmatched_share" in stopped.error) == (4, True)
    assert plain.rkreport("send", "--accept", "unmatched_share", "--json").code == 0


def test_a_company_with_deleted_accounts_accepts_that_once(plain: PlainOffice) -> None:
    """What was sent has the same share, so the next edition of it is not stopped."""
    with serving(PlainLms(lists={USERS: [user(number) for number in range(1, 7)], assigned_to("B-1"): ROWS})) as lms:
        plain.run(lms)
        assert plain.rkreport("send").code == 4
        assert plain.rkreport("send", "--accept", "unmatched_share").code == 0
        for command in ("fetch", "build", "send"):
            assert plain.rkreport(command).code == 0, command
    assert plain.rkreport("review", "--json").document["guards"] == []


def test_few_contractors_stop_nothing(plain: PlainOffice) -> None:
    """Four people without a record, among many or few."""
    with serving(PlainLms(lists={USERS: [user(number) for number in range(1, 9)], assigned_to("B-1"): ROWS})) as lms:
        assert plain.run(lms)["matched"]["unmatched"] == 4
    assert plain.rkreport("send").code == 0
