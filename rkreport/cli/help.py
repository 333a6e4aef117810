"""Lays out the help in the reader's language. Must not know any command."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import typer

from rkreport.sentence import Tell

_Formatter: Any = typer.Context.formatter_class


class HelpInTheirLanguage(_Formatter):  # type: ignore[misc]  # typer's own type is private
    """The library's layout, its own words and ours told by the catalogue."""

    def __init__(self, *, tell: Tell, **widths: int | None) -> None:
        """Take what tells a text."""
        super().__init__(**widths)
        self._tell = tell

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how to call it."""
        told = " ".join(self._tell(word) for word in args.replace("COMMAND [ARGS]...", "COMMAND").split())
        super().write_usage(prog, told, prefix or self._tell("Usage: "))

    def section(self, name: str) -> AbstractContextManager[None]:
        """Write a heading."""
        found: AbstractContextManager[None] = super().section(self._tell(name))
        return found

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        super().write_text("\n\n".join(map(self._tell, paragraphs(text))))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and what they are."""
        super().write_dl([(name, self._told(text)) for name, text in rows], col_max, col_spacing)

    def _told(self, text: str) -> str:
        said, gap, extra = text.partition("  [")
        for word in ("default: ", "required"):
            extra = extra.replace(word, self._tell(word))
        return self._tell(said) + gap + extra


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a docstring, each as one line."""
    return [" ".join(one.split()) for one in text.split("\n\n")]
