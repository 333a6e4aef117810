"""Build: writes workbooks, review, messages and manifest of an assessment into one folder.

The build fills a draft folder beside the target and then moves it there whole. A build that fails or is killed thus
leaves the earlier folder unchanged. Knows the steps and the file names; the edges draw and write the files.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from rkreport.config.load import Config
from rkreport.core.compliance import Compliance
from rkreport.core.filenames import manager_file_name, master_file_name, safe_names
from rkreport.core.mail.changes import team_figures
from rkreport.core.mail.delivery import MessageContent, TeamFigures, corrected, states_of
from rkreport.core.manifest import BuiltFile, Manifest, manifest_of
from rkreport.core.models import ManagerId
from rkreport.core.percent import target_of
from rkreport.core.report.fingerprint import content_sha256
from rkreport.core.report.manager import team_plan
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import WorkbookPlan, settled
from rkreport.core.report.team_view import team_views
from rkreport.core.report.then import then_of
from rkreport.core.report.told import Told
from rkreport.core.review.burst_list import DeliveryStatus
from rkreport.core.snapshot import ListReading
from rkreport.errors import RkreportError
from rkreport.files import write_private_file
from rkreport.locale import load_words
from rkreport.run.cluster import dask_cluster
from rkreport.run.edition.assessing import Assessment
from rkreport.run.edition.branding import brand_of
from rkreport.run.edition.change_file import write_changes
from rkreport.run.edition.draft_folder import fresh_draft, move_into_place
from rkreport.run.edition.earlier import Earlier
from rkreport.run.edition.encrypting import lock, workbook_password
from rkreport.run.edition.leak_testing import TeamJudges
from rkreport.run.edition.messages import Mailing, write_messages
from rkreport.run.edition.recognizing import recognized
from rkreport.run.edition.review_files import Written, write_review
from rkreport.run.edition.sealing import MANIFEST, seal_of
from rkreport.run.edition.team_files import TeamTask, written
from rkreport.run.pool import Pool
from rkreport.run.world import World

if TYPE_CHECKING:
    from rkreport.excel.look.brand import Brand


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build."""

    folder: Path
    master: Path
    manifest: Manifest
    mailing: Mailing
    lists: tuple[ListReading, ...]
    target: Fraction  # share of 1


def build(
    config: Config,
    assessment: Assessment,
    world: World,
    timings_seconds: Mapping[str, float],
    earlier: Earlier,
    *,
    seal: Callable[[Mapping[str, str]], None],
) -> Built:
    """Write all files of one revision. `seal` receives the digests of all files once they are in place.

    Raises:
        ConfigError: the config asks for encrypted workbooks, and they cannot be encrypted.
        OutputError: a file or the folder could not be written, or a manager's workbook failed the leak test. An earlier
            build stays unchanged.
    """
    compliance = assessment.compliance
    edition = compliance.edition
    password = workbook_password(config, world.secrets)
    target = config.output_dir / edition.series.folder(edition.revision)
    draft = fresh_draft(target)
    try:
        started = world.monotonic()
        with world.pools(len(compliance.teams)) as pool:
            master, workbooks = _write_workbooks(config, compliance, draft, password, world, pool=pool, earlier=earlier)
            mailing, reviewed = _write_around(
                config, compliance, draft, world, pool=pool, files=workbooks, earlier=earlier
            )
        changes = write_changes(draft, compliance, earlier.changes)
        files = [*workbooks, *reviewed.files, changes, *mailing.files]
        timings = {**timings_seconds, "render": world.monotonic() - started}
        manifest = manifest_of(
            compliance, assessment.joined.assignments, files, timings, load_words("en"), changes=earlier.changes
        )
        write_private_file(draft / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False).encode())
        digests = seal_of(draft, ((file.path, file.sha256) for file in files))
        move_into_place(draft, target, lambda: seal(digests))
    except RkreportError:
        shutil.rmtree(draft, ignore_errors=True)  # leave no workbook that failed the test
        raise
    goal = target_of(compliance.rules.target_percent)
    return Built(target, target / master, manifest, mailing, compliance.snapshot.lists, goal)


def _write_around(
    config: Config,
    compliance: Compliance,
    draft: Path,
    world: World,
    *,
    pool: Pool,
    files: list[BuiltFile],
    earlier: Earlier,
) -> tuple[Mailing, Written]:
    """Write what goes with the workbooks: their messages, and the review."""
    wanted = _wanted(compliance, files)
    received = recognized(config, world.secrets, compliance, earlier.received, wanted)
    posted = DeliveryStatus(*states_of((), received, wanted))
    workbooks = {ManagerId(file.manager_id): file for file in files if file.manager_id}
    mailing = write_messages(
        config,
        compliance,
        draft,
        workbooks,
        world,
        pool=pool,
        earlier=replace(earlier, received=received),
        unchanged=posted.unchanged,
    )
    reviewed = write_review(
        config,
        compliance,
        draft,
        {manager_id: file.path for manager_id, file in workbooks.items()},
        posted=posted,
        last_sent=earlier.last_sent,
        other_ledgers=earlier.other_ledgers,
    )
    return mailing, reviewed


def told_figures(compliance: Compliance, built: Built) -> dict[ManagerId, TeamFigures]:
    """Return, by manager, the figures of each message in the outbox."""
    written = {file.manager_id for file in built.mailing.files}
    teams = [team for team in compliance.teams if team.manager.manager_id in written]
    return {view.team.manager.manager_id: team_figures(view.requirements) for view in team_views(compliance, teams)}


def _write_workbooks(
    config: Config,
    compliance: Compliance,
    draft: Path,
    password: str | None,
    world: World,
    *,
    pool: Pool,
    earlier: Earlier,
) -> tuple[str, list[BuiltFile]]:
    from rkreport.excel.workbook import write_workbook  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    edition, brand = compliance.edition, brand_of(config.brand)
    advance = world.observer.step("Writing workbooks", "files")
    total = 1 + len(compliance.teams)
    if not compliance.teams:
        world.observer.say(
            "Nobody gets a workbook: no manager has people in this report and managers.fallback_email is not set; write"
            " who belongs to whom into the file of managers and build again."
        )
    advance(0, total)
    plan = master_plan(
        compliance,
        load_words(config.settings.report.language),
        config.zone,
        rules_sha256=config.rules_sha256,
        changes=earlier.changes,
        then=then_of(earlier.months, edition.period, config.rules_sha256, earlier.changes),
        contact=config.reply_to or (config.sender.address if config.sender else ""),
        answers=earlier.answers,
    )
    master = master_file_name(edition.company, edition.series, edition.revision)
    done = write_workbook(plan, draft / master, brand)
    sha256 = done.sha256 if password is None else lock(draft / master, password)
    files = [BuiltFile(master, "master", None, done.rows["detail"], sha256)]
    advance(1, total)
    judges = TeamJudges(config, compliance, "nothing was built")
    where = config.settings.build
    with dask_cluster(where.scheduler) if where.executor == "dask" else nullcontext(pool) as writers:
        plans = _team_plans(config, compliance, earlier, judges)
        tasks = _team_tasks(compliance, plans, brand, draft, password=password)
        for number, (file, opened) in enumerate(written(writers, tasks), start=1):
            judges.judge_next(file.path, file.sha256, opened)
            files.append(file)
            advance(1 + number, total)
    return master, files


def _team_plans(
    config: Config, compliance: Compliance, earlier: Earlier, judges: TeamJudges
) -> Iterator[tuple[ManagerId, WorkbookPlan, str]]:
    """Yield each team's manager id, workbook and content digest."""
    told = Told(earlier.months, earlier.received, config.rules_sha256)
    for view in team_views(compliance, compliance.teams, earlier.changes, told):
        manager, content = view.team.manager, content_sha256(view)
        answers = judges.harmless(view, earlier.answers.beside(view.requirements, manager))
        shown = replace(view, earlier=corrected(view.earlier, content), answers=answers)
        yield manager.manager_id, settled(team_plan(shown, load_words(manager.language), config.zone)), content


def _team_tasks(
    compliance: Compliance,
    plans: Iterable[tuple[ManagerId, WorkbookPlan, str]],
    brand: "Brand",
    draft: Path,
    *,
    password: str | None,
) -> Iterator[TeamTask]:
    edition = compliance.edition
    names = safe_names(team.manager.manager_id for team in compliance.teams)
    for manager_id, plan, content in plans:
        name = f"managers/{manager_file_name(names[manager_id], edition.series, edition.revision)}"
        yield TeamTask(manager_id, plan, brand, draft, name, content, password)


def _wanted(compliance: Compliance, files: list[BuiltFile]) -> dict[ManagerId, MessageContent]:
    contents = {file.manager_id: str(file.content_sha256) for file in files if file.manager_id}
    managers = (team.manager for team in compliance.teams)
    return {each.manager_id: MessageContent(contents[each.manager_id], each.cc) for each in managers}
