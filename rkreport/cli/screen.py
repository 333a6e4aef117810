"""Shows the admin progress and sentences on stderr, and results on stdout.

On a terminal it draws bars and breaks lines between words; elsewhere it prints plain lines, a sentence each. All text
goes through `spelled_out` on its way, because names and arguments may hold what moves the cursor or forges a line. Must
not know what the steps do.
"""

import getpass
import json
import logging
import re
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rkreport.core.leaks.text_folding import spelled_out
from rkreport.errors import EXIT_INTERRUPTED
from rkreport.sentence import Sentence, Tell, as_written, is_ours, ours

_LINE_EVERY_SECONDS = 10.0
_SHORTEST_SECONDS = 1.0  # before a step's rate is meaningful
_LONGEST_SECONDS_SHOWN = 120
_NARROWEST = 20  # columns; a terminal may give 0
_NOTHING = Text()
_LONG_WORD = re.compile(r"\S{300,}")  # longer than the path of a file on Windows
_LONG_SENTENCE = 600  # ours have less than 400 characters
_KEPT_OF_WORD, _KEPT_OF_SENTENCE = 50, 190  # characters at either end

log = logging.getLogger(__name__)

Advance = Callable[[int, int], None]


class Column(NamedTuple):
    """A column's name, whether it holds numbers, and its share of the remaining width; 0 means only what it needs."""

    name: str
    is_number: bool = False
    share: int = 0


class Screen:
    """Prints everything. `close` ends the step that is still shown."""

    def __init__(
        self, *, quiet: bool, as_json: bool, clock: Callable[[], float] = time.monotonic, tell: Tell = as_written
    ) -> None:
        """Print only results and errors if `quiet`, one JSON object on stdout if `as_json`; tell it in a language."""
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._as_json = as_json
        self._clock = clock
        self.tell = tell
        self._end_step: Callable[[], None] | None = None
        self._last_said = ""

    def say(self, sentence: str) -> None:
        """Print a sentence about the run. Repeats of the last one, as from parallel requests, are only logged."""
        log.info(sentence)
        if not self._quiet and sentence != self._last_said:
            self._last_said = sentence
            _put(self._err, self.tell(sentence))

    def fail(self, sentence: str, exit_code: int) -> None:
        """Print the sentence that ends the run; an interruption is not an error."""
        self.close()
        is_error = exit_code != EXIT_INTERRUPTED
        log.log(logging.ERROR if is_error else logging.INFO, sentence)
        first = Text(self.tell("Error: ") if is_error else "", "bold red")
        _put(self._err, _bearable(self.tell(sentence)), first=first)
        if self._as_json:
            self._print_json({"error": _bearable(sentence), "exit_code": exit_code})

    def step(self, name: str, unit: str) -> Advance:
        """Begin a step, and end the previous one."""
        self.close()
        if self._quiet:
            return lambda _done, _known: None
        return self._drawn_step(name, unit) if self._err.is_terminal else self._plain_step(name, unit)

    def close(self) -> None:
        """End the current step, if any."""
        end, self._end_step = self._end_step, None
        if end:
            end()

    def show(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Print lines to read before a question."""
        self.close()
        self._err.print(_seen(self.tell(title)))
        self._print_rows(self._err, rows)

    def gap(self) -> None:
        """Print an empty line on stderr."""
        self.close()
        self._err.print()

    def result(self, title: str, rows: Sequence[tuple[str, str]], document: Mapping[str, Any]) -> None:
        """Print the command's result: a line per row, or one JSON object."""
        self.close()
        if self._as_json:
            self._print_json(document)
            return
        self._out.print(_seen(self.tell(title)))
        self._print_rows(self._out, rows)

    def _print_rows(self, console: Console, rows: Sequence[tuple[str, str]]) -> None:
        spelled = [(spelled_out(self.tell(name)), self._told(value)) for name, value in rows]
        width = max(len(name) for name, _ in spelled)
        for name, value in spelled:
            _put(console, value, first=Text(f"{name.ljust(width)}  ", "bold"), indent=width + 2)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Print a list as wide as the terminal, with long texts wrapped; print nothing with JSON."""
        self.close()
        if self._as_json:
            return
        drawn = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, expand=True)
        for column in columns:
            drawn.add_column(
                self.tell(column.name),
                justify="right" if column.is_number else "left",
                ratio=column.share or None,
                no_wrap=not column.share,
                overflow="fold",
            )
        for row in rows:
            drawn.add_row(*(Text("\n").join(map(_seen, self._told(cell).split("\n"))) for cell in row))
        self._out.print(drawn, soft_wrap=False)

    def listing(self, lines: Sequence[str], document: Mapping[str, Any], indent: int | None = None) -> None:
        """Print the command's result as finished lines, or as one JSON object.

        With `indent` a line too long for the terminal goes on below, so far to the right; else it may be for pasting.
        """
        self.close()
        if self._as_json:
            self._print_json(document)
            return
        for line in map(self._told, lines):
            if indent is None:
                self._out.print(_seen(line))
            else:
                _put(self._out, line, indent=indent)

    @property
    def encoding(self) -> str:
        """Return stdout's encoding; a redirected stdout on Windows is not UTF-8."""
        return self._out.encoding

    @property
    def width(self) -> int:
        """Characters in a line of stdout."""
        return self._out.width

    def ask(self, question: str, default: str) -> str:
        """Ask on stderr; Enter takes the default."""
        self.close()
        self._last_said = ""  # repeat the message about a second wrong answer
        # Not typer.prompt: it writes a blank to stdout, which is only for the result.
        told = self.tell(question)
        _put(self._err, f"{told} [{default}]:" if default else f"{told}:", end=" ")
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt  # the end of the input, Ctrl-D
        return line.rstrip("\r\n") or default

    def ask_secret(self, question: str) -> str:
        """Ask on the terminal without showing what is typed; Enter gives nothing."""
        self.close()
        self._last_said = ""
        return getpass.getpass(Sentence("{question}: ", question=spelled_out(self.tell(question))), sys.stderr).strip()

    def _told(self, value: str) -> str:
        return self.tell(value) if is_ours(value) else value

    def _print_json(self, document: Mapping[str, Any]) -> None:
        print(json.dumps(document), flush=True)  # noqa: T201 - the result; ASCII, whatever the console's encoding

    def _drawn_step(self, name: str, unit: str) -> Advance:
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]} {task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._err,
        )
        task = bar.add_task(self.tell(name), total=None, unit=self.tell(unit), rate="")
        pace = _Pace(self._clock)
        self._end_step = bar.stop
        bar.start()

        def advance(done: int, known: int) -> None:
            rate = pace.per_second(done)
            bar.update(
                task, completed=done, total=known, rate=self.tell(Sentence("{rate:.1f}/s", rate=rate)) if rate else ""
            )

        return advance

    def _plain_step(self, name: str, unit: str) -> Advance:
        pace = _Pace(self._clock)
        last = self._clock()
        now_at, told = (0, 0), (0, 0)

        def tell() -> None:
            nonlocal told
            if told == now_at:
                return
            told = done, known = now_at
            rate = pace.per_second(done)
            said = Sentence(
                "{name}: {done:,} of {known:,} {unit}", name=ours(name), done=done, known=known, unit=ours(unit)
            )
            if rate:
                said += Sentence(", {rate:.1f}/s", rate=rate)
            if rate and done < known:
                said += Sentence(", about {duration} left", duration=_duration((known - done) / rate))
            self.say(said)

        def advance(done: int, known: int) -> None:
            nonlocal last, now_at
            now_at = done, known
            pace.per_second(done)
            if self._clock() - last >= _LINE_EVERY_SECONDS:
                last = self._clock()
                tell()

        self._end_step = tell
        return advance


def _put(console: Console, text: str, *, first: Text = _NOTHING, indent: int = 0, end: str = "\n") -> None:
    """Print text after `first`. On a terminal its further lines stand `indent` to the right.

    A word longer than a line, such as a file name, sticks out, so that it can be copied.
    """
    text = spelled_out(text)
    if console.is_terminal:
        width, room = max(console.width, _NARROWEST), " " * first.cell_len
        lines = textwrap.fill(
            text,
            width,
            initial_indent=room,
            subsequent_indent=" " * min(indent, width // 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        text = lines[len(room) :]
    console.print(first + Text(text), end=end)


def _bearable(text: str) -> str:
    """An error into which a person or an enemy put very much, without the middle of it; the log has it whole."""
    text = _LONG_WORD.sub(lambda found: _ends(found[0], _KEPT_OF_WORD), text)
    return text if len(text) <= _LONG_SENTENCE else _ends(text, _KEPT_OF_SENTENCE)


def _ends(text: str, kept: int) -> str:
    return f"{text[:kept]}…{text[-kept:]}"


def _seen(text: str) -> Text:
    """Text as one line of which every character can be seen."""
    return Text(spelled_out(text))


class _Pace:
    """Measures a step's rate. Counts may continue from an earlier step, so the first count is the zero point."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._first: int | None = None

    def per_second(self, done: int) -> float:
        """Return the rate since the first count; 0 until it is meaningful."""
        if self._first is None:
            self._first = done
        passed = self._clock() - self._started
        return (done - self._first) / passed if passed >= _SHORTEST_SECONDS else 0.0


def _duration(seconds: float) -> str:
    if seconds < _LONGEST_SECONDS_SHOWN:
        return Sentence("{seconds:.0f} s", seconds=seconds)
    return Sentence("{minutes:.0f} min", minutes=seconds / 60)
