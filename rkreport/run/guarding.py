"""Guard: nothing is sent past something unusual until a person has looked. Knows the config's limits and who to ask."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance, PeriodResult
from rkreport.core.guards import ALLOW_INCOMPLETE, Guard, GuardCode, GuardLimits, guards_of
from rkreport.core.models import ManagerId
from rkreport.errors import ConfigError, GuardStop
from rkreport.locale import load_words
from rkreport.run.assessing import Assessment, result_of

Ask = Callable[[str], bool]


class Judged(Protocol):
    """An edition that was loaded, with its snapshot judged again."""

    @property
    def config(self) -> Config:
        """What the admin decided."""

    @property
    def assessment(self) -> Assessment:
        """The verdicts, with the earlier months."""

    @property
    def last_recipients(self) -> Mapping[ManagerId, str]:
        """Where each manager's newest report went."""


def guards_for(
    config: Config, compliance: Compliance, now: PeriodResult, last_recipients: Mapping[ManagerId, str]
) -> tuple[Guard, ...]:
    """All that stops the sending of this run, by the config's limits; `now` are its figures."""
    section = config.file.guards
    limits = GuardLimits(section.people_change_percent, section.rate_change_points)
    return guards_of(compliance, now, limits, config.is_allowed, last_recipients)


def guard(loaded: Judged, accepted: frozenset[str], ask: Ask | None) -> None:
    """Let pass what nothing stops, what was accepted, and what a person says yes to now, one by one.

    Args:
        loaded: the edition that is about to be sent.
        accepted: codes of guards that are let pass.
        ask: puts a question to a person on a terminal; None when there is nobody.

    Raises:
        GuardStop: something was not accepted; nothing may be sent.
    """
    words = load_words("en")
    config, compliance = loaded.config, loaded.assessment.compliance
    found = guards_for(config, compliance, result_of(config, compliance), loaded.last_recipients)
    open_guards = [each for each in found if each.code.value not in accepted]
    if ask is not None:  # whoever says no is asked nothing more
        refused = (each for each in open_guards if not ask(f"{each.sentence(words)} Send anyway? [y/N]"))
        open_guards = list(islice(refused, 1))
    if open_guards:
        sentences = " ".join(each.sentence(words) for each in open_guards)
        options = " ".join(each.option for each in open_guards)
        raise GuardStop(f"Nothing was sent. {sentences} Look at review.html first; to send anyway, add {options}.")


def accepted_guards(codes: Iterable[str]) -> frozenset[str]:
    """The words after `--accept`.

    Raises:
        ConfigError: one of them is the word of no guard.
    """
    known = [code.value for code in GuardCode if code is not GuardCode.INCOMPLETE]
    found = frozenset(codes)
    for code in sorted(found.difference(known)):
        raise ConfigError(
            f'The option --accept does not know "{code}"; write one of {", ".join(known)}; incomplete'
            f" data pass with {ALLOW_INCOMPLETE} alone."
        )
    return found
