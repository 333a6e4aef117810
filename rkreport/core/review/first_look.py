"""First look: what stands out when there is no earlier report to compare with. Pure.

If a column was sorted alone, each manager has the address of another, and every address is valid. The LMS's user list
may tell whose address it is.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rkreport.core.compliance import PeriodResult, Team
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.leaks.text_folding import folded
from rkreport.core.models import Learner, ManagerId, Requirement

_WORD = re.compile(r"[^\W\d_]+")
_TITLES: Final = frozenset(
    {"ibu", "bu", "bapak", "bpk", "pak", "mr", "mrs", "ms", "dr", "drs", "dra", "ir", "prof", "haji", "hj", "kh"}
)


def first_look(
    teams: Sequence[Team],
    requirements: Iterable[Requirement],
    learners: Iterable[Learner],
    history: Sequence[PeriodResult],
    fallback_percent: float,
) -> tuple[Finding, ...]:
    """Findings about managers who are in no month of `history`; without history also about people without a manager."""
    known = frozenset[ManagerId]().union(*(past.people_by_manager or () for past in history))
    new = [team for team in teams if team.manager.manager_id not in known]
    share = () if history else _many_without_manager(teams, requirements, fallback_percent)
    return (*_addresses_of_others(new, learners), *share)


def is_same_name(one: str, other: str) -> bool:
    """Whether two names can mean one person: each word of the shorter one, or its initial, is in the longer one.

    Titles and text after a comma are ignored: "Ibu Ratna D." matches Ratna Dewi Kusuma, S.E.
    """
    fewer, more = sorted((_words(one), _words(other)), key=len)
    return all(any(_is_same_word(word, each) for each in more) for word in fewer)


def _is_same_word(one: str, other: str) -> bool:
    return one == other or (one[0] == other[0] and 1 in {len(one), len(other)})


def _words(name: str) -> list[str]:
    return [word for word in _WORD.findall(folded(name.partition(",")[0])) if word not in _TITLES]


def _addresses_of_others(teams: Iterable[Team], learners: Iterable[Learner]) -> Iterator[Finding]:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for learner in learners:
        owners[learner.email.strip().casefold()].add(learner.name)
    for team in teams:
        manager = team.manager
        names = owners.get(manager.email.casefold(), set()) if manager.email and _words(manager.name) else set[str]()
        if names and not any(is_same_name(manager.name, name) for name in names):
            yield Finding(FindingCode.ADDRESS_OF_SOMEBODY_ELSE, Level.CHECK, manager.manager_id)


def _many_without_manager(
    teams: Iterable[Team], requirements: Iterable[Requirement], percent: float
) -> Iterator[Finding]:
    everybody = {each.person.key for each in requirements}
    placed = {person.key for team in teams if not team.manager.is_fallback for person in team.people}
    left = len(everybody - placed)
    if left * 100 > percent * len(everybody):
        yield Finding(FindingCode.MANY_WITHOUT_MANAGER, Level.CHECK, f"{left} / {len(everybody)}")
