"""How statuses and moments are written, plainly or oddly. Knows words only, no company and no HTTP."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from rkreport.simulator.faults import Moments
from rkreport.simulator.schedule import WIB

_UNKNOWN = "Ditangguhkan"
_STATUS = '"status":"'  # the last field of rows with a status
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str.lower,
    str.upper,
    lambda status: status.upper().replace("_", " "),
    lambda status: status.title().replace("_", " "),
    lambda status: status.lower().replace("_", " "),
)
_FORMS: dict[Moments, Sequence[Callable[[datetime], str]]] = {
    Moments.OFFSET: (datetime.isoformat,),
    Moments.DATE_ONLY: (lambda moment: moment.date().isoformat(),),
    Moments.MIXED: (
        datetime.isoformat,
        lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        lambda moment: moment.astimezone(UTC).isoformat(),
        lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"),
    ),
}


def moments_as(style: Moments) -> Callable[[int, int], str]:
    """The function that writes seconds since 1970 for the row with this number; dates are those of the company."""
    forms = _FORMS[style]
    return lambda seconds, row: forms[row % len(forms)](datetime.fromtimestamp(seconds, WIB))


def respelled(record: str, row: int, *, is_unknown: bool) -> str:
    """The row (JSON text) with its status in one of five spellings, by its number, or with a made-up one."""
    before, _, after = record.rpartition(_STATUS)
    status = after.removesuffix('"}')
    word = _UNKNOWN if is_unknown else _SPELLINGS[row % len(_SPELLINGS)](status)
    return f'{before}{_STATUS}{word}"}}'


def first_unfinished(records: Iterable[str]) -> int | None:
    """The number of the first row (JSON text) that is not completed: the one that can take a made-up status."""
    return next((row for row, text in enumerate(records) if not text.lower().endswith('"completed"}')), None)
