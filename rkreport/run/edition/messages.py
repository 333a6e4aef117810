"""Mail: makes one message per manager with their workbook, and fills the outbox folder. Sends nothing.

Knows which team gets which message; `delivery` makes and stores messages.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance, Edition
from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import OUTBOX, Delivery, corrected
from rkreport.core.mail.team_message import mail_values
from rkreport.core.mail.templates import Composed, compose
from rkreport.core.manifest import BuiltFile
from rkreport.core.models import Manager, ManagerId
from rkreport.core.percent import target_of
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.core.words import Words
from rkreport.delivery.mime import Attachment, Message, message_id
from rkreport.delivery.outbox import prepared_outbox, write_message
from rkreport.locale import load_words
from rkreport.run.edition.earlier import Earlier
from rkreport.run.edition.letter import Letter, checked_attachment, message_of
from rkreport.run.edition.mail_templates import all_done_name, mail_templates
from rkreport.run.pool import Pool, in_order
from rkreport.run.transports import mail_server_of
from rkreport.run.world import World
from rkreport.sentence import Sentence


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
    pool: Pool,
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
    paths = prepared_outbox(folder / OUTBOX.name, [each.manager_id for each in managers])

    def task(view: TeamView) -> _Task:
        manager_id = view.team.manager.manager_id
        workbook = workbooks[manager_id]
        letter = _letter(
            config,
            sender,
            view,
            PurePosixPath(workbook.path).name,
            world,
            message_id=team_message_id(view.edition, message_kind(view.team.manager), manager_id, sender),
            earlier=corrected(earlier.received.get(manager_id), str(workbook.content_sha256)),
            last_month=earlier.last_month.get(manager_id),
        )
        return _Task(manager_id, letter, folder / workbook.path, workbook.sha256, paths[manager_id])

    return Mailing(_written(world, pool, map(task, views), len(views)), refused)


@dataclass(frozen=True, slots=True)
class _Task:
    """One message to write: the whole input of a worker process."""

    manager_id: ManagerId
    letter: Letter
    workbook: Path
    sha256: str
    path: Path


def _written(world: World, pool: Pool, tasks: Iterable[_Task], count: int) -> tuple[BuiltFile, ...]:
    files: list[BuiltFile] = []
    advance = world.observer.step("Writing messages", "files")
    for file, too_large in in_order(pool, _write, tasks):
        if too_large:
            world.observer.say(too_large)
        files.append(file)
        advance(len(files), count)
    return tuple(files)


def _write(task: _Task) -> tuple[BuiltFile, str]:
    """Write a message; return its file, and what to say if it goes without its workbook."""
    message, is_without = message_of(task.letter, checked_attachment(task.workbook, task.sha256))
    sha256 = write_message(task.path, message)
    file = BuiltFile(f"{OUTBOX.name}/{task.path.name}", "message", task.manager_id, None, sha256)
    return file, _too_large(task.workbook.name) if is_without else ""


def _too_large(file_name: str) -> str:
    return Sentence("{file_name} is too large for mail: its message goes without it and says so.", file_name=file_name)


def _sender_of(config: Config, world: World) -> Sender | None:
    """Return who sends the messages; None, and say why, if none are to be written."""
    if config.channel.leaves:
        world.observer.say('Messages wait for rkreport send; with transport = "smtp" none is written as a file.')
        return None
    if config.sender is None:
        world.observer.say("No messages were written, because the config names no address in mail.from.")
    return config.sender


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
    letter = _letter(
        config,
        sender,
        view,
        attachment.file_name,
        world,
        message_id=message_id,
        earlier=earlier,
        last_month=last_month,
        trial_to=trial_to,
    )
    message, is_without = message_of(letter, attachment)
    if is_without:
        world.observer.say(_too_large(attachment.file_name))
    return message


def _letter(
    config: Config,
    sender: Sender,
    view: TeamView,
    file_name: str,
    world: World,
    *,
    message_id: str,
    earlier: Delivery | None,
    last_month: LastMonth | None,
    trial_to: str = "",
) -> Letter:
    """Write the letter; the arguments are those of `team_message`."""
    manager, reply_to = view.team.manager, config.reply_to or sender.address
    words = load_words(manager.language)
    composed = _composed(config, view, file_name, reply_to, words, earlier=earlier, last_month=last_month)
    if trial_to:
        composed = replace(composed, subject=f"{words.text('mail.trial')} {composed.subject}")
    return Letter(
        composed=composed,
        sender=sender,
        reply_to=reply_to,
        recipient=trial_to or manager.email,
        cc=() if trial_to else manager.cc,
        message_id=message_id,
        date=world.utc_now().astimezone(config.zone),
        language=manager.language,
        limit_bytes=mail_server_of(config).max_message_bytes,
        name=manager.name,
    )


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
