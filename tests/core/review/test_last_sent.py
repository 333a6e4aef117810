"""What tells people apart from month to month, and what a run told of whom."""

from hypothesis import given

from rkreport.core.compliance import Compliance
from rkreport.core.review.last_sent import NOBODY, Identity, WentTo, base_of, person_ids
from rkreport.core.rollup import managers_by_person
from tests.core.companies import companies


def test_an_employee_id_is_enough() -> None:
    """However it is padded; a serial is not looked at, so that it may come or go."""
    one = Identity(" 00417 ", "S-1", "Sari")
    assert person_ids([one, one]) == {one: "00417"}


def test_without_an_id_the_serial_and_then_the_name() -> None:
    """The name is never kept itself."""
    by_serial, by_name = Identity("", "S-1", "Sari"), Identity("", "", "Sari Wulandari")
    ids = person_ids([by_serial, by_name])
    assert ids[by_serial] == "/S-1"
    assert ids[by_name].startswith("/name:")
    assert "Sari" not in ids[by_name]


def test_people_who_share_an_id_are_told_apart() -> None:
    """By their serials, else by their names; somebody else's id stays as it is."""
    people = [Identity("7", "S-1", "A"), Identity("7", "S-2", "B"), Identity("7", "", "C"), Identity("8", "", "C")]
    ids = person_ids(people)
    assert len(set(ids.values())) == 4
    assert ids[people[3]] == "8"


def test_addresses_are_compared_without_their_case() -> None:
    """The recipient and every copy."""
    assert WentTo("A@contoh.test", ("B@contoh.test",)).all == {"a@contoh.test", "b@contoh.test"}


@given(companies())
def test_the_base_has_every_requirement_once(run: Compliance) -> None:
    """In the report's order, with its status and whose it is; nobody's are there too."""
    base = base_of(run)
    managers = managers_by_person(run.teams)
    assert [(row.course, row.status, row.counts) for row in base] == [
        (each.course.serial, each.status, each.counts) for each in run.requirements
    ]
    assert [row.manager_id for row in base] == [
        managers[each.person.key].manager_id if each.person.key in managers else NOBODY for each in run.requirements
    ]
    assert len({(row.person, row.course) for row in base}) == len(base)
