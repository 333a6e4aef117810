"""Who must take a course. Knows one course's audience and the company structure."""

import difflib
from collections.abc import Collection, Iterable, Iterator

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Learner
from rkreport.core.rules import Audience, CoursePolicy
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree, name_key, names_company
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

_CLOSE = 0.7  # of `difflib`: what may be a slip of the pen


class AudienceIndex:
    """Tells whether a course's audience includes a learner. Without an audience it includes no learner."""

    def __init__(self, policy: CoursePolicy, tree: UnitTree, plan_learners: frozenset[int] = frozenset()) -> None:
        """Resolve the audience of a policy once; `plan_learners` has the `id()` of each learner in its plans."""
        audience = policy.audience or Audience((), ())
        self._tree = tree
        self._plan_learners = frozenset() if policy.audience else plan_learners
        self._organizations = audience.organizations
        self._roots = frozenset(serial for text in audience.organizations for serial in tree.find(text))
        self._tags = frozenset(name_key(tag) for tag in audience.tags)

    def names(self, learner: Learner) -> bool:
        """Whether the learner is in or below a named unit, in a named company, carries a named tag or is in a plan."""
        return (
            id(learner) in self._plan_learners
            or not self._roots.isdisjoint(self._tree.above(self._tree.unit_of(learner)))
            or any(name_key(tag.serial) in self._tags or name_key(tag.name) in self._tags for tag in learner.tags)
            or any(names_company(text, learner) for text in self._organizations)
        )


def audience_findings(policies: Iterable[CoursePolicy], tree: UnitTree) -> Iterator[Finding]:
    """Without a company structure, report each audience that names a unit: people below that unit are unknown."""
    for policy in policies if tree.is_flat else ():
        for text in policy.audience.organizations if policy.audience else ():
            if name_key(text) not in tree.companies:
                yield Finding(
                    FindingCode.UNIT_RULE_WITHOUT_STRUCTURE,
                    Level.CHECK,
                    Sentence("config: {serial} {text}", serial=policy.serial, text=text),
                )


def check_audiences(policies: tuple[CoursePolicy, ...], snapshot: Snapshot) -> None:
    """Refuse an audience whose unit or tag the LMS lacks, or whose unit name several units share.

    A wrong audience gives wrong numbers unnoticed, so it stops the report instead of becoming a finding. Without a
    structure, an unknown unit may lie above the learners' units, so it becomes a finding.

    Raises:
        ConfigError: names course, key, value and what to write.
    """
    for problem in audience_problems(policies, snapshot.learners, UnitTree.of_snapshot(snapshot)):
        raise ConfigError(problem)


def audience_problems(policies: Iterable[CoursePolicy], learners: Collection[Learner], tree: UnitTree) -> Iterator[str]:
    """Every reason for which `check_audiences` refuses, as a sentence."""
    tags = {text: name_key(text) for one in learners for tag in one.tags for text in (tag.serial, tag.name)}
    companies = {name_key(text) for one in learners for text in (one.company_serial, one.company)}
    names = {text for unit in tree.units for text in (unit.name, unit.serial)}
    for policy in policies:
        audience = policy.audience or Audience((), ())
        where = Sentence("courses: {serial}: audience", serial=policy.serial)
        for text in audience.organizations:
            units = tree.find(text)
            if not units and name_key(text) not in companies and not tree.is_flat:
                yield Sentence(
                    '{where}: the LMS knows no organization "{text}"; {meant}',
                    where=where,
                    text=text,
                    meant=_meant(text, names),
                )
            if len(units) > 1:
                serials = ", ".join(units)
                yield Sentence(
                    '{where}: {units} organizations are named "{text}"; write a serial: {serials}.',
                    where=where,
                    units=len(units),
                    text=text,
                    serials=serials,
                )
        for text in audience.tags:
            if name_key(text) not in tags.values():
                yield Sentence(
                    '{where}: no learner carries the tag "{text}"; {meant}',
                    where=where,
                    text=text,
                    meant=_meant(text, tags),
                )


def _meant(text: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, sorted(known), n=1, cutoff=_CLOSE)
    return (
        Sentence('did you mean "{close}"?', close=close[0])
        if close
        else "correct it; rkreport lists shows what the LMS has."
    )
