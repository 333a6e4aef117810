"""Mail: one message per manager with their workbook attached, written to the outbox folder. Nothing leaves the machine.

Knows which team gets which message; how messages are made and kept is delivery's.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance
from rkreport.core.mail_figures import mail_values, too_large_note
from rkreport.core.manifest import BuiltFile
from rkreport.core.message import Composed, Sender, compose, with_note
from rkreport.core.models import Manager, ManagerId
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.delivery.mime import Attachment, build_message, encoded_size, message_id
from rkreport.delivery.outbox import OutboxMessage, write_outbox
from rkreport.locale import load_words
from rkreport.run.posting import mail_server_of
from rkreport.run.templates import mail_templates
from rkreport.run.world import World

OUTBOX = "outbox"


@dataclass(frozen=True, slots=True)
class Mailing:
    """What became of the messages: those in the outbox, and why others are not (manager id and reason)."""

    files: tuple[BuiltFile, ...]
    not_written: tuple[tuple[ManagerId, str], ...]


def write_messages(
    config: Config, compliance: Compliance, folder: Path, workbooks: Mapping[ManagerId, str], world: World
) -> Mailing:
    """Write a message for every team whose manager may get one.

    Raises:
        ConfigError: a template is broken.
        OutputError: a file could not be written.
    """
    sender = config.sender
    if config.file.mail.transport != OUTBOX:
        world.audience.say('No messages were written, because mail.transport is not "outbox".')
        return Mailing((), ())
    if sender is None:
        world.audience.say("No messages were written, because the config names no address in mail.from.")
        return Mailing((), ())
    refused = tuple(
        (team.manager.manager_id, why) for team in compliance.teams if (why := _why_not(config, team.manager))
    )
    unsent = {manager_id for manager_id, _ in refused}
    teams = [team for team in compliance.teams if team.manager.manager_id not in unsent]
    views = team_views(compliance, teams)
    advance = world.audience.step("Writing messages", "files")

    def messages() -> Iterator[OutboxMessage]:
        for number, view in enumerate(views, start=1):
            advance(number, len(views))
            yield _message(config, sender, view, folder / workbooks[view.team.manager.manager_id], world)

    burst_list = [team.manager.manager_id for team in compliance.teams]
    receipts = write_outbox(folder / OUTBOX, messages(), burst_list=burst_list)
    files = tuple(
        BuiltFile(
            path=f"{OUTBOX}/{receipt.path.name}",
            kind="message",
            manager_id=receipt.manager_id,
            rows=None,
            sha256=hashlib.sha256(receipt.path.read_bytes()).hexdigest(),
        )
        for receipt in receipts
    )
    return Mailing(files, refused)


def _why_not(config: Config, manager: Manager) -> str:
    """Why a manager gets no message; `""` when they do."""
    if not manager.email:
        return "has no email address"
    if not all(config.is_allowed(address) for address in (manager.email, *manager.cc)):
        return "has an address outside allowed_domains"
    return ""


def _message(config: Config, sender: Sender, view: TeamView, workbook: Path, world: World) -> OutboxMessage:
    manager, edition = view.team.manager, view.edition
    words = load_words(manager.language)
    kind = "fallback" if manager.is_fallback else "manager"
    reply_to = config.reply_to or sender.address
    values = mail_values(
        edition, manager, view.requirements, view.lists, reply_to=reply_to, file_name=workbook.name, words=words
    )
    composed = compose(mail_templates(config.mail_templates_dir, kind, manager.language), values)
    name = message_id(edition.period, kind, manager.manager_id, edition.revision, sender.address.rpartition("@")[2])
    date = world.utc_now().astimezone(config.zone)

    def built(composed: Composed, attachment: Attachment | None) -> EmailMessage:
        return build_message(
            composed,
            sender=sender,
            reply_to=reply_to,
            recipient=manager.email,
            cc=manager.cc,
            attachment=attachment,
            message_id=name,
            date=date,
            language=manager.language,
        )

    message = built(composed, Attachment(workbook.name, workbook.read_bytes()))
    limit_bytes = mail_server_of(config).max_message_bytes
    if encoded_size(message) > limit_bytes:
        note = too_large_note(workbook.name, encoded_size(message), limit_bytes, reply_to, words)
        message = built(with_note(composed, note), None)
    return OutboxMessage(manager.manager_id, message)
