"""Guard: stops an unusual sending until a person accepts it. Knows the config's limits and whom to ask."""

from collections.abc import Callable, Iterable
from itertools import islice

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance
from rkreport.core.leaks.text_folding import visible
from rkreport.core.review.elsewhere import OtherLedger, guards_of_other_ledgers
from rkreport.core.review.guard import ALLOW_INCOMPLETE, Guard, GuardCode, GuardLimits
from rkreport.core.review.guards import guards_of
from rkreport.core.review.last_sent import LastSent
from rkreport.core.words import Words
from rkreport.errors import ConfigError, GuardStop
from rkreport.locale.translation import spoken_words
from rkreport.run.edition.assessing import result_of
from rkreport.sentence import Sentence, joined

Ask = Callable[[str], bool]
_LINES_ASKED = 12  # keeps the question itself on the screen


def guards_for(
    config: Config, compliance: Compliance, last_sent: LastSent, other_ledgers: Iterable[OtherLedger]
) -> tuple[Guard, ...]:
    """Find all that stops this sending, by the config's limits.

    `last_sent` is what was last sent, and where it went; `other_ledgers` says what only others know.
    """
    section = config.settings.guards
    limits = GuardLimits(
        people_change_percent=section.people_change_percent,
        rate_change_points=section.rate_change_points,
        team_moved_percent=section.team_moved_percent,
        fallback_percent=section.fallback_percent,
        unmatched_percent=section.unmatched_percent,
    )
    now = result_of(config.rules_sha256, compliance)
    return (*guards_of_other_ledgers(other_ledgers), *guards_of(compliance, now, limits, config.is_allowed, last_sent))


def guard(found: Iterable[Guard], accepted: frozenset[str], ask: Ask | None) -> None:
    """Return if every guard was accepted in advance, or a person now accepts it; ask one by one.

    Args:
        found: all that stops the sending.
        accepted: codes of the guards accepted in advance.
        ask: asks a person on a terminal; None if there is no terminal.

    Raises:
        GuardStop: a guard was not accepted; nothing may be sent.
    """
    words = spoken_words()
    open_guards = [each for each in found if each.code.value not in accepted]
    if ask is not None:  # no further question after a no
        refused = (each for each in open_guards if not ask(_question(each, words)))
        open_guards = list(islice(refused, 1))
    if open_guards:
        sentences = joined(" ", (each.sentence(words) for each in open_guards))
        options = " ".join(dict.fromkeys(each.option for each in open_guards))
        raise GuardStop(
            "Nothing was sent. {sentences} Look at review.html first; to send anyway, add {options}.",
            sentences=sentences,
            options=options,
        )


def _question(each: Guard, words: Words) -> str:
    """Word a guard's question with names and addresses: the person at the terminal is the admin."""
    lines = each.detail_lines(words)
    more = (
        [Sentence("  … {lines} more in review.html", lines=len(lines) - _LINES_ASKED)]
        if len(lines) > _LINES_ASKED
        else []
    )
    shown = [f"  {visible(line)}" for line in lines[:_LINES_ASKED]]
    question = "Send anyway? [y/N]"
    text = [each.sentence(words), *shown, *more]
    return joined("\n", [*text, question]) if lines else Sentence("{text} {question}", text=text[0], question=question)


def accepting_options(accepted: Iterable[str], *, allow_incomplete: bool) -> list[str]:
    """Return the options that accept something unusual, for the summary."""
    return [
        *(Sentence("--accept {code}", code=code) for code in sorted(accepted)),
        *([ALLOW_INCOMPLETE] if allow_incomplete else []),
    ]


def accepted_guards(codes: Iterable[str]) -> frozenset[str]:
    """Parse the words after `--accept`.

    Raises:
        ConfigError: a word names no guard.
    """
    known = [code.value for code in GuardCode if code is not GuardCode.INCOMPLETE]
    found = frozenset(codes)
    for code in sorted(found.difference(known)):
        raise ConfigError(
            'The option --accept does not know "{code}"; write one of {known}; incomplete data need'
            " {allow_incomplete}.",
            code=code,
            known=", ".join(known),
            allow_incomplete=ALLOW_INCOMPLETE,
        )
    return found
