"""Finding rows of the ledger by what a person has at hand: the name of a message, or a file. Pure."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from rkreport.core.compliance import INTERIM, Period, Series
from rkreport.core.delivery import Delivery


def report_id(message_id: str) -> str:
    """What stands in X-RkReport-Id: the Message-ID without its brackets and its domain."""
    return message_id.strip().strip("<>").partition("@")[0]


def with_message_id(rows: Iterable[Delivery], name: str) -> list[Delivery]:
    """The rows of a message by its Message-ID or its X-RkReport-Id.

    Some services put a domain of their own into the Message-ID; what stands before the @ is ours alone.
    """
    wanted = report_id(name)
    return [row for row in rows if wanted and report_id(row.message_id) == wanted]


def with_file(rows: Iterable[Delivery], sha256: str) -> list[Delivery]:
    """The rows with which a file was sent."""
    return [row for row in rows if row.file_sha256 == sha256]


def no_such_manager(wanted: str, known: Iterable[str], where: str) -> str:
    """The sentence about an id that nobody has, with the one that was probably meant."""
    by_folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(wanted.casefold(), by_folded, 1)
    hint = f"did you mean {by_folded[close[0]]}?" if close else "take an id from burst-list.csv."
    return f"There is no manager {wanted} {where}; {hint}"


@dataclass(frozen=True, slots=True)
class WhichEdition:
    """Of which edition something is asked for; None: of any. Interim ones are asked for by name alone."""

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
        month = f" of {self.period}" if self.period else ""
        kind = INTERIM if self.is_interim else "revision"
        return f"{month}, {kind} {self.number}" if self.number else f"{month}{', interim' * self.is_interim}"
