"""The first sheet: figures as values, charts over cells, links, no merged cell."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.models import Status
from rkreport.core.report.sheets import Chart, ChartKind, Column, Kind, Kpi, Link, Panel, Row, SummarySheet, Table
from rkreport.excel.draw.panels import fitting_grid, measure_panel
from rkreport.excel.look.styles import STATUS_LOOKS
from rkreport.excel.look.text_metrics import text_width
from tests.excel.reading import drawn, parts, write
from tests.excel.sample import table
from tests.factories import percent


def _summary(**overrides: object) -> SummarySheet:
    fields: dict[str, Any] = {
        "key": "summary",
        "title": "Summary",
        "kpis": (),
        "sentences": (),
        "panels": (),
        "charts": (),
        "contents": (),
    }
    fields.update(overrides)
    return SummarySheet(**fields)


def _panel(rows: tuple[Row, ...], total: Row | None = None) -> Panel:
    columns = (Column("Course", Kind.TEXT), Column("Completed", Kind.INTEGER), Column("Overdue", Kind.INTEGER))
    return Panel("By course", table("pnlCourse", columns, rows, total))


_STACK = Chart("Status", ChartKind.STACKED_BAR, 0, 0, (1, 2), (Status.COMPLETED, Status.OVERDUE))
_LINE = Chart("Trend", ChartKind.LINE, 0, 0, (1,))
_ROWS: tuple[Row, ...] = (("K3 _x0041_", 8, 2), ("Ethics", 9, 1))


def _values(sheet: Worksheet) -> set[object]:
    return {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_cards_hold_values() -> None:
    """A headline number is a number in a cell, shown large as its kind says; no figure is a dash."""
    kpis = (Kpi("Rate", percent(0.873), Kind.PERCENT, "812 of 930", "▲ up"), Kpi("Overdue", None, Kind.INTEGER, "", ""))
    sheet = drawn(_summary(kpis=kpis))["Summary"]
    assert [sheet.cell(row, 1).value for row in range(6, 10)] == ["Rate", 0.873, "812 of 930", "▲ up"]
    assert sheet["A7"].number_format == "0.0%"
    assert sheet["A7"].font.size > 14
    assert "–" in _values(sheet)
    assert not sheet.merged_cells.ranges


@pytest.mark.parametrize("count", [3, 9, 11, 13])
def test_cards_are_equally_wide(count: int) -> None:
    """However many columns a panel needs, the six cards have one width and share no column."""
    columns = (Column("Course", Kind.TEXT), *(Column(f"No {index}", Kind.INTEGER) for index in range(count)))
    rows: tuple[Row, ...] = (("A rather long name of a course here", *range(count)),)
    grid = fitting_grid([measure_panel(Panel("Wide", table("pnlWide", columns, rows)))])
    cards = [grid.card(place) for place in range(6)]
    assert len({round(sum(grid.column_widths[column - 1] for column in card), 6) for card in cards}) == 1
    covered = [column for card in cards for column in card]
    assert len(covered) == len(set(covered)) == len(grid.column_widths) - 1


def test_cards_show_all_their_words() -> None:
    """Words that do not fit on one line of a card go on in the next, and all cards of a row are equally high."""
    label, change = "Tingkat kepatuhan per orang di seluruh perusahaan", "▼ turun 12,3 poin\nbulan lalu: 100,0%"
    kpis = (Kpi(label, 1, Kind.INTEGER, "1 dari 2", change), Kpi("Terlambat", 2, Kind.INTEGER, "", ""))
    sheet = drawn(_summary(kpis=kpis, sentences=("End.",)))["Summary"]
    texts = [str(cell.value) for cell in sheet["A"][5:] if cell.value is not None]
    assert all(text_width(text) * 0.9 < 26 for text in texts)
    assert " ".join(texts) == f"{label} 1 1 dari 2 {change} End.".replace("\n", " ")
    value = next(cell for cell in sheet["A"] if cell.value == 1)
    assert sheet.cell(value.row, 3).value == 2
    assert sheet.cell(value.row - 1, 3).value == "Terlambat"


def test_long_texts_of_a_panel_are_shortened_in_the_middle() -> None:
    """A text that would run under the next number keeps its end, in which names differ; one that fits is whole."""
    columns = (Column("Course", Kind.TEXT), *(Column(f"No {index}", Kind.INTEGER) for index in range(11)))
    long = "Pelatihan yang sangat panjang " * 8
    modules = (f"{long}– Modul 1", f"{long}– Modul 2")
    rows: tuple[Row, ...] = (("K3 Dasar", *range(11)), *((module, *range(11)) for module in modules))
    sheet = drawn(_summary(panels=(Panel("Wide", table("pnlWide", columns, rows)),)))["Summary"]
    names = [str(cell.value) for cell in sheet["A"] if cell.value is not None]
    assert "K3 Dasar" in names
    first, second = (name for name in names if "…" in name)
    assert first.startswith("Pelatihan yang")
    assert (first[-7:], second[-7:]) == ("Modul 1", "Modul 2")


def test_panels_beside_each_other_share_a_tall_header() -> None:
    """A header of two lines is whole, whichever of the two panels has it."""
    columns = (Column("Month", Kind.TEXT), Column("Requirements met", Kind.INTEGER))
    tall = Panel("Tall", table("pnlTall", columns, (("K3", 1),)))
    low = Panel("Low", table("pnlLow", (Column("Month", Kind.TEXT), Column("No", Kind.INTEGER)), (("K3", 1),)))
    heights = []
    for panels in ((tall, low), (low, tall)):
        sheet = drawn(_summary(panels=panels))["Summary"]
        (row,) = {cell.row for line in sheet for cell in line if cell.value == "Month"}
        heights.append(sheet.row_dimensions[row].height)
    assert heights[0] == heights[1] > 2 * 9


def test_a_text_stands_apart_from_the_number_before_it() -> None:
    """The number ends where the text begins: `13` and `up 3.3 points` would read as one."""
    columns = (Column("Unit", Kind.TEXT), Column("Overdue", Kind.INTEGER), Column("Since", Kind.TEXT))
    sheet = drawn(_summary(panels=(Panel("P", table("pnlP", columns, (("K3", 13, "up 3.3 points"),))),)))["Summary"]
    indents = {cell.value: cell.alignment.indent for line in sheet for cell in line if cell.value}
    assert (indents["Since"], indents["up 3.3 points"], indents["K3"]) == (1, 1, 0)


def test_a_header_over_several_columns_has_room_on_one_line() -> None:
    """There no header wraps, so that a long one would run into the header before it."""
    headers = ("Manajer", "Terlambat", "Sejak bulan lalu", "Bulan berturut-turut di bawah target")
    kinds = (Kind.TEXT, Kind.INTEGER, Kind.TEXT, Kind.INTEGER)
    columns = tuple(map(Column, headers, kinds))
    measured = measure_panel(Panel("P", table("pnlP", columns, (("Manajer 0", 3, "▲ naik 3,3 poin", 5),))))
    widths = fitting_grid([measured]).widths
    ends = measured.ends(widths)
    wide = [
        (sum(widths[first:end]), text_width(header, bold=True) * 0.9)
        for header, first, end in zip(headers, (0, *ends), ends, strict=False)
        if end - first > 1
    ]
    assert wide
    assert all(room >= needed for room, needed in wide)


def test_a_number_too_long_for_its_card_gets_smaller() -> None:
    """A headline number never shows as ####, and one that fits keeps its size."""
    kpis = (Kpi("Rate", percent(0.873), Kind.PERCENT, "", ""), Kpi("Overdue", 123_456_789, Kind.INTEGER, "", ""))
    sheet = drawn(_summary(kpis=kpis))["Summary"]
    fits, long = (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float | int))
    assert (bool(fits.alignment.shrink_to_fit), bool(long.alignment.shrink_to_fit)) == (False, True)


def test_all_that_was_planned_is_there() -> None:
    """Sentences, panels with their totals and the list of contents are all on the sheet."""
    contents = (Link("Back to myself", "summary"),)
    sheet = drawn(
        _summary(
            sentences=("One.", Link("Two", "summary")), panels=(_panel(_ROWS, ("Total", 17, 3)),), contents=contents
        )
    )["Summary"]
    expected = {"One.", "Two", "Back to myself", "By course", "Course", "Completed", "Ethics", 9, 1, "Total", 17, 3}
    assert expected <= _values(sheet)


def test_long_sentences_go_on_in_the_next_row() -> None:
    """A sentence that is longer than the page loses no word."""
    sentence = "word " * 80
    sheet = drawn(_summary(sentences=(sentence,)))["Summary"]
    lines = [sheet.cell(row, 1).value for row in range(6, sheet.max_row + 1) if sheet.cell(row, 1).value]
    assert len(lines) > 1
    assert " ".join(lines) == sentence.strip()


def test_charts_point_at_the_panels_cells(tmp_path: Path) -> None:
    """A chart takes names and values from the cells of its panel, and holds them itself for previews."""
    path = tmp_path / "book.xlsx"
    write(path, _summary(panels=(_panel(_ROWS, ("Total", 17, 3)),), charts=(_STACK, _LINE)))
    sheet = load_workbook(path)["Summary"]
    (header,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "Overdue"]
    stack, line = (text for _, text in sorted(parts(path, "xl/charts/chart.*").items()))
    letter, first = header.column_letter, header.row + 1
    assert f"<f>'Summary'!${letter}${header.row}</f>" in stack
    assert f"<f>'Summary'!${letter}${first}:${letter}${first + 1}</f>" in stack
    assert f"<f>'Summary'!$A${first}:$A${first + 1}</f>" in stack
    assert "<v>Overdue</v>" in stack
    assert "<v>K3 _x005F_x0041_</v>" in stack
    assert stack.count('<delete val="0"') == line.count('<delete val="0"') == 2
    assert 'orientation val="maxMin"' in stack
    assert STATUS_LOOKS[Status.COMPLETED].chart in stack
    assert STATUS_LOOKS[Status.OVERDUE].chart in stack


def test_no_rows_no_chart() -> None:
    """A panel without rows keeps its header; a chart of it would be an empty frame."""
    sheet = drawn(_summary(panels=(_panel(()),), charts=(_STACK,)))["Summary"]
    assert "Completed" in _values(sheet)
    assert not sheet._charts  # noqa: SLF001 - openpyxl gives them nowhere else


def test_wide_panels_widen_the_grid() -> None:
    """A panel of many columns keeps its texts visible: none of its values stands in the room of a text."""
    columns = (Column("Course", Kind.TEXT), *(Column(f"Number {index}", Kind.INTEGER) for index in range(10)))
    rows: tuple[Row, ...] = (("A rather long name of a course here", *range(10)),)
    sheet = drawn(_summary(panels=(Panel("Wide", table("pnlWide", columns, rows)),)))["Summary"]
    (name,) = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("A rather")]
    following = next(cell for cell in sheet[name.row][1:] if cell.value is not None)
    room = sum(sheet.column_dimensions[cell.column_letter].width for cell in sheet[name.row][: following.column - 1])
    assert room > len(str(name.value))


def test_a_summary_prints_on_one_page() -> None:
    """The first sheet is one page while that can be read; it lies where letters are then notably larger."""
    for times, orientation in ((1, "landscape"), (20, "portrait")):
        sheet = drawn(_summary(panels=(_panel(_ROWS * times),)))["Summary"]
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (orientation, 1)
    long = drawn(_summary(panels=(_panel(_ROWS * 60),)))["Summary"]
    assert (long.page_setup.orientation, long.page_setup.fitToHeight) == ("portrait", 0)


def test_a_long_summary_breaks_between_its_blocks() -> None:
    """Before the title of a panel, none of which a page would cut; the scale keeps all columns on a page's width."""
    panels = tuple(replace(_panel(_ROWS * 7), title=f"Part {number}") for number in range(16))
    sheet = drawn(_summary(panels=panels))["Summary"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert 40 < sheet.page_setup.scale <= 100
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert breaks
    assert all(str(sheet.cell(row + 1, 1).value).startswith("Part ") for row in breaks)
    page = (297 / 25.4 - 0.4 - 1.8 / 2.54) * 72 * 100 / sheet.page_setup.scale  # points between the margins
    for first, last in pairwise([0, *breaks, sheet.max_row]):
        assert sum(sheet.row_dimensions[row].height or 15.0 for row in range(first + 1, last + 1)) < page


def test_a_wrong_row_count_is_refused() -> None:
    """A panel that gives another number of rows than it announced is a mistake of ours."""
    panel = Panel("x", Table("pnlX", (Column("A", Kind.TEXT),), lambda: (("a",),), 2))
    with pytest.raises(ValueError, match="announced 2 rows and gave 1"):
        drawn(_summary(panels=(panel,)))


def test_a_first_sheet_has_no_way_back() -> None:
    """The link back stands on every sheet but the first."""
    book = drawn(_summary(), _summary(key="second", title="Second"))
    assert book["Summary"]["A5"].value is None
    assert book["Second"]["A5"].value == "← Summary"
    assert book["Second"]["A5"].hyperlink.location == "'Summary'!A1"
