"""What the admin sees: progress and sentences on stderr, results on stdout.

Bars on a terminal, plain lines elsewhere. Knows nothing of what the steps do.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from rkreport.errors import EXIT_INTERRUPTED

_LINE_EVERY_SECONDS = 10.0
_SHORTEST_SECONDS = 1.0  # of a step whose rate means something
_LONGEST_SECONDS_SHOWN = 120

log = logging.getLogger(__name__)

Advance = Callable[[int, int], None]


class Column(NamedTuple):
    """A column's name, whether it holds numbers, and its share of the room that is left; 0: as wide as it has to be."""

    name: str
    is_number: bool = False
    share: int = 0


class Screen:
    """Where everything that is said goes. `close` ends the step that is still shown."""

    def __init__(self, *, quiet: bool, as_json: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing but results and errors when quiet; one JSON object on stdout when asked for."""
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._as_json = as_json
        self._clock = clock
        self._end_step: Callable[[], None] | None = None
        self._last_said = ""

    def say(self, sentence: str) -> None:
        """A sentence about the run. Requests that fail together say the same: shown once, logged each time."""
        log.info(sentence)
        if not self._quiet and sentence != self._last_said:
            self._last_said = sentence
            self._err.print(Text(sentence))

    def fail(self, sentence: str, exit_code: int) -> None:
        """The sentence that ends the run; an interruption is no error."""
        self.close()
        is_error = exit_code != EXIT_INTERRUPTED
        log.log(logging.ERROR if is_error else logging.INFO, sentence)
        self._err.print(Text.assemble(("Error: " if is_error else "", "bold red"), sentence))
        if self._as_json:
            self._print_json({"error": sentence, "exit_code": exit_code})

    def step(self, name: str, unit: str) -> Advance:
        """A step begins; the one before has ended."""
        self.close()
        if self._quiet:
            return lambda _done, _known: None
        return self._drawn_step(name, unit) if self._err.is_terminal else self._plain_step(name, unit)

    def close(self) -> None:
        """End the step that is shown, if any."""
        end, self._end_step = self._end_step, None
        if end:
            end()

    def show(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Lines to look at before a question is asked."""
        self.close()
        self._err.print(Text(title))
        self._print_rows(self._err, rows)

    def result(self, title: str, rows: Sequence[tuple[str, str]], document: Mapping[str, Any]) -> None:
        """What the command was for: a line for each row, or one JSON object."""
        self.close()
        if self._as_json:
            self._print_json(document)
            return
        self._out.print(Text(title))
        self._print_rows(self._out, rows)

    @staticmethod
    def _print_rows(console: Console, rows: Sequence[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        for name, value in rows:  # never wrapped: a file name is there to be copied
            console.print(Text.assemble((name.ljust(width), "bold"), "  ", value))

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """A list as wide as the terminal, long texts on several lines; nothing when JSON is asked for."""
        self.close()
        if self._as_json:
            return
        drawn = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, expand=True)
        for column in columns:
            drawn.add_column(
                column.name,
                justify="right" if column.is_number else "left",
                ratio=column.share or None,
                no_wrap=not column.share,
                overflow="fold",
            )
        for row in rows:
            drawn.add_row(*(Text(cell) for cell in row))
        self._out.print(drawn, soft_wrap=False)

    def listing(self, lines: Sequence[str], document: Mapping[str, Any]) -> None:
        """What the command was for, where it has lines of its own: printed as they are, or one JSON object."""
        self.close()
        if self._as_json:
            self._print_json(document)
            return
        for line in lines:
            self._out.print(Text(line))

    @property
    def encoding(self) -> str:
        """What stdout can show; a redirected one on Windows is not UTF-8."""
        return self._out.encoding

    def ask(self, question: str, default: str) -> str:
        """Put a question on stderr; Enter takes the default."""
        self.close()
        self._last_said = ""  # what is wrong with a second answer is said again
        # Not typer.prompt: it writes a blank to stdout, which is for the result alone.
        self._err.print(Text(f"{question} [{default}]: " if default else f"{question}: "), end="")
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt  # the end of the input, Ctrl-D
        return line.rstrip("\r\n") or default

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
        task = bar.add_task(name, total=None, unit=unit, rate="")
        pace = _Pace(self._clock)
        self._end_step = bar.stop
        bar.start()

        def advance(done: int, known: int) -> None:
            rate = pace.per_second(done)
            bar.update(task, completed=done, total=known, rate=f"{rate:.1f}/s" if rate else "")

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
            left = f", about {_duration((known - done) / rate)} left" if rate and done < known else ""
            self.say(f"{name}: {done:,} of {known:,} {unit}" + (f", {rate:.1f}/s{left}" if rate else ""))

        def advance(done: int, known: int) -> None:
            nonlocal last, now_at
            now_at = done, known
            pace.per_second(done)
            if self._clock() - last >= _LINE_EVERY_SECONDS:
                last = self._clock()
                tell()

        self._end_step = tell
        return advance


class _Pace:
    """How fast a step goes. Its counts may go on from an earlier step's, so they are taken from where they began."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._started = clock()
        self._first: int | None = None

    def per_second(self, done: int) -> float:
        """The rate since the first count; 0 as long as it means nothing."""
        if self._first is None:
            self._first = done
        passed = self._clock() - self._started
        return (done - self._first) / passed if passed >= _SHORTEST_SECONDS else 0.0


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < _LONGEST_SECONDS_SHOWN else f"{seconds / 60:.0f} min"
