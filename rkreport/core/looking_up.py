"""Finding rows of the ledger by what a person has at hand: the name of a message, or a file. Pure."""

from collections.abc import Iterable

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
