"""Guards: what stops a sending until a person has looked. Pure; knows verdicts and addresses, nothing of mail servers.

A guard never mends anything and never decides: it says in one sentence what is unusual, and by which word it is taken
note of. Nothing here names a learner or holds an address.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from rkreport.core.compliance import Compliance, PeriodResult, Team
from rkreport.core.models import Level, ManagerId, SetAside, Verdict
from rkreport.core.percent import Percent, percent_of, points_between, target_of
from rkreport.core.report.kpis import month_before
from rkreport.core.report.readings import list_names
from rkreport.core.rollup import rate
from rkreport.core.words import Words

NAMED_AT_MOST = 5  # managers named by their id in a guard's sentence, or lists; the burst list has all


ALLOW_INCOMPLETE: Final = "--allow-incomplete"
"""The one word that lets incomplete data pass, in every command."""


class GuardCode(StrEnum):
    """What can stop a sending; the value is the word after `--accept`. `incomplete` has an option of its own."""

    INCOMPLETE = "incomplete"
    ROWS_SET_ASIDE = "rows_set_aside"
    PEOPLE_MOVED = "people_moved"
    RATE_MOVED = "rate_moved"
    ADDRESS_MOVED = "address_moved"
    NO_ADDRESS = "no_address"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    SAME_ADDRESS = "same_address"
    BLOCKING_FINDINGS = "blocking_findings"


@dataclass(frozen=True, slots=True)
class RowsAside:
    """Rows that could not be read, worded as the names of their lists."""

    rows: tuple[SetAside, ...]


_Value = float | str | Percent | RowsAside | None


@dataclass(frozen=True, slots=True)
class Guard:
    """One reason to stop: its code, and its sentence as a key of the catalogue and the values for it."""

    code: GuardCode
    key: str
    values: Mapping[str, _Value] = field(default_factory=dict)

    @property
    def option(self) -> str:
        """The option by which a person says that they have looked."""
        return ALLOW_INCOMPLETE if self.code is GuardCode.INCOMPLETE else f"--accept {self.code.value}"

    def sentence(self, words: Words) -> str:
        """What is unusual, and what sending anyway would mean."""
        return words.text(self.key, **{name: _worded(value, words) for name, value in self.values.items()})


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """How far figures may move in a month: people in percent of last month's, the rate in percentage points."""

    people_change_percent: float
    rate_change_points: float


def guards_of(
    compliance: Compliance,
    now: PeriodResult,
    limits: GuardLimits,
    is_allowed: Callable[[str], bool],
    last_recipients: Mapping[ManagerId, str],
) -> tuple[Guard, ...]:
    """All reasons to stop, the gravest first.

    Args:
        compliance: the run.
        now: this period's figures.
        limits: how far they may move.
        is_allowed: judges an address.
        last_recipients: where each manager's newest report went, of those of whom that is known.
    """
    before = last_month(now, compliance.history)
    return (
        *_incomplete(compliance),
        *_blocking(compliance),
        *_set_aside(compliance),
        *(_people_moved(now, before, limits) if before else ()),
        *(_rate_moved(now, before, limits, target_of(compliance.rules.target_percent)) if before else ()),
        *_address_moved(compliance.teams, last_recipients),
        *_same_address(compliance.teams),
        *_no_address(compliance.teams),
        *_not_allowed(compliance.teams, is_allowed),
    )


def last_month(now: PeriodResult, history: Sequence[PeriodResult]) -> PeriodResult | None:
    """The kept figures of the calendar month before, if there are any."""
    return next((past for past in reversed(history) if past.period == month_before(now.period)), None)


def refused_addresses(team: Team, is_allowed: Callable[[str], bool]) -> bool:
    """Whether the manager's address or one of the copies is outside the allowed domains."""
    return any(not is_allowed(address) for address in (team.manager.email, *team.manager.cc) if address)


def shared_addresses(teams: Sequence[Team]) -> frozenset[str]:
    """The addresses, in lower case, to which the workbooks of several teams would go."""
    uses = Counter(team.manager.email.casefold() for team in teams if team.manager.email)
    return frozenset(address for address, count in uses.items() if count > 1)


# ---- the data


def _incomplete(compliance: Compliance) -> Iterator[Guard]:
    lists = compliance.snapshot.lists
    count = sum(reading.verdict is Verdict.INCOMPLETE for reading in lists)
    if count:
        yield Guard(GuardCode.INCOMPLETE, "guard.incomplete", {"count": count, "lists": len(lists)})


def _blocking(compliance: Compliance) -> Iterator[Guard]:
    """Findings that block, without those that have a guard of their own."""
    own = {"list_incomplete", "address_outside_allowed_domains"}
    found = Counter(
        finding.code for finding in compliance.findings if finding.level is Level.BLOCK and finding.code not in own
    )
    if found:
        yield Guard(
            GuardCode.BLOCKING_FINDINGS,
            "guard.blocking_findings",
            {"count": found.total(), "codes": ", ".join(sorted(found))},
        )


def _set_aside(compliance: Compliance) -> Iterator[Guard]:
    rows = compliance.snapshot.set_aside
    if rows:
        yield Guard(GuardCode.ROWS_SET_ASIDE, "guard.rows_set_aside", {"count": len(rows), "lists": RowsAside(rows)})


# ---- against last month


def _people_moved(now: PeriodResult, before: PeriodResult, limits: GuardLimits) -> Iterator[Guard]:
    if abs(now.people - before.people) * 100 > limits.people_change_percent * before.people:
        yield Guard(
            GuardCode.PEOPLE_MOVED,
            "guard.people_moved",
            {"before": before.people, "now": now.people, "limit": limits.people_change_percent},
        )


def _rate_moved(now: PeriodResult, before: PeriodResult, limits: GuardLimits, target: Fraction) -> Iterator[Guard]:
    """Only rates by the same rules can be compared: a change of method is no change of people."""
    shares = rate(before.compliant, before.counted), rate(now.compliant, now.counted)
    if before.rules_sha256 != now.rules_sha256 or shares[0] is None or shares[1] is None:
        return
    if abs(points_between(shares[1], shares[0])) > Fraction(str(limits.rate_change_points)):
        earlier, later = (percent_of(share, target) for share in shares)
        yield Guard(
            GuardCode.RATE_MOVED,
            "guard.rate_moved",
            {"before": earlier, "now": later, "limit": limits.rate_change_points},
        )


# ---- addresses


def _address_moved(teams: Sequence[Team], last_recipients: Mapping[ManagerId, str]) -> Iterator[Guard]:
    """Most often a column that was sorted alone: each would get another one's people, and every address is a good one.

    Who has no address has a guard of their own, and who was never sent anything has moved from nowhere.
    """
    last = {manager_id: address.casefold() for manager_id, address in last_recipients.items() if address}
    moved = [
        team
        for team in teams
        if team.manager.email and last.get(team.manager.manager_id, "") not in {"", team.manager.email.casefold()}
    ]
    if not moved:
        return
    owners = set(last.values())  # a moved address is not the manager's own: whose else can it have been
    taken = [team for team in moved if team.manager.email.casefold() in owners]
    values = _managers(moved)
    if taken:
        of_others = _managers(taken)
        values |= {"taken": of_others["count"], "takers": of_others["managers"]}
    yield Guard(GuardCode.ADDRESS_MOVED, "guard.address_taken" if taken else "guard.address_moved", values)


def _no_address(teams: Sequence[Team]) -> Iterator[Guard]:
    found = [team for team in teams if not team.manager.email]
    if found:
        yield Guard(GuardCode.NO_ADDRESS, "guard.no_address", _managers(found))


def _not_allowed(teams: Sequence[Team], is_allowed: Callable[[str], bool]) -> Iterator[Guard]:
    found = [team for team in teams if refused_addresses(team, is_allowed)]
    if found:
        yield Guard(GuardCode.ADDRESS_NOT_ALLOWED, "guard.address_not_allowed", _managers(found))


def _same_address(teams: Sequence[Team]) -> Iterator[Guard]:
    """Most often a row that was copied: somebody would get another manager's people."""
    shared = shared_addresses(teams)
    groups: defaultdict[str, list[Team]] = defaultdict(list)
    for team in teams:
        if team.manager.email.casefold() in shared:
            groups[team.manager.email.casefold()].append(team)
    if groups:
        found = [team for group in groups.values() for team in group]
        yield Guard(GuardCode.SAME_ADDRESS, "guard.same_address", _managers(found))


def _managers(teams: Sequence[Team]) -> dict[str, int | str]:
    ids = [team.manager.manager_id for team in teams[:NAMED_AT_MOST]]
    return {"count": len(teams), "managers": ", ".join(ids) + (", …" if len(teams) > len(ids) else "")}


def _worded(value: _Value, words: Words) -> str:
    if isinstance(value, RowsAside):
        return list_names(value.rows, NAMED_AT_MOST, words)
    if value is None or isinstance(value, Percent):
        return words.percent(value)
    return value if isinstance(value, str) else words.number(value)
