"""Whatever is wrong, the admin gets the exit code and one sentence: what, where, what to do. Never a traceback."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.program import NO_SERVER, Workspace, serving

Spoil = Callable[[Workspace], object]


def in_config(old: str, new: str) -> Spoil:
    """Spoils the config."""
    return lambda workspace: workspace.edit(old, new)


def a_file_named(name: str) -> Spoil:
    """Puts a file where a folder shall be."""
    return lambda workspace: (workspace.folder / name).write_text("in the way")


def in_managers(change: Callable[[str], str]) -> Spoil:
    """Spoils managers.csv."""

    def spoil(workspace: Workspace) -> None:
        path = workspace.folder / "managers.csv"
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    return spoil


def with_secret(name: str, value: str | None) -> Spoil:
    """Sets or takes away a secret."""

    def spoil(workspace: Workspace) -> None:
        workspace.secrets.pop(name)
        if value is not None:
            workspace.secrets[name] = value

    return spoil


def nothing(_: Workspace) -> None:
    """Leaves all as it is."""


CASES: dict[str, tuple[Spoil, str, int, tuple[str, ...]]] = {
    "no config": (nothing, "run --config nowhere.toml", 2, ("nowhere.toml", "does not exist", "rkreport init")),
    "config is a folder": (nothing, "run --config .", 2, ("is a folder", "write the name of the file")),
    "unknown key": (
        in_config("target_percent", "taget_percent"),
        "run",
        2,
        ("config.toml", "report.taget_percent", "unknown key", "target_percent"),
    ),
    "wrong date": (
        in_config("due_days_after_session = 14", 'due = "31-12-2026"'),
        "run",
        2,
        ("config.toml", "courses.1.due", "2026-12-31", '"31-12-2026"'),
    ),
    "impossible date": (
        in_config("due_days_after_session = 14", "due = 2026-02-30"),
        "run",
        2,
        ("config.toml, line", "the day must exist"),
    ),
    "secret in the config": (
        in_config("page_size = 20", 'client_secret = "abc"'),
        "run",
        2,
        ("config.toml", "lms.client_secret", "RKREPORT_CLIENT_SECRET"),
    ),
    "no secret": (
        with_secret("RKREPORT_CLIENT_SECRET", None),
        "run",
        2,
        ("RKREPORT_CLIENT_SECRET is not set", "RKREPORT_ACCESS_TOKEN"),
    ),
    "wrong secret": (
        with_secret("RKREPORT_CLIENT_SECRET", "not-the-secret"),
        "run",
        3,
        ("refused", "RKREPORT_CLIENT_SECRET", "check"),
    ),
    "wrong token": (
        lambda workspace: setattr(workspace, "secrets", {"RKREPORT_ACCESS_TOKEN": "stale"}),
        "run",
        3,
        ("RKREPORT_ACCESS_TOKEN",),
    ),
    "output folder is a file": (
        a_file_named("reports"),
        "run",
        5,
        ("reports cannot be made", "a file has its name", "output_dir"),
    ),
    "data folder is a file": (
        a_file_named("rkreport-data"),
        "run",
        5,
        ("rkreport-data is a file", "choose another data_dir"),
    ),
    "managers without their column": (
        in_managers(lambda text: text.replace("manager_id", "manager", 1)),
        "run",
        2,
        ("managers.csv", "manager_id"),
    ),
    "managers file is missing": (
        in_config("managers.csv", "boss.csv"),
        "run",
        2,
        ("boss.csv does not exist", "correct its name in config.toml"),
    ),
    "future period": (nothing, "run --period 2026-12", 2, ("2026-12 has not begun", "choose an earlier one")),
    "no period at all": (nothing, "run --period october", 2, ('"october"', "2026-10")),
    "nothing fetched yet": (nothing, "build", 4, ("no finished snapshot", "say rkreport run")),
    "unknown snapshot": (nothing, "build --snapshot 2020", 4, ("no snapshot 2020",)),
    "unknown command": (nothing, "bild", 2, ("'bild'", "build", "rkreport --help")),
    "unknown option": (nothing, "build --perod 2026-10", 2, ("--perod", "--period", "rkreport build --help")),
    "wrong value": (nothing, "demo --people few", 2, ("--people", "whole number", "rkreport demo --help")),
    "too small a value": (nothing, "demo --people 3", 2, ("--people", "20", "rkreport demo --help")),
    "unknown language": (nothing, "demo --language fr", 2, ("--language", '"en"', '"id"')),
    "unknown fault": (nothing, "simulate --faults gremlins", 2, ("'gremlins'", "429, 429-bare", "=CHANCE")),
    "demo in a file": (nothing, "demo --out config.toml", 5, ("config.toml cannot be used", "--out")),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_gets_its_sentence(configured: Workspace, case: str) -> None:
    """Exit code, and one sentence with what is wrong, where, and what to do; the same as JSON when asked for."""
    spoil, arguments, code, words = CASES[case]
    spoil(configured)
    outcome = configured.rkreport(*arguments.split())
    assert (outcome.code, outcome.out) == (code, "")
    assert [word for word in words if word not in outcome.error] == []
    again = configured.rkreport(*arguments.split(), "--json")
    assert again.document == {"error": outcome.error.removeprefix("Error: "), "exit_code": code}
    assert not (configured.folder / "user-log").exists()


def test_a_course_that_does_not_exist(configured: Workspace, company: Company) -> None:
    """The sentence names the serial and the one that was probably meant; nothing but short lists has been read."""
    serial = company.overview().courses[0]
    configured.edit(serial, serial[:-1])
    outcome = configured.rkreport("run")
    assert outcome.code == 2
    assert serial[:-1] + ":" in outcome.error
    assert f'did you mean "{serial}"?' in outcome.error
    assert "users" not in outcome.err


def test_the_server_is_down(configured: Workspace, server: Simulator) -> None:
    """No connection: exit code 3, the address, and what to check."""
    configured.edit(server.base_url, NO_SERVER)
    configured.edit("page_size = 20", "max_attempts = 1")
    outcome = configured.rkreport("run")
    assert outcome.code == 3
    assert outcome.error == "Error: No connection to 127.0.0.1:1: check base_url and the network."


def test_the_server_speaks_html(workspace: Workspace, company: Company) -> None:
    """A web page instead of data, as of a wrong address or a maintenance: exit code 3, and what to check."""
    with serving(company, "html") as simulator:
        workspace.configure(company, simulator.base_url)
        workspace.edit("page_size = 20", "max_attempts = 1")
        outcome = workspace.rkreport("run")
    assert outcome.code == 3
    assert "web page instead of data" in outcome.error
    assert "base_url" in outcome.error


def test_a_port_that_is_taken(workspace: Workspace) -> None:
    """`simulate` on a taken port says which, and what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        outcome = workspace.rkreport("simulate", "--port", str(port), "--people", "20")
    assert (outcome.code, outcome.out) == (2, "")
    assert f"port {port} cannot be listened on" in outcome.error


def test_a_list_of_managers_as_excel_saves_it(configured: Workspace) -> None:
    """Semicolons, a byte order mark and Windows' line ends change nothing."""
    assert configured.rkreport("run", "--quiet").code == 0
    expected = configured.manifest
    path = configured.folder / "managers.csv"
    lines = path.read_text("utf-8-sig").replace(",", ";").splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    outcome = configured.rkreport("build", "--quiet")
    assert outcome.code == 0, outcome.err
    rows = [(file["path"], file["rows"]) for file in expected["files"]]
    assert [(file["path"], file["rows"]) for file in configured.manifest["files"]] == rows


@pytest.mark.parametrize("arguments", ["build --config nowhere.toml", "bild"])
def test_a_real_process_says_its_sentence_once(workspace: Workspace, arguments: str) -> None:
    """Before there is a log, what is logged is not printed: the sentence stands on the screen once."""
    outcome = workspace.process(*arguments.split())
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == outcome.error + "\n"


def test_the_config_is_refused_before_anything_is_made(configured: Workspace) -> None:
    """A config that cannot be used leaves no folder behind."""
    configured.edit("target_percent", "taget_percent")
    before = set(configured.folder.iterdir())
    configured.rkreport("run")
    assert set(configured.folder.iterdir()) == before


def test_a_build_that_fails_after_the_fetch_says_how_to_go_on(configured: Workspace, tmp_path: Path) -> None:
    """When the build of a `run` fails, the sentence names the command that does not fetch again."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "2026-10").write_text("in the way")
    outcome = configured.rkreport("run", "--fresh", "--period", "2026-10")
    assert outcome.code == 5
    assert outcome.error.endswith(" The fetch is kept: rkreport build --period 2026-10 goes on from it.")
