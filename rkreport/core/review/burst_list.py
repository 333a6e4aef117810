"""Who gets which file: one row per team, for the screen, the page and a CSV file. Does not know how mail is sent."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from rkreport.core.compliance import Compliance, PeriodResult, Team
from rkreport.core.mail.delivery import Channel, DeliveryState
from rkreport.core.models import ManagerId
from rkreport.core.percent import percent_of
from rkreport.core.report.labels import manager_name
from rkreport.core.review.guards import last_month, refused_addresses, shared_addresses
from rkreport.core.rollup import Tally
from rkreport.core.words import Words

HEADER = (
    "manager_id",
    "name",
    "email",
    "cc",
    "language",
    "people",
    "requirements",
    "compliant",
    "overdue",
    "rate",
    "file",
    "warnings",
    "size_bytes",
    "new",
    "message",
    "exempt",
)
_BYTES_PER_LINE, _LINE_CHARACTERS = 57, 78  # base64 in a message, with the end of the line
_MESSAGE_BYTES = 40_000  # a message without its attachment; its text and HTML parts take less

_UNCHANGED = "unchanged"
_SAMPLES = 3  # names shown beside an address, so that a wrong address is easy to see

CsvRow = tuple[str | int, ...]


class Refusal(StrEnum):
    """Why a team's message is never sent, whichever guards are accepted."""

    NO_ADDRESS = "no_address"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True, slots=True)
class Workbook:
    """A manager's file: its path in the edition's folder, with slashes, and its size."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SendSettings:
    """How messages leave. The outbox has no limit: `host` is "" and `messages_per_minute` is ignored."""

    channel: Channel
    host: str
    messages_per_minute: int
    max_message_bytes: float
    has_sender: bool
    is_allowed: Callable[[str], bool]
    wants_release: bool = False  # by a second person


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What the ledger knows of a revision: each message's state, and who has the same content from an earlier one."""

    states: Mapping[ManagerId, DeliveryState] = field(default_factory=dict)
    unchanged: frozenset[ManagerId] = frozenset()


@dataclass(frozen=True, slots=True)
class BurstRow:
    """One team. `counted` are the requirements that count, `rate` a share of 1, None when nothing counts.

    `path` is `""` and `size_bytes` 0 for a team without a workbook. `state` is the ledger's, None before a message was
    planned. `is_unchanged`: the manager has the same content from an earlier revision. `is_new`: last month's figures
    exist but lack the manager. `unit` is that of most of the people, `samples` are a few of their names.
    """

    manager_id: ManagerId
    name: str
    label: str  # the name as a reader should see it, in their language
    address: str
    cc: tuple[str, ...]
    language: str
    people: int
    counted: int
    compliant: int
    overdue: int
    exempt: int
    rate: Fraction | None
    path: str
    size_bytes: int
    state: DeliveryState | None
    is_unchanged: bool
    is_new: bool
    refusal: Refusal | None
    warnings: tuple[str, ...]
    unit: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoneManager:
    """A manager who had a workbook last month and has none now, and how many people it held."""

    manager_id: ManagerId
    people: int


def burst_rows(
    compliance: Compliance,
    now: PeriodResult,
    *,
    tallies: Mapping[ManagerId | None, Tally],
    workbooks: Mapping[ManagerId, Workbook],
    posted: DeliveryStatus,
    posting: SendSettings,
    moved: Mapping[ManagerId, int],
    words: Words,
) -> tuple[BurstRow, ...]:
    """One row per team, in the teams' order, with texts unchanged.

    `now` holds the figures of the whole period, `tallies` those of each team. `moved` counts the people of a team whom
    its address would get for the first time.
    """
    before = last_month(now, compliance.history)
    known = before.people_by_manager if before else None
    shared = shared_addresses(compliance.teams)

    def row(team: Team) -> BurstRow:
        manager = team.manager
        tally = tallies[manager.manager_id]
        workbook = workbooks.get(manager.manager_id, Workbook("", 0))
        refusal = _refusal(team, posting)
        warnings = (
            *_warnings(team, tally, refusal, is_shared=manager.email.casefold() in shared, words=words),
            *_moved_warning(moved.get(manager.manager_id, 0), words),
            *_too_large_warning(workbook, posting, words),
            *(() if compliance.snapshot.is_complete else (words.text("warning.incomplete"),)),
        )
        is_new = known is not None and manager.manager_id not in known
        return _row(team, tally, workbook, posted, is_new=is_new, refusal=refusal, warnings=warnings, words=words)

    return tuple(map(row, compliance.teams))


def _row(
    team: Team,
    tally: Tally,
    workbook: Workbook,
    posted: DeliveryStatus,
    *,
    is_new: bool,
    refusal: Refusal | None,
    warnings: tuple[str, ...],
    words: Words,
) -> BurstRow:
    manager = team.manager
    return BurstRow(
        manager_id=manager.manager_id,
        name=manager.name,
        label=manager_name(manager, words),
        address=manager.email,
        cc=manager.cc,
        language=manager.language,
        people=len(team.people),
        counted=tally.counted,
        compliant=tally.compliant,
        overdue=tally.overdue,
        exempt=tally.exempt,
        rate=tally.rate,
        path=workbook.path,
        size_bytes=workbook.size_bytes,
        state=posted.states.get(manager.manager_id),
        is_unchanged=manager.manager_id in posted.unchanged,
        is_new=is_new,
        refusal=refusal,
        warnings=warnings,
        unit=_unit_of_most(team, words),
        samples=tuple(person.name for person in team.people[:_SAMPLES]),
    )


def _moved_warning(count: int, words: Words) -> Iterator[str]:
    if count:
        yield words.text("warning.moved", count=words.number(count))


def _too_large_warning(workbook: Workbook, posting: SendSettings, words: Words) -> Iterator[str]:
    if message_bytes(workbook.size_bytes) > posting.max_message_bytes:
        yield words.text("warning.too_large")


def _unit_of_most(team: Team, words: Words) -> str:
    """The unit of most of a team's people, and how many other units there are; `""` without any."""
    units = Counter(person.learner.unit_name for person in team.people if person.learner and person.learner.unit_name)
    if not units:
        return ""
    (name, _), *_ = sorted(units.items(), key=lambda unit: (-unit[1], unit[0]))
    return words.text("review.unit_and_more", unit=name, count=words.number(len(units) - 1)) if len(units) > 1 else name


def gone_managers(compliance: Compliance, now: PeriodResult) -> tuple[GoneManager, ...]:
    """Last month's managers who have no workbook now, the largest team first; empty without figures of that month."""
    before = last_month(now, compliance.history)
    known = (before.people_by_manager if before else None) or {}
    present = {team.manager.manager_id for team in compliance.teams}
    gone = [GoneManager(manager_id, people) for manager_id, people in known.items() if manager_id not in present]
    return tuple(sorted(gone, key=lambda each: (-each.people, each.manager_id)))


def csv_rows(rows: tuple[BurstRow, ...], target: Fraction, words: Words) -> tuple[CsvRow, ...]:
    """The cells below `HEADER`. Managers who are gone have no row: each row is a workbook and its recipient.

    `requirements` are those that count; `rate` and `new` are in the reader's language; `; ` separates several values in
    a cell. The writer of the file keeps spreadsheet programs from running its texts.
    """
    yes = words.text("word.yes")
    return tuple(
        (
            row.manager_id,
            row.name,
            row.address,
            "; ".join(row.cc),
            row.language,
            row.people,
            row.counted,
            row.compliant,
            row.overdue,
            words.percent(percent_of(row.rate, target)),
            row.path,
            "; ".join(row.warnings),
            row.size_bytes,
            yes if row.is_new else "",
            _UNCHANGED if row.is_unchanged else row.state.value if row.state else "",
            row.exempt,
        )
        for row in rows
    )


def message_bytes(workbook_bytes: int) -> int:
    """The largest possible size of a message with this workbook, attached as base64."""
    return math.ceil(workbook_bytes / _BYTES_PER_LINE) * _LINE_CHARACTERS + _MESSAGE_BYTES


def _refusal(team: Team, posting: SendSettings) -> Refusal | None:
    if not team.manager.email:
        return Refusal.NO_ADDRESS
    return Refusal.NOT_ALLOWED if refused_addresses(team, posting.is_allowed) else None


def refusal_text(refusal: Refusal, words: Words) -> str:
    """Why a message is not sent, as the warning of its row."""
    keys = {
        Refusal.NO_ADDRESS: "warning.no_email",
        Refusal.NOT_ALLOWED: "warning.not_allowed",
    }
    return words.text(keys[refusal])


def _warnings(team: Team, tally: Tally, refusal: Refusal | None, *, is_shared: bool, words: Words) -> list[str]:
    warnings = []
    if refusal:
        warnings.append(refusal_text(refusal, words))
    if is_shared:
        warnings.append(words.text("warning.same_address"))
    if team.manager.is_fallback:
        warnings.append(words.text("warning.fallback"))
    if not team.people:
        warnings.append(words.text("warning.no_people"))
    elif not tally.counted:
        warnings.append(words.text("warning.nothing_counts"))
    return warnings
