"""Mistakes that an admin makes, each with the sentence that she gets and its exit code: the table is in `mistakes`."""

import re
from collections.abc import Callable
from itertools import groupby

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.mistakes import DOCTOR, MISTAKES, Make
from tests.cli.program import COLUMNS, Outcome, Workspace

LONGEST_SENTENCE = 400
TERMINAL = {"FORCE_COLOR": "1", "TERM": "dumb"}  # of 80 columns
WHERE = re.compile(
    r"\w\.(toml|csv|xlsx|xls|txt|zip)\b|--[a-z]|RKREPORT_|\[\[?[a-z]+\]|\b[a-z_]+\.[a-z_]+: |'[A-Z]+'"
    r"|ledger|master|folder|period|manager|computer|rkreport"
)
WHAT_TO_DO = re.compile(
    r"\b(write|[Ss]ay|add|correct|choose|remove|leave|merge|check|name|save|close|delete|replace|fill|mend|make|must|needs"
    r"|format|unmerge|take|put|set|show|move|copy|keeps?|[Dd]id you mean|such as|belongs|lists|ends|stands)\b"
)


def sentences(outcome: Outcome) -> list[str]:
    """What was said of mistakes, each as one line."""
    said = [outcome.out.replace(f"\n{' ' * 11}", " "), outcome.err.replace("\n", " ").partition("Error: ")[2]]
    return [
        line for text in said for line in text.splitlines() if line and line[0] not in "✔–▲" and "to mend" not in line
    ]


def too_wide(outcome: Outcome) -> list[str]:
    """Lines that the terminal would break in a word: only one with a word of a line's length may be."""
    lines = [
        *outcome.out.splitlines(),
        *re.sub(r"(\]|\)): ", r"\1:\n", outcome.err).splitlines(),
    ]  # answers end questions
    return [line for line in lines if len(line) > int(COLUMNS) and max(map(len, line.split())) < 60]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake(configured: Workspace, server: Simulator, name: str) -> None:
    """One sentence: what, where, what to do. No traceback, no secret, no word broken at the end of a line."""
    make, said, call, code = MISTAKES[name]
    make(configured)
    configured.secrets |= TERMINAL
    outcome = configured.rkreport(*call.replace("URL", server.base_url).split())
    told = " ".join((outcome.out + outcome.err).split())
    assert (outcome.code, said in told) == (code, True), outcome.out + outcome.err
    assert "Traceback" not in told
    assert "hunter2" not in told
    assert not (configured.folder / "user-log").exists()
    assert too_wide(outcome) == []
    for sentence in sentences(outcome) if code else ():
        assert len(sentence) < LONGEST_SENTENCE
        assert (bool(WHERE.search(sentence)), bool(WHAT_TO_DO.search(sentence))) == (True, True), sentence


IN_FILES = [name for name, mistake in MISTAKES.items() if mistake.call == DOCTOR and mistake.code == 2]


@pytest.mark.parametrize("name", IN_FILES)
def test_a_run_says_the_same(configured: Workspace, name: str) -> None:
    """What `doctor` marks stops every other command with the same exit code, before anything is asked or made."""
    MISTAKES[name].make(configured)
    before = set(configured.folder.iterdir())
    stopped = configured.rkreport("run", "--json")
    assert (stopped.code, stopped.document["exit_code"]) == (2, 2)
    assert MISTAKES[name].said.partition(";")[0].rstrip(".")[:40] in stopped.document["error"]
    assert {path for path in configured.folder.iterdir() if path.name == "reports"} <= before


def test_the_table_is_long() -> None:
    """Every place where an admin writes something has its mistakes, and no two rows say the same of one file."""
    places = {place: len(list(rows)) for place, rows in groupby(MISTAKES, lambda name: name.partition(":")[0])}
    assert sum(places.values()) >= 60
    assert set(places) == {"config", "courses", "mail", "lists", "secrets", "call", "prompt"}


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda serial, _name: serial.lower(), 2, 'did you mean "{serial}"?'),
        (lambda _serial, name: name, 2, 'did you mean "{serial}"?'),
        (lambda serial, _name: serial[:-1], 2, 'did you mean "{serial}"?'),
        (lambda serial, _name: f" {serial} ", 0, "ok"),
        (lambda _serial, _name: "C-9", 2, "rkreport courses lists them."),
    ],
    ids=["in small letters", "by name", "a letter less", "blanks around it", "none of them"],
)
def test_a_course_that_is_not_meant(
    configured: Workspace, company: Company, change: Callable[[str, str], str], code: int, said: str
) -> None:
    """The LMS's own serial is offered."""
    course = next(iter(company.courses.values()))
    configured.edit(f'serial = "{course.serial}"', f'serial = "{change(course.serial, course.name)}"')
    outcome = configured.rkreport("doctor")
    assert (outcome.code, said.format(serial=course.serial) in outcome.out) == (code, True), outcome.out


def test_an_address_that_goes_too_far(configured: Workspace, server: Simulator) -> None:
    """A path behind the host is named beside the credentials, which may be right."""
    configured.edit(server.base_url, f"{server.base_url}/v1")
    outcome = configured.rkreport("doctor")
    assert (outcome.code, "base_url goes too far: leave out its /v1." in outcome.out) == (3, True), outcome.out


def test_tls_where_there_is_none(configured: Workspace, server: Simulator) -> None:
    """No certificate is to blame."""
    configured.edit(server.base_url, server.base_url.replace("http:", "https:"))
    outcome = configured.rkreport("doctor")
    assert (outcome.code, "answers without TLS on that port; check base_url" in outcome.out) == (3, True), outcome.out


def separated(first_line: str, separator: str) -> Make:
    """The list of managers as another program saves it."""

    def made(workspace: Workspace) -> None:
        path = workspace.folder / "managers.csv"
        text = path.read_text("utf-8-sig").replace(",", separator)
        path.write_text(first_line + text, "utf-8", newline="")

    return made


@pytest.mark.parametrize(
    ("first_line", "separator"),
    [("", "\t"), ("sep=;\n", ";"), ('"sep=,"\r\n', ",")],
    ids=["tabs", "sep=;", "sep=,"],
)
def test_the_list_of_managers(configured: Workspace, first_line: str, separator: str) -> None:
    """Read as other programs save it."""
    separated(first_line, separator)(configured)
    assert "2 managers, 2 rules." in configured.rkreport("doctor", "--offline").out
