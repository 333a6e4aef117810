"""Finds rows of the ledger by the name of a message, by a file, or by edition. Pure."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from rkreport.core.compliance import INTERIM, Period, Series
from rkreport.core.mail.delivery import Delivery
from rkreport.sentence import Sentence


def report_id(message_id: str) -> str:
    """The value of X-RkReport-Id: the Message-ID without its brackets and its domain."""
    return message_id.strip().strip("<>").partition("@")[0]


def with_message_id(rows: Iterable[Delivery], name: str) -> list[Delivery]:
    """The rows of a message by its Message-ID or its X-RkReport-Id.

    Some services replace the domain of the Message-ID, so only the part before the @ is compared.
    """
    wanted = report_id(name)
    return [row for row in rows if wanted and report_id(row.message_id) == wanted]


def with_file(rows: Iterable[Delivery], sha256: str) -> list[Delivery]:
    """The rows with which a file was sent."""
    return [row for row in rows if row.file_sha256 == sha256]


def no_such_manager(wanted: str, known: Iterable[str], where: str) -> str:
    """The sentence about an unknown manager id, with the id that was probably meant.

    Of several equally close ids, it takes the one with the most letters in their place: `M-0O1` means M-001, not M-010.
    """
    by_folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(wanted.casefold(), by_folded, 10)
    close.sort(key=lambda one: _distance(wanted.casefold(), one))
    hint = (
        Sentence("did you mean {by_folded}?", by_folded=by_folded[close[0]])
        if close
        else "take an id from burst-list.csv."
    )
    return Sentence("There is no manager {wanted} {where}; {hint}", wanted=wanted, where=where, hint=hint)


def nothing_sent(wanted: str) -> str:
    """The sentence about a manager whose message is asked for while the ledger is empty."""
    return Sentence(
        "rkreport send has not run from this data_dir yet, so it keeps no message for"
        " manager {wanted}; if another data_dir sends, name it in report.data_dir, or say"
        " --config for its config.",
        wanted=wanted,
    )


@dataclass(frozen=True, slots=True)
class WhichEdition:
    """Which editions are asked for; None means any. Interim editions match only with `is_interim`."""

    period: Period | None = None
    number: int | None = None
    is_interim: bool = False

    def has(self, series: str, number: int) -> bool:
        """Whether an edition is one of those asked for; `series` as the ledger has it."""
        found = Series.parse(series)
        is_month = self.period in {None, found.period} and self.is_interim == found.is_interim
        return is_month and self.number in {None, number}

    def __str__(self) -> str:
        """For a sentence, with a blank before it."""
        month = Sentence(" of {period}", period=self.period) if self.period else ""
        kind = INTERIM if self.is_interim else "revision"
        return (
            Sentence("{month}, {kind} {number}", month=month, kind=kind, number=self.number)
            if self.number
            else Sentence("{month}{what}", month=month, what=Sentence(", interim") if self.is_interim else "")
        )


def _distance(one: str, other: str) -> tuple[float, int]:
    """How far two texts are apart: by what they share, then by the letters that differ."""
    ratio = difflib.SequenceMatcher(None, one, other).ratio()
    return -ratio, sum(a != b for a, b in zip_longest(one, other))
