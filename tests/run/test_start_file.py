"""The file to double-click: what stands in it on each system, and that the one of this system starts the program."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rkreport.run.setup.start_file import start_file, start_text, write_start_file

HOSTILE = '/home/a b/100% "it\'s" $HOME `x` \\/bin/python'

posix = pytest.mark.skipif(sys.platform == "win32", reason="writes a path of its own kind")


def test_windows() -> None:
    """The console reads UTF-8 before the path comes; lines end as Windows wants; a percent sign is one."""
    lines = start_text(Path("x"), "win32", "C:\\Users\\Siti 100%\\.venv\\Scripts\\python.exe").split("\r\n")
    assert lines[1:4] == [
        "chcp 65001 > nul",
        'cd /d "%~dp0"',
        '"C:\\Users\\Siti 100%%\\.venv\\Scripts\\python.exe" -m rkreport',
    ]


def test_macos() -> None:
    """A shell gets the very path, whatever is in it."""
    words = shlex.split(start_text(Path("x"), "darwin", HOSTILE).splitlines()[1])
    assert words[-3:] == [HOSTILE, "-m", "rkreport"]


@posix
def test_linux() -> None:
    """The desktop entry names folder and program; quoting is undone in the order in which a desktop does it."""
    entry = dict(line.split("=", 1) for line in start_text(Path("/home/a\\b"), "linux", HOSTILE).splitlines()[1:])
    assert (entry["Path"], entry["Terminal"]) == ("/home/a\\\\b", "true")
    value = entry["Exec"].replace("%%", "%").replace("\\\\", "\\")
    quoted = value.removesuffix(" -m rkreport")
    assert quoted[0] == quoted[-1] == '"'
    for sign in '"`$\\':
        quoted = quoted.replace(f"\\{sign}", sign)
    assert quoted[1:-1] == HOSTILE


def test_it_stands_where_the_menu_finds_the_config(tmp_path: Path) -> None:
    """None for a config of another name, none over a file that is there."""
    assert start_file(tmp_path / "other.toml") is None
    for platform, name in (("win32", "rkreport.cmd"), ("darwin", "rkreport.command"), ("linux", "rkreport.desktop")):
        assert start_file(tmp_path / "config.toml", platform) == tmp_path / name
        (tmp_path / name).touch()
        assert start_file(tmp_path / "config.toml", platform) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a shell runs it")
def test_a_shell_runs_the_one_of_macos(tmp_path: Path) -> None:
    """It starts rkreport in its own folder; owner only, and executable."""
    folder = tmp_path / "it's a folder"
    folder.mkdir()
    write_start_file(folder / "rkreport.command", "darwin")
    assert (folder / "rkreport.command").stat().st_mode & 0o777 == 0o700
    ended = subprocess.run(  # noqa: S603 - ours
        [str(folder / "rkreport.command")], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    assert "Usage: rkreport" in ended.stdout


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("win32", '"{inside}" -m rkreport'),
        pytest.param("darwin", "exec '.venv/bin/python' -m rkreport", marks=posix),
        pytest.param("linux", 'Exec="/a b/.venv', marks=posix),
    ],
)
def test_a_python_in_the_folder_moves_with_it(platform: str, command: str) -> None:
    """Named from the folder, where the system allows it."""
    folder = Path("/a b")
    inside = Path(".venv/bin/python")
    text = start_text(folder, platform, str(folder / inside))
    assert command.format(inside=inside) in text
