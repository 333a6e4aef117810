"""The log: private, and without secrets in any form in which they travel."""

import base64
import json
import logging
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.logs import LOG_NAME, Redacting, open_log

SECRET = '???p/ss+w\u00f6rd "=&%~ 17\\x'


@pytest.fixture(autouse=True)
def package_logger() -> Iterator[logging.Logger]:
    """The package's logger, put back as it was."""
    logger = logging.getLogger("rkreport")
    before = (logger.level, logger.propagate, list(logger.handlers))
    yield logger
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(before[0])
    logger.propagate = before[1]
    for handler in before[2]:
        logger.addHandler(handler)


def forms(secret: str) -> dict[str, str]:
    """A secret as programs write it."""
    raw = secret.encode()
    return {
        "plain": secret,
        "repr": repr(secret),
        "json": json.dumps({"clientSecret": secret}),
        "bytes": repr(json.dumps(secret).encode()),
        "raw bytes": repr(secret.encode()),
        "path": quote(secret, safe=""),
        "url": quote(secret),
        "form": quote_plus(secret),
        "small escapes": re.sub("%..", lambda escape: escape[0].lower(), quote(secret, safe="")),
        "base64": base64.b64encode(raw).decode(),
        "url base64": base64.urlsafe_b64encode(raw).decode(),
        "basic": base64.b64encode(b"client-id:" + raw).decode(),
        "basic, other length": base64.b64encode(b"client-id-2:" + raw).decode(),
        "smtp": base64.b64encode(b"\0ld@contoh.test\0" + raw).decode(),
    }


def hidden_everywhere(log: str, secret: str) -> bool:
    """Whether none of the forms is readable: base64 is decoded at every place."""
    plain = (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret))
    if any(form.casefold() in log.casefold() for form in plain):
        return False
    words = re.findall(r"[A-Za-z0-9+/]{8,}", log.replace("-", "+").replace("_", "/"))
    pieces = [word[start:] for word in words for start in range(4)]
    return not any(secret.encode() in base64.b64decode(piece[: len(piece) // 4 * 4]) for piece in pieces)


def refuse(text: str) -> None:
    """An error that names the text."""
    raise ValueError(text)


def fail_with(text: str) -> None:
    """An error that names the text, caused by another one that does."""
    try:
        refuse(text)
    except ValueError as error:
        raise RuntimeError(text) from error


@pytest.mark.parametrize("form", forms(SECRET))
def test_secret_never_reaches_the_file(tmp_path: Path, form: str) -> None:
    """In a message, in an argument and in a traceback with its cause, in every form, it stands as `[secret]`."""
    text = forms(SECRET)[form]
    path = open_log(tmp_path, [SECRET, ""], verbose=False)
    log = logging.getLogger("rkreport.anything")
    log.info("message %s", text)
    log.info(text)
    try:
        fail_with(text)
    except RuntimeError:
        log.exception("failed", stack_info=True)
    written = path.read_text("utf-8")
    assert hidden_everywhere(written, SECRET)
    assert written.count("[secret]") == 4  # two messages, the error and its cause
    assert "RuntimeError" in written
    assert "message" in written


@given(st.text(st.characters(codec="utf-8"), min_size=8, max_size=40), st.text(max_size=12))
def test_any_secret_is_hidden(secret: str, other: str) -> None:
    """Any text of eight characters or more is hidden as it is, escaped, and in base64 behind whatever else."""
    formatter = Redacting("%(message)s", [secret])
    raw, before = secret.encode(), other.encode("utf-8", "replace")
    for text in (secret, quote(secret, safe=""), quote_plus(secret), base64.b64encode(before + b":" + raw).decode()):
        line = formatter.format(logging.LogRecord("x", 20, "", 0, "%s", (text,), None))
        assert "[secret]" in line


def test_harmless_lines_stay_as_they_are() -> None:
    """A short secret hides itself and no piece of other words."""
    formatter = Redacting("%(message)s", ["demo", "x7"])
    record = logging.LogRecord("x", 20, "", 0, "fetched 12 pages of users, democracy", None, None)
    assert formatter.format(record) == "fetched 12 pages of users, [secret]cracy"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_log_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is 0700 and each log, also one that is full and one that was open to others, 0600."""
    monkeypatch.setattr("rkreport.logs._LARGEST_BYTES", 200)
    folder = tmp_path / "data"
    before = os.umask(0)
    try:
        open_log(folder, (), verbose=False)
        (folder / LOG_NAME).chmod(0o644)
        open_log(folder, (), verbose=False)
        assert stat.S_IMODE((folder / LOG_NAME).stat().st_mode) == 0o600
        for number in range(20):
            logging.getLogger("rkreport").info("line %d", number)
    finally:
        os.umask(before)
    assert len(list(folder.iterdir())) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_verbose_adds_details(tmp_path: Path) -> None:
    """Details are written only when asked for."""
    log = logging.getLogger("rkreport.x")
    for verbose, expected in ((False, 0), (True, 1)):
        path = open_log(tmp_path / str(verbose), (), verbose=verbose)
        log.debug("detail")
        assert path.read_text("utf-8").count("detail") == expected


def test_second_log_takes_the_place_of_the_first(tmp_path: Path, package_logger: logging.Logger) -> None:
    """Lines go to one file, and to no handler of somebody else above it."""
    first = open_log(tmp_path / "first", (), verbose=False)
    second = open_log(tmp_path / "second", (), verbose=False)
    logging.getLogger("rkreport.x").info("line")
    assert first.read_text("utf-8") == ""
    assert second.read_text("utf-8").count("line") == 1
    assert not package_logger.propagate


def test_text_that_is_no_text_is_written(tmp_path: Path) -> None:
    """Half a character, as in a broken file name, does not cost the line."""
    path = open_log(tmp_path, (), verbose=False)
    logging.getLogger("rkreport.x").info("name \udcff.csv")
    assert "name \\udcff.csv" in path.read_text("utf-8")


def test_log_that_cannot_be_written_is_said_once_without_values(
    tmp_path: Path, package_logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk gives one line on the screen: no traceback, and nothing of what was to be written."""
    path = open_log(tmp_path, ["hunter2"], verbose=False)

    def full(_record: logging.LogRecord) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(package_logger.handlers[0], "shouldRollover", full)
    for _ in range(3):
        logging.getLogger("rkreport.x").info("Sari Wulandari hunter2")
    shown = capsys.readouterr()
    assert shown.err == f"The log {path} cannot be written: No space left on device; the run goes on.\n"
    assert shown.out == ""


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in place of the folder raises the operating system's error, which the command line explains."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileExistsError):
        open_log(tmp_path / "file", (), verbose=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own kind of links")
def test_a_link_in_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    """Somebody else's file is neither written nor emptied."""
    other = tmp_path / "other"
    other.write_text("theirs")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / LOG_NAME).symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        open_log(tmp_path / "data", (), verbose=False)
    assert other.read_text() == "theirs"


def test_no_text_forges_an_entry(tmp_path: Path) -> None:
    """A name with line breaks and escapes stays within its entry, in a message and in a traceback."""
    forged = "x\x1b[31m\r\n2026-11-10 09:00:00,000 ERROR rkreport.send: forged\u202e\u2028"
    path = open_log(tmp_path, (), verbose=False)
    log = logging.getLogger("rkreport.x")
    log.info("no snapshot %s", forged)
    try:
        fail_with(forged)
    except RuntimeError:
        log.exception(forged, stack_info=True)
    lines = path.read_text("utf-8").split("\n")
    assert all(line.isprintable() for line in lines)
    entries = [line.split(" ", 2)[2] for line in lines if line and not line.startswith("    ")]
    spelled = r"x\x1b[31m\r\n2026-11-10 09:00:00,000 ERROR rkreport.send: forged\u202e\u2028"
    assert entries == [f"INFO rkreport.x: no snapshot {spelled}", f"ERROR rkreport.x: {spelled}"]
    assert r"RuntimeError: x\x1b[31m" in path.read_text("utf-8")
