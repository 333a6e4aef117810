"""The result of doctor, without invisible characters from the LMS."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rkreport.core.leaks.text_folding import visible
from rkreport.core.words import counted
from rkreport.run.setup.checks.value import Check, State, verdict
from rkreport.sentence import Sentence, Tell, as_written

_STICKING_OUT = ("Course ", "Learning plan ")
_SIGNS = {State.OK: "✔", State.WARNING: "▲", State.FAILED: "✖", State.SKIPPED: "–"}


def check_lines(checks: Sequence[Check], encoding: str, tell: Tell = as_written) -> list[str]:
    """Return a line per check, then the sum, told in a language, because columns are as wide as their words.

    Symbols appear only if the terminal has them: the word says the same.
    """
    has_signs = _can_show("".join(_SIGNS.values()), encoding)
    words = _longest_state(tell)
    names = max(len(tell(check.name)) for check in checks if not check.name.startswith(_STICKING_OUT))
    lines = []
    for check in checks:
        sign = f"{_SIGNS[check.state]} " if has_signs else ""
        found = visible(tell(check.sentence))
        end = "" if found.endswith("?") else "."
        lines.append(f"{sign}{tell(check.state.value):<{words}}  {tell(check.name):<{names}}  {found}{end}")
    return [*lines, tell(_sum(checks))]


def check_indent(encoding: str, tell: Tell = as_written) -> int:
    """Return where the second line of a check begins: below its name."""
    return _longest_state(tell) + (4 if _can_show("".join(_SIGNS.values()), encoding) else 2)


def _sum(checks: Sequence[Check]) -> str:
    count = Counter(check.state for check in checks)
    if count[State.FAILED]:
        rest = _things(count[State.WARNING]) if count[State.WARNING] else Sentence("nothing else")
        return Sentence(
            "{things} to mend before a run, {rest} to look at.", things=_things(count[State.FAILED]), rest=rest
        )
    if count[State.WARNING]:
        return Sentence("A run would go through; {things} to look at first.", things=_things(count[State.WARNING]))
    if count[State.SKIPPED]:
        return "Nothing to mend in what was looked at."
    return "All is well. Next: rkreport run."


def _things(count: int) -> str:
    return counted(count, "thing")


def check_document(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the checks for other programs."""
    told = [{name: value for name, value in asdict(check).items() if name != "said"} for check in checks]
    return {"checks": told, "exit_code": verdict(checks)}


def _can_show(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _longest_state(tell: Tell) -> int:
    return max(len(tell(state.value)) for state in State)
