"""The audit log as values: what a line says, how each is chained to the one before, and where a chain is broken. Pure.

A line is one JSON object in ASCII. Its field `before` is the SHA-256 of the line before, so that the digest of the last
line stands for all of them. Names and addresses of learners and managers must not get into a line; manager ids may.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from rkreport.core.leaks.text_folding import visible
from rkreport.core.moments import is_sane
from rkreport.sentence import Sentence, joined

BEGINNING: Final = "0" * 64
"""What the first line has as the digest of the line before."""

_LONGEST_TEXT = 200  # of one value
_MOST_NAMED = 5  # line numbers in one sentence


class AuditEvent(StrEnum):
    """What a line tells of."""

    FETCH_FINISHED = "fetch_finished"
    EDITION_BUILT = "edition_built"
    REVIEW_SHOWN = "review_shown"
    RELEASE_GIVEN = "release_given"
    RELEASE_REFUSED = "release_refused"
    GUARD_ACCEPTED = "guard_accepted"
    TRIAL_BEGUN = "trial_begun"
    TRIAL_ENDED = "trial_ended"
    SENDING_DECLINED = "sending_declined"  # by the person who was asked before the first message
    SENDING_BEGUN = "sending_begun"
    MESSAGE_GIVEN = "message_given"
    MESSAGE_GIVEN_AGAIN = "message_given_again"  # on purpose, by `send --again`
    MESSAGE_RETRIED = "message_retried"  # of one in doubt, by `send --retry-unknown`
    MESSAGE_ENDED = "message_ended"
    SENDING_ENDED = "sending_ended"
    SUMMARY_MADE = "summary_made"
    MESSAGES_IN_DOUBT = "messages_in_doubt"  # found in flight after rkreport was ended
    MESSAGES_TAKEN_OVER = "messages_taken_over"  # from another ledger
    MESSAGE_SETTLED = "message_settled"
    ANSWERS_COLLECTED = "answers_collected"
    FILE_RETRIEVED = "file_retrieved"
    INCIDENT_DRAFTED = "incident_drafted"
    SNAPSHOT_EXPORTED = "snapshot_exported"
    SNAPSHOT_IMPORTED = "snapshot_imported"
    PURGE_BEGUN = "purge_begun"
    PURGE_ENDED = "purge_ended"
    LOG_MENDED = "log_mended"
    LOG_EXPORTED = "log_exported"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who runs the program: the operating system's name of the user, and of the machine."""

    user: str
    host: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line. `about` holds ids and numbers, `digests` what it was about by content, `result` words of ours."""

    number: int
    at: datetime
    actor: Actor
    command: str
    event: AuditEvent
    about: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    result: str = ""
    before: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain: its number, 0 if there is none, and its digest."""

    number: int = 0
    sha256: str = BEGINNING


def line_of(entry: AuditEntry) -> bytes:
    """The line of an entry, without the line break. What is long is cut, what is invisible is shown."""
    fields = {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="milliseconds"),
        "user": _plain(entry.actor.user),
        "host": _plain(entry.actor.host),
        "command": entry.command,
        "event": entry.event.value,
        "about": {name: _plain(text) for name, text in entry.about.items()},
        "digests": {name: _plain(text) for name, text in entry.digests.items()},
        "result": _plain(entry.result),
        "before": entry.before,
    }
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def entry_of(line: bytes) -> AuditEntry | None:
    """The entry of a line; None if it is none."""
    try:
        fields = json.loads(line)
        entry = AuditEntry(
            number=fields["number"],
            at=datetime.fromisoformat(fields["at"]),
            actor=Actor(fields["user"], fields["host"]),
            command=fields["command"],
            event=AuditEvent(fields["event"]),
            about=fields["about"],
            digests=fields["digests"],
            result=fields["result"],
            before=fields["before"],
        )
        is_typed = isinstance(entry.number, int) and isinstance(entry.command, str) and isinstance(entry.before, str)
        return entry if is_typed and is_sane(entry.at) and line_of(entry) == line else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def digest_of(line: bytes) -> str:
    """The SHA-256 of a line, without its line break."""
    return hashlib.sha256(line).hexdigest()


def _plain(text: str) -> str:
    shown = visible(str(text))
    return shown if len(shown) <= _LONGEST_TEXT else f"{shown[:_LONGEST_TEXT]}…"


# ---- where a chain is broken


@dataclass(frozen=True, slots=True)
class Link:
    """What the check keeps of a line: its digest, and what it says of itself; number 0: it is no line of ours."""

    sha256: str
    number: int = 0
    before: str = ""


def link_of(line: bytes) -> Link:
    """The link of a line, also of one by a newer rkreport with other events."""
    try:
        fields = json.loads(line)
        number, before = fields["number"], fields["before"]
    except (ValueError, KeyError, TypeError, RecursionError):
        number, before = 0, ""
    is_ours = isinstance(number, int) and isinstance(before, str)
    return Link(digest_of(line), number, before) if is_ours else Link(digest_of(line))


Span = tuple[int, int]
"""Numbers that follow each other: the first and the last."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to a log since it was written. `missing` and `changed` are the numbers that lines had.

    Missing lines come as spans, first and last: a damaged store may say that there were billions. `foreign` and `moved`
    are places in the file, from 1: of lines that rkreport did not write there, and of lines of the chain that stand
    elsewhere than they did.
    """

    missing: tuple[Span, ...] = ()
    changed: tuple[int, ...] = ()
    foreign: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was done."""
        return bool(self.missing or self.changed or self.foreign or self.moved)

    def sentence(self) -> str:
        """What was done, in one clause: "line 7 was changed, lines 9 to 11 are missing"."""
        clauses = (
            _clause(_spans(self.changed), "line {said} was changed", "lines {said} were changed"),
            _clause(self.missing, "line {said} is missing", "lines {said} are missing"),
            _clause(
                _spans(self.foreign),
                "the {said}. line of the file is not rkreport's",
                "lines of the file not rkreport's: {said}",
            ),
            _clause(self._unproven, "line {said} is no longer proven", "lines {said} are no longer proven"),
            _clause(
                _spans(self.moved),
                "the {said}. line of the file was moved",
                "lines of the file that were moved: {said}",
            ),
        )
        return joined(", ", (clause for clause in clauses if clause))

    @property
    def _unproven(self) -> list[Span]:
        """Each line vouches for the one before: whoever changes one can make those before it anew."""
        unproven, end = list[Span](), 0
        for first, last in sorted([*_spans(self.changed), *self.missing]):
            if first > end + 1:
                unproven.append((end + 1, first - 1))
            end = last
        return unproven


def damage_of(links: Sequence[Link], head: Head) -> Damage:
    """Compare the lines of a file with the head that the store keeps.

    From the head back each line names the one before by its digest, so that a line is genuine or it is not. Where one
    is not there, the line that bears its number was changed, if there is one; the chain goes on from what that says.
    """
    places: dict[str, list[int]] = {}
    bearing: dict[int, list[int]] = {}
    for place, link in enumerate(links):
        places.setdefault(link.sha256, []).append(place)
        bearing.setdefault(link.number, []).append(place)
    missing, changed, owned = list[Span](), list[int](), dict[int, int]()
    wanted, ceiling, number = head.sha256, len(links), head.number
    borne = sorted(number for number in bearing if number > 0)
    while number > 0:
        at = _nearest(places.get(wanted, ()), ceiling, owned)
        if at is None:
            at = _nearest(bearing.get(number, ()), ceiling, owned)
            if at is not None:
                changed.append(number)
        if at is not None:
            owned[at] = number
            wanted, ceiling, number = links[at].before, at, number - 1
            continue
        # The next line that bears a number is believed: nothing is left that could prove it.
        while borne and borne[-1] >= number:
            borne.pop()
        below = borne[-1] if borne else 0
        missing.append((below + 1, number))
        wanted, number = links[bearing[below][0]].sha256 if below else "", below
    foreign = [place + 1 for place in range(len(links)) if place not in owned]
    return Damage(tuple(_joined(sorted(missing))), tuple(sorted(changed)), tuple(foreign), _moved(owned))


def _nearest(places: Sequence[int], ceiling: int, owned: Mapping[int, int]) -> int | None:
    """Of several places of a line the last one above the line after it, else any: a copy does not move the others."""
    free = [place for place in places if place not in owned]
    return max((place for place in free if place < ceiling), default=free[0] if free else None)


def _moved(owned: Mapping[int, int]) -> tuple[int, ...]:
    """The places, from 1, of lines that stand after one with a higher number."""
    highest, moved = 0, list[int]()
    for place in sorted(owned):
        if owned[place] < highest:
            moved.append(place + 1)
        highest = max(highest, owned[place])
    return tuple(moved)


def _clause(spans: Sequence[Span], one: str, several: str) -> str:
    if not spans:
        return ""
    named = joined(
        ", ",
        (
            Sentence("{first} to {last}", first=first, last=last) if last > first else str(first)
            for first, last in spans[:_MOST_NAMED]
        ),
    )
    more = sum(last - first + 1 for first, last in spans[_MOST_NAMED:])
    said = Sentence("{named} and {more} more", named=named, more=more) if more else named
    is_one = len(spans) == 1 and spans[0][0] == spans[0][1]
    return Sentence(one if is_one else several, said=said)


def _spans(numbers: Iterable[int]) -> list[Span]:
    return _joined((number, number) for number in numbers)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Join spans of which one begins where the one before ends."""
    joint = list[Span]()
    for first, last in spans:
        if joint and first == joint[-1][1] + 1:
            joint[-1] = joint[-1][0], last
        else:
            joint.append((first, last))
    return joint
