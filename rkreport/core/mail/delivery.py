"""What becomes of a message, as values: one row of the ledger per manager and revision. Pure.

    planned ──(on the disk as `sending`, just before the text goes)──▶ sending ──taken──▶ sent
       ▲                                                                  │ refused for now ▶ planned
       │                                                                  │ refused          ▶ failed
       │                                                                  └ cut, or a crash  ▶ unknown
       └── by `send`, once the admin has mended what was refused ──── failed

    unknown ──(only by a person, `send --retry-unknown`; on the disk as above)──▶ sending ──taken────────▶ sent
       ▲                                                                             └ anything else ▶ unknown

    unknown ──(only by a person who found out, `settle`)──▶ sent (it arrived), planned (it was lost)

    planned ──▶ sending ──(a file in the outbox)──▶ written ──(built again, or a mail server now)──▶ planned

A written message has not left this machine: it is never in doubt, and takes up no revision.

When a server's answer is lost, the server may have taken the message or not. Such a message is reported as in doubt,
and never sent again by itself. If the second attempt is refused, the first is still in doubt.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rkreport.core.models import ManagerId


class DeliveryState(StrEnum):
    """Where a message is."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    WRITTEN = "written"
    FAILED = "failed"
    UNKNOWN = "unknown"


MOVES: Final[Mapping[DeliveryState, frozenset[DeliveryState]]] = MappingProxyType(
    {
        DeliveryState.PLANNED: frozenset({DeliveryState.SENDING, DeliveryState.FAILED}),
        DeliveryState.SENDING: frozenset(
            {
                *(DeliveryState.SENT, DeliveryState.WRITTEN, DeliveryState.PLANNED),
                *(DeliveryState.FAILED, DeliveryState.UNKNOWN),
            }
        ),
        DeliveryState.WRITTEN: frozenset({DeliveryState.PLANNED, DeliveryState.FAILED}),
        DeliveryState.FAILED: frozenset({DeliveryState.PLANNED}),
        DeliveryState.UNKNOWN: frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.PLANNED}),
        DeliveryState.SENT: frozenset(),
    }
)
"""The possible moves. `sent` is final."""


class OutcomeKind(StrEnum):
    """The result of an attempt to hand a message over."""

    TAKEN = "taken"  # the server answers for it now
    LATER = "later"  # refused for now, or not begun: nothing was taken
    REFUSED = "refused"  # for good: nothing was taken
    STOP = "stop"  # refused for a reason that all messages share: a login, a policy
    UNKNOWN = "unknown"  # cut after the text began: perhaps taken, perhaps not


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attempt. `reply` holds no address; `wait_seconds`: how long to leave the server alone.

    `policy_code` is the reply's code if a message was refused for its content, not for its recipient. After three equal
    ones in a row, the next message will be refused as well. `copies_missed` counts the copies that were not taken, for
    good or for now.
    """

    kind: OutcomeKind
    reply: str
    wait_seconds: float = 0.0
    policy_code: str = ""
    copies_missed: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """A way for messages. `leaves`: they leave this machine, so a lost answer leaves a message in doubt.

    `ends` maps the result of an attempt to the state of the message. `step` names the work in the progress display.
    """

    name: str
    leaves: bool
    ends: Mapping[OutcomeKind, DeliveryState]
    step: str


SMTP: Final = Channel(
    "smtp",
    leaves=True,
    ends=MappingProxyType(
        {
            OutcomeKind.TAKEN: DeliveryState.SENT,
            OutcomeKind.LATER: DeliveryState.PLANNED,
            OutcomeKind.REFUSED: DeliveryState.FAILED,
            OutcomeKind.STOP: DeliveryState.PLANNED,  # it is not about this message, and nothing was taken
            OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
        }
    ),
    step="Sending messages",
)
OUTBOX: Final = Channel(
    "outbox",
    leaves=False,
    ends=MappingProxyType(
        {**SMTP.ends, OutcomeKind.TAKEN: DeliveryState.WRITTEN, OutcomeKind.UNKNOWN: DeliveryState.PLANNED}
    ),
    step="Writing messages",
)


def channel_of(name: str) -> Channel:
    """The channel of that name; any other name counts as mail, which may have left."""
    return OUTBOX if name == OUTBOX.name else SMTP


POSSIBLY_DELIVERED: Final = frozenset({DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN})
"""States in which the recipient may have the message: its files stay, and the next build is another revision."""

HANDED_OVER: Final = POSSIBLY_DELIVERED | {DeliveryState.WRITTEN}
"""States in which the file of a message can be asked for later."""


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """A team's headline numbers, kept so that a later revision can tell what changed. No names.

    Zero `people` means that the numbers are unknown: every team has people.
    """

    people: int
    counted: int
    compliant: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger. There is one for each period, revision, manager and `again`.

    `period` is the text of a `Series`: a month, or the interim editions of one.
    `file` is the workbook's path in the edition's folder, `file_sha256` of its bytes as attached. `content_sha256`
    covers the facts that the workbook tells, with a version: equal content needs no second message. `size_bytes` is the
    size of the encoded message, 0 until it was built. `reply` is the server's last answer, without addresses.
    `transport` names the channel. `copies_missed` counts the copies that the server did not take: they are not sent
    again. `again` counts from 1 the times that the same file was sent once more on purpose, and `reason` says why; the
    first message has 0 and `""`. `release_code` and `approved_by` are of the release under which its text
    last went, `""` where none was wanted.
    """

    period: str
    revision: int
    manager_id: ManagerId
    recipient: str
    cc: tuple[str, ...]
    language: str
    message_id: str
    file: str
    file_sha256: str
    content_sha256: str
    figures: TeamFigures
    state: DeliveryState = DeliveryState.PLANNED
    attempts: int = 0
    reply: str = ""
    size_bytes: int = 0
    planned_at: datetime | None = None
    changed_at: datetime | None = None
    transport: str = SMTP.name
    again: int = 0
    reason: str = ""
    copies_missed: int = 0
    release_code: str = ""
    approved_by: str = ""

    @property
    def channel(self) -> Channel:
        """The channel that `transport` names."""
        return channel_of(self.transport)


def has_left(row: Delivery) -> bool:
    """Whether the recipient may have the message. A file that was being written when a run died has not left."""
    return row.state in POSSIBLY_DELIVERED and row.channel.leaves


def is_written(row: Delivery, file_sha256: str, transport: str) -> bool:
    """Whether the outbox holds a message for this very workbook; one of an earlier build does not count."""
    return row.state is DeliveryState.WRITTEN and (row.file_sha256, row.transport) == (file_sha256, transport)


_KNOWN: Final = MappingProxyType({DeliveryState.SENDING: 1, DeliveryState.UNKNOWN: 1, DeliveryState.SENT: 2})
"""How much a row knows of its message. 1: it may have left; 2: it has left; all other states: nothing left."""


def knows_more(row: Delivery, known: Delivery | None) -> bool:
    """Whether `row` tells more than `known`, another row of the same message."""
    return _KNOWN.get(row.state, 0) > (_KNOWN.get(known.state, 0) if known else 0)


# ---- who has what


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What a manager is to get: the digest of the workbook's content, and who gets a copy."""

    content_sha256: str
    cc: tuple[str, ...]


def received_of(
    rows: Iterable[Delivery],
    before: int,
    recipients: Mapping[ManagerId, str],
    contents: Mapping[ManagerId, str] = MappingProxyType({}),
) -> dict[ManagerId, Delivery]:
    """By manager, the newest row of a revision below `before` whose message they have, or may have, at their address.

    Messages to another address and files in the outbox do not count. An address that a purge has emptied counts as
    equal. If the manager id of a row is gone, the row belongs to the present owner of its address: the id was renamed.
    Of several owners, the one whose workbook has the same content now, by `contents`, gets it. `rows` are those of the
    period, by revision.
    """
    owners = defaultdict[str, list[ManagerId]](list)
    for manager_id, address in recipients.items():
        owners[address.casefold()].append(manager_id)
    own, renamed = dict[ManagerId, Delivery](), dict[ManagerId, Delivery]()
    for row in rows:
        if row.revision >= before or not has_left(row):
            continue
        address = row.recipient.casefold()
        if row.manager_id in recipients:
            if address in ("", recipients[row.manager_id].casefold()):
                own[row.manager_id] = row
        elif address:
            heirs = owners[address]
            if len(heirs) > 1:
                heirs = [one for one in heirs if contents.get(one) == row.content_sha256]
            if len(heirs) == 1:
                renamed[heirs[0]] = row
    return renamed | own


def says_the_same(earlier: Delivery, wanted: MessageContent) -> bool:
    """Whether an earlier message makes a new one needless: the same content, and no new person in copy."""
    is_told = not earlier.recipient or set(wanted.cc) <= set(earlier.cc)
    return earlier.content_sha256 == wanted.content_sha256 and is_told


def corrected(earlier: Delivery | None, content_sha256: str) -> Delivery | None:
    """The earlier message that a new one corrects; None if both say the same.

    A manager gets the same again if the earlier message is in doubt, or if there is a new person in copy.
    """
    return earlier if earlier and earlier.content_sha256 != content_sha256 else None


def states_of(
    rows: Iterable[Delivery], received: Mapping[ManagerId, Delivery], wanted: Mapping[ManagerId, MessageContent]
) -> tuple[dict[ManagerId, DeliveryState], frozenset[ManagerId]]:
    """The state of each manager's message of a revision, and who has the same from an earlier one.

    The states name managers with a planned message. They also name, as `unknown`, managers whose earlier, equal message
    is in doubt. `rows` are the revision's, `received` is as `received_of` gives it.
    """
    states = {row.manager_id: row.state for row in rows}
    same = [row for one, row in received.items() if one in wanted and says_the_same(row, wanted[one])]
    unchanged = frozenset(row.manager_id for row in same if row.state is DeliveryState.SENT)
    doubtful = {row.manager_id: DeliveryState.UNKNOWN for row in same if row.manager_id not in unchanged}
    return doubtful | states, unchanged - states.keys()
