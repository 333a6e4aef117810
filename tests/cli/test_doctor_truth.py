"""What `doctor` says holds: where `run` stops it said ✖ with that exit code; after "All is well" `run` ends with 0.

Each set-up differs from a tidy one in one thing, in the LMS, the files or the folder. The LMS is a plain server of its
own, so that neither command is tried against the simulator's idea of the API.
"""

from collections.abc import Callable, Iterator

import pytest
from filelock import FileLock

from tests.cli.plain_office import PlainOffice
from tests.plain_lms import (
    BATCHES,
    COURSES,
    PLANS,
    STRUCTURE,
    USERS,
    PlainLms,
    Row,
    as_text,
    assigned_to,
    assignment,
    online_users,
    plan,
    plan_course,
    plan_user,
    serving,
    unit,
    user,
)

Spoil = Callable[[PlainLms, PlainOffice], object]
WELL = "All is well. Next: rkreport run."
DATE = "Tue, 10 Nov 2026 02:00:00 GMT"  # of `tests.cli.program.NOW`
REFUSED = '{"message": "x"}'
ROWS = assigned_to("B-1")
PLAN_COURSES, PLAN_USERS = f"{PLANS}/LP-1/courses", f"{PLANS}/LP-1/users"


@pytest.fixture(scope="module")
def lms() -> Iterator[PlainLms]:
    """One server for all: each set-up has its own answers."""
    with serving(PlainLms(date=DATE)) as server:
        yield server


@pytest.fixture
def tidy(lms: PlainLms, plain: PlainOffice) -> PlainOffice:
    """A set-up in which nothing is wrong."""
    fresh = PlainLms()
    lms.lists, lms.structure, lms.respond, lms.bend = fresh.lists, fresh.structure, {}, fresh.bend
    plain.set_up(lms)
    plain.edit("max_attempts = 3", 'max_attempts = 1\ncompletion_dates = "off"')
    listed("M-1,Ibu Satu,satu@contoh.test,,,,U-LOW,")(lms, plain)
    return plain


# ---- ways to break it


def answers(path: str, body: str = REFUSED, status: int = 403) -> Spoil:
    """The LMS answers a path so."""
    return lambda lms, _: lms.respond.update({path: as_text(body, status)})


def holds(lists: dict[str, list[Row]]) -> Spoil:
    """The LMS has these rows instead, by path."""
    return lambda lms, _: lms.lists.update(lists)


def announces_more(path: str) -> Spoil:
    """The LMS says that a list has nine rows more than it gives."""

    def spoil(lms: PlainLms, _: PlainOffice) -> None:
        lms.bend = lambda asked, data: {**data, "totalItems": 9 + data["totalItems"]} if asked == path else data

    return spoil


def writes(old: str, new: str) -> Spoil:
    """The config says so instead."""
    return lambda _, office: office.edit(old, new)


def in_course(*lines: str) -> Spoil:
    """Lines more in the course's block."""
    return writes('serial = "C-1"', "\n".join(('serial = "C-1"', *lines)))


def in_mail(*lines: str) -> Spoil:
    """Lines more in [mail]."""
    return writes("[mail]", "\n".join(("[mail]", *lines)))


def with_plan(*more: Spoil) -> Spoil:
    """The config names a learning plan of the one course, with these spoilt."""

    def spoil(lms: PlainLms, office: PlainOffice) -> None:
        lms.lists |= {PLANS: [plan("LP-1")], PLAN_COURSES: [plan_course("C-1")], PLAN_USERS: [plan_user(1)]}
        office.edit("[managers]", '[[learning_plans]]\nserial = "LP-1"\n[managers]')
        for each in more:
            each(lms, office)

    return spoil


def listed(*rows: str) -> Spoil:
    """These managers."""
    header = "manager_id,name,email,cc,language,employee_id,organization,tag"
    return lambda _, office: (office.folder / "managers.csv").write_text("\n".join((header, *rows, "")), "utf-8")


def has(path: str, content: str = "") -> Spoil:
    """A file is there."""

    def spoil(_: PlainLms, office: PlainOffice) -> None:
        (office.folder / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (office.folder / path).write_text(content, "utf-8")

    return spoil


def both(*spoils: Spoil) -> Spoil:
    """One after the other."""
    return lambda lms, office: [each(lms, office) for each in spoils]


def at_work(_: PlainLms, office: PlainOffice) -> None:
    """Another run holds the data folder."""
    (office.folder / "rkreport-data").mkdir(mode=0o700)
    office.lock = FileLock(office.folder / "rkreport-data" / "run.lock")  # type: ignore[attr-defined]  # kept alive
    office.lock.acquire()  # type: ignore[attr-defined]  # as above


def same_name(lms: PlainLms, _: PlainOffice) -> None:
    """Two units have one name."""
    lms.structure = [unit("U-TOP", unit("U-LOW"), unit("A", name="Sama"), unit("B", name="Sama"))]


NOBODY = [user(number, isActive=None) for number in (1, 2, 3)]
STOPS: dict[str, tuple[Spoil, int]] = {
    "no users for this account": (answers(USERS), 4),
    "users as a web page": (answers(USERS, "<html>", 200), 4),
    "users fail": (answers(USERS, "x", 500), 4),
    "users announced and not given": (announces_more(USERS), 4),
    "no user at all": (holds({USERS: []}), 3),
    "no user says whether active": (holds({USERS: NOBODY}), 3),
    "no batches for this account": (answers(BATCHES), 4),
    "batches fail": (answers(BATCHES, "x", 500), 4),
    "batches announced and not given": (announces_more(BATCHES), 4),
    "no such batch": (in_course('batches = ["B-9"]'), 2),
    "no assignments for this account": (answers(ROWS), 4),
    "assignments not found": (answers(ROWS, REFUSED, 404), 4),
    "assignments fail": (answers(ROWS, "x", 500), 4),
    "assignments of another shape": (answers(ROWS, '{"status": "success", "data": {"items": 3}}', 200), 4),
    "assignments announced and not given": (announces_more(ROWS), 4),
    "another kind": (in_course('kind = "offline"'), 4),
    "no online users for this account": (both(holds({BATCHES: []}), answers(online_users("C-1"))), 4),
    "the structure fails": (answers(STRUCTURE, "x", 500), 4),
    "an audience of an unknown unit": (in_course("[courses.audience]", 'organizations = ["U-LOWW"]'), 2),
    "an audience of an unknown tag": (in_course("[courses.audience]", 'tags = ["Depan"]'), 2),
    "an audience of two units": (both(same_name, in_course("[courses.audience]", 'organizations = ["Sama"]')), 2),
    "no such plan": (with_plan(holds({PLANS: []})), 2),
    "no courses of the plan": (with_plan(answers(PLAN_COURSES)), 4),
    "no users of the plan": (with_plan(answers(PLAN_USERS)), 4),
    "a plan of a course that is gone": (with_plan(holds({PLAN_COURSES: [plan_course("C-7")]})), 4),
    "a secret that is refused": (answers("/oauth/token", REFUSED, 401), 3),
    "a token as a web page": (answers("/oauth/token", "<html>", 200), 3),
    "no server": (lambda lms, office: office.edit(lms.base_url, "http://127.0.0.1:1"), 3),
    "https where there is none": (writes("http://", "https://"), 3),
    "an address with a path": (lambda lms, office: office.edit(lms.base_url, f"{lms.base_url}/v1"), 3),
    "no secrets": (lambda _, office: office.secrets.clear(), 2),
    "a month to come": (writes('language = "en"', 'language = "en"\nperiod = "2027-01"'), 2),
    "a file for the month": (has("reports/2026-10"), 5),
    "a file for the reports": (has("reports"), 5),
    "a file for the data": (has("rkreport-data"), 5),
    "a damaged store": (has("rkreport-data/store.sqlite3", "no" * 999), 5),
    "another run": (at_work, 2),
    "mail texts with an unknown name": (both(in_mail('templates_dir = "t"'), has("t/manager.en.txt", "$nobody")), 2),
    "no folder of mail texts": (in_mail('templates_dir = "t"'), 2),
    "no brand": (writes("[report]", '[report]\ntemplate = "merek.xlsx"'), 2),
    "no password for workbooks": (writes("[mail]", "[privacy]\nencrypt_workbooks = true\n[mail]"), 2),
    "a list that cannot be read": (has("managers.csv", "manager\n"), 2),
}


@pytest.mark.parametrize("name", STOPS)
def test_where_a_run_stops_doctor_says_so(tidy: PlainOffice, lms: PlainLms, name: str) -> None:
    """With the same exit code, before anything is fetched."""
    spoil, code = STOPS[name]
    spoil(lms, tidy)
    doctor = tidy.rkreport("doctor")
    assert (doctor.code, "✖ failed" in doctor.out) == (code, True), doctor.out
    run = tidy.rkreport("run", "--quiet")
    assert (run.code, WELL in doctor.out) == (code, False), run.err


LOOKS: dict[str, tuple[Spoil, str]] = {
    "nothing is wrong": (lambda *_: None, WELL),
    "a plan": (with_plan(), WELL),
    "an audience of the company": (in_course("[courses.audience]", 'organizations = ["PT Contoh"]'), WELL),
    "an audience of a unit": (in_course("[courses.audience]", 'organizations = ["u-low "]'), WELL),
    "a kind that is right": (in_course('kind = "webinar"'), WELL),
    "nobody is assigned": (holds({ROWS: []}), WELL),
    "no structure for this account": (answers(STRUCTURE), "▲ warning  Units"),
    "a unit of no manager": (listed("M-1,A,a@contoh.test,,,,U-NO,"), "▲ warning  Managers"),
    "no manager": (listed(), "▲ warning  Managers"),
    "a course that the LMS does not list": (holds({COURSES: []}), "✖ failed   Course C-1"),
    "a certificate that is not there": (
        in_mail('transport = "smtp"\nhost = "127.0.0.1"\nport = 1\nca_file = "x.pem"'),
        "✖ failed   Mail login",
    ),
    "nobody to send from": (writes('fallback_email = "ld@contoh.test"\n', ""), "▲ warning  Mail"),
    "a row that cannot be read": (holds({ROWS: [assignment(1), assignment(2, postTestScore="x")]}), WELL),
}


@pytest.mark.parametrize("name", LOOKS)
def test_where_all_is_well_it_is(tidy: PlainOffice, lms: PlainLms, name: str) -> None:
    """The run ends with 0; a trial that then fails was announced by ✖ or ▲."""
    spoil, said = LOOKS[name]
    spoil(lms, tidy)
    doctor = tidy.rkreport("doctor")
    assert said in doctor.out
    assert tidy.rkreport("run", "--quiet").code == 0
    trial = tidy.rkreport("send", "--to-me", "ld@contoh.test", "--sample", "1", "--quiet").code
    assert trial == 0 or WELL not in doctor.out
    assert trial in {0, doctor.code} or "▲ warning  Mail" in doctor.out
