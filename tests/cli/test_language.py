"""The language of the screen: who chooses it, and that nothing is left in English."""

import re
from pathlib import Path

import pytest

from rkreport.cli.language import language_of
from tests.cli.program import Workspace

_WORDS = "the is are was were of and or not to with from for nothing this that no be by"
_ENGLISH = re.compile(rf"(?<![/_.-])\b(?:{_WORDS.replace(' ', '|')})\b(?![/_])")  # not within a path


@pytest.mark.parametrize(
    "case",
    [
        (["doctor", "--lang", "en"], "id", "id_ID.UTF-8", "en"),
        (["--lang=id", "doctor"], "en", "en_US.UTF-8", "id"),
        (["doctor"], "id", "en_US.UTF-8", "id"),
        (["doctor"], "en", "id_ID.UTF-8", "en"),
        (["doctor"], None, "id_ID.UTF-8", "id"),
        (["doctor"], None, "in_ID", "id"),
        (["doctor"], None, "de_DE.UTF-8", "en"),
        (["doctor"], None, "C", "en"),
        (["doctor", "--lang", "fr"], "id", "C", "id"),
    ],
)
def test_who_chooses(
    case: tuple[list[str], str | None, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--lang`, else the language of the reports, else the system's, else English."""
    arguments, config, system, language = case
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", system)
    if config:
        text = f'[mail]\nlanguage = "xx"\n[report]\ncompany = "A"\nlanguage = "{config}"\n'
        (tmp_path / "config.toml").write_text(text, "utf-8")
    assert language_of(arguments) == language


def test_a_config_that_cannot_be_used_is_told_about_in_its_language(configured: Workspace) -> None:
    """Its language is known although it is no TOML any more, and a word of the call names another config."""
    configured.speaks = None
    configured.edit('language = "en"', 'language = "id"')
    configured.config.write_text(configured.config.read_text("utf-8") + "\n[broken", "utf-8")
    configured.config.rename(configured.folder / "mine.toml")
    outcome = configured.rkreport("doctor", "--offline", "--config", "mine.toml")
    assert "ini bukan TOML yang benar" in outcome.out
    outcome = configured.rkreport("build", "--config", "mine.toml")
    assert outcome.err.startswith("Kesalahan: mine.toml, baris ")


def test_json_and_log_are_english(configured: Workspace) -> None:
    """Other programs read them: the same words whichever language the screen has."""
    configured.speaks = "id"
    outcome = configured.rkreport("build", "--json")
    assert outcome.document["error"].startswith("There is no finished snapshot")
    assert outcome.err.startswith("Kesalahan: Belum ada snapshot")
    assert "There is no finished snapshot" in configured.log
    assert "Belum ada" not in configured.log


def test_a_whole_month_is_told_in_indonesian(configured: Workspace) -> None:
    """From the check to the history, every line: no English word but names of commands, keys and codes."""
    configured.speaks = "id"
    told = []
    for call in (
        ("doctor",),
        ("fetch", "--estimate"),
        ("run", "--period", "2026-10"),
        ("review", "--period", "2026-10"),
        ("send", "--period", "2026-10"),
        ("send", "--period", "2026-10"),
        ("history",),
        ("courses",),
        ("audit", "--verify"),
        ("purge", "--dry-run"),
        ("archive", "M-001", "--out", "back.xlsx"),
        ("settle", "M-001", "--lost"),
        ("sned",),
        ("send", "--help"),
        ("--help",),
    ):
        outcome = configured.rkreport(*call)
        told += [(call, line) for line in (outcome.out + outcome.err).splitlines()]
    assert len(told) > 150
    assert [(call, line) for call, line in told if _ENGLISH.search(line)] == []


def test_numbers_and_days_are_told_as_indonesian_writes_them(configured: Workspace) -> None:
    """1.234, 71,3% and 31 Okt 2026 23.59."""
    configured.speaks = "id"
    out = configured.rkreport("run", "--period", "2026-10").out
    assert re.search(r"^Periode +2026-10, per 31 Okt 2026 23\.59$", out, re.MULTILINE)
    assert re.search(r"^Kepatuhan +\d+,\d% \(\d+ dari \d+ kewajiban; \d+ dibebaskan\)$", out, re.MULTILINE)
