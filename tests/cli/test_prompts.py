"""Questions to a person on a terminal."""

import io

import pytest

from rkreport.cli.asking import asker
from rkreport.cli.screen import Screen


class Terminal(io.StringIO):
    """A stream that says somebody sits before it."""

    def isatty(self) -> bool:
        """A terminal."""
        return True


def screen() -> Screen:
    """A screen that shows nothing."""
    return Screen(quiet=True, as_json=False)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("y\n", True), ("YES \n", True), ("\n", False), ("n\n", False), ("ja\n", False), ("yn\n", False)],
)
def test_only_a_yes_is_a_yes(answer: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - an expected value
    """Enter is no, and so is everything else; the question stands on stderr once."""
    shown = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", shown)
    ask = asker(screen())
    assert ask is not None
    assert ask("Send anyway? [y/N]") is expected
    assert shown.getvalue().count("Send anyway? [y/N]") == 1


def test_who_leaves_says_no_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the input interrupts; it is never taken for a yes."""
    monkeypatch.setattr("sys.stdin", Terminal(""))
    monkeypatch.setattr("sys.stderr", Terminal())
    ask = asker(screen())
    assert ask is not None
    with pytest.raises(KeyboardInterrupt):
        ask("Send anyway? [y/N]")


@pytest.mark.parametrize("missing", ["sys.stdin", "sys.stderr"])
def test_nobody_is_asked_without_a_terminal(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a scheduler or a pipe there is nobody to answer."""
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setattr(missing, io.StringIO())
    assert asker(screen()) is None
