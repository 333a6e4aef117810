"""Guards: what stops a sending until a person has looked. Pure; knows verdicts and addresses, nothing of mail servers.

A guard repairs and decides nothing: one sentence says what is unusual, and one option accepts it. Only the `details`
hold names and addresses.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from rkreport.core.compliance import Compliance, PeriodResult, Team
from rkreport.core.findings import Level
from rkreport.core.models import ManagerId
from rkreport.core.percent import percent_of, points_between, target_of
from rkreport.core.period import month_before
from rkreport.core.review.guard import NAMED_AT_MOST, Detail, Guard, GuardCode, GuardLimits, GuardValue, RowsAside
from rkreport.core.review.last_sent import NOBODY, LastSent
from rkreport.core.review.moves import (
    Flows,
    Moves,
    lost_managers,
    moved_teams,
    moves_of,
    new_addresses,
    shared_copies,
    without_manager,
)
from rkreport.core.review.unmatched import unmatched_guard
from rkreport.core.rollup import rate
from rkreport.core.routing import FALLBACK_ID
from rkreport.core.snapshot import Verdict
from rkreport.sentence import Sentence, joined

FALLBACK_RISE = 5  # percentage points above last month's share


def guards_of(
    compliance: Compliance,
    now: PeriodResult,
    limits: GuardLimits,
    is_allowed: Callable[[str], bool],
    last: LastSent,
) -> tuple[Guard, ...]:
    """All reasons to stop, the gravest first. An interim edition is not compared with last month.

    Args:
        compliance: the run.
        now: this period's figures.
        limits: how far they may move.
        is_allowed: judges an address.
        last: what was last sent, and where it went.
    """
    before = None if compliance.edition.is_interim else last_month(now, compliance.history)
    moves = moves_of(compliance, last)
    verdicts = Counter((each.status, each.counts) for each in compliance.requirements)
    return (
        *_incomplete(compliance),
        *_blocking(compliance),
        *_set_aside(compliance),
        *unmatched_guard(verdicts, last.unmatched, limits.unmatched_percent),
        *(_people_moved(now, before, limits) if before else ()),
        *(_rate_moved(now, before, limits, target_of(compliance.rules.target_percent)) if before else ()),
        *_people_elsewhere(compliance.teams, moves, last, limits),
        *_address_moved(compliance.teams, last),
        *_same_address(compliance.teams, last),
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
            {
                "before": earlier,
                "before_part": before.compliant,
                "before_whole": before.counted,
                "now": later,
                "part": now.compliant,
                "whole": now.counted,
                "limit": limits.rate_change_points,
            },
        )


# ---- against what was last sent


def _people_elsewhere(teams: Sequence[Team], moves: Moves, last: LastSent, limits: GuardLimits) -> Iterator[Guard]:
    """People who would go to other managers; of these three guards, only one reports each move."""
    unmanaged = (FALLBACK_ID, NOBODY)
    share, earlier = without_manager(moves.now), without_manager(moves.before)
    has_risen = last.is_whole and moves.before and share * 100 > Fraction(str(limits.fallback_percent))
    has_risen = has_risen and points_between(share, earlier) >= FALLBACK_RISE
    lost = lost_managers(moves, teams, last)
    moved = moved_teams(moves, limits.team_moved_percent, (*lost, *(unmanaged if has_risen else ())))
    if moved:
        values: dict[str, GuardValue] = {"count": sum(moved.values()), "moves": _moves_text(moved)}
        yield Guard(GuardCode.TEAM_MOVED, "guard.team_moved", values, _people_details(moved, teams, last))
    if lost:
        flows = {key: count for key, count in moves.paths.items() if key[0] in lost}
        values = {**_ids(lost), "moves": _moves_text(flows) or "–"}
        yield Guard(GuardCode.TEAM_LOST, "guard.team_lost", values, _people_details(flows, teams, last))
    if has_risen:
        flows = {key: count for key, count in moves.paths.items() if key[1] in unmanaged and key[0] not in unmanaged}
        yield Guard(
            GuardCode.FALLBACK_SHARE,
            "guard.fallback_share",
            {
                "count": moves.now.get(FALLBACK_ID, 0) + moves.now.get(NOBODY, 0),
                "people": sum(moves.now.values()),
                "before": percent_of(earlier, Fraction(1)),
                "now": percent_of(share, Fraction(1)),
                "moves": _moves_text(flows) or "–",
            },
            _people_details(flows, teams, last),
        )


def _largest(flows: Flows) -> list[tuple[tuple[ManagerId, ManagerId], int]]:
    return sorted(flows.items(), key=lambda flow: (-flow[1], flow[0]))


def _moves_text(flows: Flows) -> str:
    parts = [
        Sentence("{before} → {now}: {count}", before=before or "–", now=now or "–", count=count)
        for (before, now), count in _largest(flows)
    ]
    return joined("; ", parts[:NAMED_AT_MOST]) + ("; …" if len(parts) > NAMED_AT_MOST else "")


def _people_details(flows: Flows, teams: Sequence[Team], last: LastSent) -> tuple[Detail, ...]:
    managers = {team.manager.manager_id: team.manager for team in teams}

    def was(manager_id: ManagerId) -> str:
        went = last.went_to.get(manager_id)
        return " ".join(filter(None, (manager_id, went.recipient if went else ""))) or "–"

    def is_now(manager_id: ManagerId) -> str:
        manager = managers.get(manager_id)
        return " ".join(filter(None, (manager_id, manager.name, manager.email))) if manager else "–"

    return tuple(
        Detail("guard.detail_people", {"before": was(before), "now": is_now(now), "count": count})
        for (before, now), count in _largest(flows)
    )


# ---- addresses


def _address_moved(teams: Sequence[Team], last: LastSent) -> Iterator[Guard]:
    """Most often a column was sorted alone: each manager gets another's people, and every address is valid.

    Managers without an address have a guard of their own; managers without an earlier report are skipped. A copy to a
    person with a workbook of their own is reported as `same_address`.
    """
    copies = shared_copies(teams, last)
    found = [each for each in new_addresses(teams, last) if not (each.is_copy and each.address.casefold() in copies)]
    if not found:
        return
    owners = frozenset[str]().union(*(went.all for went in last.went_to.values()))
    moved = list(dict.fromkeys(each.team for each in found))
    # These new addresses got another manager's report last time.
    taken = list(dict.fromkeys(each.team for each in found if each.address.casefold() in owners))
    values = _managers(moved)
    if taken:
        of_others = _managers(taken)
        values |= {"taken": of_others["count"], "takers": of_others["managers"]}
    details = tuple(
        Detail(
            "guard.detail_copy" if each.is_copy else "guard.detail_address",
            {
                "manager": joined(" ", filter(None, (each.team.manager.manager_id, each.team.manager.name))),
                "before": each.before,
                "now": each.address,
            },
        )
        for each in found
    )
    yield Guard(GuardCode.ADDRESS_MOVED, "guard.address_taken" if taken else "guard.address_moved", values, details)


def _no_address(teams: Sequence[Team]) -> Iterator[Guard]:
    found = [team for team in teams if not team.manager.email]
    if found:
        yield Guard(GuardCode.NO_ADDRESS, "guard.no_address", _managers(found))


def _not_allowed(teams: Sequence[Team], is_allowed: Callable[[str], bool]) -> Iterator[Guard]:
    found = [team for team in teams if refused_addresses(team, is_allowed)]
    if found:
        yield Guard(GuardCode.ADDRESS_NOT_ALLOWED, "guard.address_not_allowed", _managers(found))


def _same_address(teams: Sequence[Team], last: LastSent) -> Iterator[Guard]:
    """Most often a row was copied: one address gets another manager's people, as recipient or in copy."""
    shared, copies = shared_addresses(teams), shared_copies(teams, last)
    groups: defaultdict[str, list[Team]] = defaultdict(list)
    for team in teams:
        address = team.manager.email.casefold()
        if address in shared or address in copies:
            groups[address].append(team)
    for address, others in copies.items():
        groups[address] += others
    if groups:
        found = list(dict.fromkeys(team for group in groups.values() for team in group))
        details = tuple(
            Detail(
                "guard.detail_shared",
                {"address": address, "managers": ", ".join(team.manager.manager_id for team in group)},
            )
            for address, group in groups.items()
        )
        yield Guard(GuardCode.SAME_ADDRESS, "guard.same_address", _managers(found), details)


def _managers(teams: Sequence[Team]) -> dict[str, int | str]:
    return _ids([team.manager.manager_id for team in teams])


def _ids(manager_ids: Sequence[ManagerId]) -> dict[str, int | str]:
    named = ", ".join(manager_ids[:NAMED_AT_MOST])
    return {"count": len(manager_ids), "managers": named + (", …" if len(manager_ids) > NAMED_AT_MOST else "")}
