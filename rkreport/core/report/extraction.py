"""Says when the data were read, unless that was soon after the period. Knows the edition, no people."""

from datetime import UTC, timedelta

from rkreport.core.compliance import Edition
from rkreport.core.period import month_after
from rkreport.core.words import Words

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
