"""No place of a real edition says 0, 100 or the target of a rate that is not: cells, page, mails, lists, terminal."""

import csv
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from email import message_from_bytes, policy
from fractions import Fraction
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from rkreport.cli.results.built import built_rows
from rkreport.cli.results.history import history_rows
from rkreport.cli.results.review import burst_table, review_document, review_rows
from rkreport.config.load import Config, load_config
from rkreport.core.compliance import Compliance, Period, PeriodResult, Series
from rkreport.core.join import join
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import TeamFigures
from rkreport.core.mail.summary_message import SUMMARY_NAMES, EditionFacts, RunFacts, summary_values
from rkreport.core.mail.templates import compose
from rkreport.core.models import ManagerId, Status
from rkreport.core.percent import target_of
from rkreport.core.review.burst_list import DeliveryStatus
from rkreport.core.review.last_sent import LastSent
from rkreport.locale import load_words
from rkreport.run.edition.assessing import Assessment, result_of
from rkreport.run.edition.building import Built, build
from rkreport.run.edition.earlier import Earlier
from rkreport.run.edition.mail_templates import mail_templates
from rkreport.run.edition.review_files import write_review
from rkreport.run.edition.reviewing import Reviewed
from rkreport.run.keep.history import History
from rkreport.run.pool import INLINE
from rkreport.run.world import World
from rkreport.store.results import KeptResult, Standing
from tests.cli.program import NO_SERVER, Workspace
from tests.core.companies import COURSES, company, owed, somebody, team
from tests.run.editions import Silent
from tests.run.workbooks import cells_of, workbooks_of
from tests.simulator_fixture import made

PERCENTAGE = re.compile(r"\d[\d.,]*\s?%")
CASES = {
    "almost all": (2_599, 2_600, {"99.96%", "99.9%"}),
    "almost none": (1, 2_600, {"0.04%", "0.0%"}),  # last month it was none
    "almost the target": (2_374, 2_500, {"94.96%", "94.9%"}),
}
EVERYWHERE = {"Summary", "By unit", "By manager", "By course", "Trend", "Ringkasan tim"}


class Case:
    """An edition of one team whose rate is a hair away from a mark; last month one requirement fewer was met."""

    def __init__(self, folder: Path, compliant: int, counted: int, shown: set[str]) -> None:
        """Build it."""
        self.compliant, self.counted, self.shown = compliant, counted, shown
        workspace = Workspace(folder)
        workspace.configure(made(people=20, courses=1, batches=1), NO_SERVER)
        workspace.edit("target_percent = 90", "target_percent = 95")
        self.config: Config = load_config(workspace.config)
        self.compliance = _compliance(compliant, counted, self.config)
        self.world = World(lambda: workspace.now, lambda: 0.0, {}, Silent(), lambda _tasks: nullcontext(INLINE))
        assessment = Assessment(self.compliance, join(self.compliance.snapshot))
        before = LastMonth(TeamFigures(counted, counted, compliant - 1, 0), is_comparable=True)
        last = {team.manager.manager_id: before for team in self.compliance.teams}
        self.built: Built = build(
            self.config,
            assessment,
            self.world,
            {},
            Earlier(received={}, last_month=last, last_sent=LastSent(), other_ledgers=()),
            seal=lambda _digests: None,
        )

    @property
    def allowed(self) -> set[str]:
        """What a percentage may read in either language."""
        english = {*self.shown, "95.0%"}
        return english | {text.replace(".", ",") for text in english}

    def says(self, text: str) -> bool:
        """Whether a text holds percentages, all of them true."""
        found = {each.replace(" ", "") for each in PERCENTAGE.findall(text)}
        assert found <= self.allowed, found - self.allowed
        return bool(found)


def _compliance(compliant: int, counted: int, config: Config) -> Compliance:
    people = tuple(somebody(number) for number in range(counted))
    requirements = tuple(
        owed(person, COURSES[0], Status.COMPLETED if number < compliant else Status.OVERDUE)
        for number, person in enumerate(people)
    )
    run = company(requirements, (team(1, people),))
    now = result_of(config.rules_sha256, run)
    before = replace(
        now, period=Period(2026, 9), compliant=compliant - 1, people_compliant=compliant - 1, snapshot_id="s-9"
    )
    return replace(run, history=(before,))


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow if name == "almost none" else ()) for name in CASES],
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Each case, built once."""
    return Case(tmp_path_factory.mktemp("rates"), *CASES[request.param])


def shown_cells(path: Path) -> Iterator[tuple[str, str, float]]:
    """Sheet, text and value of each percentage, as Excel shows it: the double, half up, in the format of its cell."""
    for sheet in load_workbook(path, read_only=True):
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, int | float):
                    continue
                unmarked = re.sub(r'"[^"]*"', "", str(cell.number_format))  # ▼ stands before a rate below the target
                decimals = re.match(r"0\.(0+)%", unmarked)
                if decimals:
                    exact = Decimal(repr(float(cell.value))) * 100
                    shown = exact.quantize(Decimal(1).scaleb(-len(decimals[1])), ROUND_HALF_UP)
                    yield sheet.title, f"{shown}%", cell.value


def test_cells_keep_the_share_and_show_the_truth(case: Case) -> None:
    """In every sheet that has rates, of both workbooks, a cell shows what the texts say; its value is exact."""
    shown = [each for path in workbooks_of(case.built.folder) for each in shown_cells(path)]
    assert {sheet for sheet, _, _ in shown} == EVERYWHERE
    assert {text for _, text, _ in shown} == {*case.shown, "95.0%"}
    assert {value for sheet, _, value in shown if sheet == "By course"} == {case.compliant / case.counted}


def test_texts_of_workbooks(case: Case) -> None:
    """Sentences and changes against last month say nothing that is not, and no change that is one reads as none."""
    cells = (row for path in workbooks_of(case.built.folder) for rows in cells_of(path).values() for row in rows)
    texts = "\n".join(cell for row in cells for cell in row if isinstance(cell, str))
    assert case.says(texts)
    assert texts.count("↑ up 0.04 points") == 3  # both rates, and the month in Trend


def test_charts_have_scales_of_whole_percentages(case: Case) -> None:
    """Beside each line of a chart stands a whole percentage, which is where the line is."""
    (master, _) = workbooks_of(case.built.folder)
    with ZipFile(master) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    (scaled,) = [chart for chart in charts if "lineChart" in chart]
    low, high, step = (
        Fraction(found[1])
        for name in ("min", "max", "majorUnit")
        if (found := re.search(rf'<(?:\w+:)?{name} val="([^"]+)"', scaled))
    )
    assert (low * 100).denominator == (step * 100).denominator == high == 1
    assert 'formatCode="0%"' in scaled


def test_page_and_lists(case: Case) -> None:
    """The review page in both languages, and the burst list."""
    for name in ("review.html", "review.id.html"):
        page = re.sub(r"<style.*?</style>", "", (case.built.folder / name).read_text("utf-8"), flags=re.DOTALL)
        drawing = re.compile(r'(?:width|x|height)="[\d.]+%"|<text class="tick.*?</text>')
        assert case.says(drawing.sub("", page)), name
    with (case.built.folder / "burst-list.csv").open(encoding="utf-8-sig", newline="") as file:
        dialect = csv.Sniffer().sniff(file.readline(), ",;")
        file.seek(0)
        (row,) = csv.DictReader(file, dialect=dialect)
    assert row["rate"] in case.shown


def test_mails(case: Case) -> None:
    """The manager's message in both its parts, in Indonesian."""
    (path,) = (case.built.folder / "outbox").glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = re.sub(r'(width|height)(="|:)\s?\d+%', "", body.get_content())
        assert case.says(text), kind


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_summary_mail(case: Case, language: str) -> None:
    """What the admin is told of the run."""
    now, words = result_of(case.config.rules_sha256, case.compliance), load_words(language)
    facts = RunFacts(
        command="rkreport run",
        company="PT Contoh",
        finished_at=case.compliance.edition.as_of,
        exit_code=0,
        target=target_of(95),
        edition=EditionFacts(
            series=Series(now.period),
            revision=1,
            as_of=case.compliance.edition.as_of,
            is_complete=True,
            reasons=(),
            lists=1,
            rows_received=1,
            rows_expected=1,
            people=now.people,
            compliant=now.compliant,
            counted=now.counted,
            workbooks=1,
            findings={},
        ),
        results=(*case.compliance.history, now),
    )
    templates = mail_templates(None, "summary", language)
    composed = compose(templates, summary_values(facts, words), SUMMARY_NAMES)
    assert case.says(f"{composed.subject} {composed.text}")


def test_the_terminal(case: Case) -> None:
    """What build, review and history print, and the JSON of each: two decimals, more where they would lie."""
    review = write_review(
        case.config,
        case.compliance,
        case.built.folder,
        {ManagerId("M-001"): "managers/M-001_2026-10_rev1.xlsx"},
        posted=DeliveryStatus(),
        last_sent=LastSent(),
        other_ledgers=(),
    ).review
    reviewed = Reviewed(review, "2026-10", 1, is_complete=True, folder=Path(), page=Path(), burst_list=Path())
    results: tuple[PeriodResult, ...] = (*case.compliance.history, result_of(case.config.rules_sha256, case.compliance))
    kept = tuple(KeptResult(result, 1, datetime(2026, 11, 1, tzinfo=UTC), Standing.BUILT) for result in results)
    printed = (
        built_rows(case.built),
        burst_table(review, 80)[1],
        burst_table(review, 120)[1],
        review_rows(reviewed),
        history_rows(History((), kept), case.built.target),
    )
    for rows in printed:
        assert case.says(repr(rows))
    (text,) = {f"{each}%" for each in (review_document(reviewed)["managers"][0]["percent"],)}
    assert text in case.shown
    assert f"{case.built.manifest['rate']['percent']}%" in case.shown
