"""The right numbers where rows stand twice, ids are shared, units have two places, and rules surprise."""

import pytest

from tests.cli.plain_office import MANAGERS, PlainOffice, rate
from tests.cli.sent import message_in
from tests.plain_lms import BATCHES, USERS, PlainLms, assigned_to, assignment, batch, serving, unit, user

# ---- rows that stand twice, ids that are shared, units in two places


def test_250_records_of_249_people_are_read_whole(plain: PlainOffice) -> None:
    """Both copies count as records, one person has one requirement; once more read, and nothing is refused."""
    people = [user(number) for number in range(1, 250)]
    people.insert(200, user(20))
    rows = [assignment(number) for number in range(1, 250)]
    rows.insert(30, assignment(240))
    with serving(PlainLms(lists={USERS: people, assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms)
    assert (manifest["complete"], manifest["users"], manifest["assignments"]) == (True, 250, 250)
    assert rate(manifest) == (249, 249)
    assert {"user_twice", "duplicate_in_batch"} <= manifest["findings"].keys()
    assert lms.asked.count(USERS) <= 9


@pytest.mark.parametrize("attempts", ["best", "latest"])
@pytest.mark.parametrize("places", [(0, 1), (0, 4), (4, 0)])
def test_two_results_in_one_batch_are_both_kept_wherever_they_stand(
    plain: PlainOffice, attempts: str, places: tuple[int, int]
) -> None:
    """One Cleared and one Failed: the cleared one counts, the other is superseded, on one page or on two."""
    rows = [assignment(2), assignment(3), assignment(4)]
    first, second = sorted(places)
    results = ["Failed", "Cleared"] if places[0] < places[1] else ["Cleared", "Failed"]
    rows.insert(first, assignment(1, results[0]))
    rows.insert(second, assignment(1, results[1]))
    people = [user(number) for number in (1, 2, 3, 4)]
    with serving(PlainLms(lists={USERS: people, assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms, course=f'attempts = "{attempts}"', page_size=2)
    assert (rate(manifest), manifest["assignments"]) == ((4, 4), 5)
    assert manifest["findings"]["duplicate_in_batch"] == 1


@pytest.mark.parametrize("page_size", [100, 2])
def test_blank_users_of_a_batch_are_rows_of_their_own(plain: PlainOffice, page_size: int) -> None:
    """All three fields empty, twice: two unmatched rows, and the list is whole."""
    nobody = {"user": {"serial": "", "name": "", "employeeID": ""}}
    rows = [assignment(1) | nobody, assignment(1), assignment(2), assignment(3), assignment(2) | nobody]
    with serving(PlainLms(lists={assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms, page_size=page_size)
    assert (rate(manifest), manifest["complete"]) == ((3, 3), True)
    assert manifest["matched"] == {"serial": 0, "employee_id": 3, "unmatched": 2}


def test_only_results_of_the_person_meant_count_under_a_shared_id(plain: PlainOffice) -> None:
    """An old account of somebody else and a new one: the result under the other's name matches nobody."""
    people = [user(1, isActive=False, name="Somebody Else", username="old"), *map(user, (1, 2, 3))]
    other = {"user": {"serial": "S-OLD", "name": "Somebody Else", "employeeID": "E001"}}
    rows = [assignment(1) | other, assignment(1, "Ongoing"), assignment(2), assignment(3)]
    with serving(PlainLms(lists={USERS: people, assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms)
    assert rate(manifest) == (2, 3)
    assert manifest["matched"]["unmatched"] == 1
    assert {"shared_employee_id", "shared_id_other_name"} <= manifest["findings"].keys()


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize(
    ("old_is_active", "teams"), [(False, {"M-1"}), (True, {"no-manager"})], ids=["inactive place", "two managers"]
)
def test_a_unit_in_two_places(
    plain: PlainOffice,
    is_turned: bool,  # noqa: FBT001 - pytest gives it by name
    old_is_active: bool,  # noqa: FBT001 - as above
    teams: set[str],
) -> None:
    """An active place wins; two active ones with different managers are a conflict; the order of places is nothing."""
    roots = [unit("U-TOP", unit("U-LOW")), unit("U-OTHER", unit("U-LOW"), isActive=old_is_active)]
    with serving(PlainLms(structure=roots[::-1] if is_turned else roots)) as lms:
        plain.set_up(lms)
        managers = MANAGERS.replace(",U-LOW,", ",U-TOP,")
        (plain.folder / "managers.csv").write_text(managers, "utf-8")
        outcome = plain.rkreport("run", "--json")
    assert outcome.code == 0, outcome.err
    found = {file["manager_id"] for file in plain.manifest["files"] if file["kind"] == "manager"}
    assert (found, rate(plain.manifest)) == (teams, (3, 3))
    assert ("unit_in_several_places" in plain.manifest["findings"]) is old_is_active


@pytest.mark.parametrize("audience", ["U-TOP", "U-OTHER"])
def test_an_audience_above_either_place_of_a_unit_holds(plain: PlainOffice, audience: str) -> None:
    """Whoever is in the unit is below both."""
    roots = [unit("U-TOP", unit("U-LOW")), unit("U-OTHER", unit("U-LOW"))]
    with serving(PlainLms(structure=roots)) as lms:
        manifest = plain.run(lms, course=f'[courses.audience]\norganizations = ["{audience}"]')
    assert rate(manifest) == (3, 3)


# ---- rules that surprise


def test_a_new_batch_does_not_heal_a_missed_deadline(plain: PlainOffice) -> None:
    """Failed in March, assigned again in October: the deadline of March was missed, and stays so."""
    lists = {
        BATCHES: [batch("B-1"), batch("B-2", "2026-10-20T02:00:00.000Z")],
        assigned_to("B-1"): [assignment(1, "Failed")],
        assigned_to("B-2"): [assignment(number, "Ongoing") for number in (1, 2)],
    }
    with serving(PlainLms(lists=lists)) as lms:
        manifest = plain.run(lms, course="due_days_after_session = 30")
    counts = manifest["status_counts"]
    assert (counts["Overdue"], counts["Not started"]) == (1, 1)


def test_a_completion_expires_by_its_session_whatever_its_post_activity(plain: PlainOffice) -> None:
    """The end of the post activity no longer moves it."""
    old = batch("B-1", "2025-08-05T02:00:00.000Z", postActivityEndAt="2026-09-01T00:00:00Z")
    with serving(PlainLms(lists={BATCHES: [old]})) as lms:
        manifest = plain.run(lms, course="valid_for_months = 12")
    assert manifest["status_counts"]["Expired"] == 3


# ---- rows that cannot be read, and messages about what is not there


def test_a_fetch_says_which_rows_it_set_aside(plain: PlainOffice) -> None:
    """How many of which lists, on screen and for other programs; the summary of a run does not say that all is well."""
    people = [user(number) for number in range(1, 6)]
    people[3]["employeeID"] = {"a": 1}
    people[4]["employeeID"] = {"a": 1}
    rows = [assignment(1), assignment(2), assignment(3)]
    rows[2]["user"] = "nobody"
    with serving(PlainLms(lists={USERS: people, assigned_to("B-1"): rows})) as lms:
        plain.set_up(lms)
        screen, document = plain.rkreport("fetch"), plain.rkreport("fetch", "--json").document
        assert plain.rkreport("run").code == 0
    said = [line.split(maxsplit=2)[2] for line in screen.out.splitlines() if line.startswith("Set aside")]
    assert [sentence.split(" cannot be read")[0] for sentence in said] == [
        "1 of the assignments of batch B-1 in course C-1",
        "2 of the users",
    ]
    assert document["rows_set_aside"] == 3
    assert {(one["list"], one["batch"], one["rows"]) for one in document["set_aside"]} == {
        ("users", "", 2),
        ("assignments", "B-1", 1),
    }
    assert str(message_in(plain.built / "summary.eml")["Subject"]).startswith("[rkreport] Done with gaps")


def test_a_fetch_without_such_rows_says_nothing_of_them(plain: PlainOffice) -> None:
    """A line on screen that is always there is read by nobody; the JSON has its number."""
    with serving(PlainLms()) as lms:
        plain.set_up(lms)
        screen, document = plain.rkreport("fetch"), plain.rkreport("fetch", "--json").document
    assert "Set aside" not in screen.out
    assert (document["rows_set_aside"], document["set_aside"]) == (0, [])


@pytest.mark.parametrize("command", [("fetch",), ("run",), ("fetch", "--estimate")])
def test_a_course_that_is_not_there_is_refused_with_its_file(plain: PlainOffice, command: tuple[str, ...]) -> None:
    """The file, the course, and what to do about it, such as about a sample block that was left."""
    with serving(PlainLms()) as lms:
        plain.set_up(lms)
        plain.edit('serial = "C-1"', 'serial = "COURSE-EXAMPLE1"')
        outcome = plain.rkreport(*command)
    assert outcome.code == 2
    assert "config.toml: courses: COURSE-EXAMPLE1: the LMS has no course with this serial." in outcome.error
    assert "rkreport courses lists its courses; correct the serial, or delete the block" in outcome.error


def test_an_audience_that_is_not_there_is_refused_with_its_file(plain: PlainOffice) -> None:
    """Which the judging of the data does not know."""
    with serving(PlainLms()) as lms:
        plain.set_up(lms, course='audience = { tags = ["Nobody"] }')
        outcome = plain.rkreport("run")
    assert outcome.code == 2
    assert 'config.toml: courses: C-1: audience: no learner carries the tag "Nobody"' in outcome.error


def test_without_managers_it_is_said_that_nobody_gets_a_workbook(plain: PlainOffice) -> None:
    """And the progress of the one file there is ends where it should."""
    with serving(PlainLms()) as lms:
        plain.set_up(lms)
        plain.edit('fallback_email = "ld@contoh.test"\n', "")
        plain.edit("[mail]\n", '[mail]\nfrom = "ld@contoh.test"\n')
        managers = plain.folder / "managers.csv"
        managers.write_text(managers.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
        outcome = plain.rkreport("run")
    assert outcome.code == 0, outcome.err
    assert "Nobody gets a workbook: no manager has people in this report" in outcome.err
    assert "Writing workbooks: 1 of 1 files" in outcome.err


def test_a_month_that_has_not_begun_is_refused_before_anything_is_said(plain: PlainOffice) -> None:
    """No sentence about its first sheet."""
    with serving(PlainLms()) as lms:
        plain.set_up(lms)
        plain.rkreport("fetch")
        outcome = plain.rkreport("build", "--period", "2029-01")
    assert outcome.code == 2
    assert outcome.err.splitlines() == ["Error: The period 2029-01 has not begun yet; choose an earlier one."]


def test_nothing_is_called_complete_from_which_rows_were_set_aside(plain: PlainOffice) -> None:
    """The lists were read whole, as the manifest says; on screen, page and mail nobody reads that all is well."""
    rows = [assignment(1), assignment(2), assignment(3, postTestScore="many")]
    with serving(PlainLms(lists={assigned_to("B-1"): rows})) as lms:
        manifest = plain.run(lms)
        assert (manifest["complete"], manifest["rows_set_aside"]) == (True, 1)
        mail = message_in(plain.built / "summary.eml").get_body(("plain",))
        said = [plain.rkreport(command).out for command in ("fetch", "build")]
    said.append((plain.built / "review.html").read_text("utf-8"))
    for text in said:
        assert "All lists in the LMS were read, but 1 row could not be understood" in " ".join(text.split())
        assert "data are complete" not in text
    assert mail is not None
    assert "All lists were read:" in mail.get_content()
    assert "Complete:" not in mail.get_content()
