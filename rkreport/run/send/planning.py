"""Plans who gets which message of an edition: one ledger row per recipient, and the reasons why others get none.

Knows teams, files and what was sent before; must not know how messages are sent.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import Delivery, DeliveryState, MessageContent, TeamFigures, says_the_same
from rkreport.core.mail.lookup import no_such_manager
from rkreport.core.manifest import ManifestFile, manager_files
from rkreport.core.models import ManagerId
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.core.rollup import overall
from rkreport.errors import ConfigError, OutputError
from rkreport.run.edition.loading import Loaded
from rkreport.run.edition.messages import message_kind, team_message_id, why_not
from rkreport.run.send.order import SendOrder


@dataclass(frozen=True, slots=True)
class Plan:
    """Every team of an edition once: in `rows`, `unchanged` or `doubtful`. `views` holds all teams.

    `unchanged` have an earlier revision with the same content. `doubtful` may have one: its delivery is `unknown`.
    """

    views: Mapping[ManagerId, TeamView]
    rows: tuple[Delivery, ...]
    unchanged: tuple[ManagerId, ...]
    doubtful: tuple[Delivery, ...]


def delivery_plan(
    loaded: Loaded,
    sender: Sender,
    received: Mapping[ManagerId, Delivery],
    *,
    begun: Container[ManagerId] = (),
    retries_doubtful: Callable[[ManagerId], bool] = lambda _: False,
) -> Plan:
    """Plan an edition.

    Args:
        loaded: the edition.
        sender: the sender of its messages.
        received: each manager's newest message of an earlier revision that arrived or may have arrived.
        begun: managers who have or may have this very edition.
        retries_doubtful: whether the admin wants a manager to get a message that they may already have.

    Raises:
        OutputError: the edition's files are not those of its teams.
    """
    teams = loaded.assessment.compliance.teams
    found = team_views(loaded.assessment.compliance, teams, loaded.changes)
    views = {view.team.manager.manager_id: view for view in found}
    files = manager_files(loaded.manifest)
    if files.keys() != views.keys():
        raise OutputError(
            "The workbooks in {folder} are not those of the teams that its data give; run rkreport build again.",
            folder=loaded.folder,
        )
    rows: list[Delivery] = []
    unchanged: list[ManagerId] = []
    doubtful: list[Delivery] = []
    for manager_id, view in views.items():
        row, earlier = _row(loaded, sender, view, files[manager_id]), received.get(manager_id)
        if (
            earlier is None
            or not says_the_same(earlier, MessageContent(row.content_sha256, row.cc))
            or manager_id in begun
        ):
            rows.append(row)
        elif earlier.state is DeliveryState.SENT:
            unchanged.append(manager_id)
        elif retries_doubtful(manager_id):
            rows.append(row)
        else:
            doubtful.append(earlier)
    return Plan(views, tuple(rows), tuple(unchanged), tuple(doubtful))


def _row(loaded: Loaded, sender: Sender, view: TeamView, file: ManifestFile) -> Delivery:
    manager, edition = view.team.manager, view.edition
    tally = overall(view.requirements)
    row = Delivery(
        period=str(edition.series),
        revision=edition.revision,
        manager_id=manager.manager_id,
        recipient=manager.email,
        cc=manager.cc,
        language=manager.language,
        message_id=team_message_id(edition, message_kind(manager), manager.manager_id, sender),
        file=file["path"],
        file_sha256=file["sha256"],
        content_sha256=str(file["content_sha256"]),
        figures=TeamFigures(len(view.team.people), tally.counted, tally.compliant, tally.overdue),
        transport=loaded.config.channel.name,
    )
    reason = why_not(loaded.config.is_allowed, manager)
    return replace(row, state=DeliveryState.FAILED, reply=reason) if reason else row


def chosen_rows(plan: Plan, known: Sequence[Delivery], only: frozenset[ManagerId]) -> tuple[Delivery, ...]:
    """Return the rows to plan now. With `only`, other managers' new rows are added and their known rows stay."""
    there = {row.manager_id for row in known}
    return tuple(row for row in plan.rows if not only or row.manager_id in only or row.manager_id not in there)


def check_only(order: SendOrder, plan: Plan) -> None:
    """Refuse a manager id that the plan does not know."""
    unknown = sorted(order.only - plan.views.keys())
    if unknown:
        raise ConfigError(no_such_manager(unknown[0], plan.views, "in this edition"))
