"""A workbook is what was looked at, part by part."""

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.excel import expected_parts
from tests.excel.expected_parts import COMMAND, drawn_parts, renew

_SHOWN = 40


def test_every_part_is_as_it_was_looked_at(tmp_path: Path) -> None:
    """No part is new, missing or different; a change on purpose is looked at and renewed."""
    expected, now = expected_parts.expected_parts(), drawn_parts(tmp_path / "book.xlsx")
    assert sorted(now) == sorted(expected), f"look at the workbook, then: {COMMAND}"
    for name, text in now.items():
        lines = unified_diff(expected[name].splitlines(), text.splitlines(), "expected", name, lineterm="", n=1)
        difference = "\n".join([*lines][:_SHOWN])
        assert difference == "", f"{difference}\nlook at the workbook, then: {COMMAND}"


def test_renewing_names_what_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that differs, one that is missing and one that is no longer written are put right."""
    monkeypatch.setattr(expected_parts, "FOLDER", tmp_path / "expected")
    everything = renew(tmp_path / "book.xlsx")
    assert "xl/styles.xml" in everything
    (tmp_path / "expected" / "xl" / "styles.xml").write_text("other", "utf-8")
    (tmp_path / "expected" / "xl" / "workbook.xml").unlink()
    (tmp_path / "expected" / "gone.xml").write_text("gone", "utf-8")
    assert renew(tmp_path / "book.xlsx") == ["gone.xml", "xl/styles.xml", "xl/workbook.xml"]
    assert renew(tmp_path / "book.xlsx") == []
