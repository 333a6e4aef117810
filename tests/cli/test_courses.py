"""`rkreport courses`: what the LMS has, as lines, as blocks to paste, and as JSON."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import NO_SERVER, SECRETS, Workspace, serving
from tests.simulator_fixture import made

HOSTILE = 'Dasar "K3"\r\n[[courses]]\nserial = "X"\x1b[2J\u202e \\ é'
CONFIG = '[lms]\nbase_url = "{url}"\npage_size = {size}\nrequests_per_second = 1000\n[report]\ncompany = "PT Contoh"\n'


@pytest.fixture(scope="module")
def catalogue() -> Company:
    """Nine courses with 27 batches, one online course, and a hostile name."""
    company = made(people=60, courses=9, batches=27)
    first, *others = company.courses.values()
    company.courses = MappingProxyType({one.serial: one for one in (replace(first, name=HOSTILE), *others)})
    return company


@pytest.fixture(scope="module")
def lms(catalogue: Company) -> Iterator[Simulator]:
    """Its LMS."""
    with serving(catalogue) as simulator:
        yield simulator


@pytest.fixture
def folder(workspace: Workspace, lms: Simulator) -> Workspace:
    """A folder whose config has no more than the two sections, with pages of two rows."""
    workspace.config.write_text(CONFIG.format(url=lms.base_url, size=2))
    return workspace


def test_every_course_and_batch_is_listed(folder: Workspace, catalogue: Company) -> None:
    """Lists of several pages are read whole, nothing else is asked for, and no folder is made."""
    outcome = folder.rkreport("courses")
    assert outcome.code == 0, outcome.err
    first, *lines = outcome.out.splitlines()
    assert first == "10 of 10 courses."
    courses = [line.partition(" ")[0] for line in lines if not line.startswith(" ")]
    batches = [line.split()[0] for line in lines if line.startswith(" ")]
    assert sorted(courses) == sorted(catalogue.courses)
    assert sorted(batches) == sorted(batch.batch for batch in catalogue.overview().batches)
    assert [path.name for path in folder.folder.iterdir()] == ["config.toml"]
    assert outcome.out.count(": online") == 1


def test_dates_are_of_the_reports_zone(folder: Workspace, catalogue: Company) -> None:
    """A session that begins on the evening before in UTC stands with its own date, and its zone."""
    course = next(course for course in catalogue.courses.values() if course.batches)
    batch = course.batches[0]
    folder.edit("[report]", '[report]\ntimezone = "Asia/Jayapura"')
    document = folder.rkreport("courses", "--json", "--search", course.serial).document
    found = {one["serial"]: one for one in document["courses"][0]["batches"]}[batch.serial]
    assert found["session_start"].endswith("+09:00")
    line = next(line for line in folder.rkreport("courses").out.splitlines() if batch.serial in line)
    assert f"{found['session_start'][:10]} {found['session_start'][11:16]} to " in line
    assert " WIT" in line


def test_search_takes_all_words_in_any_case(folder: Workspace, lms: Simulator) -> None:
    """Words in name or serial; only the batches of what was found are asked for."""
    before = lms.traffic.answered.copy()
    outcome = folder.rkreport("courses", "--search", "DASAR kerja K3DASAR")
    assert outcome.out.splitlines()[0] == '1 of 10 courses, with "DASAR kerja K3DASAR" in name or serial.'
    asked = [target for target in lms.traffic.answered - before if "/batches" in target]
    assert asked
    assert all("COURSE-K3DASAR" in target for target in asked)
    nothing = folder.rkreport("courses", "--search", "tidak ada")
    assert (nothing.code, nothing.out) == (0, '0 of 10 courses, with "tidak ada" in name or serial.\n')


def test_nothing_hidden_is_printed(folder: Workspace) -> None:
    """A name that moves the cursor, turns the text round or begins a line does none of it."""
    for arguments in (("courses",), ("courses", "--toml")):
        out = folder.rkreport(*arguments).out
        assert all(line.isprintable() for line in out.splitlines())
        assert "\x1b" not in out


def test_blocks_can_be_pasted(folder: Workspace, catalogue: Company) -> None:
    """What `--toml` prints is TOML with every course, and the config with it can be fetched with."""
    out = folder.rkreport("courses", "--toml").out
    assert {block["serial"] for block in tomllib.loads(out)["courses"]} == set(catalogue.courses)
    folder.config.write_text(folder.config.read_text() + out, "utf-8")
    assert folder.rkreport("fetch", "--estimate").code == 0


def test_blocks_for_a_console_without_utf_8(folder: Workspace) -> None:
    """What is redirected into a file on Windows is ASCII, so that it can be pasted into a UTF-8 file."""
    folder.secrets["PYTHONIOENCODING"] = "cp1252"
    process = folder.process("courses", "--toml")
    assert process.code == 0, process.err
    assert process.out.isascii()
    assert "courses" in tomllib.loads(process.out)


def test_json_has_it_all(folder: Workspace, catalogue: Company) -> None:
    """One object: serials, names as they came, kinds, batches."""
    document = folder.rkreport("courses", "--json", "--toml").document
    assert (document["of"], document["whole"]) == (10, True)
    kinds = {course.serial: course.topic.kind if course.batches else "online" for course in catalogue.courses.values()}
    assert {one["serial"]: one["kind"] for one in document["courses"]} == kinds
    assert HOSTILE in {one["name"] for one in document["courses"]}


@pytest.mark.parametrize("faults", ["5xx=0.2,cut=0.1", "total=string", "total=missing,rate=50"])
def test_a_troubled_lms(workspace: Workspace, catalogue: Company, faults: str) -> None:
    """Retried like every request; where the LMS does not say how much there is, the list may be short, and says so."""
    with serving(catalogue, faults) as simulator:
        workspace.config.write_text(CONFIG.format(url=simulator.base_url, size=50).replace("1000", "40"))
        outcome = workspace.rkreport("courses", "--search", "K3", "--quiet")
    is_short = "missing" in faults
    assert outcome.code == (4 if is_short else 0), outcome.err
    assert "COURSE-K3DASAR" in outcome.out


def test_refusals(folder: Workspace, lms: Simulator) -> None:
    """No login, a wrong one, no LMS, a wrong section: each its own code and sentence."""
    folder.secrets = {}
    assert folder.rkreport("courses").code == 2
    folder.secrets = {**SECRETS, "RKREPORT_CLIENT_SECRET": "wrong"}
    assert "refused RKREPORT_CLIENT_ID" in folder.rkreport("courses").error
    folder.secrets = dict(SECRETS)
    folder.edit(lms.base_url, NO_SERVER)
    folder.edit("page_size = 2", "max_attempts = 1")
    outcome = folder.rkreport("courses")
    assert (outcome.code, "No connection" in outcome.error) == (3, True)
    folder.edit("max_attempts = 1", "max_attempts = 0")
    assert "lms.max_attempts: must be at least 1" in folder.rkreport("courses").error
