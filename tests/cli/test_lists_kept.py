"""`rkreport lists` on a workbook of a person: what it could not keep it refuses, and leaves the file as it is."""

import re
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from rkreport.config import workbook_file
from tests.cli.program import Workspace
from tests.config.list_books import with_part


def test_what_a_refresh_would_lose_is_refused(begun: Workspace) -> None:
    """Pictures and charts; the file stays as it is."""
    path = begun.folder / "managers.xlsx"
    path.write_bytes(with_part(path.read_bytes(), "xl/media/image1.png", lambda _: b"png"))
    before = path.read_bytes()
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert (
        "managers.xlsx holds pictures, charts, macros, threaded comments, protected ranges, or formats" in outcome.error
    )
    assert path.read_bytes() == before


EXTENSIONS = {
    "a drop-down or format of a newer Excel": b"<extLst><ext uri='{x}'/></extLst>",
    "protected ranges": b"<protectedRanges/>",
}


@pytest.mark.parametrize("case", EXTENSIONS)
def test_what_a_refresh_would_lose_of_a_sheet_is_refused(begun: Workspace, case: str) -> None:
    """When openpyxl saves a workbook, it leaves that out."""
    path, end = begun.folder / "managers.xlsx", b"</worksheet>"
    path.write_bytes(
        with_part(path.read_bytes(), "xl/worksheets/sheet1.xml", lambda part: part.replace(end, EXTENSIONS[case] + end))
    )
    before = path.read_bytes()
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert "which a refresh would lose" in outcome.error
    assert path.read_bytes() == before


def test_a_label_of_the_organization_is_kept(begun: Workspace) -> None:
    """The part that tells how confidential a workbook is; one without it gets none."""
    path, label = begun.folder / "managers.xlsx", b"<labelList/>"
    path.write_bytes(with_part(path.read_bytes(), "docMetadata/LabelInfo.xml", lambda _: label))
    for _ in range(2):
        assert begun.rkreport("lists").code == 0
        with ZipFile(path) as archive:
            assert archive.read("docMetadata/LabelInfo.xml") == label
            assert archive.read("_rels/.rels").count(b'Target="docMetadata/LabelInfo.xml"') == 1
            assert archive.read("[Content_Types].xml").count(b'PartName="/docMetadata/LabelInfo.xml"') == 1
    with ZipFile(begun.folder / "exceptions.xlsx") as archive:
        assert not [name for name in archive.namelist() if name.startswith("docMetadata")]


def test_a_list_behind_a_hidden_sheet_is_read_after_a_refresh(begun: Workspace) -> None:
    """The LMS's sheet stands behind the list, wherever that is."""
    path = begun.folder / "managers.xlsx"
    book = load_workbook(path)
    hidden = book.create_sheet("2025", 0)
    hidden.append(["old"])
    hidden.sheet_state = "hidden"
    book.save(path)
    for _ in range(2):
        assert begun.rkreport("lists").code == 0
        assert load_workbook(path).sheetnames[:3] == ["2025", book.sheetnames[1], "LMS"]
    assert workbook_file.workbook_rows(path, path.read_bytes())[0][1][0] == "manager_id"


@pytest.mark.parametrize("value", ["<v>1,5</v>", "<v>99</v>", "<v>garbage</v>"])
def test_a_damaged_value_of_another_sheet_is_told(begun: Workspace, value: str) -> None:
    """Only a refresh reads it; the file stays as it is."""
    path = begun.folder / "managers.xlsx"
    book = load_workbook(path)
    book.create_sheet("Own")["A2"] = "=1+1"
    book.save(path)
    kind = {"<v>99</v>": ' t="s"', "<v>garbage</v>": ' t="d"'}.get(value, "")
    cell = f'<c r="A2"{kind}><f>1+1</f>{value}</c>'.encode()
    path.write_bytes(
        with_part(path.read_bytes(), "xl/worksheets/sheet3.xml", lambda part: re.sub(rb"<c .*?</c>", cell, part))
    )
    before = path.read_bytes()
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert "managers.xlsx cannot be refreshed: a part of it is damaged" in outcome.error
    assert path.read_bytes() == before


@pytest.mark.parametrize("formula", ['<f t="dataTable" nonsense="1"/>', '<f t="shared" si="0">"</f>'])
def test_what_only_a_refresh_reads_may_be_damaged(begun: Workspace, formula: str) -> None:
    """One sentence; the file stays as it is."""
    path, end = begun.folder / "managers.xlsx", b"</sheetData>"
    cells = "".join(f'<c r="{column}999">{formula}<v>1</v></c>' for column in "IJ")
    row = f'<row r="999">{cells}</row>'.encode()
    path.write_bytes(
        with_part(path.read_bytes(), "xl/worksheets/sheet1.xml", lambda part: part.replace(end, row + end))
    )
    before = path.read_bytes()
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert "managers.xlsx cannot be refreshed: a part of it is damaged" in outcome.error
    assert path.read_bytes() == before


def test_a_list_too_large_to_keep_is_refused(begun: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is loaded whole; the file stays as it is."""
    monkeypatch.setattr(workbook_file, "_MOST_OBJECTS", 10)
    before = (begun.folder / "managers.xlsx").read_bytes()
    outcome = begun.rkreport("lists")
    assert outcome.code == 2
    assert "managers.xlsx holds too many cells or formatted rows for a refresh" in outcome.error
    assert (begun.folder / "managers.xlsx").read_bytes() == before
