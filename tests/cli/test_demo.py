"""The first thing anybody tries: a demo that makes everything, in a folder of its own."""

import csv
import json
from pathlib import Path

from tests.cli.program import Workspace
from tests.run.workbooks import cells_of, master_of, table_of

MASTER_SHEETS = [
    "Summary",
    "What changed",
    "By unit",
    "By manager",
    "By course",
    "Detail",
    "Action list",
    "Trend",
    "Data quality",
    "Audit trail",
    "Notes",
]
TEAM_SHEETS = {
    "en": ["Team summary", "Action needed", "Matrix", "Team detail", "Notes"],
    "id": ["Ringkasan tim", "Perlu tindakan", "Matriks", "Rincian tim", "Keterangan"],
}


def build_of(folder: Path) -> Path:
    """The one build in a demo's folder."""
    (built,) = folder.glob("reports/*/rev1")
    return built


def test_a_demo_makes_everything(workspace: Workspace) -> None:
    """Master with its ten sheets in order, a workbook and a message per manager, burst list, manifest."""
    outcome = workspace.rkreport("demo", "--people", "60")
    assert outcome.code == 0, outcome.err
    built = build_of(workspace.folder / "rkreport-demo")
    master = cells_of(master_of(built))
    assert list(master) == MASTER_SHEETS
    assert len(table_of(master, "Trend")) == 9
    workbooks = sorted(path.stem.split("_")[0] for path in (built / "managers").iterdir())
    messages = sorted(path.stem.split("_")[1] for path in (built / "outbox").iterdir())
    assert workbooks == messages == ["M-001", "M-002", "no-manager"]
    for path in (built / "managers").iterdir():
        assert list(cells_of(path)) == TEAM_SHEETS["en" if path.stem.startswith("no-manager") else "id"]
    burst_list = csv.reader((built / "burst-list.csv").read_text("utf-8-sig").splitlines())
    assert [row[0] for row in burst_list] == ["manager_id", "M-001", "M-002", "no-manager"]
    assert json.loads((built / "manifest.json").read_text("utf-8"))["complete"] is True
    assert f"Master       {master_of(built).relative_to(workspace.folder).as_posix()}\n" in outcome.out


def test_a_demo_replaces_an_earlier_one(workspace: Workspace) -> None:
    """The second demo leaves nothing of the first, and its master speaks the language that was asked for."""
    assert workspace.rkreport("demo", "--people", "60").code == 0
    left_over = workspace.folder / "rkreport-demo" / "reports" / "notes.txt"
    left_over.write_text("mine")
    outcome = workspace.rkreport("demo", "--people", "50", "--seed", "2", "--language", "id", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["users"] == 50
    assert not left_over.exists()
    assert next(iter(cells_of(Path(workspace.folder, outcome.document["master"])))) == "Ringkasan"


def test_a_demo_never_touches_a_folder_of_somebody_else(workspace: Workspace) -> None:
    """A folder that holds anything but a demo is refused with a sentence, and stays as it was."""
    (workspace.folder / "mine").mkdir()
    (workspace.folder / "mine" / "thesis.txt").write_text("all my work")
    outcome = workspace.rkreport("demo", "--out", "mine")
    assert outcome.code == 5
    assert outcome.error == "Error: The folder mine holds other things; name another one with --out."
    assert [path.name for path in (workspace.folder / "mine").iterdir()] == ["thesis.txt"]
