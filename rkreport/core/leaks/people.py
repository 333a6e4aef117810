"""Finds names and ids of all people of a run in the texts of a file. Pure; knows no file and no team.

Built once for all files. What is found, and where:

* employee ids, serials, addresses, user names and phone numbers as they are; names word by word, whatever separates
  the words; all without regard to case;
* any of them where it fills a whole text, such as that of a cell;
* within longer texts, names of at least three letters and other values of at least five characters: `12` or `Li` are
  in any text. A shorter id is found only where it fills a cell, as are its owner's name, serial and address;
* ids and phone numbers of digits alone, among numbers too large for a date. Ours are in text cells; smaller numbers
  are counts and dates (46,012 is one), and would give false alarms.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rkreport.core.leaks.opened_file import Leak
from rkreport.core.leaks.text_folding import folded, words_of
from rkreport.core.models import Assignment, Learner, Manager

_SHORTEST_NAME = 3
_SHORTEST_OTHER = 5
_SHORTEST_NUMBER = 7
_LONGEST = 1_000  # characters that are compared: a longer text may have been cut to the limit of a cell
_REMEMBERED = 200_000  # texts in the cache: most are in the files of many teams

Naming = tuple[Leak, str]
"""A text that names a person, after its kind."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A person is named in a folded text, from `start` to `end`. A single word may also mean something else."""

    leak: Leak
    start: int
    end: int
    is_one_word: bool


class Everybody:
    """All people by their names and ids; it searches folded texts."""

    def __init__(self, namings: Iterable[Naming]) -> None:
        """Take all namings, repeated ones too; if one text has two kinds, the first kind wins."""
        self._whole: dict[str, Leak] = {}
        self._names: dict[str, Leak] = {}  # by their words
        self._exact: dict[str, dict[str, Leak]] = {}  # by their words, then by the exact text
        self._lengths: dict[str, set[int]] = {}  # numbers of words, by the first word
        self._numbers: dict[int, Leak] = {}
        self._known: dict[str, tuple[Hit, ...]] = {}
        for leak, text in dict.fromkeys(namings):
            self._learn(leak, folded(text))

    def _learn(self, leak: Leak, text: str) -> None:
        if not any(character.isalnum() or ord(character) > 0x2FFF for character in text):  # noqa: PLR2004 - picture signs
            return  # no name: a dash in place of one
        self._whole.setdefault(text[:_LONGEST], leak)
        found = words_of(text)
        words = " ".join(word for word, _, _ in found)
        if leak is Leak.NAME:
            if sum(map(str.isalpha, words)) < _SHORTEST_NAME:
                return
            self._names.setdefault(words, leak)
        else:
            core = text[found[0][1] : found[-1][2]] if found else ""
            if len(core) < _SHORTEST_OTHER:
                return
            self._exact.setdefault(words, {}).setdefault(core, leak)
            if leak in (Leak.EMPLOYEE_ID, Leak.PHONE) and core.isdecimal() and len(core) >= _SHORTEST_NUMBER:
                self._numbers.setdefault(int(core), leak)
        self._lengths.setdefault(found[0][0], set()).add(len(found))

    def of_number(self, number: int) -> Leak | None:
        """Whether the number is an employee id or a phone number; None for neither."""
        return self._numbers.get(number)

    def hits_in(self, text: str) -> tuple[Hit, ...]:
        """All people named in a folded text, the team's own too."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[text] = self._look_through(text)
        return known

    def _look_through(self, text: str) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        whole = self._whole.get(text[:_LONGEST])
        if whole:
            hits.append(Hit(whole, 0, len(text), is_one_word=" " not in text))
        found = words_of(text)
        for index, (first, start, _) in enumerate(found):
            for length in self._lengths.get(first, ()):
                run = found[index : index + length]
                if len(run) < length:
                    continue
                words, end = " ".join(word for word, _, _ in run), run[-1][2]
                leak = self._exact.get(words, {}).get(text[start:end]) or self._names.get(words)
                if leak:
                    is_one_word = length == 1 and (leak in (Leak.NAME, Leak.USERNAME) or words.isalpha())
                    hits.append(Hit(leak, start, end, is_one_word))
        return tuple(hits)


def namings_of_learner(learner: Learner) -> tuple[Naming, ...]:
    """All that names a person of the user list."""
    return (
        (Leak.EMPLOYEE_ID, learner.employee_id),
        (Leak.SERIAL, learner.serial or ""),
        (Leak.EMAIL, learner.email),
        (Leak.NAME, learner.name),
        (Leak.USERNAME, learner.username),
        (Leak.PHONE, learner.phone),
    )


def namings_of_assignment(assignment: Assignment) -> tuple[Naming, ...]:
    """All that names a person in an assignment: an earlier employee id, and people who are in no user list."""
    return (
        (Leak.EMPLOYEE_ID, assignment.employee_id),
        (Leak.SERIAL, assignment.user_serial or ""),
        (Leak.NAME, assignment.name),
    )


def namings_of_manager(manager: Manager) -> tuple[Naming, ...]:
    """All that names a manager, who need not be in the user list; other managers are strangers too."""
    return ((Leak.NAME, manager.name), *((Leak.EMAIL, address) for address in (manager.email, *manager.cc)))


def _assigned(assignments: Sequence[Assignment]) -> Iterator[Naming]:
    """Each text once: a million assignments name the same few people."""
    yield from ((Leak.EMPLOYEE_ID, text) for text in {one.employee_id for one in assignments})
    yield from ((Leak.SERIAL, text) for text in {one.user_serial for one in assignments} if text)
    yield from ((Leak.NAME, text) for text in {one.name for one in assignments})


def everybody(learners: Iterable[Learner], assignments: Sequence[Assignment], managers: Iterable[Manager]) -> Everybody:
    """All people of a run."""
    return Everybody(
        (
            *(naming for learner in learners for naming in namings_of_learner(learner)),
            *_assigned(assignments),
            *(naming for manager in managers for naming in namings_of_manager(manager)),
        )
    )
