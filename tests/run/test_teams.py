"""A manager's workbook holds that manager's people and nobody else: what the admin is afraid of most."""

import email.policy
import re
from collections import Counter
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from rkreport.locale import load_words
from tests.run.conftest import WholeRun
from tests.run.workbooks import HEADER_ROW, Cells, cells_of, package_text, table_of

LONG_ENOUGH = 6  # a shorter id, such as 123, may stand in the file as a width or a row number

Key = tuple[Any, ...]


KEYS = ("employee_id", "user_serial", "name", "email", "manager", "course_serial", "batch_serial")
ENGLISH = load_words("en")


def team_of(cells: Cells) -> list[list[Any]]:
    """The columns `KEYS` of a manager's detail sheet; its headers are in the manager's language."""
    sheet = list(cells)[3]
    header, *rows = cells[sheet][HEADER_ROW:]
    words = next(each for each in (ENGLISH, load_words("id")) if each.text("detail.name") in header)
    places = [header.index(words.text(f"detail.{key}")) for key in KEYS]
    return [[row[place] for place in places] for row in rows[: len(table_of(cells, sheet))]]


@pytest.fixture(scope="module")
def teams(whole_run: WholeRun) -> dict[Path, Cells]:
    """The managers' workbooks, the fallback's too."""
    return {path: cells_of(path) for path in sorted((whole_run.workspace.built / "managers").iterdir())}


def test_the_teams_are_the_detail(whole_run: WholeRun, teams: dict[Path, Cells]) -> None:
    """All rows of all managers' workbooks together are the rows of `Detail`, each in one workbook."""
    detail = table_of(whole_run.master, "Detail")
    columns = [ENGLISH.text(f"detail.{key}") for key in KEYS]
    # The manager's name is compared row by row except where there is none: each language has its own word for that.
    named = {row["Manager"] for row in detail if not row["Manager"].startswith("No manager")}
    expected: Counter[Key] = Counter(
        tuple(row[column] if column != "Manager" or row[column] in named else "" for column in columns)
        for row in detail
    )
    found: Counter[Key] = Counter(
        (*who, manager if manager in named else "", course, batch)
        for cells in teams.values()
        for *who, manager, course, batch in team_of(cells)
    )
    assert found == expected
    assert len(named) == 5


def test_nobody_else_is_in_a_team_s_file(whole_run: WholeRun, teams: dict[Path, Cells]) -> None:
    """No part of a manager's file, visible or not, has the id, serial, name or address of another team's people."""
    people = {tuple(row[0:4]): path for path, cells in teams.items() for row in team_of(cells)}
    searched = 0
    for path, cells in teams.items():
        own = {text for person, place in people.items() if place == path for text in person}
        others = {text for person, place in people.items() if place != path for text in person if text} - own
        content, values = package_text(path), {str(cell) for rows in cells.values() for row in rows for cell in row}
        assert not others & values
        assert all(text in content for text in own if text and "=" not in text)  # so a search can find at all
        for text in others:
            if len(text) >= LONG_ENOUGH:
                assert text not in content or not re.search(rf"(?<![\w.]){re.escape(text)}(?![\w@])", content)
                searched += 1
    assert searched > 1000


def test_a_message_has_its_own_team_s_file_alone(whole_run: WholeRun) -> None:
    """Each message goes to one manager and carries that manager's workbook, byte for byte, and nothing else."""
    manifest = whole_run.workspace.manifest
    built = whole_run.workspace.built
    workbooks = {file["manager_id"]: built / file["path"] for file in manifest["files"] if file["kind"] == "manager"}
    messages = [file for file in manifest["files"] if file["kind"] == "message"]
    assert len(messages) == len(workbooks) == 6
    addresses = {one.manager_id: one.email for one in whole_run.company.managers} | {"no-manager": "ld@contoh.test"}
    for file in messages:
        message = BytesParser(policy=email.policy.default).parsebytes((built / file["path"]).read_bytes())
        (attachment,) = message.iter_attachments()
        assert attachment.get_content() == workbooks[file["manager_id"]].read_bytes()
        assert attachment.get_filename() == workbooks[file["manager_id"]].name
        assert message["To"] == addresses[file["manager_id"]]
        assert message["Cc"] is None
        assert message["Bcc"] is None
