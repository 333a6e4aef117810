"""The leak test: opens every manager's file again from the disk, after the build and before a message leaves.

Compares what the independent reader finds with teams computed anew from the store. One stranger in any file stops
everything. Error and log name only the kind of a finding. Must not decide who may be in a file: `rkreport.core.leaks`
does.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rkreport.bounds import read_regular
from rkreport.config.load import Config
from rkreport.core.answers.showing import AnswersShown, without_texts
from rkreport.core.compliance import Compliance
from rkreport.core.leaks.judge import judge, names_a_stranger
from rkreport.core.leaks.opened_file import Leak, OpenedFile
from rkreport.core.leaks.people import Everybody, everybody
from rkreport.core.leaks.team import ExpectedFile, ReportWords, expected_file, report_words
from rkreport.core.manifest import Manifest, manager_files
from rkreport.core.models import Manager
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.core.routing import Routing
from rkreport.core.words import Words
from rkreport.errors import DeliveryError, OutputError
from rkreport.excel.ooxml.encryption import decrypted
from rkreport.files import sha256_of
from rkreport.leakcheck.reader import open_file
from rkreport.leakcheck.words import printed_texts
from rkreport.locale import load_words
from rkreport.run.edition.branding import brand_of
from rkreport.run.edition.encrypting import workbook_password
from rkreport.run.pool import in_order
from rkreport.run.world import World

if TYPE_CHECKING:
    from rkreport.excel.look.brand import Brand

log = logging.getLogger(__name__)


def leak_test(config: Config, world: World, compliance: Compliance, manifest: Manifest, folder: Path) -> None:
    """Open and judge the files of all managers.

    Args:
        config: has the brand and the managers.
        world: has the secrets and the pools.
        compliance: has the teams as computed now.
        manifest: lists the built files.
        folder: holds the built files.

    Raises:
        ConfigError: the files are encrypted, and the password is not set.
        OutputError: a file holds what it must not, lacks what it must hold, or is not the one that was built.
    """
    files, password = _files(compliance, manifest, folder), workbook_password(config, world.secrets)
    judges = TeamJudges(config, compliance, "nothing was sent")
    advance = world.observer.step("Checking workbooks", "files")
    with world.pools(len(files)) as pool:
        opened = in_order(pool, _open, (_Task(folder / path, password) for path, _ in files))
        for number, ((path, sha256), file) in enumerate(zip(files, opened, strict=True), start=1):
            judges.judge_next(path, sha256, file)
            advance(number, len(files))
    log.info("%d files hold their team and nobody else", len(files))


class TeamJudges:
    """Judges the files of all teams, in the order of the teams."""

    def __init__(self, config: Config, compliance: Compliance, consequence: str) -> None:
        """Take the run, and the end of the message about a file that must not leave."""
        snapshot = compliance.snapshot
        self._known = everybody(snapshot.learners, snapshot.assignments, _managers(config.routing))
        self._expecting = _Expecting(config)
        self._expected = map(self._expecting.of, team_views(compliance, compliance.teams))
        self._consequence = consequence

    def harmless(self, view: TeamView, answers: AnswersShown) -> AnswersShown:
        """Return the answers that may stand in the team's file: without texts that name a person outside the team."""
        if not any(answer.reason or answer.note for answer in answers.values()):
            return answers
        expected = self._expecting.of(view)
        return without_texts(answers, lambda text: names_a_stranger(text, expected, self._known))

    def judge_next(self, path: str, sha256: str, file: OpenedFile) -> None:
        """Judge the next team's opened file.

        Raises:
            OutputError: it holds what it must not, lacks what it must hold, or has another digest.
        """
        leak = _leak_in(file, sha256, next(self._expected), self._known)
        if leak:
            log.error("%s: %s", path, leak.name)
            raise OutputError(
                "{path} {leak}, so {consequence}; build again, and if that does not mend it, send nothing.",
                path=path,
                leak=leak,
                consequence=self._consequence,
            )


@dataclass(frozen=True, slots=True)
class _Task:
    """One file to open: the whole input of a worker process."""

    path: Path
    password: str | None = field(repr=False)


def _files(compliance: Compliance, manifest: Manifest, folder: Path) -> list[tuple[str, str]]:
    """Return path and SHA-256 of each team's file in team order; the manifest must name exactly these."""
    listed = {manager_id: (file["path"], file["sha256"]) for manager_id, file in manager_files(manifest).items()}
    teams = [team.manager.manager_id for team in compliance.teams]
    is_inside = all(_is_inside(path) for path, _ in listed.values())
    if set(teams) != listed.keys() or len({path for path, _ in listed.values()}) < len(teams) or not is_inside:
        raise OutputError(
            "The workbooks in {folder} are not those of the teams as they are computed now, so"
            " nothing was sent; build again.",
            folder=folder,
        )
    return [listed[manager_id] for manager_id in teams]


def _managers(routing: Routing) -> Iterator[Manager]:
    yield from routing.managers
    if routing.fallback:
        yield routing.fallback


def _is_inside(path: str) -> bool:
    return not Path(path).is_absolute() and ".." not in Path(path).parts


def _open(task: _Task) -> OpenedFile:
    return opened_file(task.path, task.password)


def opened_file(path: Path, password: str | None) -> OpenedFile:
    """Open a finished workbook from the disk."""
    try:
        content = read_regular(path)
    except OSError:
        return OpenedFile("", flaws=frozenset({Leak.ABSENT}))
    sha256 = sha256_of(content)
    if password is not None:
        try:
            content = decrypted(content, password)
        except DeliveryError:
            return OpenedFile(sha256, flaws=frozenset({Leak.LOCKED}))
    return open_file(content, sha256)


@cache
def _language(name: str) -> tuple[Words, ReportWords]:
    words = load_words(name)
    return words, report_words(words.texts.values(), words)


class _Expecting:
    """Tells what a team's file must hold and may say; looks up the brand once for all teams."""

    def __init__(self, config: Config) -> None:
        brand = brand_of(config.brand)
        self._zone, self._brand_texts = str(config.zone), _texts_of(brand)
        self._pictures = frozenset({sha256_of(brand.logo.content)} if brand.logo else ())

    def of(self, view: TeamView) -> ExpectedFile:
        words, report = _language(view.team.manager.language)
        return expected_file(
            view, words, report, zone=self._zone, pictures=self._pictures, brand_texts=self._brand_texts
        )


def _texts_of(brand: "Brand") -> frozenset[str]:
    """Return the brand's own texts in title block, print header and footer, in each form that a file may hold."""
    from rkreport.excel.look.placeholders import fixed_texts  # noqa: PLC0415 - as `brand_of` does it

    pieces = {piece for text in brand.title_block for piece in fixed_texts(text)}
    for line in (brand.print_header, brand.print_footer):
        for text in (line.left, line.center, line.right):
            pieces.update(way for piece in fixed_texts(text) for way in printed_texts(piece))
    return frozenset(pieces)


def _leak_in(file: OpenedFile, sha256: str, expected: ExpectedFile, known: Everybody) -> Leak | None:
    if Leak.ABSENT in file.flaws:
        return Leak.ABSENT
    return Leak.CHANGED if file.sha256 != sha256 else judge(file, expected, known)
