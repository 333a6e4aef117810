"""Who is found in which text, and who is not."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rkreport.core.leaks.judge import judge
from rkreport.core.leaks.opened_file import Leak, OpenedFile, OpenedSheet
from rkreport.core.leaks.people import Everybody, everybody
from rkreport.core.leaks.team import ExpectedFile, OwnPerson, ReportWords
from rkreport.core.models import EmployeeId, UserSerial
from rkreport.core.report.manager import SHEETS as TEAM_SHEETS
from tests import factories

STRANGER = factories.learner(
    employee_id=EmployeeId("98000123"),
    serial=UserSerial("DEDI4840A5"),
    name="Dedi Hidayat",
    username="dhidayat",
    email="dedi.h@contoh.test",
    phone="628123456789",
)
SHORT = factories.learner(employee_id=EmployeeId("123"), serial=None, name="Hari", username="", email="", phone="")
KNOWN = everybody(
    [STRANGER, SHORT],
    [factories.assignment(employee_id="X-777", user_serial=None, name="Tanpa Catatan")],
    [factories.manager(name="Manajer Lain", email="lain@contoh.test", cc=("sekretaris@contoh.test",))],
)
OWN = OwnPerson("00007", "agus salim", "agus01", "agus@contoh.test")
SHEETS = ("S", "A", "M", "D", "N")
EXPECTED = ExpectedFile(
    company="pt contoh",
    properties={"manager_id": "m-1"},
    sheets=dict(zip(TEAM_SHEETS, SHEETS, strict=True)),
    continued="{title} {number}",
    people=(OWN,),
    phrases=frozenset({"pt contoh", "bimbingan dedi hidayat", "00007", "agus salim", "agus01", "agus@contoh.test"}),
    things=frozenset({"pt contoh", "bimbingan dedi hidayat"}),
    words=frozenset({"bimbingan"}),
    report=ReportWords(frozenset({"hari terlambat"}), frozenset({"hari", "terlambat"})),
    pictures=frozenset(),
)
CELLS = frozenset({"00007", "Agus Salim", "AGUS01", "agus@contoh.test"})
FILE = OpenedFile(
    "",
    tuple(OpenedSheet(name, CELLS) for name in SHEETS),
    CELLS,
    properties=(("manager_id", "M-1"),),
    authors=frozenset({"PT Contoh"}),
)


def found(*texts: str, marks: Iterable[str] = (), numbers: Iterable[int] = (), known: Everybody = KNOWN) -> Leak | None:
    """The judgement on a good file that says this too."""
    file = replace(FILE, texts=FILE.texts | set(texts), marks=frozenset(marks), numbers=frozenset(numbers))
    return judge(file, EXPECTED, known)


def test_a_good_file_may_leave() -> None:
    """It holds the team's people, and says nothing else."""
    assert found() is None


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("98000123", Leak.EMPLOYEE_ID),
        ("ID 98000123.", Leak.EMPLOYEE_ID),
        ("dedi4840a5", Leak.SERIAL),
        ("<DEDI.H@CONTOH.TEST>", Leak.EMAIL),
        ("dhidayat", Leak.USERNAME),
        ("+628123456789", Leak.PHONE),
        ("Pak Dedi  Hidayat!", Leak.NAME),
        ("Dedi, Hidayat", Leak.NAME),
        ("123", Leak.EMPLOYEE_ID),
        ("Hari", Leak.NAME),
        ("Tanpa Catatan", Leak.NAME),
        ("x-777", Leak.EMPLOYEE_ID),
        ("Manajer Lain", Leak.NAME),
        ("lain@contoh.test", Leak.EMAIL),
        ("sekretaris@contoh.test", Leak.EMAIL),
    ],
)
def test_a_stranger_is_found(text: str, leak: Leak) -> None:
    """People of the user list, people only assignments know, and other managers."""
    assert found(text) is leak


@pytest.mark.parametrize(
    "text",
    [
        "1980001234",
        "98000123a",
        "dedi.h@contoh.tests",
        "Dedi Hidayatullah",
        "Ardedi Hidayat",
        "123 dari 456",
        "46,012",
        "Hari terlambat",
        "12 hari",
        "Bimbingan Dedi Hidayat",
        "Agus Salim",
        "Dedi",
        "A123",
    ],
)
def test_nobody_is_found(text: str) -> None:
    """Longer words, numbers, words of the report, names of things, one's own people."""
    assert found(text) is None


def test_a_name_within_a_thing_s_name_is_found_beside_it() -> None:
    """What the batch is called does not excuse the name elsewhere."""
    assert found("Bimbingan Dedi Hidayat: Dedi Hidayat") is Leak.NAME
    assert found("Pembimbingan Dedi Hidayat") is Leak.NAME


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("Bimbingan Dedi Hidayat untuk…", None),
        ("Bimbingan Dedi Hidayat…bulan", None),
        ("Bimbingan Dedi\nHidayat…lima bulan", None),
        ("…Dedi Hidayat untuk lima bulan", Leak.NAME),
        ("Bimbingan Dedi Hidayat untuk lima bulan…", None),
        ("Bimbingan Dedi Hidayat untuk…lima bulan, Dedi Hidayat", Leak.NAME),
        ("Dedi Hidayat…", Leak.NAME),
        ("Dedi Hidayat…bulan", Leak.NAME),
        ("Bimbingan Dedi Hidayat untuk", Leak.NAME),
        ("…", None),
    ],
)
def test_a_thing_s_name_may_be_shortened(text: str, leak: Leak | None) -> None:
    """An ellipsis stands in place of a part of it, and the text says nothing else."""
    things = frozenset({"bimbingan dedi hidayat untuk lima bulan"})
    phrases = EXPECTED.phrases - {"bimbingan dedi hidayat"} | things
    file = replace(FILE, texts=frozenset({text}))
    assert judge(file, replace(EXPECTED, phrases=phrases, things=things), KNOWN) is leak


@pytest.mark.parametrize(
    "text", ["Dedi Hidayat…", "Dedi Hidayat ...", "…Dedi Hidayat", "98000123…", "dedi.h@contoh.test…"]
)
def test_an_own_person_s_name_is_never_taken_as_shortened(text: str) -> None:
    """What is left of it may be a stranger's, whatever stands before or behind."""
    own = {"dedi hidayat wijaya", "muhammad dedi hidayat", "980001234", "dedi.h@contoh.test.id"}
    file = replace(FILE, texts=FILE.texts | {text})
    assert judge(file, replace(EXPECTED, phrases=EXPECTED.phrases | own), KNOWN) is not None


def test_numbers_are_ids_only_where_no_date_can_be() -> None:
    """The reader hands on whole numbers beyond the last date; of these, ids and phone numbers are found."""
    assert found(numbers=[98000123]) is Leak.EMPLOYEE_ID
    assert found(numbers=[628123456789]) is Leak.PHONE
    assert found(numbers=[98000124, 123]) is None


def test_words_of_the_format_are_nobody_s_name() -> None:
    """A single word there is a look or a kind; more than one, and an id, are found."""
    assert found(marks=["Hari", "hari"]) is None
    assert found(marks=["Dedi Hidayat"]) is Leak.NAME
    assert found(marks=["98000123"]) is Leak.EMPLOYEE_ID


def test_the_gravest_is_told() -> None:
    """An id says more than a name, a stranger more than the file's shape."""
    file = replace(FILE, texts=FILE.texts | {"Dedi Hidayat", "98000123"}, flaws=frozenset({Leak.HIDDEN}))
    assert judge(file, EXPECTED, KNOWN) is Leak.EMPLOYEE_ID


def test_a_dash_is_nobody() -> None:
    """A user record whose name is a dash does not make every dash a stranger."""
    nobody = everybody([replace(SHORT, name="–", employee_id=EmployeeId("-"))], [], [])
    assert found("–", "-", known=nobody) is None


@pytest.mark.parametrize("place", [2, 3])
def test_everybody_of_the_team_must_be_there(place: int) -> None:
    """On the matrix and in the detail."""
    sheets = list(FILE.sheets)
    sheets[place] = OpenedSheet(SHEETS[place], CELLS - {"00007"})
    assert judge(replace(FILE, sheets=tuple(sheets)), EXPECTED, KNOWN) is Leak.MISSING


def test_a_long_table_may_go_on_on_another_sheet() -> None:
    """A second part stands right behind the first, under its name, and its rows belong to it; no other sheet may."""
    first, second = OpenedSheet("D", CELLS - {"00007"}), OpenedSheet("D 2", frozenset({"00007"}))
    *before, _, last = FILE.sheets
    assert judge(replace(FILE, sheets=(*before, first, second, last)), EXPECTED, KNOWN) is None
    for wrong in ((*before, second, first, last), (*before, first, OpenedSheet("D 3", CELLS), last), FILE.sheets[:4]):
        assert judge(replace(FILE, sheets=wrong), EXPECTED, KNOWN) is Leak.SHEETS
