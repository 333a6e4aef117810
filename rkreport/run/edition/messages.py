"""Mail: makes one message per manager with their workbook, and fills the outbox folder. Sends nothing.

Knows which team gets which message; `delivery` makes and stores messages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance, Edition
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import OUTBOX, Delivery, corrected
from rkreport.core.mail.team_message import mail_values, too_large_note
from rkreport.core.mail.templates import Composed, compose, with_note
from rkreport.core.manifest import BuiltFile
from rkreport.core.models import Manager, ManagerId
from rkreport.core.percent import target_of
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.core.words import Words
from rkreport.delivery.mime import Attachment, Message, build_message, message_id
from rkreport.delivery.outbox import OutboxMessage, Receipt, write_outbox
from rkreport.errors import OutputError
from rkreport.files import reason_of, sha256_of
from rkreport.locale import load_words
from rkreport.run.edition.earlier import Earlier
from rkreport.run.edition.mail_templates import all_done_name, mail_templates
from rkreport.run.transports import mail_server_of
from rkreport.run.world import World


@dataclass(frozen=True, slots=True)
class Mailing:
    """The messages in the outbox, and the reasons why others are not (manager id and reason)."""

    files: tuple[BuiltFile, ...]
    not_written: tuple[tuple[ManagerId, str], ...]


def write_messages(
    config: Config,
    compliance: Compliance,
    folder: Path,
    workbooks: Mapping[ManagerId, BuiltFile],
    world: World,
    *,
    earlier: Earlier,
    unchanged: frozenset[ManagerId] = frozenset(),
) -> Mailing:
    """Write a message for each team whose manager may get one, except those whose report is `unchanged`.

    Raises:
        ConfigError: a template is broken.
        OutputError: a file could not be written.
    """
    sender = _sender_of(config, world)
    if sender is None:
        return Mailing((), ())
    managers = [team.manager for team in compliance.teams]
    refused = tuple((each.manager_id, why) for each in managers if (why := why_not(config.is_allowed, each)))
    unsent = unchanged.union(manager_id for manager_id, _ in refused)
    teams = [team for team in compliance.teams if team.manager.manager_id not in unsent]
    views = team_views(compliance, teams, earlier.changes)
    advance = world.observer.step("Writing messages", "files")

    def messages() -> Iterator[OutboxMessage]:
        for number, view in enumerate(views, start=1):
            advance(number, len(views))
            manager_id = view.team.manager.manager_id
            workbook = workbooks[manager_id]
            attachment = checked_attachment(folder / workbook.path, workbook.sha256)
            message = team_message(
                config,
                sender,
                view,
                attachment,
                world,
                message_id=team_message_id(view.edition, message_kind(view.team.manager), manager_id, sender),
                earlier=corrected(earlier.received.get(manager_id), str(workbook.content_sha256)),
                last_month=earlier.last_month.get(manager_id),
            )
            yield OutboxMessage(manager_id, message)

    receipts = write_outbox(folder / OUTBOX.name, messages(), burst_list=[each.manager_id for each in managers])
    return Mailing(tuple(_built_file(receipt) for receipt in receipts), refused)


def _sender_of(config: Config, world: World) -> Sender | None:
    """Return who sends the messages; None, and say why, if none are to be written."""
    if config.channel.leaves:
        world.observer.say('Messages wait for rkreport send; with transport = "smtp" none is written as a file.')
        return None
    if config.sender is None:
        world.observer.say("No messages were written, because the config names no address in mail.from.")
    return config.sender


def _built_file(receipt: Receipt) -> BuiltFile:
    return BuiltFile(
        path=f"{OUTBOX.name}/{receipt.path.name}",
        kind="message",
        manager_id=receipt.manager_id,
        rows=None,
        sha256=receipt.sha256,
    )


def checked_attachment(path: Path, sha256: str) -> Attachment:
    """Return a workbook with exactly the bytes that were checked.

    Raises:
        OutputError: it cannot be read, or has other bytes.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {reason_of(error)}; run rkreport build again.") from error
    if sha256_of(content) != sha256:
        raise OutputError(f"{path} was changed while messages were made; run rkreport build again.")
    return Attachment(path.name, content)


def why_not(is_allowed: Callable[[str], bool], manager: Manager) -> str:
    """Say why a manager gets no message; `""` if they get one."""
    if not manager.email:
        return "has no email address"
    if not all(is_allowed(address) for address in (manager.email, *manager.cc)):
        return "has an address outside allowed_domains"
    return ""


def team_message(
    config: Config,
    sender: Sender,
    view: TeamView,
    attachment: Attachment,
    world: World,
    *,
    message_id: str,
    earlier: Delivery | None = None,
    last_month: LastMonth | None = None,
    trial_to: str = "",
) -> Message:
    """Make the message about a team, without its workbook if it would be too large.

    `earlier` is what the manager has of an earlier revision; without it the message mentions no correction.
    `last_month` holds the team's figures of the month before. `trial_to` marks the message as a trial, and is its
    only recipient.

    Raises:
        ConfigError: a template is broken.
        DeliveryError: the message's headers would differ from the arguments.
    """
    manager = view.team.manager
    words, reply_to = load_words(manager.language), config.reply_to or sender.address
    file_name = attachment.file_name
    composed = _composed(config, view, file_name, reply_to, words, earlier=earlier, last_month=last_month)
    if trial_to:
        composed = replace(composed, subject=f"{words.text('mail.trial')} {composed.subject}")

    def built(composed: Composed, attachment: Attachment | None) -> Message:
        return build_message(
            composed,
            sender=sender,
            reply_to=reply_to,
            recipient=trial_to or manager.email,
            cc=() if trial_to else manager.cc,
            attachment=attachment,
            message_id=message_id,
            date=world.utc_now().astimezone(config.zone),
            language=manager.language,
        )

    message, limit_bytes = built(composed, attachment), mail_server_of(config).max_message_bytes
    size_bytes = len(message.content)
    if size_bytes <= limit_bytes:
        return message
    world.observer.say(f"{file_name} is too large for mail: its message goes without it and says so.")
    return built(with_note(composed, too_large_note(file_name, size_bytes, limit_bytes, reply_to, words)), None)


def _composed(
    config: Config,
    view: TeamView,
    file_name: str,
    reply_to: str,
    words: Words,
    *,
    earlier: Delivery | None,
    last_month: LastMonth | None,
) -> Composed:
    """Fill in the team's template; the arguments are those of `team_message`."""
    manager = view.team.manager
    values = mail_values(
        view.edition,
        manager,
        view.requirements,
        view.lists,
        target=target_of(view.rules.target_percent),
        company=view.company,
        reply_to=reply_to,
        file_name=file_name,
        words=words,
        earlier=earlier,
        last_month=last_month,
        changes=view.changed,
        is_encrypted=config.settings.privacy.encrypt_workbooks,
    )
    if earlier is None:
        values["revision"] = ""
    own_folder, name = config.mail_templates_dir, message_kind(manager)
    if values["all_done"]:
        name = all_done_name(own_folder, manager.language)
    return compose(mail_templates(own_folder, name, manager.language), values)


def message_kind(manager: Manager) -> str:
    """Return the kind of a manager's message. The Message-ID holds it and does not depend on the text."""
    return "fallback" if manager.is_fallback else "manager"


def team_message_id(edition: Edition, kind: str, manager_id: str, sender: Sender) -> str:
    """Return the Message-ID: the same for the same message in every run."""
    return message_id(edition.series, kind, manager_id, edition.revision, sender.address.rpartition("@")[2])
