"""A mail's headline numbers: those of the team alone, in the manager's language, and nobody's name."""

from collections.abc import Sequence

import pytest
from hypothesis import given

from rkreport.core.assess import assess
from rkreport.core.join import join
from rkreport.core.mail.team_message import mail_values
from rkreport.core.mail.templates import TEMPLATE_NAMES, Value
from rkreport.core.models import COMPLIANT, Counts, Manager, Requirement, Status
from rkreport.core.percent import target_of
from rkreport.core.rollup import CompanyFigures
from rkreport.core.snapshot import ListReading, Reason, Verdict
from rkreport.locale import load_words
from tests import factories
from tests.core.worlds import World, worlds

EN, ID = load_words("en"), load_words("id")


def values(
    requirements: Sequence[Requirement],
    *,
    language: str = "en",
    lists: tuple[ListReading, ...] = (),
    revision: int = 1,
    manager: Manager | None = None,
) -> dict[str, Value]:
    """The values for a mail to Budi, or another manager."""
    return mail_values(
        factories.edition(revision=revision),
        manager or factories.manager(),
        requirements,
        lists or (factories.reading(),),
        target=target_of(95),
        company=CompanyFigures(1200, 1500),
        reply_to="ld@contoh.test",
        file_name="M-001_2026-10_rev1.xlsx",
        words=load_words(language),
    )


def owed(key: str, status: Status, counts: Counts = Counts.YES) -> Requirement:
    """A requirement of the person with this key."""
    return factories.requirement(person=factories.person(key=key), status=status, counts=counts)


TEAM = (
    owed("a", Status.COMPLETED),
    owed("a", Status.OVERDUE),
    owed("b", Status.EXPIRING),
    owed("b", Status.OVERDUE, Counts.INACTIVE),
    owed("c", Status.DUE_SOON),
    owed("c", Status.FAILED),
    owed("d", Status.NOT_ASSIGNED),
    owed("d", Status.EXEMPT, Counts.EXEMPT),
    owed("e", Status.EXPIRED),
    owed("e", Status.COMPLETED, Counts.UNMATCHED),
)


def test_every_name_of_the_templates_has_a_value() -> None:
    """No more and no less, so that no template can ask in vain."""
    assert set(values(TEAM)) == set(TEMPLATE_NAMES)


def test_the_verdict_comes_first() -> None:
    """Whether the target is reached stands in one sentence, as on the workbook's first sheet."""
    assert str(values(TEAM)["verdict"]).startswith("✖ Target not reached: the compliance rate is ")
    done = (owed("a", Status.COMPLETED),)
    assert values(done)["verdict"] == ""
    assert str(values((*done * 30, owed("b", Status.IN_PROGRESS)))["verdict"]).startswith("✔ Target reached: ")
    incomplete = (factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found")),)
    assert str(values(TEAM, lists=incomplete)["verdict"]).startswith("? Cannot be judged yet")


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_next_step_is_the_action_list_or_nothing(language: str) -> None:
    """A team that meets everything is not sent to an empty sheet; what does not count needs no step either."""
    sheet = load_words(language).text("sheet.action_needed.title")
    assert sheet in values(TEAM, language=language)["next_step"]
    well = (
        owed("a", Status.COMPLETED),
        owed("b", Status.OVERDUE, Counts.INACTIVE),
        owed("c", Status.EXEMPT, Counts.EXEMPT),
    )
    assert sheet not in values(well, language=language)["next_step"]
    assert "M-001_2026-10_rev1.xlsx" in values(well, language=language)["next_step"]
    unread = (factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found")),)
    assert sheet in values(well, language=language, lists=unread)["next_step"]


@pytest.mark.parametrize("status", [each for each in Status if each not in {Status.COMPLETED, Status.EXEMPT}])
@pytest.mark.parametrize("language", ["en", "id"])
def test_nothing_is_to_be_done_only_where_all_is_met(language: str, status: Status) -> None:
    """One requirement that counts and is not met, or is about to expire, leads to the action list."""
    words = load_words(language)
    step = values((owed("a", Status.COMPLETED), owed("b", status)), language=language)["next_step"]
    assert words.text("sheet.action_needed.title") in step


WELL = (
    owed("a", Status.COMPLETED),
    owed("a", Status.COMPLETED),
    owed("b", Status.COMPLETED),
    owed("c", Status.OVERDUE, Counts.INACTIVE),
    owed("d", Status.EXEMPT, Counts.EXEMPT),
)


def test_all_is_done_in_words() -> None:
    """Only people of whom something counts are said to have done it, and one person is not spoken of as several."""
    assert values(WELL)["all_done"] == (
        "All 2 people in your team with mandatory training have completed it: 3 of 3 training requirements met;"
        " 1 exempt."
    )
    assert values(WELL[:1])["all_done"] == (
        "The one person in your team with mandatory training has completed it: 1 of 1 training requirement met."
    )
    assert values(WELL, language="id")["all_done"] == (
        "Seluruh 2 anggota tim Anda yang wajib mengikuti pelatihan telah menyelesaikannya:"
        " 3 dari 3 kewajiban pelatihan terpenuhi; 1 dibebaskan."
    )
    assert (values(WELL)["exempt"], values(WELL[:3])["exempt"]) == ("; 1 exempt", "")
    assert str(values(WELL[:1], language="id")["all_done"]).startswith("Satu-satunya anggota tim Anda ")


@pytest.mark.parametrize("status", [each for each in Status if each not in {Status.COMPLETED, Status.EXEMPT}])
def test_all_is_not_done_while_one_is_left(status: Status) -> None:
    """Neither where one does not comply, nor where one complies and is about to expire."""
    assert values((*WELL, owed("e", status)))["all_done"] == ""


def test_all_is_done_is_not_said_where_it_is_not_known() -> None:
    """Incomplete data, nothing that counts, and people without a manager, whom somebody still has to place."""
    unread = factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found"))
    assert values(WELL, lists=(factories.reading(), unread))["all_done"] == ""
    assert values(WELL[3:])["all_done"] == ""
    assert values((), lists=())["all_done"] == ""
    assert values(WELL, manager=factories.manager(is_fallback=True))["all_done"] == ""


def test_figures_of_a_team() -> None:
    """People are all with a requirement; the numbers are of what counts."""
    found = values(TEAM)
    assert {name: found[name] for name in ("people", "compliant", "counted", "rate")} == {
        "people": "5",
        "compliant": "2",
        "counted": "7",
        "rate": "28.6%",
    }


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("overdue", Status.OVERDUE),
        ("due_soon", Status.DUE_SOON),
        ("failed", Status.FAILED),
        ("expired", Status.EXPIRED),
        ("not_assigned", Status.NOT_ASSIGNED),
        ("expiring", Status.EXPIRING),
    ],
)
def test_each_number_is_of_its_status(name: str, status: Status) -> None:
    """A status is counted under its own name alone, and only where it counts."""
    others = [owed("a", each) for each in Status if each not in {status, Status.EXEMPT}]
    hidden = owed("b", status, Counts.INACTIVE)
    assert values([*others, hidden])[name] == "0"
    assert values([*others, hidden, owed("c", status), owed("d", status)])[name] == "2"


def test_words_are_the_managers() -> None:
    """Month, moment and numbers as the manager's language writes them."""
    english, indonesian = values(TEAM), values(TEAM, language="id")
    assert (english["month"], english["as_of"]) == ("October 2026", "31 Oct 2026 23:59 WIB")
    assert (indonesian["month"], indonesian["as_of"]) == ("Oktober 2026", "31 Okt 2026 23.59 WIB")
    assert indonesian["rate"] == "28,6%"
    many = [owed(str(number), Status.OVERDUE) for number in range(1200)]
    assert (values(many)["overdue"], values(many, language="id")["overdue"]) == ("1,200", "1.200")


def test_what_is_given_is_passed_on() -> None:
    """Company, manager, answer address and file name stand as they are."""
    found = values(TEAM)
    assert found["company"] == "PT Contoh Sejahtera"
    assert found["manager_name"] == "Budi Santoso"
    assert (found["reply_to"], found["file_name"]) == ("ld@contoh.test", "M-001_2026-10_rev1.xlsx")


@pytest.mark.parametrize(("revision", "said"), [(1, ""), (2, "2"), (11, "11")])
def test_only_a_later_revision_is_named(revision: int, said: str) -> None:
    """The first edition needs no word about editions."""
    assert values(TEAM, revision=revision)["revision"] == said


def test_target_and_company_are_named() -> None:
    """In the manager's language, so that a team's rate can be placed."""
    assert values(TEAM)["compared"] == "Target: 95.0% – whole company: 80.0% (1,200 of 1,500)"
    assert values(TEAM, language="id")["compared"] == "Target: 95,0% – seluruh perusahaan: 80,0% (1.200 dari 1.500)"


def test_banner_only_for_incomplete_data() -> None:
    """An incomplete list is said in the mail; a moving one is not."""
    moving = factories.reading(verdict=Verdict.MOVING, reason=Reason("moving", {"difference": 1}))
    lost = factories.reading(verdict=Verdict.INCOMPLETE, reason=Reason("not_found"))
    assert values(TEAM)["banner"] == ""
    assert values(TEAM, lists=(moving,))["banner"] == ""
    assert EN.text("list.users") in values(TEAM, lists=(moving, lost))["banner"]
    assert ID.text("list.users") in values(TEAM, lists=(moving, lost), language="id")["banner"]


def test_nothing_that_counts_has_no_rate() -> None:
    """A dash, rather than zero or a hundred percent."""
    found = values((owed("a", Status.COMPLETED, Counts.UNMATCHED),))
    assert (found["people"], found["counted"], found["rate"]) == ("1", "0", "–")
    assert "None of your team's training requirements counts" in found["next_step"]


@given(worlds())
def test_no_employee_is_named(world: World) -> None:
    """Whatever the team, no name and no serial of its people is in the values; the numbers are the filter's."""
    requirements = assess(join(world.snapshot), world.snapshot, world.rules, world.as_of).requirements
    found = values(requirements)
    said = " ".join(each if isinstance(each, str) else " ".join(each) for each in found.values())
    people = [each.person for each in requirements]
    assert not any(text in said for person in people for text in (person.name, person.user_serial) if text)
    counted = [each for each in requirements if each.counts is Counts.YES]
    assert found["counted"] == str(len(counted))
    assert found["compliant"] == str(sum(each.status in COMPLIANT for each in counted))
