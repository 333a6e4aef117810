"""The sheet of definitions: where its pages end, and how a meaning stands beside its term."""

from itertools import pairwise

from rkreport.core.report.sheets import (
    NotesSection,
    NotesSheet,
)
from tests.excel.reading import drawn


def test_pages_of_notes_end_where_the_sheet_says() -> None:
    """Every row has a height and no page a row too many; a heading has two lines below it on its page."""
    sections = tuple(
        NotesSection(
            f"Heading-{at}", tuple(("" if at % 2 else f"Term-{line}", "kata " * 9) for line in range(2 + at % 5))
        )
        for at in range(40)
    )
    sheet = drawn(NotesSheet("notes", "Notes", sections))["Notes"]
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.scale) == (False, 100)
    heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
    assert all(heights)
    breaks = [each.id for each in sheet.row_breaks.brk]
    page = (210 / 25.4 - 0.4 - 1.8 / 2.54) * 72
    pages = [heights[first:last] for first, last in pairwise([0, *breaks, sheet.max_row])]
    assert len(pages) > 3
    assert all(sum(rows) < page for rows in pages)
    for row in breaks:
        assert not any(str(sheet.cell(above, 1).value).startswith("Heading") for above in (row, row - 1))


def test_a_section_that_goes_on_begins_with_its_heading() -> None:
    """No paragraph is torn by the end of a page, and each page of a section names it."""
    paragraph = "sentence " * 60
    lines = tuple(("", f"Begin {paragraph}end") for _ in range(60))
    notes = NotesSheet("notes", "Notes", (NotesSection("Heading", lines),), "{heading} (continued)")
    sheet = drawn(notes)["Notes"]
    breaks = [each.id for each in sheet.row_breaks.brk]
    assert len(breaks) >= 3
    for row in breaks:
        assert str(sheet.cell(row, 1).value).endswith("end")
        assert sheet.cell(row + 1, 1).value == "Heading (continued)"
        assert str(sheet.cell(row + 2, 1).value).startswith("Begin")


def test_a_meaning_stands_apart_from_its_term() -> None:
    """Set in from the left: a cell that is not said to begin there has no indent."""
    sheet = drawn(NotesSheet("notes", "Notes", (NotesSection("Words", (("Term", "Meaning."),)),)))["Notes"]
    (cell,) = [cell for cell in sheet["B"] if cell.value == "Meaning."]
    assert (cell.alignment.horizontal, cell.alignment.indent) == ("left", 2)
