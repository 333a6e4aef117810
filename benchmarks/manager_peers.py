"""A manager's workbook built from nothing by openpyxl and by XlsxWriter. Each function imports its own library."""
# ruff: noqa: PLC0415 - as above

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.looks import FILLS, FONT, FONT_SIZE, HEADER_FILL, HEADER_INK, LINE, NUMBER_FORMATS
from benchmarks.manager_layout import HEADER_ROW, LOGO, LOGO_SIZE, ChartArea, Look, draw
from rkreport.core.report.sheets import Cell, Kind, StatusCell, WorkbookPlan

_WIDTH = 18.0


def rkreport(plan: WorkbookPlan, path: Path) -> None:
    """As `rkreport build` writes it, with a logo."""
    from rkreport.excel.workbook import write_workbook

    write_workbook(plan, path, _brand())


@cache
def _brand() -> Any:  # noqa: ANN401 - rkreport's Brand, not imported where another library writes
    from rkreport.excel.look.brand import HOUSE, Logo

    return replace(HOUSE, logo=Logo(LOGO, "png", *LOGO_SIZE))


def openpyxl(plan: WorkbookPlan, path: Path) -> None:
    """Its normal mode; every style is made once."""
    book = _OpenpyxlBook()
    draw(plan, book)
    book.workbook.save(path)


def xlsxwriter(plan: WorkbookPlan, path: Path) -> None:
    """Its normal mode; by the typed methods."""
    from xlsxwriter import Workbook

    with Workbook(str(path)) as workbook:
        draw(plan, _XlsxWriterBook(workbook))


class _OpenpyxlBook:
    def __init__(self) -> None:
        from openpyxl import Workbook

        self.workbook: Any = Workbook()
        self._scratch: Any = self.workbook.active
        self._styles: dict[object, Any] = {}

    def add(self, title: str) -> "_OpenpyxlPaper":
        if self._scratch is not None and len(self.workbook.worksheets) == 1 and not self._styles:
            self._scratch.title = title
            return _OpenpyxlPaper(self._scratch, self)
        return _OpenpyxlPaper(self.workbook.create_sheet(title), self)

    def style(self, look: Look) -> Any:  # noqa: ANN401 - openpyxl's own record
        key = look.status if isinstance(look, StatusCell) else look
        if key not in self._styles:
            self._styles[key] = self._made(look)
        return self._styles[key]

    def _made(self, look: Look) -> Any:  # noqa: ANN401 - as above
        from openpyxl.cell import Cell
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        cell: Any = Cell(self._scratch, 1, 1)
        cell.font = Font(name=FONT, size=FONT_SIZE)
        if isinstance(look, StatusCell):
            cell.fill = PatternFill("solid", fgColor="FF" + FILLS[look.status])
        elif look == "header":
            cell.font = Font(name=FONT, size=FONT_SIZE, bold=True, color="FF" + HEADER_INK)
            cell.fill = PatternFill("solid", fgColor="FF" + HEADER_FILL)
        elif look in ("title", "large"):
            cell.font = Font(name=FONT, size=14, bold=True)
        elif look is Kind.LINK:
            cell.font = Font(name=FONT, size=FONT_SIZE, underline="single", color="FF0B4A7A")
        if isinstance(look, Kind):
            cell.number_format = NUMBER_FORMATS[look]
            cell.alignment = Alignment(vertical="top", wrap_text=look is Kind.NOTE or None)
        cell.border = Border(bottom=Side("thin", "FF" + LINE))
        return cell._style  # noqa: SLF001 - no public way to share it


class _OpenpyxlPaper:
    def __init__(self, sheet: Any, book: _OpenpyxlBook) -> None:  # noqa: ANN401 - openpyxl's
        self._sheet = sheet
        self._book = book

    def put(self, row: int, column: int, value: Cell, look: Look) -> None:
        cell = self._sheet.cell(row, column, value)
        cell._style = self._book.style(look)  # noqa: SLF001 - as above

    def link(self, row: int, column: int, text: str, location: str) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink

        self.put(row, column, text, Kind.LINK)
        cell = self._sheet.cell(row, column)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=location)

    def table(self, name: str, headers: Sequence[str], last_row: int) -> None:
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.table import Table, TableStyleInfo

        area = f"A{HEADER_ROW}:{get_column_letter(len(headers))}{last_row}"
        table = Table(displayName=name, ref=area)
        table.tableStyleInfo = TableStyleInfo("TableStyleLight1", showRowStripes=True)
        self._sheet.add_table(table)

    def chart(self, area: ChartArea, place: str) -> None:
        from openpyxl.chart import BarChart, Reference

        chart: Any = BarChart()
        chart.type, chart.grouping, chart.overlap, chart.title = "bar", "percentStacked", 100, area.chart.title
        for column in area.chart.series:
            values = Reference(self._sheet, column + 1, area.header_row, column + 1, area.last_row)
            chart.add_data(values, titles_from_data=True)
        names = area.chart.categories + 1
        chart.set_categories(Reference(self._sheet, names, area.first_row, names, area.last_row))
        self._sheet.add_chart(chart, place)

    def picture(self, content: bytes, place: str) -> None:
        from openpyxl.drawing.image import Image

        self._sheet.add_image(Image(io.BytesIO(content)), place)

    def finish(self, columns: int, frozen: tuple[int, int] | None) -> None:
        from openpyxl.utils import get_column_letter

        for number in range(1, columns + 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = _WIDTH
        if frozen:
            self._sheet.freeze_panes = self._sheet.cell(*frozen)
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.paperSize = 9
        self._sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self._sheet.page_setup.fitToHeight = 0


class _XlsxWriterBook:
    def __init__(self, workbook: Any) -> None:  # noqa: ANN401 - XlsxWriter's, untyped
        self.workbook = workbook
        self._styles: dict[object, Any] = {}

    def add(self, title: str) -> "_XlsxWriterPaper":
        return _XlsxWriterPaper(self.workbook.add_worksheet(title), self, title)

    def style(self, look: Look) -> Any:  # noqa: ANN401 - as above
        key = look.status if isinstance(look, StatusCell) else look
        if key not in self._styles:
            self._styles[key] = self.workbook.add_format(self._made(look))
        return self._styles[key]

    def _made(self, look: Look) -> dict[str, object]:
        made: dict[str, object] = {"font_name": FONT, "font_size": FONT_SIZE, "bottom": 1, "bottom_color": f"#{LINE}"}
        if isinstance(look, StatusCell):
            return made | {"bg_color": f"#{FILLS[look.status]}"}
        if isinstance(look, Kind):
            made |= {"num_format": NUMBER_FORMATS[look], "valign": "top", "text_wrap": look is Kind.NOTE}
            return made | {"underline": 1, "font_color": "#0B4A7A"} if look is Kind.LINK else made
        if look == "header":
            return made | {"bold": True, "bg_color": f"#{HEADER_FILL}", "font_color": f"#{HEADER_INK}"}
        return made | {"bold": True, "font_size": 14}


class _XlsxWriterPaper:
    def __init__(self, sheet: Any, book: _XlsxWriterBook, title: str) -> None:  # noqa: ANN401 - XlsxWriter's
        self._sheet = sheet
        self._book = book
        self._title = title
        self._by_kind = {
            **dict.fromkeys((Kind.DATE, Kind.MARKED_DATE, Kind.INPUT_DATE), sheet.write_datetime),
            Kind.DATETIME: sheet.write_datetime,
            Kind.INTEGER: sheet.write_number,
            Kind.DECIMAL: sheet.write_number,
            Kind.PERCENT: sheet.write_number,
            Kind.POINTS: sheet.write_number,
            "large": sheet.write_number,
        }

    def put(self, row: int, column: int, value: Cell, look: Look) -> None:
        style = self._book.style(look)
        if value is None:
            self._sheet.write_blank(row - 1, column - 1, None, style)
        elif isinstance(look, StatusCell):
            self._sheet.write_string(row - 1, column - 1, value, style)
        else:
            self._by_kind.get(look, self._sheet.write_string)(row - 1, column - 1, value, style)

    def link(self, row: int, column: int, text: str, location: str) -> None:
        style = self._book.style(Kind.LINK)
        self._sheet.write_url(row - 1, column - 1, f"internal:{location}", style, string=text)

    def table(self, name: str, headers: Sequence[str], last_row: int) -> None:
        columns = [{"header": header, "header_format": self._book.style("header")} for header in headers]
        look = {"name": name, "columns": columns, "style": "Table Style Light 1"}
        self._sheet.add_table(HEADER_ROW - 1, 0, last_row - 1, len(headers) - 1, look)

    def chart(self, area: ChartArea, place: str) -> None:
        chart = self._book.workbook.add_chart({"type": "bar", "subtype": "percent_stacked"})
        first, last, names = area.first_row - 1, area.last_row - 1, area.chart.categories
        for column in area.chart.series:
            chart.add_series(
                {
                    "name": [self._title, area.header_row - 1, column],
                    "categories": [self._title, first, names, last, names],
                    "values": [self._title, first, column, last, column],
                }
            )
        chart.set_title({"name": area.chart.title})
        self._sheet.insert_chart(place, chart)

    def picture(self, content: bytes, place: str) -> None:
        self._sheet.insert_image(place, "logo.png", {"image_data": io.BytesIO(content)})

    def finish(self, columns: int, frozen: tuple[int, int] | None) -> None:
        self._sheet.set_column(0, columns - 1, _WIDTH)
        if frozen:
            self._sheet.freeze_panes(frozen[0] - 1, frozen[1] - 1)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
