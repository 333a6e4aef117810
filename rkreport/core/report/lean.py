"""Leaves out columns of a sheet by groups that tell nothing: statuses that nobody has, and the same numbers again."""

from collections.abc import Sequence

from rkreport.core.report.sheets import Column, Row


def lean(
    columns: Sequence[Column], rows: Sequence[Row], total: Row, *, statuses: range, twins: tuple[range, range]
) -> tuple[tuple[Column, ...], tuple[Row, ...], Row]:
    """Return columns, rows and total without `statuses` that are zero everywhere.

    The second range of `twins` is left out if it is equal to the first in every row: where each person has one
    requirement, people are counted as requirements are. Only their total may differ, which the summary has.
    """
    every = (*rows, total)
    without = {place for place in statuses if not any(row[place] for row in every)}
    first, second = twins
    if all(row[first.start : first.stop] == row[second.start : second.stop] for row in rows):
        without.update(second)
    kept = [place for place in range(len(columns)) if place not in without]
    shown = tuple(tuple(row[place] for place in kept) for row in every)
    return tuple(columns[place] for place in kept), shown[:-1], shown[-1]
