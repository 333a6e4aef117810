"""The manifest of the edition to be sent: what of it is held against the files, the program and the store."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.office import MANAGERS, Office, opened_office, reseal


def test_a_message_that_is_gone_is_written_again(fetched: Path, tmp_path: Path) -> None:
    """A file that is no longer in the outbox folder: `send` writes it again as it must be, and said again, passes."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        paths = [
            office.folder / file["path"] for file in office.workspace.manifest["files"] if file["kind"] == "message"
        ]
        assert len(paths) == MANAGERS
        paths[0].unlink()
        office.workspace.now += timedelta(minutes=5)  # so that the message gets another date, and other bytes
        assert office.workspace.rkreport("send").code == 0
        assert paths[0].read_bytes().startswith(b"From: ")
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    "harm",
    [
        {"files": {}},
        {"files": ["x"]},
        {"files": [{}]},
        {"files": [{"kind": "master", "path": "x"}]},
        {"files": [{"kind": "master", "path": 7, "sha256": "a", "manager_id": None}]},
        {"files": [{"kind": "manager", "path": "x", "sha256": "a", "manager_id": None, "content_sha256": "c"}]},
        {"files": [{"kind": "manager", "path": "x", "sha256": "a", "manager_id": "M-001"}]},
        {"files": [{"kind": ["master"], "path": "x", "sha256": "a"}]},
        {"revision": "one"},
        {"revision": None},
        {"run_id": 7},
        {"version": None},
        {"rate": []},
        {"rate": {}},
    ],
    ids=str,
)
def test_a_manifest_of_another_shape_is_a_sentence(office: Office, harm: dict[str, Any]) -> None:
    """Whatever is missing or of another type: exit code 5 and what to do, for the sending and the review."""
    manifest = {**office.workspace.manifest, **harm}
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    for command in ("send", "review"):
        outcome = office.workspace.rkreport(command)
        assert (outcome.code, "run rkreport build again" in outcome.error) == (5, True), outcome.err
    assert office.recipients() == []


def test_an_edition_of_another_version_is_built_again(office: Office) -> None:
    """Another version may judge otherwise than the workbooks say: exit code 5, and a build mends it."""
    manifest = {**office.workspace.manifest, "version": "0.0.1"}
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "was built by rkreport 0.0.1" in outcome.error) == (5, True)
    assert office.recipients() == []
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0


@pytest.mark.parametrize("figure", ["compliant", "counted", "exempt"])
def test_figures_that_differ_from_the_workbooks_are_not_sent(office: Office, figure: str) -> None:
    """The messages would tell other figures than the files: exit code 5 before any server is asked."""
    manifest = office.workspace.manifest
    manifest["rate"][figure] += 1
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    reseal(office.workspace)
    outcome = office.workspace.rkreport("send")
    assert outcome.code == 5
    assert "other figures" in outcome.error
    assert "run rkreport build again" in outcome.error
    assert office.recipients() == []


def test_one_team_that_differs_from_its_workbook_is_not_sent(office: Office) -> None:
    """The totals may hide that two teams moved against each other: each team's content must be what was built."""
    manifest = office.workspace.manifest
    file = next(file for file in manifest["files"] if file["kind"] == "manager")
    file["content_sha256"] = file["content_sha256"][:-8] + "00000000"
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    reseal(office.workspace)
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "other figures" in outcome.error) == (5, True)
    assert office.recipients() == []


def test_an_older_build_of_the_same_version_is_built_again(office: Office) -> None:
    """Its number is the same, but what it knew of a content cannot be compared: exit code 5."""
    manifest = office.workspace.manifest
    for file in manifest["files"]:
        file["content_sha256"] = "c" * 64 if file["kind"] == "manager" else None
    (office.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "run rkreport build again" in outcome.error) == (5, True)
    assert office.recipients() == []
