"""The same company gives the same workbooks, whatever went wrong on the way and however often they are built."""

import pytest

from tests.cli.program import Workspace, serving
from tests.run.conftest import WholeRun
from tests.run.workbooks import Cells, cells_of, workbooks_of

# What tells the server and its traffic apart, in the audit trail.
TRAFFIC = frozenset({"LMS host", "Requests", "Requests repeated", "SHA-256 of the configuration"})


def all_cells(workspace: Workspace) -> dict[str, Cells]:
    """Every cell of every workbook by file name, without the server's port and traffic."""
    books = {path.name: cells_of(path) for path in workbooks_of(workspace.built)}
    for cells in books.values():
        for name, rows in cells.items():
            cells[name] = [
                [cell.split(" 127.0.0.1:")[0] if isinstance(cell, str) else cell for cell in row]
                for row in rows
                if not TRAFFIC.intersection(map(str, row[1:2]))
            ]
    return books


def run_with(faults: str, whole_run: WholeRun, workspace: Workspace) -> dict[str, Cells]:
    """The cells of a run against the same company behind a server with faults."""
    with serving(whole_run.company, faults) as simulator:
        workspace.configure(whole_run.company, simulator.base_url)
        outcome = workspace.rkreport("run")
        assert simulator.traffic.faults.total() > 1
    assert outcome.code == 0, outcome.err
    return all_cells(workspace)


@pytest.mark.parametrize("faults", ["5xx=0.02,cut=0.01,cut-json=0.02", "429=0.02,token=0.03", "slow=0.03,html=0.02"])
def test_faults_on_the_way_change_no_cell(whole_run: WholeRun, workspace: Workspace, faults: str) -> None:
    """With a fault in 5 % of the requests, every cell of every workbook is as without."""
    assert run_with(f"{faults},slow-seconds=0.05", whole_run, workspace) == all_cells(whole_run.workspace)


def test_a_page_that_looks_empty_loses_nobody(whole_run: WholeRun, workspace: Workspace) -> None:
    """Where the server leaves out a page's rows once, it is asked again, and all rows about people are as without."""
    found, expected = run_with("null-items=0.05", whole_run, workspace), all_cells(whole_run.workspace)
    assert found.keys() == expected.keys()
    for name, cells in expected.items():
        about_people = [sheet for sheet in cells if sheet not in {"Audit trail", next(iter(cells))}]
        assert [found[name][sheet] for sheet in about_people] == [cells[sheet] for sheet in about_people]


def test_a_build_can_be_repeated_without_network(whole_run: WholeRun) -> None:
    """A later build from the same snapshot, the server long gone, gives the same workbooks."""
    workspace = whole_run.workspace
    cells, files = all_cells(workspace), {file["path"]: file["sha256"] for file in workspace.manifest["files"]}
    outcome = workspace.rkreport("build")
    assert outcome.code == 0, outcome.err
    assert outcome.out == whole_run.outcome.out.replace("Run finished.", "Build finished.")
    assert all_cells(workspace) == cells
    again = {file["path"]: file["sha256"] for file in workspace.manifest["files"]}
    assert {path: digest for path, digest in again.items() if not path.endswith(".eml")} == {
        path: digest for path, digest in files.items() if not path.endswith(".eml")
    }
    assert again.keys() == files.keys()
