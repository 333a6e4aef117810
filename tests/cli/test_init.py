"""`rkreport init`: a first config, from options, from answers on a terminal, whole or not at all."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rkreport.config.load import load_config
from rkreport.run.setup.start_file import start_file
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import NO_SERVER, NOW, SECRETS, Outcome, Workspace, serving

START = start_file(Path("config.toml")) or Path()
FILES = {"config.toml", "managers.xlsx", "exceptions.xlsx", START.name}


class Terminal(io.StringIO):
    """Answers that are typed."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def names(workspace: Workspace) -> set[str]:
    """The files of the folder."""
    return {path.name for path in workspace.folder.iterdir()}


def answered(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, *answers: str, options: tuple[str, ...] = ()
) -> Outcome:
    """A call on a terminal on which these answers are typed, then Enter for all that is left."""
    typed = Terminal("".join(f"{answer}\n" for answer in (*answers, *[""] * 9)))
    monkeypatch.setattr("sys.stdin", typed)
    outcome = workspace.rkreport("init", *options)
    assert typed.read().strip() == "", outcome.err
    return outcome


def test_options_answer_everything(workspace: Workspace) -> None:
    """Without a terminal: files for their owner alone, and a config that says what was asked for."""
    outcome = workspace.rkreport(
        *(
            "init",
            "--company",
            "PT Maju",
            "--language",
            "EN",
            "--timezone",
            "wita",
            "--base-url",
            "https://lms.contoh.test/",
        ),
        *("--course", "C-1", "--course", "C-2", "--fallback-email", "ld@contoh.test"),
        *("--mail-domain", "contoh.test", "--mail-domain", "b.test", "--sender", "L&D <ld@contoh.test>", "--brand"),
    )
    assert outcome.code == 0, outcome.err
    assert names(workspace) == {*FILES, "brand.xlsx"}
    if sys.platform != "win32":
        modes = {path.name: path.stat().st_mode & 0o777 for path in workspace.folder.iterdir()}
        assert modes == {**dict.fromkeys(modes, 0o600), START.name: 0o700}
    config = load_config(workspace.config)
    assert (config.settings.report.company, config.settings.report.language) == ("PT Maju", "en")
    assert (config.settings.report.timezone, config.settings.lms.base_url) == (
        "Asia/Makassar",
        "https://lms.contoh.test",
    )
    assert [course.serial for course in config.rules.courses] == ["C-1", "C-2"]
    assert config.settings.mail.allowed_domains == ("contoh.test", "b.test")
    assert (config.reply_to, config.brand is not None) == ("ld@contoh.test", True)
    assert (config.routing.managers, config.rules.exceptions) == ((), ())
    assert "rkreport doctor" in outcome.out


def test_defaults(workspace: Workspace) -> None:
    """`--yes` asks nothing; nobody is made up who would get mail."""
    outcome = workspace.rkreport("init", "--yes", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document == {"files": ["config.toml", "managers.xlsx", "exceptions.xlsx", START.name], "courses": []}
    config = load_config(workspace.config)
    assert (config.sender, config.routing.fallback) == (None, None)
    assert workspace.rkreport("doctor", "--offline").out.count("report.company is still the sample's") == 1


@pytest.mark.parametrize(
    ("options", "domains"),
    [
        (("--sender", "L&D <ld@contoh.test>"), ("contoh.test",)),
        (("--fallback-email", "ld@pusat.test"), ("pusat.test",)),
        (("--sender", "ld@contoh.test", "--fallback-email", "ld@pusat.test"), ("contoh.test", "pusat.test")),
    ],
)
def test_domains_are_the_sender_s_own(workspace: Workspace, options: tuple[str, ...], domains: tuple[str, ...]) -> None:
    """Nobody named a domain: mail may go to that of the sender and of the fallback address, and nowhere else."""
    assert workspace.rkreport("init", "--yes", *options).code == 0
    assert load_config(workspace.config).settings.mail.allowed_domains == domains


def test_nobody_to_ask(workspace: Workspace) -> None:
    """Without a terminal and without the one answer that has no default, nothing is written."""
    outcome = workspace.rkreport("init")
    assert outcome.code == 2
    assert "--company NAME, or --yes" in outcome.error
    assert names(workspace) == set()


@pytest.mark.parametrize("there", ["config.toml", "managers.xlsx", "exceptions.xlsx"])
def test_nothing_is_overwritten(workspace: Workspace, there: str) -> None:
    """Exit code 2, the file's name, and no other file is written."""
    (workspace.folder / there).write_text("mine")
    outcome = workspace.rkreport("init", "--yes")
    assert outcome.code == 2
    assert f"{there} is there already" in outcome.error
    assert names(workspace) == {there}
    assert (workspace.folder / there).read_text() == "mine"


def test_a_second_init_names_all_files(workspace: Workspace) -> None:
    """And leaves them as they are."""
    assert workspace.rkreport("init", "--yes", "--brand").code == 0
    before = {path: path.read_bytes() for path in workspace.folder.iterdir()}
    outcome = workspace.rkreport("init", "--company", "PT Lain", "--brand")
    assert "config.toml, managers.xlsx, exceptions.xlsx and brand.xlsx are there already" in outcome.error
    assert {path: path.read_bytes() for path in workspace.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--company", ""), "report.company: must not be empty"),
        (("--language", "fr"), 'report.language: must be "id" or "en"'),
        (("--timezone", "Jakarta"), "report.timezone: is no time zone"),
        (("--base-url", "http://lms.contoh.test"), "lms.base_url: begins with http://"),
        (("--course", "A", "--course", "A"), 'two [[courses]] blocks name the course "A"'),
        (("--fallback-email", "nobody"), "managers.fallback_email: needs exactly one @"),
        (("--mail-domain", "contoh"), "mail.allowed_domains.1: is no mail domain"),
        (("--sender", "L&D"), "mail.from: needs exactly one @"),
        (("--config", "nowhere/config.toml"), "The folder nowhere is not there"),
    ],
)
def test_impossible_answers(workspace: Workspace, options: tuple[str, ...], words: str) -> None:
    """One sentence, and nothing is written."""
    outcome = workspace.rkreport("init", "--yes", *options)
    assert outcome.code in {2, 5}
    assert words in outcome.error
    assert names(workspace) == set()


def test_a_dialogue(workspace: Workspace, company: Company, server: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong answer is asked for again; courses are searched, ticked by number, online ones too."""
    first, second = company.overview().courses
    online = next(course.serial for course in company.courses.values() if not course.batches)
    outcome = answered(
        workspace,
        monkeypatch,
        *("", "PT Maju", "", "WIT", server.base_url),
        *(first.casefold(), "2", "1", "no such course", online, "1", second, "all", ""),
        *("ld@maju", "ld@maju", "ld@maju.test", "", "", "y"),
    )
    assert outcome.code == 0, outcome.err
    config = load_config(workspace.config)
    assert [course.serial for course in config.rules.courses] == [first, online, second]
    assert config.settings.report.timezone == "Asia/Jayapura"
    assert config.settings.mail.allowed_domains == ("maju.test",)
    assert (config.sender is not None, config.brand is not None) == (True, True)
    assert outcome.err.count("what follows the @ is no domain") == 2
    assert "Write numbers from 1 to 1" in outcome.err
    assert f"{online}  " in outcome.err
    assert "it is left out" not in outcome.err


@pytest.mark.parametrize("spoil", ["no login", "wrong login", "no LMS"])
def test_courses_can_come_later(
    workspace: Workspace, server: Simulator, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    """Where they cannot be listed, that is said, and the other questions go on."""
    url = NO_SERVER if spoil == "no LMS" else server.base_url
    workspace.secrets = {"no login": {}, "wrong login": {**SECRETS, "RKREPORT_CLIENT_ID": "x"}}.get(
        spoil, dict(SECRETS)
    )
    monkeypatch.setattr("rkreport.cli.interview.LmsSection", one_try(url))
    outcome = answered(workspace, monkeypatch, "PT Maju", "", "", url)
    assert outcome.code == 0, outcome.err
    assert "The courses cannot be listed now." in outcome.err
    assert "COURSE-EXAMPLE1" in workspace.config.read_text("utf-8")


def one_try(url: str) -> Callable[..., object]:
    """A section that gives up at once."""
    from rkreport.config.schema import LmsSection  # noqa: PLC0415 - the real one, which the test replaces

    return lambda **_given: LmsSection(base_url=url, max_attempts=1)


@pytest.mark.parametrize("after", range(1, 4))
def test_interrupted_while_writing(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Ctrl-C between two files, or within one, leaves none."""
    from rkreport.files import write_private_file  # noqa: PLC0415 - the real one

    calls = 0

    def interrupted(path: Path, content: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            path.with_name(f".{path.name}.part").write_bytes(content[:5])
            raise KeyboardInterrupt
        write_private_file(path, content)

    monkeypatch.setattr("rkreport.run.setup.initializing.write_private_file", interrupted)
    outcome = workspace.rkreport("init", "--yes")
    assert outcome.code == 130
    assert "nothing was written" in outcome.err
    assert names(workspace) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_ctrl_c_on_a_real_terminal(workspace: Workspace) -> None:
    """The questions stand on stderr; Ctrl-C at one of them writes nothing, and says so."""
    ours, theirs = os.openpty()
    process = workspace.start("init", stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, start_new_session=True)
    os.close(theirs)
    said = b""
    while b"company's name" not in said:
        said += os.read(ours, 4096)
    os.write(ours, b"PT Maju\n")
    while b"Language" not in said:
        said += os.read(ours, 4096)
    process.send_signal(2)
    out, _ = process.communicate(timeout=20)
    os.close(ours)
    assert (process.returncode, out) == (130, "")
    assert names(workspace) == set()


def test_the_whole_way(workspace: Workspace, company: Company) -> None:
    """From an empty folder: init, doctor, run, and doctor again finds a store."""
    with serving(company) as simulator:
        serials = [part for serial in company.overview().courses for part in ("--course", serial)]
        options = ("--company", "PT Maju", "--base-url", simulator.base_url, "--fallback-email", "ld@contoh.test")
        assert workspace.rkreport("init", *options, *serials).code == 0
        doctor = workspace.rkreport("doctor")
        assert doctor.code == 0, doctor.out
        assert workspace.rkreport("run").code == 0
        assert "it holds 1 finished snapshot." in workspace.rkreport("doctor").out
    assert NOW.year == 2026
