"""Merges the pages of a list into its rows, each as often as the server holds it. Pure; knows no list's contents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rkreport.lms.paging import PageRead, PageRef
from rkreport.lms.sightings import Identity, Sightings, Span


@dataclass(frozen=True, slots=True)
class PageRows:
    """A stored page with its rows."""

    ref: PageRef
    read: PageRead
    rows: tuple[Any, ...]


def rows_of(pages: Sequence[PageRows], proof: Span | None, *, has_repeats: bool = False) -> list[Any]:
    """Return the rows of a list from all pages of all passes, each once, in its newest version.

    `pages` come in the order of pass and page; rows come in the order of their first appearance. With a proof, only its
    rows are returned; with `has_repeats`, the proof counts rows that appear twice.
    """
    sightings = Sightings()
    for page in pages:
        sightings.see(page.ref.pass_number, page.ref.page, page.read.identities, page.read.total)
    kept = sightings.rows(proof, with_repeats=has_repeats)
    together: dict[Identity, list[Any]] = {}  # rows of the newest page that shows enough copies
    apart: dict[Identity, list[Any]] = {}  # rows of the newest pass, for copies that no page shows together
    passes: dict[Identity, int] = {}
    for page in pages:
        here: dict[Identity, list[Any]] = {}
        for identity, row in zip(page.read.identities, page.rows, strict=True):
            here.setdefault(identity, []).append(row)
        for identity, found in here.items():
            count, number = kept.get(identity, 0), page.ref.pass_number
            if len(found) >= count or identity not in together:
                together[identity] = found[-count:]
            if len(found) < count:
                apart[identity] = apart[identity] + found if passes.get(identity) == number else found
                passes[identity] = number
    return [
        row
        for identity, found in together.items()
        if identity in kept
        for row in (found if len(found) == kept[identity] else apart[identity][-kept[identity] :])
    ]
