"""`courses` and `doctor` against a small untidy server of its own: they know what a run knows."""

from collections.abc import Callable

import pytest
from aiohttp import web

from tests.cli.plain_office import PlainOffice
from tests.plain_lms import BATCHES, STRUCTURE, USERS, PlainLms, as_text, assigned_to, batch, serving


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0", "20261231", "soon"])
def test_times_that_are_none_do_not_stop_who_looks_around(plain: PlainOffice, text: str) -> None:
    """`courses` and `doctor` list the batch as one without that date."""
    with serving(PlainLms(lists={BATCHES: [batch("B-1", text, mainActivityEndAt=text)]})) as lms:
        plain.set_up(lms)
        assert plain.rkreport("courses").code == 0
        assert plain.rkreport("courses", "--toml").code == 0
        outcome = plain.rkreport("doctor", "--json")
    assert "LMS login" in outcome.out
    assert outcome.code in (0, 2)


@pytest.mark.parametrize("answer", [as_text('{"errorCode": 404, "message": "x"}', 404), as_text("", 400)])
def test_a_refusal_past_the_last_page_is_the_end_of_a_list(
    plain: PlainOffice, answer: Callable[[web.Request], web.StreamResponse]
) -> None:
    """Two full pages and an error at the third: `run`, `courses` and `doctor` all know that the list has ended."""
    lms = PlainLms(lists={BATCHES: [batch("B-1"), batch("B-2")]})
    lms.lists[assigned_to("B-2")] = []
    lms.respond[BATCHES] = lambda request: answer(request) if int(request.query["page"]) > 1 else None
    with serving(lms):
        plain.set_up(lms, page_size=2)
        assert plain.rkreport("run", "--json").code == 0
        listed = plain.rkreport("courses", "--json")
        assert "B-2" in listed.out
        assert plain.rkreport("doctor", "--json").out.count('"failed"') <= 1


def test_doctor_says_that_there_is_no_company_structure(plain: PlainOffice) -> None:
    """A warning with its effect, no failure: a run goes through."""
    with serving(PlainLms(respond={STRUCTURE: as_text('{"message": "x"}', 403)})) as lms:
        plain.set_up(lms)
        outcome = plain.rkreport("doctor", "--json")
    units = [one for one in outcome.document["checks"] if one["name"] == "Units"]
    assert [one["state"] for one in units] == ["warning"]


def test_doctor_fails_where_a_run_would_for_want_of_users(plain: PlainOffice) -> None:
    """With the exit code of that run."""
    with serving(PlainLms(lists={USERS: []})) as lms:
        plain.set_up(lms)
        outcome = plain.rkreport("doctor", "--json")
    users = [one for one in outcome.document["checks"] if one["name"] == "Users"]
    assert [one["state"] for one in users] == ["failed"]
