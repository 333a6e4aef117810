"""Who must take a course. Knows one course's audience and the company structure."""

from collections.abc import Iterable, Iterator

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Learner
from rkreport.core.rules import Audience, CoursePolicy
from rkreport.core.snapshot import Snapshot
from rkreport.core.units import UnitTree, name_key, names_company
from rkreport.errors import ConfigError


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
                yield Finding(FindingCode.UNIT_RULE_WITHOUT_STRUCTURE, Level.CHECK, f"config: {policy.serial} {text}")


def check_audiences(policies: tuple[CoursePolicy, ...], snapshot: Snapshot) -> None:
    """Refuse an audience whose unit or tag the LMS lacks, or whose unit name several units share.

    A wrong audience gives wrong numbers unnoticed, so it stops the report instead of becoming a finding. Without a
    structure, an unknown unit may lie above the learners' units, so it becomes a finding.

    Raises:
        ConfigError: names course, key, value and what to write.
    """
    tree = UnitTree.of_snapshot(snapshot)
    tags = {name_key(text) for one in snapshot.learners for tag in one.tags for text in (tag.serial, tag.name)}
    companies = {name_key(text) for one in snapshot.learners for text in (one.company_serial, one.company)}
    for policy in policies:
        audience = policy.audience or Audience((), ())
        where = f"courses: {policy.serial}: audience"
        for text in audience.organizations:
            units = tree.find(text)
            if not units and name_key(text) not in companies and not tree.is_flat:
                raise ConfigError(f'{where}: the LMS knows no organization "{text}"; write a serial or name it has.')
            if len(units) > 1:
                serials = ", ".join(units)
                raise ConfigError(f'{where}: {len(units)} organizations are named "{text}"; write a serial: {serials}.')
        for text in audience.tags:
            if name_key(text) not in tags:
                raise ConfigError(f'{where}: no learner carries the tag "{text}"; write a tag the LMS has.')
