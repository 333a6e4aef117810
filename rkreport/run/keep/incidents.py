"""Incident: a message reached the wrong person. Finds it, lists whose data it held, and drafts the notice.

Personal data go into the draft only.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rkreport.bounds import TooLarge, read_regular
from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.mail.delivery import Delivery
from rkreport.core.mail.incident import DRAFT_NAMES, Exposed, deadline, draft_values, exposed
from rkreport.core.mail.lookup import report_id, with_file, with_message_id
from rkreport.core.mail.templates import compose_text
from rkreport.core.report.heading import series_told
from rkreport.core.words import LANGUAGES
from rkreport.errors import ConfigError, OutputError
from rkreport.files import reason_of, sha256_of, write_private_file
from rkreport.locale import load_words
from rkreport.run.auditing import record
from rkreport.run.edition.mail_templates import text_template
from rkreport.run.keep.returned_message import OWN_NAME, Unreadable, names_and_digests
from rkreport.run.world import World
from rkreport.store.archive import Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger

_FILES = (".eml", ".xlsx")
_LARGEST_BYTES = 36 * 2**20  # a message of 25 MB comes back within another one; ten times that as objects


@dataclass(frozen=True, slots=True)
class Incident:
    """A message, counts of what it held, and the draft. Times are in the report's zone.

    `is_as_sent` tells whether the returned file is the one that was sent; None if no file came back.
    `unreadable` says why the sent file could not be listed; `""` if it was listed.
    """

    sent: Delivery
    changed_at: datetime | None
    people: int
    columns: int
    deadline: datetime | None
    draft: Path
    is_as_sent: bool | None
    unreadable: str


@dataclass(frozen=True, slots=True)
class _Found:
    """The ledger row of the named message. `digest` is the returned workbook's; `""` if none came back."""

    sent: Delivery
    digest: str = ""


def incident_step(config: Config, database: Database, world: World, message: str, out: Path | None) -> Incident:
    """Find a message by its Message-ID, its X-RkReport-Id or a returned file, and write the draft of the notice.

    Raises:
        ConfigError: no message, or more than one, matches.
        OutputError: the draft cannot be written.
    """
    rows = Ledger(database, world.utc_now).all()
    path = Path(message)
    is_file = path.suffix.casefold() in _FILES
    found = _by_file(rows, path) if is_file else _Found(_single_row(with_message_id(rows, message), _shown(message)))
    held, unreadable = _read_sent_file(Archive(config.data_dir), found.sent)
    is_as_sent = found.digest == found.sent.file_sha256 if found.digest else None
    language = config.settings.report.language
    values = draft_values(
        found.sent,
        held,
        company=config.settings.report.company,
        reply_to=config.reply_to or (config.sender.address if config.sender else ""),
        is_as_sent=is_as_sent,
        zone=config.zone,
        words=load_words(language),
    )
    draft = out or Path(f"incident_{report_id(found.sent.message_id)}.txt")
    if out is None and draft.exists():
        raise OutputError("{draft} is there already, perhaps filled in; name another file with --out.", draft=draft)
    about = {"period": found.sent.period, "revision": str(found.sent.revision), "manager_id": found.sent.manager_id}
    record(database, world, AuditEvent.INCIDENT_DRAFTED, about=about, digests={"file": found.sent.file_sha256})
    write_private_file(draft, compose_text(text_template("incident", language, DRAFT_NAMES), values).encode())
    return Incident(
        sent=found.sent,
        changed_at=found.sent.changed_at.astimezone(config.zone) if found.sent.changed_at else None,
        people=len(held.people) if held else found.sent.figures.people,
        columns=len({header for _, headers in held.columns for header in headers}) if held else 0,
        deadline=deadline(found.sent, config.zone),
        draft=draft,
        is_as_sent=is_as_sent,
        unreadable=unreadable,
    )


def _read_sent_file(archive: Archive, sent: Delivery) -> tuple[Exposed | None, str]:
    """List what the sent file holds, or say why it cannot be read; the draft is then written with a gap."""
    from rkreport.excel.ooxml.read_back import read_tables  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    languages = [load_words(language) for language in LANGUAGES]
    ids = [words.text("detail.employee_id") for words in languages]
    names = [words.text("detail.name") for words in languages]
    try:
        tables = read_tables(archive.read(sent.file_sha256), {*ids, *names})
    except OutputError as error:
        return None, error.sentence
    except ValueError:
        return None, "The file that was sent is encrypted, so its people are not listed; open it with its password."
    return exposed(tables, ids, names), ""


def _by_file(rows: tuple[Delivery, ...], path: Path) -> _Found:
    try:
        content = read_regular(path, _LARGEST_BYTES)
    except TooLarge:
        raise ConfigError(
            "{path} is larger than {largest_bytes} MB, more than mail servers take; name the Message-ID instead.",
            path=path,
            largest_bytes=_LARGEST_BYTES // 2**20,
        ) from None
    except OSError as error:
        raise ConfigError(
            "{path} cannot be read: {reason}; name the file or the Message-ID.", path=path, reason=reason_of(error)
        ) from error
    if path.suffix.casefold() == ".xlsx":
        return _by_workbook(rows, content, str(path))
    return _by_message(rows, content, str(path))


def _by_message(rows: tuple[Delivery, ...], content: bytes, source: str) -> _Found:
    """Find the row of a returned message: the message itself, a reply to it, or a failed-delivery report."""
    try:
        names, digests = names_and_digests(content)
    except Unreadable as error:
        raise ConfigError("{source} is no readable message; name its Message-ID instead.", source=source) from error
    named = {report_id(row.message_id): row for name in names for row in with_message_id(rows, name)}
    if not named:
        named = {report_id(row.message_id): row for digest in digests for row in with_file(rows, digest)}
    sent = _single_row(list(named.values()), source)
    return _Found(sent, sent.file_sha256 if sent.file_sha256 in digests else next(iter(digests), ""))


def _by_workbook(rows: tuple[Delivery, ...], content: bytes, source: str) -> _Found:
    """Find the row of a returned workbook by its digest; one that was saved anew still names its manager."""
    from rkreport.excel.ooxml.read_back import read_properties  # noqa: PLC0415 - as above

    digest = sha256_of(content)
    if as_sent := with_file(rows, digest):
        return _Found(_single_row(as_sent, source), digest)
    properties = read_properties(content)
    own = [
        row
        for row in rows
        if (row.period, str(row.revision), row.manager_id)
        == (series_told(properties), properties.get("revision"), properties.get("manager_id"))
    ]
    return _Found(_single_row(own, source), digest)


def _shown(name: str) -> str:
    """Show a name of ours only: other text, such as an address, must not reach a log."""
    return name if OWN_NAME.fullmatch(report_id(name)) else "of that name"


def _single_row(found: list[Delivery], what: str) -> Delivery:
    if not found:
        raise ConfigError(
            "The ledger has no message {what}; name the Message-ID or X-RkReport-Id of the"
            " message, or an .eml or .xlsx file that came back.",
            what=what,
        )
    if len(found) > 1:
        names = ", ".join(report_id(row.message_id) for row in found[:5])
        raise ConfigError(
            "{what} fits {found} messages ({names}); name one of them by its Message-ID.",
            what=what,
            found=len(found),
            names=names,
        )
    return found[0]
