"""A date in a list, or one sentence that says how to write it. Knows no file and no column."""

import re
from datetime import date

from rkreport.core.days import days_meant, readings_text
from rkreport.errors import ConfigError
from rkreport.sentence import one_of

_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}")


def parse_day(text: str, *, source: str) -> date:
    """The day that a text means.

    Args:
        text: in any form of `rkreport.core.days`.
        source: begins the error's sentence, such as `exceptions.csv, line 4, until`.

    Raises:
        ConfigError: it is no date, no day of the calendar, or could mean two days.
    """
    days = days_meant(text)
    if len(days) > 1:
        raise ConfigError(
            "{source}: can be read as {readings_text}; write {names}.",
            source=source,
            readings_text=readings_text(days),
            names=one_of(map(str, days)),
        )
    if not days:
        is_short = _SHORT_YEAR.fullmatch(" ".join(text.split()))
        ending = "; write the year with four digits" if is_short else ", or empty for ever"
        raise ConfigError(
            "{source}: must be a date such as 2026-12-31 or 31 Des 2026{ending}.", source=source, ending=ending
        )
    return days[0]
