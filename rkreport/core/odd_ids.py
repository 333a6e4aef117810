"""Ids that do not read as they are written: with characters that nobody sees, or letters that look like others. Pure.

Such an id matches nothing that a person types, and two of them can look like one.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.leaks.text_folding import spelled_out, visible
from rkreport.core.models import Assignment
from rkreport.core.routing import Routing, RuleKind
from rkreport.core.snapshot import Snapshot

_OF_ONE_SCRIPT = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"}
)  # written together
_ODD_BLANKS = frozenset({"Zs"})


def odd_id_findings(snapshot: Snapshot, routing: Routing) -> Iterator[Finding]:
    """One finding for each id of the snapshot and of the list of managers that does not read as it is written."""
    for text in sorted(set(_ids_of(snapshot)) | set(_ids_in(routing))):
        if text.isascii() and text.isprintable():  # nearly all
            continue
        if has_unseen(text):
            yield Finding(FindingCode.ID_WITH_UNSEEN_CHARACTERS, Level.CHECK, shown_id(text))
        elif len(scripts_of(text)) > 1:
            yield Finding(FindingCode.ID_OF_MIXED_LETTERS, Level.CHECK, shown_id(text))


def has_unseen(text: str) -> bool:
    """Whether a text has line breaks, control or zero-width characters, or blanks that are none."""
    return visible(text) != text.strip() or any(_is_odd_blank(char) for char in text.strip())


def shown_id(text: str) -> str:
    """An id with what cannot be seen as escapes; with letters of several scripts, those of the rarer one are named."""
    plain = "".join(
        char.encode("unicode_escape").decode() if _is_odd_blank(char) else char for char in spelled_out(text.strip())
    )
    if len(scripts_of(text)) < 2:  # noqa: PLR2004 - two scripts are mixed
        return plain
    foreign = dict.fromkeys(char for char in text if _script(char) not in {"", "LATIN"})
    return f"{plain} ({', '.join(f'U+{ord(char):04X}' for char in foreign)})"


def _ids_of(snapshot: Snapshot) -> Iterator[str]:
    for learner in snapshot.learners:
        yield from (learner.employee_id, learner.serial or "", learner.unit_serial, learner.company_serial)
    yield from _assigned(snapshot.assignments)
    yield from (unit.serial for unit in snapshot.units)
    yield from (course.serial for course in snapshot.courses)
    yield from (batch.serial for batch in snapshot.batches)
    yield from (plan.serial for plan in snapshot.plans)


def _assigned(rows: Iterable[Assignment]) -> Iterator[str]:
    for row in rows:
        yield from (row.employee_id, row.user_serial or "")


def _ids_in(routing: Routing) -> Iterator[str]:
    yield from (manager.manager_id for manager in routing.managers)
    yield from (rule.value for rule in routing.rules if rule.kind is RuleKind.EMPLOYEE)


def _is_odd_blank(char: str) -> bool:
    return char != " " and unicodedata.category(char) in _ODD_BLANKS


def scripts_of(text: str) -> set[str]:
    """The scripts of a text's letters, such as LATIN and CYRILLIC."""
    return {script for char in text if (script := _script(char))}


def _script(char: str) -> str:
    """The script of a letter as its name begins; `""` for a digit or mark. Latin in other shapes counts as another."""
    if not unicodedata.category(char).startswith("L"):
        return ""
    first = unicodedata.name(char, "OTHER").partition(" ")[0]
    return "CJK" if first in _OF_ONE_SCRIPT else first
