"""Trials: real messages about a few teams, to the admin only. Writes nothing into the ledger."""

from dataclasses import replace

from rkreport.config.load import Config
from rkreport.core.mail.addresses import Sender, parse_address
from rkreport.core.mail.delivery import Delivery
from rkreport.core.review.send_preview import trial_sample
from rkreport.core.rollup import by_team
from rkreport.delivery.mime import Message
from rkreport.errors import ConfigError
from rkreport.run.edition.messages import team_message_id
from rkreport.run.send.audited import audited_sending
from rkreport.run.send.checking import Checked
from rkreport.run.send.engine import TRIAL_PATIENCE_SECONDS
from rkreport.run.send.message_source import MessageSource
from rkreport.run.send.order import SendOrder, Sent
from rkreport.run.send.planning import check_only, delivery_plan
from rkreport.run.send.recorders import TrialRecorder
from rkreport.run.send.summary import summary_address
from rkreport.sentence import Sentence
from rkreport.store.database import Database

TRIAL_OUTBOX = "trial"


def trial_address(config: Config, order: SendOrder) -> str:
    """Return the address of trials; a mistyped address must not receive a team's data.

    Nobody releases a trial, so where releases are wanted it goes to an address of the config alone.
    """
    if order.trial_to is None:
        return ""
    address = parse_address(order.trial_to, source="--to-me")
    if not config.is_allowed(address):
        raise ConfigError("--to-me: the address is outside mail.allowed_domains; write one inside, your own.")
    own = {config.sender.address if config.sender else "", config.reply_to, summary_address(config)}
    if config.settings.release.approval and address not in own:
        raise ConfigError(
            "--to-me: with release.approval a trial goes to the address in mail.summary_to, mail.reply_to or"
            " mail.from alone; write one of them."
        )
    return address


async def try_out(loaded: Checked, sender: Sender, database: Database, order: SendOrder, trial_to: str) -> Sent:
    """Send real messages about a few teams to the admin at `trial_to`; the ledger does not record them."""
    compliance, world = loaded.assessment.compliance, loaded.world
    plan = delivery_plan(loaded, sender, {})
    check_only(order, plan)
    people = {team.manager.manager_id: len(team.people) for team in compliance.teams}
    if order.only:
        people = {one: count for one, count in people.items() if one in order.only}
    sample = trial_sample(people, by_team(compliance.requirements, compliance.teams), order.sample)
    by_manager = {row.manager_id: row for row in plan.rows}
    # Each trial has its own ids: some servers silently drop a second message with the same id.
    moment = world.utc_now().isoformat()
    due = [
        replace(
            by_manager[one],
            recipient=trial_to,
            cc=(),
            message_id=team_message_id(compliance.edition, "trial", f"{one} {moment}", sender),
        )
        for one in sample
    ]

    source = MessageSource(loaded, sender, world, plan.views, loaded.last_month)

    def make(row: Delivery) -> Message:
        return source.message(row, trial_to=trial_to)

    recorder = TrialRecorder()
    with audited_sending(loaded, database, due, trial_to=trial_to) as end:
        loop = await source.deliver(due, make, recorder, outbox=TRIAL_OUTBOX, patience_seconds=TRIAL_PATIENCE_SECONDS)
        end(loop)
    again = (
        Sentence("{put_off}. To try once more, say the same line in some minutes", put_off=loop.put_off.rstrip("."))
        if loop.put_off
        else ""
    )
    told = {loop.stopped, loop.put_off}  # once for all messages
    return Sent(
        period=str(compliance.edition.series),
        revision=compliance.edition.revision,
        folder=loaded.folder,
        taken=loop.taken,
        stopped=loop.stopped or again,
        is_complete=bool(loaded.manifest["complete"]),
        trial_wrong=tuple((one, why) for one, why in recorder.wrong.items() if why not in told),
        is_trial=True,
        channel=loaded.config.channel,
    )
