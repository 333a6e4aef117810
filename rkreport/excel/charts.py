"""Native charts over the cells of a panel. Knows openpyxl's charts; knows nothing of how a summary is laid out.

Every figure stands in cells too. The values are also kept in the chart itself, so that previews that do not calculate
show it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from rkreport.core.report.sheets import Cell, Chart, ChartKind, Kind, Link, Row, StatusCell, Table
from rkreport.excel.styles import FONT_NAME, INK, MUTED, NAVY, RULE, SERIES_COLORS, STATUS_LOOKS, WHITE
from rkreport.excel.text import single_line, stored

_POINTS = 100  # DrawingML counts hundredths of a point
_LINE_WIDTH = 28_575  # English Metric Units: 2.25 points
_HAIR_WIDTH = 9_525
_DASHES = ("dash", "sysDot", "lgDash")  # lines are told apart without colour too
_AXIS_FORMATS = {Kind.PERCENT: "0%", Kind.INTEGER: "#,##0"}


@dataclass(frozen=True, slots=True)
class Place:
    """The cells a chart covers: columns and rows from 0, the end not included."""

    first_column: int
    first_row: int
    end_column: int
    end_row: int


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """A panel's table as it stands on the sheet: the worksheet column of each of its columns, and its rows."""

    table: Table
    columns: tuple[int, ...]
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def add_chart(sheet: Worksheet, chart: Chart, panel: PlacedPanel, place: Place) -> None:
    """Draw a chart of a panel that has rows."""
    drawing = _stacked_bar() if chart.kind is ChartKind.STACKED_BAR else _lines()
    drawing.title = _title(chart.title)
    drawing.legend.position = "b"
    drawing.legend.txPr = _letters(9, MUTED)
    for order, column in enumerate(chart.series):
        series = _series(sheet.title, panel, chart.categories, column, order)
        _paint(series, chart, order)
        drawing.series.append(series)
    kind = panel.table.columns[chart.series[0]].kind
    drawing.y_axis.number_format = _AXIS_FORMATS.get(kind, "General")
    drawing.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=place.first_column, row=place.first_row),
        to=AnchorMarker(col=place.end_column, row=place.end_row),
    )
    drawing.graphical_properties = GraphicalProperties(
        solidFill=WHITE, ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH)
    )
    drawing.roundedCorners = False
    sheet.add_chart(drawing)


def _stacked_bar() -> Any:  # noqa: ANN401 - the stubs know too few attributes of charts
    chart: Any = BarChart()
    chart.type = "bar"
    chart.grouping = "stacked"
    chart.overlap = 100
    chart.gapWidth = 45
    _dress_axes(chart)
    chart.x_axis.scaling.orientation = "maxMin"  # first row on top, as in the panel
    chart.y_axis.crosses = "max"  # which would put the numbers on top too
    return chart


def _lines() -> Any:  # noqa: ANN401 - as above
    chart: Any = LineChart()
    _dress_axes(chart)
    return chart


def _dress_axes(chart: Any) -> None:  # noqa: ANN401 - as above
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False  # openpyxl 3.1 leaves it out, and Excel then shows no axis
        axis.txPr = _letters(9, MUTED)
        axis.title = None
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH))
    chart.x_axis.number_format = "General"


def _series(sheet: str, panel: PlacedPanel, categories: int, column: int, order: int) -> Any:  # noqa: ANN401 - as above
    def reference(number: int, first: int, last: int) -> str:
        letter = get_column_letter(panel.columns[number])
        return f"{quote_sheetname(sheet)}!${letter}${first}:${letter}${last}"

    first = panel.header_row + 1
    last = panel.header_row + len(panel.rows)
    label = StrRef(
        f=reference(column, panel.header_row, panel.header_row).split(":")[0],
        strCache=_texts([panel.headers[column]]),
    )
    names = [_category(row[categories]) for row in panel.rows]
    values = [row[column] for row in panel.rows]
    series: Any = Series(
        idx=order,
        order=order,
        tx=SeriesLabel(strRef=label),
        cat=AxDataSource(strRef=StrRef(f=reference(categories, first, last), strCache=_texts(names))),
        val=NumDataSource(numRef=NumRef(f=reference(column, first, last), numCache=_numbers(values))),
    )
    return series


def _paint(series: Any, chart: Chart, order: int) -> None:  # noqa: ANN401 - as above
    if chart.series_status:
        color = STATUS_LOOKS[chart.series_status[order]].chart
    else:
        color = SERIES_COLORS[order % len(SERIES_COLORS)]
    if chart.kind is ChartKind.STACKED_BAR:
        # A white line between the parts tells them apart without colour.
        series.spPr = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=WHITE, w=_HAIR_WIDTH))
        series.invertIfNegative = False
        return
    line: Any = LineProperties(solidFill=color, w=_LINE_WIDTH)
    if order > 0:
        line.prstDash = _DASHES[(order - 1) % len(_DASHES)]
    series.spPr = GraphicalProperties(ln=line)
    series.smooth = False
    series.marker.symbol = "circle" if order == 0 else "none"
    series.marker.size = 6
    series.marker.spPr = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=WHITE))


def _category(value: Cell) -> str:
    match value:
        case StatusCell():
            return single_line(value.word)
        case Link():
            return single_line(value.text)
        case None:
            return ""
        case _:
            return single_line(str(value))


def _texts(texts: Sequence[str]) -> StrData:
    points = [StrVal(idx=index, v=stored(text)) for index, text in enumerate(texts)]
    return StrData(ptCount=len(points), pt=points)


def _numbers(values: Sequence[Cell]) -> NumData:
    points = [NumVal(idx=index, v=str(value)) for index, value in enumerate(values) if isinstance(value, int | float)]
    return NumData(formatCode="General", ptCount=len(values), pt=points)


def _title(text: str) -> Title:
    properties = _character(11, NAVY, bold=True)
    run = RegularTextRun(rPr=properties, t=single_line(text))
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[run])
    return Title(
        tx=Text(rich=RichText(p=[paragraph])), overlay=False, layout=Layout(manualLayout=ManualLayout(x=0.02, y=0.02))
    )


def _letters(size: float, color: str) -> RichText:
    properties = _character(size, color)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _character(size: float, color: str = INK, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(
        sz=int(size * _POINTS), b=bold, solidFill=color, latin=Font(typeface=FONT_NAME), cs=Font(typeface=FONT_NAME)
    )
