"""Mistakes that an admin makes in her config, each with the sentence that `doctor` answers and its exit code."""

from collections.abc import Callable

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import Workspace

Mistake = Callable[[Workspace], None]
LONGEST_SENTENCE = 400


def instead(old: str, new: str) -> Mistake:
    """One text of the config replaced."""

    def made(workspace: Workspace) -> None:
        workspace.edit(old, new)

    return made


def below(section: str, line: str) -> Mistake:
    """A line more at the top of a section."""
    return instead(f"{section}\n", f"{section}\n{line}\n")


def named(name: str) -> Mistake:
    """The config under another name."""

    def made(workspace: Workspace) -> None:
        workspace.config.rename(workspace.config.with_name(name))

    return made


def single_brackets(workspace: Workspace) -> None:
    """As of a section that is there once."""
    text = workspace.config.read_text("utf-8")
    workspace.config.write_text(text.replace("[[courses]]", "[courses]"), "utf-8")


def cut(workspace: Workspace) -> None:
    """Nothing is left in the file."""
    workspace.config.write_text("", "utf-8")


TARGET = "target_percent = 90"
OFFLINE: dict[str, tuple[Mistake, int, str]] = {
    "a decimal comma": (instead(TARGET, "target_percent = 90,5"), 2, "a decimal number has a point, such as 90.5."),
    "a colon": (instead(TARGET, "target_percent: 95"), 2, "write = between key and value, such as key = 10."),
    "a percentage": (instead(TARGET, 'target_percent = "90%"'), 2, "must be a number without quotes, such as 10"),
    "too much": (instead(TARGET, "target_percent = 900"), 2, "report.target_percent: must be "),
    "a misspelt key": (instead(TARGET, "target_percentage = 90"), 2, 'did you mean "target_percent"?'),
    "a key in the wrong section": (below("[mail]", "target_percent = 90"), 2, "it belongs in the section [report]."),
    "single brackets": (single_brackets, 2, "this section has double brackets, such as [[courses]]."),
    "True": (below("[report]", "x = True"), 2, "write true or false, in small letters and without quotes."),
    "ya": (below("[report]", "x = Ya"), 2, "write true or false, in small letters and without quotes."),
    "a language by name": (instead('language = "en"', 'language = "Indonesia"'), 2, 'must be "id" or "en", found'),
    "no quotes": (instead('language = "en"', "language = en"), 2, "text stands in straight double quotes"),
    "curly quotes": (instead('language = "en"', "language = “en”"), 2, "replace the curly quotes by"),
    "an open quote": (instead('language = "en"', 'language = "en'), 2, "a text must end with a double quote"),
    "backslashes": (below("[report]", 'output_dir = "C:\\Users\\Siti"'), 2, "in a path write / instead of \\."),
    "a date in quotes": (below("[[courses]]", 'due = "31/12/2026"'), 2, "must be a date without quotes"),
    "a date as Excel shows it": (below("[[courses]]", "due = 31-12-2026"), 2, "dates are written as 2026-12-31."),
    "a day that is none": (below("[[courses]]", "due = 2026-02-30"), 2, "and the day must exist."),
    "one batch without brackets": (below("[[courses]]", 'batches = "B-1"'), 2, "must be a list in square brackets"),
    "two deadlines": (below("[[courses]]", "due = 2026-12-31"), 2, "has both due and due_days_after_session"),
    "a key twice": (below("[report]", 'language = "id"'), 2, "the same key stands there twice; remove one of the two."),
    "an unknown zone": (instead('timezone = "Asia/Jakarta"', 'timezone = "WIBB"'), 2, "report.timezone: "),
    "a month by name": (instead('period = "previous-month"', 'period = "Oktober"'), 2, "report.period: "),
    "http": (instead('base_url = "http://127.0.0.1', 'base_url = "http://lms.contoh.test'), 2, "unencrypted; write https://"),
    "no address": (instead('base_url = "http://', 'base_url = "'), 2, "is no web address; write one such as"),
    "a secret": (below("[lms]", 'client_secret = "hunter2"'), 2, "secrets do not belong in this file"),
    "a hidden ending": (named("config.toml.txt"), 2, "config.toml.txt is there: show file name extensions"),
    "another folder": (named("elsewhere.toml"), 2, "config.toml does not exist; say rkreport init to write one"),
    "an empty file": (cut, 2, "config.toml is empty; delete it, and say rkreport init to write one."),
    "a year too early": (
        instead("due_days_after_session = 30", "due = 2016-12-31"), 0, "due = 2016-12-31 is long past",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OFFLINE)
def test_a_mistake_in_the_config(configured: Workspace, name: str) -> None:
    """The sentence says what to write, and shows no secret; `run` ends with the exit code of `doctor`."""
    make, code, said = OFFLINE[name]
    make(configured)
    outcome = configured.rkreport("doctor", "--offline")
    assert (outcome.code, said in outcome.out) == (code, True), outcome.out
    assert "hunter2" not in outcome.out + outcome.err
    assert max(map(len, outcome.out.splitlines())) < LONGEST_SENTENCE
    if code:
        stopped = configured.rkreport("build")
        assert (stopped.code, len(stopped.error) < LONGEST_SENTENCE) == (code, True)


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


def rows(*lines: str) -> Mistake:
    """Rows more in the list of managers."""

    def made(workspace: Workspace) -> None:
        path = workspace.folder / "managers.csv"
        path.write_text(path.read_text("utf-8-sig").rstrip() + "\n" + "\n".join(lines) + "\n", "utf-8")

    return made


def separated(first_line: str, separator: str) -> Mistake:
    """The list of managers as another program saves it."""

    def made(workspace: Workspace) -> None:
        path = workspace.folder / "managers.csv"
        text = path.read_text("utf-8-sig").replace(",", separator)
        path.write_text(first_line + text, "utf-8")

    return made


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (rows("M-9,Bu X,x@contoh.test,,,,,"), "no row gives people to M-9, so no workbook is made for them"),
        (
            rows("M-8,Bu X,x@contoh.test,,,,Gudang,", "M-9,Bu Y,y@contoh.test,,,,GUDANG,"),
            "managers.csv, rows 4 and 5: 2 managers claim the organization gudang, so none of them gets those people",
        ),
        (rows("M-9,Bu X,x@@contoh.test,,,00417,,"), "managers.csv, line 4, email: needs exactly one @"),
        (separated("", "\t"), "2 managers, 2 rules."),
        (separated("sep=;\n", ";"), "2 managers, 2 rules."),
        (separated('"sep=,"\r\n', ","), "2 managers, 2 rules."),
    ],
    ids=["a row without a rule", "a unit twice", "two @", "tabs", "sep=;", "sep=,"],
)
def test_the_list_of_managers(configured: Workspace, make: Mistake, said: str) -> None:
    """Read as other programs save it; what contradicts itself is named with its rows."""
    make(configured)
    outcome = configured.rkreport("doctor", "--offline")
    assert said in outcome.out
    assert "without an address" not in outcome.out
