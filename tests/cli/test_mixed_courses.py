"""Online courses and learning plans at the command line, against a server written from the documentation alone."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.cli.plain_office import PlainOffice, rate
from tests.plain_lms import (
    BATCHES,
    COURSES,
    PLANS,
    USERS,
    PlainLms,
    as_text,
    assigned_to,
    assignment,
    batch,
    completion,
    online,
    online_users,
    plan,
    plan_course,
    plan_user,
    serving,
    user,
)
from tests.run.workbooks import cells_of, master_of, package_text

HIDDEN = "Plan\x1b[2J \u202e one"
BLOCKS = '[[courses]]\nserial = "C-2"\n[[learning_plans]]\nserial = "P-1"\n'


@pytest.fixture
def lms() -> PlainLms:
    """Webinars C-1 and C-3, an online course C-2, C-4 without anything; P-1 has C-2 and C-3, P-2 has no courses."""
    courses = [{"serial": f"C-{number}", "name": f"Course {number}"} for number in (1, 2, 3, 4)]
    return PlainLms(
        {
            COURSES: courses,
            f"{COURSES}/C-3/batches": [batch("B-3")],
            assigned_to("B-3", "C-3"): [assignment(1)],
            online_users("C-2"): [online(1, "completed", "2026-10-06"), online(2, "in_progress")],
            PLANS: [plan("P-1", name=HIDDEN), plan("P-2", name="")],
            f"{PLANS}/P-1/courses": [plan_course("C-3", None), plan_course("C-2", "2026-12-30T18:00:00Z")],
            f"{PLANS}/P-1/users": [plan_user(1), plan_user(2), plan_user(3)],
            f"{PLANS}/P-2/courses": [],
            f"{PLANS}/P-2/users": [],
        },
        completions={},
    )


def test_courses_says_which_are_online(plain: PlainOffice, lms: PlainLms) -> None:
    """As lines, as JSON, and as blocks that a config can hold; a course that is nothing yet is a remark."""
    with serving(lms):
        plain.set_up(lms)
        lines = plain.rkreport("courses").out.splitlines()
        document = plain.rkreport("courses", "--json").document
        blocks = plain.rkreport("courses", "--toml").out
    assert "C-2  Course 2: online" in lines
    assert "C-4  Course 4: neither batches nor online users yet" in lines
    kinds = {one["serial"]: one["kind"] for one in document["courses"]}
    assert kinds == {"C-1": "webinar", "C-2": "online", "C-3": "webinar", "C-4": None}
    assert [one["serial"] for one in tomllib.loads(blocks)["courses"]] == ["C-1", "C-2", "C-3"]


def test_plans_are_listed_with_their_courses(plain: PlainOffice, lms: PlainLms) -> None:
    """Deadlines are of the report's zone, and nothing invisible is printed."""
    with serving(lms):
        plain.set_up(lms)
        lines = plain.rkreport("courses", "--plans").out.splitlines()
        found = plain.rkreport("courses", "--plans", "--search", "p-1 ONE", "--json").document
        blocks = plain.rkreport("courses", "--plans", "--toml").out
    assert lines[0] == "2 of 2 learning plans."
    assert lines[1:3] == ["P-2  : 0 courses", next(line for line in lines if line.startswith("P-1"))]
    assert lines[3:] == ["    C-2  until 2026-12-31  Course C-2", "    C-3  no deadline  Course C-3"]
    assert all(line.isprintable() for line in (*lines, *blocks.splitlines()))
    assert [one["serial"] for one in found["learning_plans"]] == ["P-1"]
    assert found["learning_plans"][0]["courses"][0]["deadline"] == "2026-12-31T01:00:00+07:00"
    assert (found["of"], found["whole"]) == (2, True)
    assert [one["serial"] for one in tomllib.loads(blocks)["learning_plans"]] == ["P-2", "P-1"]


def test_plans_that_cannot_be_read_are_said(plain: PlainOffice, lms: PlainLms) -> None:
    """The others are listed, and the exit code says that the list is not whole."""
    lms.respond[f"{PLANS}/P-1/courses"] = as_text(b"{}", 404)
    with serving(lms):
        plain.set_up(lms)
        outcome = plain.rkreport("courses", "--plans")
    assert outcome.code == 4
    assert "its courses cannot be read. The LMS does not have plan_courses of P-1" in outcome.out


def test_doctor_knows_online_courses_and_plans(plain: PlainOffice, lms: PlainLms) -> None:
    """What is there is counted; what is not has a hint, and what has no courses a warning."""
    with serving(lms):
        plain.set_up(lms)
        plain.config.write_text(plain.config.read_text() + BLOCKS, "utf-8")
        checks = {one["name"]: one for one in plain.rkreport("doctor", "--json").document["checks"]}
        assert checks["Course C-2"]["found"] == "Course 2: online"
        assert checks["Learning plan P-1"]["state"] == "ok"
        assert "2 courses" in checks["Learning plan P-1"]["found"]
        assert "2 courses and 1 learning plan" in checks["Config"]["found"]
        plain.edit('serial = "P-1"', 'serial = "P-2"\n[[learning_plans]]\nserial = "P-11"')
        plain.edit('serial = "C-2"', 'serial = "C-4"')
        checks = {one["name"]: one for one in plain.rkreport("doctor", "--json").document["checks"]}
    assert checks["Learning plan P-2"]["state"] == "warning"
    assert 'did you mean "P-1"' in checks["Learning plan P-11"]["fix"]
    assert "neither batches nor online users" in checks["Course C-4"]["found"]


def test_a_mixed_list_is_fetched_and_built(plain: PlainOffice, lms: PlainLms) -> None:
    """The plan brings C-3 with its users; the estimate knows its lists; a plan added later asks for a fetch."""
    with serving(lms):
        plain.set_up(lms)
        outcome = plain.rkreport("run", "--json")
        assert outcome.code == 0, outcome.err
        before = plain.config.read_text()
        plain.config.write_text(before + BLOCKS, "utf-8")
        assert "does not hold learning plan P-1, which the config lists; run rkreport fetch" in (
            plain.rkreport("build").error
        )
        lms.pages.clear()
        estimate = plain.rkreport("fetch", "--estimate", "--json").document
        lms.pages.clear()
        outcome = plain.rkreport("run", "--json")
        assert outcome.code == 0, outcome.err
    assert not any("/C-2/webinar" in page for page in lms.pages)
    spent = len([page for page in lms.pages if not page.startswith("/oauth")])
    assert estimate["requests"] == spent + 1, (estimate, lms.pages)  # it counts the login on top
    # C-1 has 3 assigned people, C-2 and C-3 the three users of the plan.
    assert plain.manifest["rate"]["counted"] == 9
    assert plain.manifest["rate"]["compliant"] == 3 + 1 + 1


LATE = "2026-11-02T10:00:00+07:00"  # after October, before its report
MIXED = PlainLms(
    {
        COURSES: [{"serial": "C-1", "name": "Course 1"}, {"serial": "C-2", "name": "Course 2"}],
        BATCHES: [batch("B-1", "2026-10-20T02:00:00.000Z")],
        assigned_to("B-1"): [assignment(1), assignment(2)],
        online_users("C-2"): [online(1, "completed", "2026-11-02"), online(2, "completed", "2026-10-31")],
    },
    completions={"2026-11": [completion(1, LATE)], "2026-10": [completion(2, "2026-10-31T23:59:59+07:00")]},
)


@pytest.mark.parametrize("has_dates", [True, False])
def test_what_was_completed_after_the_month_is_not_counted(plain: PlainOffice, *, has_dates: bool) -> None:
    """The October report of 5 November; without User Course Status it says what it cannot know."""
    lms = replace(MIXED, completions=MIXED.completions if has_dates else None, asked=[], pages=[])
    plain.now = datetime(2026, 11, 5, 3, tzinfo=UTC)
    with serving(lms):
        plain.set_up(lms)
        plain.config.write_text(plain.config.read_text("utf-8") + '[[courses]]\nserial = "C-2"\n', "utf-8")
        outcome = plain.rkreport("run", "--json")
    assert outcome.code == 0, outcome.err
    assert rate(plain.manifest) == ((2, 4) if has_dates else (3, 4))
    assert plain.manifest["completion_dates"] == ({"lms": 2, "derived": 0} if has_dates else {"lms": 1, "derived": 2})
    master = cells_of(master_of(plain.built))
    first_sheet = " ".join(str(cell) for row in master["Summary"] for cell in row)
    assert ("does not give this account completion dates" in first_sheet) is not has_dates
    assert ("completion_dates_missing" in plain.manifest["findings"]) is not has_dates
    said = {row[0]: row[1] for row in master["Notes"] if len(row) > 1}
    assert "in this report for 2 requirements" in said["Completed on: LMS" if has_dates else "Completed on: derived ≈"]


def test_a_plan_named_like_a_person_of_another_team_is_no_leak(plain: PlainOffice, lms: PlainLms) -> None:
    """A manager's notes name the plan; that is not the person, who has a team of their own."""
    lms.lists[USERS] = [user(1), user(2), user(3, organizationLevelSerial="U-OTHER", name="Anisa Putri")]
    lms.lists[PLANS] = [plan("P-1", name="Anisa Putri")]
    with serving(lms):
        plain.set_up(lms)
        plain.config.write_text(plain.config.read_text("utf-8") + BLOCKS, "utf-8")
        outcome = plain.rkreport("run")
    assert outcome.code == 0, outcome.err
    (book,) = (plain.built / "managers").glob("M-1_*")
    assert "Anisa Putri" in package_text(book)
