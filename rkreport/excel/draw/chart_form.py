"""Makes the form of a chart: its XML by openpyxl, with gaps for what differs between charts. Knows no value.

Making one takes milliseconds, and all managers' workbooks share a few forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count as counting
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, StrData, StrRef, StrVal
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.xml.functions import tostring

from rkreport.core.models import Status
from rkreport.core.report.sheets import ChartKind
from rkreport.excel.look.brand import Paint
from rkreport.excel.look.styles import RULE, SERIES_COLORS, STATUS_LOOKS, WHITE
from rkreport.excel.text import single_line

TITLE, NAMES, NAMES_AT, LABEL, LABEL_AT = "title", "names", "names_at", "label", "label_at"
VALUES, VALUES_AT, FIGURES = "values", "values_at", "figures"
"""The gaps; those of a series end in its number from 0."""

_POINTS = 100  # DrawingML counts hundredths of a point
_LINE_WIDTH = 28_575  # English Metric Units: 2.25 points
_HAIR_WIDTH = 9_525
_DASHES = ("dash", "sysDot", "lgDash")  # tell lines apart without colour
_PATTERNS = {Status.OVERDUE: "wdUpDiag", Status.EXPIRED: "wdDnDiag", Status.FAILED: "dkHorz"}
"""Of what was missed: in grey some of these colours are those of other statuses."""

_MARK_SIZE = 6  # points
_MARK = "\ue000"  # a private character: our texts never contain it, and outside texts are inserted last
_GAP = re.compile(f"{_MARK}(\\w+){_MARK}")
_CACHE = re.compile(f"<(?:str|num)Cache>(?:(?!</).)*?({_MARK}\\w+{_MARK}).*?</(?:str|num)Cache>")


@dataclass(frozen=True, slots=True)
class Dress:
    """What a brand changes on a chart: the title and the small print. The first series has the title's colour."""

    title: Paint
    small: Paint


class Axis(NamedTuple):
    """How an axis shows its numbers, and where it starts; one that ends at 100 % has steps, all in percent."""

    number_format: str
    low: int = 0
    step: int | None = None


class Form(NamedTuple):
    """What makes charts alike: kind, statuses or number of series, axis. Each bar is stretched to 100 %."""

    kind: ChartKind
    series: int
    statuses: tuple[Status, ...]
    axis: Axis


@cache
def form_of(form: Form, dress: Dress) -> tuple[str, ...]:
    """Return the form: texts and names of gaps alternate."""
    drawing = _stacked_bar(dress) if form.kind is ChartKind.STACKED_BAR else _lines(dress)
    drawing.title = _title(_gap(TITLE), dress)
    drawing.legend.position = "b"
    drawing.legend.txPr = _letters(dress)
    for order in range(form.series):
        series = _series(order)
        if form.kind is ChartKind.STACKED_BAR:
            _fill(series, _color(form.statuses, order, dress), pattern_of(form.statuses, order))
        else:
            _stroke(series, _color(form.statuses, order, dress), order)
        drawing.series.append(series)
    drawing.y_axis.number_format = form.axis.number_format
    drawing.y_axis.scaling.min = form.axis.low / 100
    if form.axis.step is not None:
        drawing.y_axis.scaling.max = 1
        drawing.y_axis.majorUnit = form.axis.step / 100
    drawing.graphical_properties = GraphicalProperties(
        solidFill=WHITE, ln=LineProperties(solidFill=RULE, w=_HAIR_WIDTH)
    )
    drawing.roundedCorners = False
    xml = tostring(drawing._write()).decode()  # noqa: SLF001 - as openpyxl writes it itself
    numbers = counting()
    xml = re.sub("<cat>", lambda found: f"{_gap(f'{FIGURES}{next(numbers)}')}{found[0]}", xml)
    return tuple(_GAP.split(_CACHE.sub(r"\1", xml)))


def filled(form: Sequence[str], filling: Mapping[str, str]) -> bytes:
    """Fill a form with XML by the gaps' names."""
    pieces = [filling[piece] if number % 2 else piece for number, piece in enumerate(form)]
    return "".join(pieces).encode()


def lone_mark(order: int, dress: Dress) -> str:
    """Return the XML of the mark of a point without neighbours, which a line without marks would not show."""
    if order == 0:
        return ""  # the first line has marks
    symbol, size = ("dash", 2 * _MARK_SIZE) if order == 1 else ("diamond", _MARK_SIZE)
    fill = f'<a:solidFill><a:srgbClr val="{_color((), order, dress)}"/></a:solidFill>'
    look = f"<spPr>{fill}<a:ln><a:noFill/></a:ln></spPr>"
    return f'<marker><symbol val="{symbol}"/><size val="{size}"/>{look}</marker>'


def pattern_of(statuses: Sequence[Status], order: int) -> str:
    """Return the pattern of a part of a bar; `""` for a plain one."""
    return _PATTERNS.get(statuses[order], "") if statuses else ""


def _gap(name: str) -> str:
    return f"{_MARK}{name}{_MARK}"


def _stacked_bar(dress: Dress) -> Any:  # noqa: ANN401 - the stubs lack attributes of charts
    chart: Any = BarChart()
    chart.type = "bar"
    chart.grouping = "percentStacked"
    chart.overlap = 100
    chart.gapWidth = 45
    _dress_axes(chart, dress)
    chart.x_axis.tickLblSkip = 1  # every bar has its name
    chart.x_axis.scaling.orientation = "maxMin"  # first row at the top, as in the panel
    chart.y_axis.crosses = "max"  # maxMin would move the numbers to the top too
    return chart


def _lines(dress: Dress) -> Any:  # noqa: ANN401 - as above
    chart: Any = LineChart()
    _dress_axes(chart, dress)
    return chart


def _dress_axes(chart: Any, dress: Dress) -> None:  # noqa: ANN401 - as above
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

    numbers = NumData(formatCode=_gap(f"{VALUES}{order}"), ptCount=0)
    series: Any = Series(
        idx=order,
        order=order,
        tx=SeriesLabel(strRef=StrRef(f=_gap(f"{LABEL_AT}{order}"), strCache=texts(f"{LABEL}{order}"))),
        cat=AxDataSource(strRef=StrRef(f=_gap(NAMES_AT), strCache=texts(NAMES))),
        val=NumDataSource(numRef=NumRef(f=_gap(f"{VALUES_AT}{order}"), numCache=numbers)),
    )
    return series


def _color(statuses: Sequence[Status], order: int, dress: Dress) -> str:
    if statuses:
        return STATUS_LOOKS[statuses[order]].chart
    colors = (dress.title.color, *SERIES_COLORS)
    return colors[order % len(colors)]


def _fill(series: Any, color: str, pattern: str) -> None:  # noqa: ANN401 - as above
    line = LineProperties(solidFill=WHITE, w=_HAIR_WIDTH)  # a white line tells the parts apart without colour
    if pattern:
        choice: Any = ColorChoice  # the stubs want no text
        own, ground = choice(srgbClr=color), choice(srgbClr=WHITE)
        prst: Any = pattern
        lines = PatternFillProperties(prst=prst, fgClr=own, bgClr=ground)
        series.spPr = GraphicalProperties(pattFill=lines, ln=line)
    else:
        series.spPr = GraphicalProperties(solidFill=color, ln=line)
    series.invertIfNegative = False


def _stroke(series: Any, color: str, order: int) -> None:  # noqa: ANN401 - as above
    line: Any = LineProperties(solidFill=color, w=_LINE_WIDTH)
    if order > 0:
        line.prstDash = _DASHES[(order - 1) % len(_DASHES)]
    series.spPr = GraphicalProperties(ln=line)
    series.smooth = False
    series.marker.symbol = "circle" if order == 0 else "none"
    series.marker.size = _MARK_SIZE
    series.marker.spPr = GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=WHITE))


def _title(text: str, dress: Dress) -> Title:
    properties = _character(dress.title)
    run = RegularTextRun(rPr=properties, t=single_line(text))
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=properties), r=[run])
    return Title(
        tx=Text(rich=RichText(p=[paragraph])), overlay=False, layout=Layout(manualLayout=ManualLayout(x=0.02, y=0.02))
    )


def _letters(dress: Dress) -> RichText:
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
