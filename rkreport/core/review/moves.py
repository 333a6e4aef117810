"""Moves: managers who would get people, and addresses that would get reports, that they did not get last time. Pure.

Compares a run with what was last sent, by person and address. Knows no limit that an admin sets and no words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.compliance import Compliance, Team
from rkreport.core.models import ManagerId
from rkreport.core.review.last_sent import NOBODY, LastSent, WentTo, identity_of, person_ids
from rkreport.core.routing import FALLBACK_ID

FEWEST_PEOPLE = 3  # smaller moves happen in any month

Flows = Mapping[tuple[ManagerId, ManagerId], int]
"""Number of people by (manager then, manager now); NOBODY stands for people outside all teams."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Where the people of the last reports are now.

    `paths` covers everybody who is in both the last report and this one. `flows` covers those of them who would go to
    an address that did not get them before. `before` and `now` are team sizes, with leavers and joiners.
    """

    paths: Flows
    flows: Flows
    before: Mapping[ManagerId, int]
    now: Mapping[ManagerId, int]

    @property
    def gained(self) -> Mapping[ManagerId, int]:
        """By manager, how many people their address would newly get."""
        return _sums(self.flows)[1]


def moves_of(compliance: Compliance, last: LastSent) -> Moves:
    """The moves of a run since the last sending.

    An address in copy counts like the recipient. People who keep their manager have not moved, even if the manager's
    address has: see `new_addresses`.
    """
    paths: Counter[tuple[ManagerId, ManagerId]] = Counter()
    reach = {
        team.manager.manager_id: WentTo(team.manager.email, team.manager.cc).all
        for team in compliance.teams
        if team.manager.email
    }
    now = _managers_now(compliance)
    for person, manager_id in now.items():
        before = last.manager_of.get(person)
        if before is not None:
            paths[before, manager_id] += 1
    flows = {
        (before, to): count
        for (before, to), count in paths.items()
        if before != to and before in last.went_to and not reach.get(to, frozenset()) <= last.went_to[before].all
    }
    return Moves(paths, flows, Counter(last.manager_of.values()), Counter(now.values()))


def _managers_now(compliance: Compliance) -> dict[str, ManagerId]:
    """By person, the present manager."""
    teams = {person.key: team.manager.manager_id for team in compliance.teams for person in team.people}
    members = [person for team in compliance.teams for person in team.people]
    people = {each.key: each for each in (*members, *(each.person for each in compliance.requirements))}
    ids = person_ids(map(identity_of, people.values()))
    return {ids[identity_of(person)]: teams.get(key, NOBODY) for key, person in people.items()}


# ---- teams


def lost_managers(moves: Moves, teams: Sequence[Team], last: LastSent) -> tuple[ManagerId, ...]:
    """Managers who had people and now get nothing, by id or address, unless their team went whole to one address."""
    present = {team.manager.manager_id for team in teams}
    addresses = {team.manager.manager_id: team.manager.email.casefold() for team in teams}
    return tuple(
        manager_id
        for manager_id in moves.before
        if manager_id not in {FALLBACK_ID, NOBODY, *present}
        and manager_id in last.went_to
        and last.went_to[manager_id].recipient.casefold() not in addresses.values()
        and not _is_one_team(moves, manager_id, addresses)
    )


def _is_one_team(moves: Moves, manager_id: ManagerId, addresses: Mapping[ManagerId, str]) -> bool:
    went = {addresses.get(to, "") for before, to in moves.paths if before == manager_id}
    return len(went) == 1 and "" not in went


def moved_teams(moves: Moves, percent: float, told: Iterable[ManagerId]) -> Flows:
    """The unusual moves: at least three people, and at least `percent` of a team as it is now or was.

    A team of one or two can only move whole: if such teams hold three people together, they count too. `told` are the
    managers whose leaving or gaining other guards report.
    """
    left_out = frozenset(told)
    flows = {key: count for key, count in moves.flows.items() if not left_out.intersection(key)}
    gave, gained = _sums(flows)
    stayed, known = _sums(moves.paths)
    large = {
        key: count
        for key, count in flows.items()
        if _is_large(gained[key[1]], moves.now[key[1]], percent)
        or _is_large(gave[key[0]], moves.before[key[0]], percent)
    }
    whole = {
        key: count for key, count in flows.items() if gained[key[1]] == known[key[1]] or gave[key[0]] == stayed[key[0]]
    }
    return large | (whole if sum(whole.values()) >= FEWEST_PEOPLE else {})


def _sums(flows: Flows) -> tuple[Counter[ManagerId], Counter[ManagerId]]:
    """By manager, how many people they gave and how many they gained."""
    gave: Counter[ManagerId] = Counter()
    gained: Counter[ManagerId] = Counter()
    for (before, to), count in flows.items():
        gave[before] += count
        gained[to] += count
    return gave, gained


def _is_large(moved: int, size: int, percent: float) -> bool:
    return moved >= FEWEST_PEOPLE and moved * 100 >= percent * size


# ---- people without a manager


def without_manager(people: Mapping[ManagerId, int]) -> Fraction:
    """The share of 1 of the people without a manager."""
    total = sum(people.values())
    return Fraction(people.get(FALLBACK_ID, 0) + people.get(NOBODY, 0), total) if total else Fraction(0)


# ---- addresses


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address that did not get this manager's last report. `before` is the recipient or the copies that did."""

    team: Team
    address: str
    before: str
    is_copy: bool


def new_addresses(teams: Sequence[Team], last: LastSent) -> tuple[NewAddress, ...]:
    """The recipients and copies that are new to managers who were sent a report before."""
    found = []
    for team in teams:
        manager = team.manager
        went = last.went_to.get(manager.manager_id)
        if went is None or not manager.email:
            continue
        if manager.email.casefold() not in went.all:
            found.append(NewAddress(team, manager.email, went.recipient, is_copy=False))
        before = ", ".join(went.cc) or "–"
        found += [NewAddress(team, one, before, is_copy=True) for one in manager.cc if one.casefold() not in went.all]
    return tuple(found)


def shared_copies(teams: Sequence[Team], last: LastSent) -> dict[str, tuple[Team, ...]]:
    """By address in lower case, the teams whose copy it would newly get although it has a workbook of its own.

    Empty without an earlier report.
    """
    owners: defaultdict[str, set[ManagerId]] = defaultdict(set)
    for team in teams:
        if team.manager.email:
            owners[team.manager.email.casefold()].add(team.manager.manager_id)
    found: defaultdict[str, list[Team]] = defaultdict(list)
    for team in teams if last.went_to else ():
        went = last.went_to.get(team.manager.manager_id)
        for address in {one.casefold() for one in team.manager.cc} - (went.all if went else set()):
            if owners[address] - {team.manager.manager_id}:
                found[address].append(team)
    return {address: tuple(found[address]) for address in sorted(found)}
