"""A stranger in one file, and nothing leaves: `send` as its user meets it."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rkreport.excel.draw.tabs import FIRST_ROW
from tests.cli.office import Office, reseal
from tests.cli.test_brand import use
from tests.excel.brands import edited
from tests.run.editions import edition_of
from tests.run.planting import DETAIL, parts_in, write_parts


def plant(office: Office) -> tuple[str, str]:
    """A row of another team at the end of the last manager's file, which manifest and store take for what was built.

    Gives the file's place in the edition, and the id that does not belong there.
    """
    manifest = office.workspace.manifest
    files = [file for file in manifest["files"] if file["kind"] == "manager"]
    path, other = office.folder / files[-1]["path"], office.folder / files[0]["path"]
    own, foreign = parts_in(path), parts_in(other)[DETAIL].decode()
    (row,) = re.findall(rf'<row [^>]*r="{FIRST_ROW}".*?</row>', foreign)
    own[DETAIL] = own[DETAIL].replace(b"</sheetData>", row.encode() + b"</sheetData>")
    write_parts(path, own)
    files[-1]["sha256"] = sha256(path.read_bytes()).hexdigest()
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    reseal(office.workspace)
    return files[-1]["path"], row.partition("<t>")[2].partition("</t>")[0]


@pytest.mark.parametrize("arguments", [(), ("--only", "M-001"), ("--to-me", "ld@contoh.test")])
def test_a_stranger_in_one_file_stops_every_message(office: Office, arguments: tuple[str, ...]) -> None:
    """Exit code 5, the file named and nobody else, no message handed over, also to others and in a trial."""
    file, employee_id = plant(office)
    outcome = office.workspace.rkreport("send", *arguments)
    assert outcome.code == 5
    assert outcome.error.startswith(f"Error: {file} holds the ")
    assert " of somebody outside that team, so nothing was sent" in outcome.error
    assert office.server.taken == []
    assert not (office.folder / "trial").exists()
    for text in (
        outcome.out,
        outcome.err,
        Path(office.workspace.folder / "rkreport-data" / "rkreport.log").read_text(),
    ):
        assert employee_id not in text


def test_files_as_built_are_sent(office: Office) -> None:
    """Without the stranger the same office sends to all."""
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == 3


def in_title(sheet: Any, name: str) -> None:
    """A contact in the title block."""
    sheet["A2"] = f"$period_line · Kontak: {name}"


def in_print(sheet: Any, name: str) -> None:
    """One in print header and footer, right beside their codes."""
    sheet.oddHeader.right.text = f"&8Kontak: {name}&B"
    sheet.oddFooter.center.text = f'$company&"Arial,Bold"&9{name} && tim &P'


@pytest.mark.parametrize("place", [in_title, in_print])
def test_a_brand_may_name_somebody(office: Office, place: Any) -> None:
    """Whom to ask stands on every sheet of every team; a row of another team in a file still stops."""
    teams = edition_of(office.workspace).assessment.compliance.teams
    names = {person.name for person in teams[0].people} - {person.name for person in teams[-1].people}
    name = min(one for one in names if one.isascii() and one.replace(" ", "").isalpha() and " " in one)
    use(office.workspace, edited(lambda sheet: place(sheet, name)))
    assert office.workspace.rkreport("build").code == 0
    outcome = office.workspace.rkreport("send", "--to-me", "ld@contoh.test")
    assert outcome.code == 0, outcome.err
    file, _ = plant(office)
    refused = office.workspace.rkreport("send")
    assert (refused.code, refused.error.startswith(f"Error: {file} holds the ")) == (5, True)
