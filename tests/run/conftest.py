"""One whole run over real HTTP into real files, which many tests look at."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from tests.cli.program import Outcome, Workspace, serving
from tests.run.workbooks import Cells, cells_of, master_of
from tests.simulator_fixture import made


@dataclass(frozen=True, slots=True)
class WholeRun:
    """A finished `run`: the company as it truly is, and what the command said and wrote."""

    company: Company
    workspace: Workspace
    outcome: Outcome
    master: Cells


@pytest.fixture(scope="session")
def company() -> Company:
    """120 people with all awkward ones, 5 managers, 3 courses, 20 batches."""
    return made(people=120, courses=3, batches=20)


@pytest.fixture(scope="session")
def whole_run(company: Company, tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    """`rkreport run` against a behaving server, which has stopped when the tests begin."""
    workspace = Workspace(tmp_path_factory.mktemp("whole-run"))
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        outcome = workspace.rkreport("run")
    assert outcome.code == 0, outcome.err
    return WholeRun(company, workspace, outcome, cells_of(master_of(workspace.built)))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty folder."""
    return Workspace(tmp_path)
