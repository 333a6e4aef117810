"""What the admin sees: progress and sentences on stderr, results on stdout.

Bars on a terminal, plain lines elsewhere. Knows nothing of what the steps do.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

_LINE_EVERY_SECONDS = 10.0

log = logging.getLogger(__name__)


class Screen:
    """Where everything that is said goes. `close` ends a bar that is still drawn."""

    def __init__(self, *, quiet: bool, as_json: bool, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing but results and errors when quiet; one JSON object on stdout when asked for."""
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._as_json = as_json
        self._clock = clock
        self._bar: Progress | None = None

    def say(self, sentence: str) -> None:
        """A sentence about the run."""
        log.info(sentence)
        if not self._quiet:
            self._err.print(Text(sentence))

    def fail(self, sentence: str, exit_code: int) -> None:
        """The sentence that ends the run."""
        self.close()
        log.error(sentence)
        self._err.print(Text.assemble(("Error: ", "bold red"), sentence))
        if self._as_json:
            print(json.dumps({"error": sentence, "exit_code": exit_code}, ensure_ascii=False))  # noqa: T201 - the result

    def step(self, name: str, unit: str) -> Callable[[int, int], None]:
        """A step begins; the one before has ended."""
        self.close()
        if self._quiet:
            return lambda _done, _known: None
        return self._drawn_step(name, unit) if self._err.is_terminal else self._plain_step(name, unit)

    def close(self) -> None:
        """End the bar that is drawn, if any."""
        if self._bar:
            self._bar.stop()
            self._bar = None

    def result(self, title: str, rows: Sequence[tuple[str, str]], document: Mapping[str, Any]) -> None:
        """What the command was for: a short table for people, or one JSON object."""
        self.close()
        if self._as_json:
            print(json.dumps(document, ensure_ascii=False))  # noqa: T201 - the result
            return
        table = Table(title=Text(title), title_justify="left", show_header=False, box=None, pad_edge=False)
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in rows:
            table.add_row(Text(name), Text(value))
        self._out.print(table)

    def _drawn_step(self, name: str, unit: str) -> Callable[[int, int], None]:
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}  {task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._err,
        )
        task: TaskID = bar.add_task(name, total=None, unit=unit, rate="")
        started = self._clock()
        self._bar = bar
        bar.start()

        def advance(done: int, known: int) -> None:
            passed = self._clock() - started
            bar.update(task, completed=done, total=known, rate=f"{done / passed:.1f}/s" if passed > 1 else "")

        return advance

    def _plain_step(self, name: str, unit: str) -> Callable[[int, int], None]:
        started = self._clock()
        last = started - _LINE_EVERY_SECONDS
        told = (-1, -1)

        def advance(done: int, known: int) -> None:
            nonlocal last, told
            now = self._clock()
            if (done, known) == told or not done or (now - last < _LINE_EVERY_SECONDS and done < known):
                return
            last, told = now, (done, known)
            rate = done / (now - started) if now > started else 0.0
            left = f", {(known - done) / rate:.0f} s left" if rate and done < known else ""
            self.say(f"{name}: {done} of {known} {unit}" + (f", {rate:.1f}/s{left}" if rate else ""))

        return advance
