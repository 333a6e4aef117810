"""A team's part of a comparison: what moved its own rate. Names nobody who is not in the team now. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rkreport.core.changes.causes import Cause, Side, one_team
from rkreport.core.changes.comparison import CauseSum, Change, Comparison, sums_of
from rkreport.core.changes.points import Score
from rkreport.core.compliance import Numbered, Team
from rkreport.core.models import ManagerId, Requirement, Status


@dataclass(frozen=True, slots=True)
class OwnChange:
    """A requirement of a person who is in the team now. `before` is None if the team did not have it then."""

    cause: Cause
    requirement: Requirement
    before: Status | None
    score: Score


@dataclass(frozen=True, slots=True)
class TeamChanges:
    """A team against its part of the earlier report.

    `causes` are the sums of all changes. `people` lists those of people who are in the team now. People who left it,
    whether for another team or for good, are in the sums alone: `gone` counts their requirements.
    """

    edition: Numbered
    before: Score
    after: Score
    causes: tuple[CauseSum, ...]
    people: tuple[OwnChange, ...]
    gone: int


def team_changes(comparison: Comparison, teams: Sequence[Team]) -> dict[ManagerId, TeamChanges]:
    """By manager, what changed in each team; empty where there is nothing to compare with."""
    if comparison.missing or comparison.edition is None:
        return {}
    parts: dict[ManagerId, list[tuple[Cause, Score]]] = {}
    own: dict[ManagerId, list[OwnChange]] = {}
    for change in comparison.changes:
        for manager_id, cause, score in _of_teams(change):
            parts.setdefault(manager_id, []).append((cause, score))
            if change.now is not None and change.after is not None and change.after.manager_id == manager_id:
                own.setdefault(manager_id, []).append(OwnChange(cause, change.now, _before(change), score))
    return {
        team.manager.manager_id: _team(
            comparison.edition,
            comparison.then.by_manager,
            one_team(team.manager.manager_id),
            parts=parts,
            own=own,
        )
        for team in teams
    }


def _team(
    edition: Numbered,
    then: Mapping[ManagerId, Score],
    manager_id: ManagerId,
    *,
    parts: Mapping[ManagerId, list[tuple[Cause, Score]]],
    own: Mapping[ManagerId, list[OwnChange]],
) -> TeamChanges:
    before, changed, people = then.get(manager_id, Score()), parts.get(manager_id, []), own.get(manager_id, [])
    causes = sums_of(changed)
    after = sum((each.score for each in causes), before)
    order = list(Cause)
    people = sorted(people, key=lambda each: order.index(each.cause))
    return TeamChanges(edition, before, after, causes, tuple(people), len(changed) - len(people))


def _of_teams(change: Change) -> Iterator[tuple[ManagerId, Cause, Score]]:
    """The teams that a change is about: after a move the team then, which loses all, and the team now, which gains."""
    before, after = change.before, change.after
    if before and after and before.manager_id != after.manager_id:
        yield before.manager_id, Cause.MOVED, _negative(before)
        yield after.manager_id, Cause.MOVED, _positive(after)
        return
    side = after or before
    if side:
        yield side.manager_id, change.cause, change.score


def _before(change: Change) -> Status | None:
    """The earlier status, if the same team had the requirement then."""
    before, after = change.before, change.after
    if before is None or (after and before.manager_id != after.manager_id):
        return None
    return before.status


def _positive(side: Side) -> Score:
    return Score(int(side.compliant), int(side.counted))


def _negative(side: Side) -> Score:
    return Score(-int(side.compliant), -int(side.counted))
