"""Progress as plain lines and bars, sentences and results."""

import json

import pytest

from rkreport.cli.screen import Column, Screen


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """It is noon."""
        self.now = 43_200.0

    def __call__(self) -> float:
        """The seconds of the day."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def screen(clock: Clock) -> Screen:
    """A screen that is no terminal, with that clock."""
    return Screen(quiet=False, as_json=False, clock=clock)


def lines(captured: pytest.CaptureFixture[str]) -> list[str]:
    """What was said since the last look."""
    return captured.readouterr().err.splitlines()


def test_a_long_step_says_a_line_every_ten_seconds(
    screen: Screen, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line before ten seconds have passed, then one with rate and time left, and the last one when the step ends."""
    advance = screen.step("Reading users", "pages")
    for second in range(25):
        advance(second * 2, 1000)
        clock.now += 1
    assert lines(capsys) == [
        "Reading users: 20 of 1,000 pages, 2.0/s, about 8 min left",
        "Reading users: 40 of 1,000 pages, 2.0/s, about 8 min left",
    ]
    advance(1000, 1000)
    screen.step("Writing", "files")
    assert lines(capsys) == ["Reading users: 1,000 of 1,000 pages, 40.0/s"]


def test_the_rate_is_of_this_step_alone(screen: Screen, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts that go on from an earlier step, or from an interrupted fetch, are not speed."""
    advance = screen.step("Reading users", "pages")
    advance(900, 1000)
    clock.now += 10
    advance(910, 1000)
    assert lines(capsys) == ["Reading users: 910 of 1,000 pages, 1.0/s, about 90 s left"]


def test_a_step_in_which_nothing_happens_says_nothing(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """No line `0 of 0`, and none twice."""
    advance = screen.step("Reading users", "pages")
    screen.close()
    advance = screen.step("Reading assignments", "pages")
    advance(3, 3)
    screen.close()
    screen.close()
    assert lines(capsys) == ["Reading assignments: 3 of 3 pages"]


def test_the_same_sentence_is_shown_once_in_a_row(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Sixteen requests that fail together say one sentence; later it may be said again."""
    for sentence in ("No connection.", "No connection.", "Going on.", "No connection."):
        screen.say(sentence)
    assert lines(capsys) == ["No connection.", "Going on.", "No connection."]


def test_text_is_never_markup(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets in a path or a name stay as they are."""
    screen.say("The folder [bold]x[/bold] is not there.")
    screen.result("Done.", [("File", "reports/[red]a.xlsx")], {})
    captured = capsys.readouterr()
    assert captured.err == "The folder [bold]x[/bold] is not there.\n"
    assert captured.out == "Done.\nFile  reports/[red]a.xlsx\n"


def test_json_is_readable_in_any_encoding(capsys: pytest.CaptureFixture[str]) -> None:
    """The object is one line of ASCII, so that no console's encoding can break it."""
    Screen(quiet=True, as_json=True).result("Done.", [("A", "b")], {"reason": "tidak – lengkap\n"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out) == {"reason": "tidak – lengkap\n"}


def test_an_interruption_is_no_error(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said without the word, and a failure with it; both after the last state of the step."""
    advance = screen.step("Reading users", "pages")
    advance(3, 9)
    screen.fail("Interrupted.", 130)
    screen.fail("It is broken.", 3)
    assert lines(capsys) == ["Reading users: 3 of 9 pages", "Interrupted.", "Error: It is broken."]


@pytest.mark.parametrize("sentence", ["word " * 39 + "word", "reports/2026-10/" + "x" * 90 + " word" * 5])
def test_a_terminal_breaks_lines_between_words(
    sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At its width, below the text they go on from; a longer word is whole, and every word is there once."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")  # no colours, 80 columns
    screen = Screen(quiet=False, as_json=False)
    screen.fail(sentence, 2)
    screen.result("Done.", [("File", sentence), ("Another", "")], {})
    screen.listing([f"ok  {sentence}"], {}, indent=4)
    captured = capsys.readouterr()
    assert captured.err.split() == ["Error:", *sentence.split()]
    assert captured.out.split() == ["Done.", "File", *sentence.split(), "Another", "ok", *sentence.split()]
    lines = [*captured.err.splitlines(), *captured.out.splitlines()]
    assert [line for line in lines if len(line) > 80 and max(map(len, line.split())) < 80] == []
    assert {len(line) - len(line.lstrip()) for line in captured.out.splitlines()} == {0, 4, 9}


FORGED = "x\x1b[31m\r\n2026-11-10 ERROR forged\u202e\x07\u200b\x9b2J"
SPELLED = r"x\x1b[31m\r\n2026-11-10 ERROR forged\u202e\x07\u200b\x9b2J"


def test_nothing_moves_the_cursor_or_forges_a_line(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever way a text takes to the screen, each of its characters can be seen, and it stays on its line."""
    screen.say(FORGED)
    screen.fail(FORGED, 2)
    screen.show(FORGED, [(FORGED, FORGED)])
    screen.result(FORGED, [(FORGED, FORGED)], {})
    screen.listing([FORGED], {})
    screen.listing([FORGED], {}, indent=2)
    shown = capsys.readouterr()
    assert [line.count("forged") for line in shown.out.splitlines()] == [1, 2, 1, 1]
    assert [line.count("forged") for line in shown.err.splitlines()] == [1, 1, 1, 2]
    assert (shown.out + shown.err).count(SPELLED) == 10
    assert (shown.out + shown.err).replace("\n", "").isprintable()


def test_a_cell_keeps_its_own_lines(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A table's cell may have several lines, and no other character that cannot be seen."""
    screen.table([Column("Name", share=1)], [["one\ntwo\x1b[31m\u202e"]])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[-2:] == ["one", r"two\x1b[31m\u202e"]


def test_an_error_loses_its_middle_and_a_result_nothing(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody may stretch what an error repeats; a result holds paths and commands that are to be copied."""
    path = "folder/" * 200
    screen.fail(f"{path} does not exist; name another file.", 2)
    screen.result("Done.", [("File", path)], {})
    screen.listing([path], {}, indent=4)
    captured = capsys.readouterr()
    assert captured.err.startswith("Error: folder/folder/")
    assert captured.err.endswith("folder/ does not exist; name another file.\n")
    assert len(captured.err) < 400
    assert captured.out.count(path) == 2
