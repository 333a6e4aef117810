"""No file leaves that holds a stranger, hides something, lost somebody or is another than was built."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rkreport.core.leaks.opened_file import Leak
from rkreport.core.models import Learner
from rkreport.errors import OutputError
from tests.run.conftest import WholeRun
from tests.run.editions import Edition, edition_of
from tests.run.planting import (
    DETAIL,
    OPENPYXL,
    RAW,
    WORKBOOK,
    Case,
    by_openpyxl,
    in_cell,
    parts_in,
    replaced,
    write_parts,
)

if TYPE_CHECKING:
    from rkreport.core.manifest import ManifestFile

TEAM = "M-002"
FILE = "managers/M-002_2026-10_rev1.xlsx"


@pytest.fixture(scope="module")
def pristine(whole_run: WholeRun) -> Edition:
    """The edition as it was built; nobody writes into it."""
    return edition_of(whole_run.workspace)


@pytest.fixture
def edition(pristine: Edition, tmp_path: Path) -> Edition:
    """A copy of it with one manager's file, to be changed."""
    folder = tmp_path / "rev1"
    shutil.copytree(pristine.folder, folder)
    return replace(pristine, folder=folder)


@pytest.fixture(scope="module")
def stranger(pristine: Edition) -> Learner:
    """Somebody of another team, of whom everything is known, with a plain name of at least two words."""
    own, *others = sorted(pristine.assessment.compliance.teams, key=lambda team: team.manager.manager_id != TEAM)
    names = {person.name for person in own.people}
    return next(
        person.learner
        for team in others
        for person in team.people
        if person.learner
        and person.learner.serial
        and person.learner.email
        and person.learner.phone
        and person.name.replace(" ", "").isascii()
        and person.name.replace(" ", "").isalpha()
        and " " in person.name
        and len(person.name) < 40
        and person.employee_id.isdecimal()
        and len(person.employee_id) == 8
        and not person.employee_id.startswith("0")
        and person.name not in names
    )


def finding(edition: Edition, stranger: Learner, caplog: pytest.LogCaptureFixture) -> str:
    """The sentence with which a sending stops, whose manifest knows the file as it is; it tells of nobody."""
    with caplog.at_level(logging.DEBUG), pytest.raises(OutputError) as stopped:
        edition.resealed().leak_test()
    sentence = str(stopped.value)
    assert sentence.startswith(FILE)
    assert stopped.value.exit_code == 5
    for text in (stranger.name, stranger.employee_id, str(stranger.serial), stranger.email, stranger.username):
        assert text not in sentence
        assert text not in caplog.text
    return sentence


def test_files_as_built_may_leave(pristine: Edition) -> None:
    """Nothing is found in the files of a company with all awkward people."""
    pristine.leak_test()


def test_a_file_saved_by_another_program_may_leave(edition: Edition) -> None:
    """Opened and saved by openpyxl a file is still found good, so what the tests below plant is what is found."""
    by_openpyxl(lambda _book, _one: None)(edition.file_of(TEAM), None)  # type: ignore[arg-type]  # nobody is planted
    edition.resealed().leak_test()


def test_a_file_packed_anew_may_leave(edition: Edition) -> None:
    """The same for the plain zip edits."""
    path = edition.file_of(TEAM)
    write_parts(path, parts_in(path))
    edition.resealed().leak_test()


def test_long_parts_are_read_row_by_row(
    edition: Edition, stranger: Learner, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found does not depend on how long a part is."""
    monkeypatch.setattr("rkreport.leakcheck.reader._AT_ONCE", 0)
    edition.leak_test()
    in_cell(lambda one: f"<r><t>{one.name[:3]}</t></r><r><t>{one.name[3:]}</t></r>")(edition.file_of(TEAM), stranger)
    assert f"{FILE} {Leak.NAME}," in finding(edition, stranger, caplog)


@pytest.mark.parametrize("case", OPENPYXL.values(), ids=OPENPYXL)
def test_a_stranger_planted_by_a_program_is_found(
    edition: Edition, stranger: Learner, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """Wherever somebody of another team was put with openpyxl, the file is stopped for it."""
    case.plant(edition.file_of(TEAM), stranger)
    assert f"{FILE} {case.leak}," in finding(edition, stranger, caplog)


@pytest.mark.parametrize("case", RAW.values(), ids=RAW)
def test_a_stranger_planted_by_hand_is_found(
    edition: Edition, stranger: Learner, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    """The same for places that no program shows, and for texts that do not look like the name."""
    case.plant(edition.file_of(TEAM), stranger)
    assert f"{FILE} {case.leak}," in finding(edition, stranger, caplog)


Shape = tuple[str, str, str, Leak]
SHAPES: dict[str, Shape] = {
    "hidden rows": (DETAIL, '<row r="7"', '<row r="7" hidden="1"', Leak.HIDDEN),
    "rows of no height": (DETAIL, '<row r="7"', '<row r="7" ht="0"', Leak.HIDDEN),
    "rows that start hidden": (DETAIL, "<sheetFormatPr", '<sheetFormatPr zeroHeight="1"', Leak.HIDDEN),
    "a hidden column": (DETAIL, "<col ", '<col hidden="true" ', Leak.HIDDEN),
    "a hidden sheet": (WORKBOOK, 'state="visible"', 'state="hidden"', Leak.HIDDEN),
    "a hidden window": (WORKBOOK, 'visibility="visible"', 'visibility="hidden"', Leak.HIDDEN),
    "another manager's id": ("docProps/custom.xml", f"<vt:lpwstr>{TEAM}<", "<vt:lpwstr>M-001<", Leak.PROPERTIES),
    "another revision": ("docProps/custom.xml", "<vt:lpwstr>1<", "<vt:lpwstr>2<", Leak.PROPERTIES),
    "another author": ("docProps/core.xml", "<dc:creator>", "<dc:creator>x", Leak.AUTHOR),
    "another defined name": (WORKBOOK, "_xlnm.Print_Area", "Semua", Leak.DEFINED_NAME),
    "another sheet's name": (WORKBOOK, 'name="Keterangan"', 'name="Keterangan 9"', Leak.SHEETS),
    "a link to a web page": (
        "xl/worksheets/_rels/sheet4.xml.rels",
        "</Relationships>",
        '<Relationship Id="rId9" Type="http://x/hyperlink" Target="https://x.test"/></Relationships>',
        Leak.EXTERNAL,
    ),
    "a formula": (DETAIL, "</row>", '<c r="ZZ1"><f>1+1</f><v>2</v></c></row>', Leak.FORMULA),
    "an old encoding": ("docProps/core.xml", "<cp:core", '<?xml version="1.0" encoding="utf-7"?><cp:core', Leak.MARKUP),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_hides_or_leads_away_is_found(
    edition: Edition, stranger: Learner, shape: Shape, caplog: pytest.LogCaptureFixture
) -> None:
    """A file is stopped for its shape alone, whoever is in it."""
    part, old, new, leak = shape
    replaced(part, old, lambda _one: new)(edition.file_of(TEAM), stranger)
    assert f"{FILE} {leak}," in finding(edition, stranger, caplog)


def test_somebody_else_s_file_is_found(edition: Edition, stranger: Learner, caplog: pytest.LogCaptureFixture) -> None:
    """A whole file of another team, under this team's name."""
    edition.file_of(TEAM).write_bytes(edition.file_of("M-001").read_bytes())
    assert "of somebody outside that team" in finding(edition, stranger, caplog)


@pytest.mark.parametrize("sheet", ["xl/worksheets/sheet3.xml", DETAIL], ids=["matrix", "detail"])
def test_a_lost_person_is_found(
    edition: Edition, stranger: Learner, sheet: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A file is wrong that has not all of its team, on the matrix and in the detail."""
    team = next(one for one in edition.assessment.compliance.teams if one.manager.manager_id == TEAM)
    lost = next(one.employee_id for one in team.people if len(one.employee_id) == 8)
    path = edition.file_of(TEAM)
    parts = parts_in(path)
    rows = parts[sheet].split(b"<row ")
    parts[sheet] = b"<row ".join(row for row in rows[:-1] if lost.encode() not in row) + b"<row " + rows[-1]
    write_parts(path, parts)
    assert f"{FILE} {Leak.MISSING}," in finding(edition, stranger, caplog)


def test_a_changed_file_is_found(edition: Edition) -> None:
    """A file whose bytes are not those that were built is stopped, whatever is in it."""
    path = edition.file_of(TEAM)
    write_parts(path, parts_in(path))
    with pytest.raises(OutputError, match=f"^{FILE} {Leak.CHANGED},"):
        edition.leak_test()


def test_a_missing_file_is_found(edition: Edition) -> None:
    """So is one that is gone."""
    edition.file_of(TEAM).unlink()
    with pytest.raises(OutputError, match=f"^{FILE} {Leak.ABSENT},"):
        edition.leak_test()


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no zip file", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_is_found(
    edition: Edition, stranger: Learner, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a file, none, or an empty one."""
    edition.file_of(TEAM).write_bytes(content)
    assert f"{FILE} " in finding(edition, stranger, caplog)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<is><t>", "<is><t>\x01"),
        ("<is><t>", "<is><t>]]>"),
        ("<is><t>", "<is><t>\ufffe"),
        ("<sheetData>", '<sheetData x="><c r="A9" s="1"/>">'),
        ('" s="', '" s="1" s="'),
    ],
    ids=["a control character", "the end of a section", "no character", "a cell in an attribute", "a style twice"],
)
def test_damaged_xml_is_found(
    edition: Edition, stranger: Learner, old: str, new: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where only one plain cell is damaged, or looks plain where no cell can be."""
    replaced(DETAIL, old, lambda _: new)(edition.file_of(TEAM), stranger)
    assert f"{FILE} {Leak.DAMAGED}," in finding(edition, stranger, caplog)


def test_a_manifest_of_other_teams_is_found(edition: Edition) -> None:
    """Each team has one file, inside of the edition's folder, and there is no other."""
    files = [file for file in edition.manifest["files"] if file["kind"] == "manager"]
    escaped: list[ManifestFile] = [{**files[0], "path": "../other.xlsx"}, *files[1:]]
    same: list[ManifestFile] = [{**files[0], "path": files[1]["path"]}, *files[1:]]
    unknown: list[ManifestFile] = [*files, {**files[0], "manager_id": "M-999"}]
    for wrong in (files[1:], unknown, escaped, same):
        with pytest.raises(OutputError, match="are not those of the teams"):
            replace(edition, manifest={**edition.manifest, "files": wrong}).leak_test()
