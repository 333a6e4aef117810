"""`report.template` from the config to the workbooks, and its refusal before the LMS is asked for anything."""

import hashlib
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from rkreport.simulator.company import Company
from tests.cli.program import NO_SERVER, Workspace
from tests.excel.brands import TEAL, corporate, edited, png, restyle, with_logo
from tests.run.workbooks import master_of, workbooks_of


def flawed(sheet: Any) -> None:
    """Two flaws."""
    sheet["A1"] = "$titel"
    restyle(sheet, "rk Header", sz=16)


def use(workspace: Workspace, content: bytes) -> None:
    """Name a brand template in the config."""
    (workspace.folder / "brand.xlsx").write_bytes(content)
    workspace.edit("[report]", '[report]\ntemplate = "brand.xlsx"')


@pytest.mark.parametrize("command", ["run", "build"])
def test_a_flawed_brand_is_refused_before_any_request(workspace: Workspace, company: Company, command: str) -> None:
    """Exit code 2, the number of flaws, and as many of them as a sentence of 400 characters holds.

    With no LMS to be reached that can only be said before it is asked.
    """
    workspace.configure(company, NO_SERVER)
    use(workspace, edited(flawed))
    outcome = workspace.rkreport(command)
    assert (outcome.code, outcome.out) == (2, "")
    words = (
        "The brand template brand.xlsx cannot be used, for 3 reasons: (1) ",
        "$titel",
        "Mend this first.",
    )
    assert [word for word in words if word not in outcome.error] == []
    assert not (workspace.folder / "reports").exists()


def test_one_flaw_is_one_sentence(workspace: Workspace, company: Company) -> None:
    """What is no workbook gets its one sentence."""
    workspace.configure(company, NO_SERVER)
    use(workspace, b"no workbook")
    expected = (
        "Error: The brand template brand.xlsx cannot be used: is no Excel workbook, or damaged; save it in Excel as"
    )
    assert workspace.rkreport("run").error == f"{expected} .xlsx."


def test_a_run_in_a_brand(configured: Workspace) -> None:
    """Master and managers' workbooks have colours and logo; what reports do not get is said; a rebuild is the same."""

    def change(sheet: Any) -> None:
        corporate(sheet)
        sheet.merge_cells("B30:C30")

    use(configured, edited(change))
    outcome = configured.rkreport("run")
    assert outcome.code == 0, outcome.err
    assert 'brand.xlsx: sheet "Brand" has merged cells; reports have none.' in outcome.err
    for path in workbooks_of(configured.built):
        with ZipFile(path) as archive:
            assert archive.read("xl/media/logo.png") == png()
        sheet = load_workbook(path).worksheets[0]
        assert sheet["A1"].font.color.rgb == "FF" + TEAL
        assert str(sheet["A2"].value).startswith(("October 2026 · ", "Oktober 2026 · "))
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in workbooks_of(configured.built)}
    assert configured.rkreport("build").code == 0
    assert {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in workbooks_of(configured.built)} == digests


def test_the_brand_is_part_of_the_configuration(configured: Workspace) -> None:
    """Another logo is another configuration: manifest and audit trail say so."""
    use(configured, edited(with_logo(png())))
    assert configured.rkreport("run", "--quiet").code == 0
    before = configured.manifest["config_sha256"]
    (configured.folder / "brand.xlsx").write_bytes(edited(with_logo(png(60, 20))))
    assert configured.rkreport("build", "--quiet").code == 0
    after: str = configured.manifest["config_sha256"]
    assert after != before
    rows = load_workbook(master_of(configured.built))["Audit trail"].iter_rows(values_only=True)
    assert any(after in row for row in rows)


def test_a_brand_that_is_not_there(workspace: Workspace, company: Company) -> None:
    """The sentence names the file, and how to do without."""
    workspace.configure(company, NO_SERVER)
    workspace.edit("[report]", '[report]\ntemplate = "merek.xlsx"')
    outcome = workspace.rkreport("run")
    assert outcome.code == 2
    assert "merek.xlsx does not exist; correct report.template, or remove the line" in outcome.error
