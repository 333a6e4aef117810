"""Draws native charts over the cells of a panel. Knows openpyxl's charts; must not know the summary's layout.

Every figure is in cells too. The chart also caches the values, because previews do not calculate.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
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
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.xml.constants import CHART_NS
from openpyxl.xml.functions import tostring

from rkreport.core.models import Status
from rkreport.core.percent import Percent, scale_above
from rkreport.core.report.sheets import Cell, Chart, ChartKind, Kind, Link, Row, StatusCell, Table
from rkreport.excel.look.brand import Brand, Paint
from rkreport.excel.look.styles import RULE, SERIES_COLORS, STATUS_LOOKS, WHITE, Role
from rkreport.excel.ooxml.parts import relation_id
from rkreport.excel.text import single_line, stored

_POINTS = 100  # DrawingML counts hundredths of a point
_LINE_WIDTH = 28_575  # English Metric Units: 2.25 points
_HAIR_WIDTH = 9_525
_DASHES = ("dash", "sysDot", "lgDash")  # tell lines apart without colour
_MARK = "\ue000"  # a private character: our texts never contain it, and outside texts are inserted last
_GAP = re.compile(f"{_MARK}(\\w+){_MARK}")
_CACHE = re.compile(f"<(?:str|num)Cache>(?:(?!</).)*?({_MARK}\\w+{_MARK}).*?</(?:str|num)Cache>")
_TITLE, _NAMES, _NAMES_AT, _LABEL, _LABEL_AT = "title", "names", "names_at", "label", "label_at"
_VALUES, _VALUES_AT = "values", "values_at"
_AXIS_FORMATS = {Kind.PERCENT: "0%", Kind.INTEGER: "#,##0"}


@dataclass(frozen=True, slots=True)
class Place:
    """The cells that a chart covers: columns and rows from 0, end excluded."""

    first_column: int
    first_row: int
    end_column: int
    end_row: int


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """A panel's table on the sheet: the worksheet column of each table column, and the rows."""

    table: Table
    columns: tuple[int, ...]
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """A finished chart and the cells that it covers."""

    xml: bytes
    place: Place

    def anchor_xml(self, number: int) -> str:
        """Return its anchor in a drawing, under this number."""
        place = self.place
        return (
            '<twoCellAnchor editAs="oneCell">'
            f"<from><col>{place.first_column}</col><colOff>0</colOff><row>{place.first_row}</row><rowOff>0</rowOff></from>"
            f"<to><col>{place.end_column}</col><colOff>0</colOff><row>{place.end_row}</row><rowOff>0</rowOff></to>"
            f'<graphicFrame><nvGraphicFramePr><cNvPr id="{number}" name="Chart {number}"/><cNvGraphicFramePr/>'
            f'</nvGraphicFramePr><xfrm/><a:graphic><a:graphicData uri="{CHART_NS}">'
            f'<c:chart r:id="{relation_id(number)}"/></a:graphicData></a:graphic></graphicFrame>'
            "<clientData/></twoCellAnchor>"
        )


def draw_chart(sheet: str, brand: Brand, chart: Chart, panel: PlacedPanel, place: Place) -> PlacedChart:
    """Draw a chart of a panel with rows; `sheet` is the name of their common sheet."""
    kind = panel.table.columns[chart.series[0]].kind
    dress = _Dress(brand.paint(Role.HEADING), brand.paint(Role.FOOTNOTE))
    axis = _Axis(
        _AXIS_FORMATS.get(kind, "General"), _scale([row[series] for row in panel.rows for series in chart.series])
    )
    form = _form(chart.kind, len(chart.series), chart.series_status, axis, dress)
    return PlacedChart(_filled(form, _filling(sheet, chart, panel)), place)


# ---- the parts that differ between charts of one form


def _filling(sheet: str, chart: Chart, panel: PlacedPanel) -> dict[str, str]:
    """Return the XML for each gap, by the gap's name."""

    def reference(number: int, first: int, last: int) -> str:
        letter = get_column_letter(panel.columns[number])
        end = "" if first == last == panel.header_row else f":${letter}${last}"
        return escape(f"{quote_sheetname(sheet)}!${letter}${first}{end}")

    first = panel.header_row + 1
    last = panel.header_row + len(panel.rows)
    filling = {
        _TITLE: escape(single_line(chart.title)),
        _NAMES_AT: reference(chart.categories, first, last),
        _NAMES: _cached_texts([_category(row[chart.categories]) for row in panel.rows]),
    }
    for order, column in enumerate(chart.series):
        filling[f"{_LABEL_AT}{order}"] = reference(column, panel.header_row, panel.header_row)
        filling[f"{_LABEL}{order}"] = _cached_texts([panel.headers[column]])
        filling[f"{_VALUES_AT}{order}"] = reference(column, first, last)
        filling[f"{_VALUES}{order}"] = _cached_numbers([row[column] for row in panel.rows])
    return filling


def _filled(form: tuple[str, ...], filling: Mapping[str, str]) -> bytes:
    """Fill a form, in which texts and names of gaps alternate."""
    pieces = [filling[piece] if number % 2 else piece for number, piece in enumerate(form)]
    return "".join(pieces).encode()


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


def _cached_texts(texts: Sequence[str]) -> str:
    points = (f'<pt idx="{index}"><v>{escape(stored(text))}</v></pt>' for index, text in enumerate(texts))
    return f'<strCache><ptCount val="{len(texts)}"/>{"".join(points)}</strCache>'


def _cached_numbers(values: Sequence[Cell]) -> str:
    numbers = [float(value.share) if isinstance(value, Percent) else value for value in values]
    points = (
        f'<pt idx="{index}"><v>{value}</v></pt>'
        for index, value in enumerate(numbers)
        if isinstance(value, int | float)
    )
    count = f'<ptCount val="{len(values)}"/>'
    return f"<numCache><formatCode>General</formatCode>{count}{''.join(points)}</numCache>"


# ---- the form: the chart that openpyxl makes, with gaps


@dataclass(frozen=True, slots=True)
class _Dress:
    """What a brand changes on a chart: the title and the small print. The first series has the title's colour."""

    title: Paint
    small: Paint


class _Axis(NamedTuple):
    """How an axis shows its numbers; a scale of percentages has a minimum and a step."""

    number_format: str
    scale: tuple[int, int] | None


def _scale(values: Sequence[Cell]) -> tuple[int, int] | None:
    """Return the scale of percentages; None for other numbers, whose scale the spreadsheet program chooses."""
    shares = [value.share for value in values if isinstance(value, Percent)]
    return scale_above(float(min(shares) * 100)) if shares else None


@cache
def _form(kind: ChartKind, count: int, statuses: tuple[Status, ...], axis: _Axis, dress: _Dress) -> tuple[str, ...]:
    """Make the form of a chart with `count` series: texts and names of gaps alternate."""
    drawing = _stacked_bar(dress) if kind is ChartKind.STACKED_BAR else _lines(dress)
    drawing.title = _title(_gap(_TITLE), dress)
    drawing.legend.position = "b"
    drawing.legend.txPr = _letters(dress)
    for order in range(count):
        series = _series(order)
        _paint(series, kind, _color(statuses, order, dress), order)
        drawing.series.append(series)
    drawing.y_axis.number_format = axis.number_format
    if axis.scale:
        low, step = axis.scale
        drawing.y_axis.scaling.min, drawing.y_axis.scaling.max = low / 100, 1
        drawing.y_axis.majorUnit = step / 100
    drawing.graphical_properties = GraphicalProperties(
        solidFill=WHITE, ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH)
    )
    drawing.roundedCorners = False
    xml = tostring(drawing._write()).decode()  # noqa: SLF001 - as openpyxl writes it itself
    return tuple(_GAP.split(_CACHE.sub(r"\1", xml)))


def _gap(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"


def _stacked_bar(dress: _Dress) -> Any:  # noqa: ANN401 - the stubs lack attributes of charts
    chart: Any = BarChart()
    chart.type = "bar"
    chart.grouping = "stacked"
    chart.overlap = 100
    chart.gapWidth = 45
    _dress_axes(chart, dress)
    chart.x_axis.scaling.orientation = "maxMin"  # first row at the top, as in the panel
    chart.y_axis.crosses = "max"  # maxMin would move the numbers to the top too
    return chart


def _lines(dress: _Dress) -> Any:  # noqa: ANN401 - as above
    chart: Any = LineChart()
    _dress_axes(chart, dress)
    return chart


def _dress_axes(chart: Any, dress: _Dress) -> None:  # noqa: ANN401 - as above
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False  # openpyxl 3.1 omits it, and Excel then shows no axis
        axis.txPr = _letters(dress)
        axis.title = None
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH))
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH))
    chart.x_axis.number_format = "General"


def _series(order: int) -> Any:  # noqa: ANN401 - as above
    def texts(name: str) -> StrData:
        return StrData(ptCount=1, pt=[StrVal(idx=0, v=_gap(name))])

    numbers = NumData(formatCode=_gap(f"{_VALUES}{order}"), ptCount=0)
    series: Any = Series(
        idx=order,
        order=order,
        tx=SeriesLabel(strRef=StrRef(f=_gap(f"{_LABEL_AT}{order}"), strCache=texts(f"{_LABEL}{order}"))),
        cat=AxDataSource(strRef=StrRef(f=_gap(_NAMES_AT), strCache=texts(_NAMES))),
        val=NumDataSource(numRef=NumRef(f=_gap(f"{_VALUES_AT}{order}"), numCache=numbers)),
    )
    return series


def _color(statuses: Sequence[Status], order: int, dress: _Dress) -> str:
    if statuses:
        return STATUS_LOOKS[statuses[order]].chart
    colors = (dress.title.color, *SERIES_COLORS)
    return colors[order % len(colors)]


def _paint(series: Any, kind: ChartKind, color: str, order: int) -> None:  # noqa: ANN401 - as above
    if kind is ChartKind.STACKED_BAR:
        # A white line tells the parts apart without colour.
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


def _title(text: str, dress: _Dress) -> Title:
    properties = _character(dress.title)
    run = RegularTextRun(rPr=properties, t=single_line(text))
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[run])
    return Title(
        tx=Text(rich=RichText(p=[paragraph])), overlay=False, layout=Layout(manualLayout=ManualLayout(x=0.02, y=0.02))
    )


def _letters(dress: _Dress) -> RichText:
    properties = _character(dress.small)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)])


def _character(paint: Paint) -> CharacterProperties:
    return CharacterProperties(
        sz=int(paint.size * _POINTS),
        b=paint.bold,
        i=paint.italic or None,
        solidFill=paint.color,
        latin=Font(typeface=paint.font),
        cs=Font(typeface=paint.font),
    )
