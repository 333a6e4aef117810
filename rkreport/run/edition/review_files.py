"""Writes the files of a review: the burst list as CSV, and the page in every language. Sends nothing.

`review.html` is in the report's language. The same page in other languages is beside it, and all link to each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance
from rkreport.core.manifest import BuiltFile
from rkreport.core.models import ManagerId
from rkreport.core.review.burst_list import HEADER, DeliveryStatus, SendSettings, Workbook, csv_rows
from rkreport.core.review.elsewhere import OtherLedger
from rkreport.core.review.last_sent import LastSent
from rkreport.core.review.moves import moves_of
from rkreport.core.review.page import Review, ReviewSource, review_figures, review_of
from rkreport.core.words import LANGUAGES
from rkreport.files import csv_bytes, sha256_of, write_private_file
from rkreport.locale import load_words
from rkreport.locale.translation import SOURCE_LANGUAGE, spoken_words
from rkreport.run.edition.assessing import result_of
from rkreport.run.edition.guarding import guards_for
from rkreport.run.edition.mail_templates import shipped_templates
from rkreport.run.transports import mail_server_of

BURST_LIST = "burst-list.csv"
PAGE = "review.html"
KINDS = frozenset({"burst-list", "review"})


@dataclass(frozen=True, slots=True)
class Written:
    """The review in English for the terminal, and the files for the manifest."""

    review: Review
    files: tuple[BuiltFile, ...]


def write_review(
    config: Config,
    compliance: Compliance,
    folder: Path,
    workbooks: Mapping[ManagerId, str],
    *,
    posted: DeliveryStatus,
    last_sent: LastSent,
    other_ledgers: Iterable[OtherLedger],
    release_code: str = "",
) -> Written:
    """Write the burst list and the pages into an edition's folder.

    Args:
        config: gives the report's language and the guards' limits.
        compliance: what the review shows.
        folder: the edition's folder.
        workbooks: each manager's file, relative to the folder.
        posted: what the ledger says about this revision.
        last_sent: what was last sent, and where it went.
        other_ledgers: what other ledgers know of the period's messages.
        release_code: what a second person passes on, once the edition is built.

    Raises:
        OutputError: a file could not be written.
    """
    now = result_of(config.rules_sha256, compliance)
    source = ReviewSource(
        compliance=compliance,
        figures=review_figures(compliance, now),
        workbooks={
            manager_id: Workbook(path, size)
            for manager_id, path in workbooks.items()
            if (size := _size(folder / path)) is not None
        },
        posted=posted,
        guards=guards_for(config, compliance, last_sent, other_ledgers),
        posting=send_settings_of(config),
        moved=moves_of(compliance, last_sent).gained,
        release_code=release_code,
    )
    wordings = {language: load_words(language) for language in sorted(LANGUAGES)} | {SOURCE_LANGUAGE: spoken_words()}
    reviews = {language: review_of(source, words) for language, words in wordings.items()}
    return Written(reviews[SOURCE_LANGUAGE], tuple(_write_files(folder, reviews, config.settings.report.language)))


def _write_files(folder: Path, reviews: Mapping[str, Review], own: str) -> list[BuiltFile]:
    from rkreport.page import render_review  # noqa: PLC0415 - importing Jinja2 costs every command 40 ms

    files = [
        _write(
            folder / BURST_LIST,
            "burst-list",
            len(reviews[own].rows),
            csv_bytes(HEADER, csv_rows(reviews[own].rows, reviews[own].target, load_words(own))),
        )
    ]
    pages = [(page_name(each, own), each, load_words(each).text("review.read_here")) for each in reviews]
    for language, review in reviews.items():
        others = [page for page in pages if page[1] != language]
        page = render_review(review, load_words(language), shipped_templates() / "review", others)
        files.append(_write(folder / page_name(language, own), "review", None, page.encode()))
    return files


def send_settings_of(config: Config) -> SendSettings:
    """Return how this config sends."""
    server = mail_server_of(config)
    return SendSettings(
        channel=config.channel,
        host=server.host or "",
        messages_per_minute=server.messages_per_minute,
        max_message_bytes=server.max_message_bytes,
        has_sender=config.sender is not None,
        is_allowed=config.is_allowed,
        wants_release=config.settings.release.approval,
    )


def page_name(language: str, own: str) -> str:
    """Return `review.html` for the report's own language, `review.en.html` or `review.id.html` for another."""
    return PAGE if language == own else f"review.{language}.html"


def _write(path: Path, kind: str, rows: int | None, content: bytes) -> BuiltFile:
    write_private_file(path, content)
    return BuiltFile(path.name, kind, None, rows, sha256_of(content))


def _size(path: Path) -> int | None:
    """Return a file's size; None if it is missing, so the row has no workbook."""
    try:
        return path.stat().st_size
    except OSError:
        return None
