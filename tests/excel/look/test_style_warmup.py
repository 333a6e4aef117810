"""The looks of the house are made once: what the specimen lacks is made for every workbook, at a third more time."""

from pathlib import Path

import pytest

from rkreport.excel.look.brand import HOUSE
from rkreport.excel.look.style_sheet import Styles
from rkreport.excel.look.styles import CellFormat
from rkreport.excel.workbook import compiled_rules, write_workbook
from tests.excel.sample import plan


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_report_adds_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """All that a whole report looks like, its cards and panels too, is in the specimen."""
    compiled_rules(language, HOUSE)
    added: list[CellFormat] = []
    register = Styles._register  # noqa: SLF001 - what must not be called

    def noted(styles: Styles, look: CellFormat, *, quoted: bool) -> int:
        added.append(look)
        return register(styles, look, quoted=quoted)

    monkeypatch.setattr(Styles, "_register", noted)
    write_workbook(plan(language, rows=40), tmp_path / "book.xlsx")
    assert not added
