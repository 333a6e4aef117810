"""How complete the data are, in words. Knows the lists of a snapshot, not their rows."""

from collections import Counter
from collections.abc import Sequence
from typing import assert_never

from rkreport.core.models import ListKind, ListReading, Reason, Verdict
from rkreport.core.words import Words

NAMED_AT_MOST = 5  # lists named one by one on a first sheet; all are in the audit trail


def list_name(reading: ListReading, words: Words) -> str:
    """Such as `assignments of batch B-01 in course C-01`."""
    match reading.kind:
        case ListKind.USERS:
            return words.text("list.users")
        case ListKind.UNITS:
            return words.text("list.units")
        case ListKind.COURSES:
            return words.text("list.courses")
        case ListKind.BATCHES:
            return words.text("list.batches", course=reading.course)
        case ListKind.ASSIGNMENTS:
            return words.text("list.assignments", course=reading.course, batch=reading.batch)
    assert_never(reading.kind)


def reason_text(reason: Reason | None, words: Words) -> str:
    """Why a list is moving or incomplete, numbers as the reader writes them; `""` for no reason."""
    if reason is None:
        return ""
    values = {name: words.number(value) if isinstance(value, int) else value for name, value in reason.values.items()}
    return words.text(f"reason.{reason.code}", **values)


def banner(lists: Sequence[ListReading], words: Words) -> str:
    """One line for every sheet when lists are incomplete, naming two of them; `""` when none is."""
    incomplete = _with(lists, Verdict.INCOMPLETE)
    if not incomplete:
        return ""
    names = [list_name(reading, words) for reading in incomplete[:2]]
    if len(incomplete) > len(names):
        names.append(words.text("heading.banner_more", count=words.number(len(incomplete) - len(names))))
    return words.text(
        "heading.banner",
        count=words.number(len(incomplete)),
        lists=words.number(len(lists)),
        names="; ".join(names),
    )


def completeness_sentences(lists: Sequence[ListReading], words: Words) -> tuple[str, ...]:
    """What a first sheet says about completeness: one sentence, or one per list that is moving or incomplete."""
    verdicts = Counter(reading.verdict for reading in lists)
    incomplete = _with(lists, Verdict.INCOMPLETE)
    moving = _with(lists, Verdict.MOVING)
    if incomplete:
        first = banner(lists, words)
    elif moving:
        first = words.text("complete.moving", lists=words.number(len(lists)), moving=words.number(len(moving)))
    else:
        first = words.text(
            "complete.yes",
            lists=words.number(len(lists)),
            proven=words.number(verdicts[Verdict.PROVEN]),
            checked=words.number(verdicts[Verdict.CHECKED]),
        )
    sentences = [first]
    for readings in (incomplete, moving):
        sentences += [_sentence(reading, words) for reading in readings[:NAMED_AT_MOST]]
        if len(readings) > NAMED_AT_MOST:
            sentences.append(words.text("complete.more", count=words.number(len(readings) - NAMED_AT_MOST)))
    return tuple(sentences)


def _sentence(reading: ListReading, words: Words) -> str:
    return words.text(
        "complete.list",
        name=list_name(reading, words),
        verdict=words.text(f"verdict.{reading.verdict.value}"),
        received=words.number(reading.rows_received),
        expected=words.number(reading.rows_expected),
        reason=reason_text(reading.reason, words),
    ).rstrip()


def _with(lists: Sequence[ListReading], verdict: Verdict) -> list[ListReading]:
    return [reading for reading in lists if reading.verdict is verdict]
