"""How complete the data are, in words. Knows the lists of a snapshot, not their rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, timedelta

from rkreport.core.compliance import Edition
from rkreport.core.period import month_after
from rkreport.core.snapshot import ListReading, Reason, SetAside, Verdict
from rkreport.core.words import Words
from rkreport.sentence import Sentence, joined

NAMED_AT_MOST = 5  # lists named one by one on a first sheet; all are in the audit trail


OfAList = ListReading | SetAside
"""Something that belongs to one list: its reading, or one of its rows."""


def list_name(reading: OfAList, words: Words) -> str:
    """Such as `assignments of batch B-01 in course C-01`."""
    return words.text(f"list.{reading.kind}", course=reading.course, batch=reading.batch)


def list_names(readings: Iterable[OfAList], at_most: int, words: Words) -> str:
    """Each list once, in order, and how many more there are."""
    names = list(dict.fromkeys(list_name(reading, words) for reading in readings))
    more = len(names) - at_most
    shown = [*names[:at_most], words.text("heading.banner_more", count=words.number(more))] if more > 0 else names
    return joined("; ", shown)


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
    return words.text(
        "heading.banner",
        count=words.number(len(incomplete)),
        lists=words.number(len(lists)),
        names=list_names(incomplete, 2, words),
    )


def completeness_sentences(lists: Sequence[ListReading], set_aside: int, words: Words) -> tuple[str, ...]:
    """What a first sheet says about completeness: one sentence, then the lists that are missing, changed or absent.

    `set_aside` rows could not be read.
    """
    incomplete, moving = _with(lists, Verdict.INCOMPLETE), _with(lists, Verdict.MOVING)
    if incomplete:
        first = banner(lists, words)
    elif set_aside:
        first = words.text("complete.but_rows", count=words.number(set_aside))
    elif moving:
        first = words.text("complete.moving", lists=words.number(len(lists)), moving=words.number(len(moving)))
    else:
        first = words.text("complete.yes")
    absent = (reason_text(reading.reason, words) for reading in _with(lists, Verdict.ABSENT))
    return (
        first,
        *_named(incomplete, "complete.missing", words),
        *_named(moving, "complete.changed", words),
        *filter(None, dict.fromkeys(absent)),  # a reason can hold for many lists
    )


def sentences_below_banner(lists: Sequence[ListReading], set_aside: int, words: Words) -> tuple[str, ...]:
    """As `completeness_sentences`, for a sheet: its banner has said already that lists are incomplete."""
    sentences = completeness_sentences(lists, set_aside, words)
    return sentences[1:] if banner(lists, words) else sentences


def incomplete_sentences(lists: Sequence[ListReading], words: Words) -> list[str]:
    """One sentence for each list that is not whole."""
    return [
        Sentence(
            "Incomplete – {list_name}: {reason_text}.",
            list_name=list_name(reading, words),
            reason_text=reason_text(reading.reason, words).rstrip("."),
        )
        for reading in lists
        if reading.verdict is Verdict.INCOMPLETE
    ]


def _named(readings: Sequence[ListReading], key: str, words: Words) -> Iterator[str]:
    """One sentence per list with its reason, for the first few."""
    for reading in readings[:NAMED_AT_MOST]:
        reason = reason_text(reading.reason, words)
        yield words.text(key, name=list_name(reading, words), reason=reason).rstrip()
    if len(readings) > NAMED_AT_MOST:
        yield words.text("complete.more", count=words.number(len(readings) - NAMED_AT_MOST))


def _with(lists: Sequence[ListReading], verdict: Verdict) -> list[ListReading]:
    return [reading for reading in lists if reading.verdict is verdict]


SOON = timedelta(days=10)  # after the period's end; data that were read later get a sentence


def extraction_sentences(edition: Edition, words: Words) -> tuple[str, ...]:
    """What a first sheet says about it; nothing if the data were read in the first days of the month after."""
    read = edition.extraction_finished
    begin, end = month_after(edition.period, read.tzinfo or UTC)
    month = words.month(edition.period.year, edition.period.month)
    if read < begin:
        return (words.text("extracted.early", moment=words.timestamp(read), month=month),)
    if read < begin + SOON:
        return ()
    days = words.number((read.date() - begin.date()).days + 1)
    late = words.text("extracted.late", moment=words.timestamp(read), days=days, month=month)
    return (late,) if read < end else (late, words.text("extracted.outside", month=month))
