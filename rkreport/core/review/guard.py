"""A guard: what is unusual, in one sentence, and the option that accepts it. Only the details hold names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rkreport.core.compliance import Numbered, number_text
from rkreport.core.percent import Percent
from rkreport.core.report.completeness import list_names
from rkreport.core.snapshot import SetAside
from rkreport.core.words import Words
from rkreport.sentence import Sentence

NAMED_AT_MOST = 5  # manager ids or lists in a guard's sentence; the burst list has all


ALLOW_INCOMPLETE: Final = "--allow-incomplete"
"""The only option that lets incomplete data pass, in every command."""


class GuardCode(StrEnum):
    """What can stop a sending; the value is the word after `--accept`. `incomplete` has an option of its own."""

    INCOMPLETE = "incomplete"
    ROWS_SET_ASIDE = "rows_set_aside"
    UNMATCHED_SHARE = "unmatched_share"
    PEOPLE_MOVED = "people_moved"
    RATE_MOVED = "rate_moved"
    TEAM_MOVED = "team_moved"
    TEAM_LOST = "team_lost"
    FALLBACK_SHARE = "fallback_share"
    ADDRESS_MOVED = "address_moved"
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    SAME_ADDRESS = "same_address"
    BLOCKING_FINDINGS = "blocking_findings"
    STATE_ELSEWHERE = "state_elsewhere"


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """How far figures may move in a month: people in percent of last month's, the rate in percentage points.

    `team_moved_percent` of a team may change hands; `fallback_percent` of all people may be without a manager, and
    `unmatched_percent` of all requirements with an assignment without a user record.
    """

    people_change_percent: float
    rate_change_points: float
    team_moved_percent: float
    fallback_percent: float
    unmatched_percent: float


@dataclass(frozen=True, slots=True)
class RowsAside:
    """Rows that could not be read, worded as the names of their lists."""

    rows: tuple[SetAside, ...]


GuardValue = float | str | Percent | RowsAside | Numbered | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One more line about a guard, as a key of the catalogue and the values for it. It may hold names and addresses."""

    key: str
    values: Mapping[str, GuardValue]


@dataclass(frozen=True, slots=True)
class Guard:
    """One reason to stop: its code, and its sentence as a key of the catalogue and the values for it.

    The sentence holds ids and counts. The `details` are for a person at the prompt and on the review page alone: they
    never go into an error, a log or a mail.
    """

    code: GuardCode
    key: str
    values: Mapping[str, GuardValue] = field(default_factory=dict)
    details: tuple[Detail, ...] = ()

    @property
    def option(self) -> str:
        """The option that accepts this guard."""
        return (
            ALLOW_INCOMPLETE if self.code is GuardCode.INCOMPLETE else Sentence("--accept {code}", code=self.code.value)
        )

    def sentence(self, words: Words) -> str:
        """What is unusual, and what sending anyway would mean."""
        return _sentence_of(self.key, self.values, words)

    def detail_lines(self, words: Words) -> tuple[str, ...]:
        """Whose people would go where, and which address was there before."""
        return tuple(_sentence_of(each.key, each.values, words) for each in self.details)


def _sentence_of(key: str, values: Mapping[str, GuardValue], words: Words) -> str:
    return words.text(key, **{name: _worded(value, words) for name, value in values.items()})


def _worded(value: GuardValue, words: Words) -> str:
    if isinstance(value, RowsAside):
        return list_names(value.rows, NAMED_AT_MOST, words)
    if isinstance(value, Numbered):
        return number_text(value.series, value.number, words)
    if value is None or isinstance(value, Percent):
        return words.percent(value)
    return value if isinstance(value, str) else words.number(value)
