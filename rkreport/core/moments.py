"""Which moments can be those of a report: calendars and time zones go wrong at the ends of time."""

from datetime import datetime
from typing import Final

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100


def is_sane(moment: datetime) -> bool:
    """Whether a moment has a zone, and a year from 2000 to 2100."""
    return moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR
