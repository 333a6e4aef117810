"""Ids that do not read as they are written: with characters that nobody sees, or letters that look like others. Pure.

Such an id matches nothing that a person types, and two of them can look like one.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.leaks.look_alikes import is_other_shape, look_alike
from rkreport.core.leaks.text_folding import spelled_out, without_invisible
from rkreport.core.models import Manager
from rkreport.core.routing import Routing, RuleKind
from rkreport.core.snapshot import Snapshot

_OF_ONE_SCRIPT = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO"}
)  # written together
_NOT_ALIKE = frozenset({"CJK", "LATIN"})  # no letter of the one looks like one of the other
_ODD_BLANKS = frozenset({"Zs"})
_UNSEEN: Final = FindingCode.ID_WITH_UNSEEN_CHARACTERS
_ALIKE: Final = FindingCode.ID_OF_MIXED_LETTERS


def odd_id_findings(snapshot: Snapshot, routing: Routing) -> Iterator[Finding]:
    """One finding for each id of the snapshot and of the list of managers that does not read as it is written.

    A manager with such an address is one too; the finding has the manager's id, not the address.
    """
    found: dict[str, FindingCode] = {}
    for ids in _ids_by_kind(snapshot, routing):
        found |= _odd_among(ids)
    for text in sorted(found):
        yield Finding(found[text], Level.CHECK, shown_id(text) if found[text] is _UNSEEN else _with_foreign(text))
    yield from _of_addresses(routing.managers)


def _odd_among(ids: AbstractSet[str]) -> dict[str, FindingCode]:
    """The odd ones among the ids of one kind, with what is odd."""
    foreign = sorted(text for text in ids if not (text.isascii() and text.isprintable()))
    if not foreign:  # nearly always
        return {}
    forms = {text: look_alike(text) for text in ids}
    alike = Counter(forms.values())
    mixes = Counter(frozenset(scripts_of(text)) for text in foreign)
    usual_mixes = {mix for mix, count in mixes.items() if 2 * count > len(ids)}
    usual, has_usual_shapes = _usual_script(ids), 2 * sum(map(_has_other_shape, foreign)) > len(ids)
    found = {}
    for text in foreign:
        scripts, form = scripts_of(text), forms[text]
        if has_unseen(text):
            found[text] = _UNSEEN
        elif (
            alike[form] > 1
            or (len(scripts) > 1 and not scripts <= _NOT_ALIKE and scripts not in usual_mixes)
            or (form.isascii() and scripts and not scripts <= {usual, "LATIN"})  # all look like Latin ones
            or (not has_usual_shapes and _has_other_shape(text))
            or _is_in_parts(text)
        ):
            found[text] = _ALIKE
    return found


def _usual_script(ids: AbstractSet[str]) -> str:
    """The script of most of these ids that have letters."""
    counts = Counter(min(scripts) for text in ids if (scripts := scripts_of(text)))
    return min(counts, key=lambda script: (-counts[script], script), default="")


def _has_other_shape(text: str) -> bool:
    return any(map(is_other_shape, text))


def _is_in_parts(text: str) -> bool:
    """Whether letters and their marks stand apart, as some programs write them and no keyboard does."""
    return text == unicodedata.normalize("NFD", text) != unicodedata.normalize("NFC", text)


def has_unseen(text: str) -> bool:
    """Whether a text has line breaks, control or zero-width characters, or blanks that are none."""
    bare = text.strip()
    return spelled_out(bare) != bare or any(map(_is_odd_blank, bare))


def shown_id(text: str) -> str:
    """An id with what cannot be seen as escapes; with letters of several scripts, those of the rarer one are named."""
    plain = "".join(
        char.encode("unicode_escape").decode() if _is_odd_blank(char) else char for char in spelled_out(text.strip())
    )
    if len(scripts_of(text)) < 2:  # noqa: PLR2004 - two scripts are mixed
        return plain
    foreign = dict.fromkeys(char for char in text if _script(char) not in {"", "LATIN"})
    return f"{plain} ({', '.join(f'U+{ord(char):04X}' for char in foreign)})"


def _with_foreign(text: str) -> str:
    """An id with those of its characters that are not what they look like."""
    return text.strip() + _foreign(text)


def _foreign(text: str) -> str:
    beyond = [char for char in text if not char.isascii()]
    foreign = [char for char in beyond if look_alike(char) != char or _script(char) not in {"", "LATIN"}]
    return f" ({', '.join(f'U+{ord(char):04X}' for char in dict.fromkeys(foreign or beyond))})"


def _of_addresses(managers: tuple[Manager, ...]) -> Iterator[Finding]:
    """One finding for each manager with an address, of theirs or a copy, in letters that look like others."""
    locals_of = {
        manager: [address.rpartition("@")[0] for address in (manager.email, *manager.cc)] for manager in managers
    }
    odd = _odd_among({local for those in locals_of.values() for local in those})
    for manager, those in locals_of.items():
        if signs := "".join(local for local in those if local in odd):
            yield Finding(_ALIKE, Level.CHECK, shown_id(manager.manager_id) + _foreign(signs))


def _ids_by_kind(snapshot: Snapshot, routing: Routing) -> Iterator[AbstractSet[str]]:
    """Ids that are compared with each other, and so could be taken for each other."""
    people: set[str] = {learner.employee_id for learner in snapshot.learners}
    people.update(row.employee_id for row in snapshot.assignments)
    people.update(manager.manager_id for manager in routing.managers)
    people.update(rule.value for rule in routing.rules if rule.kind is RuleKind.EMPLOYEE)
    yield people
    users = {learner.serial or "" for learner in snapshot.learners}
    users.update(row.user_serial or "" for row in snapshot.assignments)
    yield users
    units = {learner.unit_serial for learner in snapshot.learners}
    units.update(unit.serial for unit in snapshot.units)
    yield units
    yield {learner.company_serial for learner in snapshot.learners}
    yield {course.serial for course in snapshot.courses}
    yield {batch.serial for batch in snapshot.batches}
    yield {plan.serial for plan in snapshot.plans}


def _is_odd_blank(char: str) -> bool:
    return char.isspace() and char != " " and unicodedata.category(char) in _ODD_BLANKS


def scripts_of(text: str) -> set[str]:
    """The scripts of a text's letters, such as LATIN and CYRILLIC."""
    return set(map(_script, text)) - {""}


@lru_cache(maxsize=4096)  # few letters, many ids
def _script(char: str) -> str:
    """The script of a letter as its name begins; `""` for a digit or mark. Latin in other shapes counts as another."""
    if not unicodedata.category(char).startswith("L") or not without_invisible(char):
        return ""
    first = unicodedata.name(char, "OTHER").partition(" ")[0]
    return "CJK" if first in _OF_ONE_SCRIPT else first
