"""Draws native charts over the cells of a panel. Knows openpyxl's charts; must not know the summary's layout.

Every figure is in cells too. The chart also caches the values, because previews do not calculate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.xml.constants import CHART_NS

from rkreport.core.percent import Percent, scale_above
from rkreport.core.report.sheets import Cell, Chart, ChartKind, Link, Row, StatusCell, Table
from rkreport.excel.draw.chart_form import (
    FIGURES,
    LABEL,
    LABEL_AT,
    NAMES,
    NAMES_AT,
    TITLE,
    VALUES,
    VALUES_AT,
    Axis,
    Dress,
    Form,
    filled,
    form_of,
)
from rkreport.excel.draw.chart_labels import bar_figures, last_figures, lone_points
from rkreport.excel.look.brand import Brand
from rkreport.excel.look.styles import Role
from rkreport.excel.ooxml.parts import relation_id
from rkreport.excel.text import single_line, stored

_WHOLE = Axis("0%", step=20)


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
    alt_text: str = ""

    def anchor_xml(self, number: int) -> str:
        """Return its anchor in a drawing, under this number."""
        place = self.place
        described = f" descr={quoteattr(self.alt_text)}" if self.alt_text else ""
        return (
            '<twoCellAnchor editAs="oneCell">'
            f"<from><col>{place.first_column}</col><colOff>0</colOff><row>{place.first_row}</row><rowOff>0</rowOff></from>"
            f"<to><col>{place.end_column}</col><colOff>0</colOff><row>{place.end_row}</row><rowOff>0</rowOff></to>"
            f'<graphicFrame><nvGraphicFramePr><cNvPr id="{number}" name="Chart {number}"{described}/>'
            f'<cNvGraphicFramePr/></nvGraphicFramePr><xfrm/><a:graphic><a:graphicData uri="{CHART_NS}">'
            f'<c:chart r:id="{relation_id(number)}"/></a:graphicData></a:graphic></graphicFrame>'
            "<clientData/></twoCellAnchor>"
        )


def is_drawable(chart: Chart, rows: Sequence[Row]) -> bool:
    """True if there is something to see: a bar, or two points in a row for a line."""
    if chart.kind is ChartKind.STACKED_BAR:
        return bool(rows)
    is_point = [row[chart.series[0]] is not None for row in rows]
    return any(map(all, pairwise(is_point)))


def draw_chart(sheet: str, brand: Brand, chart: Chart, panel: PlacedPanel, place: Place) -> PlacedChart:
    """Draw a chart of a panel with rows; `sheet` is the name of their common sheet."""
    dress = Dress(brand.paint(Role.HEADING), brand.paint(Role.FOOTNOTE))
    form = _form(chart, panel)
    filling = _filling(sheet, chart, panel) | _figures(chart, panel, form, dress)
    xml = filled(form_of(form, dress), filling)
    return PlacedChart(xml, place, single_line(chart.alt_text or chart.title))


def _form(chart: Chart, panel: PlacedPanel) -> Form:
    if chart.kind is ChartKind.LINE:
        shares = [value.share for row in panel.rows for at in chart.series if isinstance(value := row[at], Percent)]
        axis = Axis("0%", *scale_above(float(min(shares) * 100))) if shares else Axis("General")
        return Form(chart.kind, len(chart.series), chart.series_status, axis)
    return Form(chart.kind, len(chart.series), chart.series_status, _WHOLE)


def _sizes(chart: Chart, panel: PlacedPanel) -> list[float]:
    """Return the sum of each bar's parts."""
    return [sum(_number(row[at]) or 0.0 for at in chart.series) for row in panel.rows]


def _figures(chart: Chart, panel: PlacedPanel, form: Form, dress: Dress) -> dict[str, str]:
    """Return the XML of the labels beside the points: every part of a bar that has room, the last point of a line."""
    columns = [[row[at] for row in panel.rows] for at in chart.series]
    if chart.kind is ChartKind.LINE:
        labels = last_figures(columns, dress)
        figures = [lone_points(column, order, dress) + labels[order] for order, column in enumerate(columns)]
    else:
        sizes = _sizes(chart, panel)
        parts = [[_number(value) or 0.0 for value in column] for column in columns]
        figures = [bar_figures(values, sizes, form.statuses, order, dress) for order, values in enumerate(parts)]
    return {f"{FIGURES}{order}": figure for order, figure in enumerate(figures)}


def _number(value: Cell) -> float | None:
    if isinstance(value, Percent):
        return float(value.share)
    return value if isinstance(value, int | float) else None


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
        TITLE: escape(single_line(chart.title)),
        NAMES_AT: reference(chart.categories, first, last),
        NAMES: _cached_texts([_category(row[chart.categories]) for row in panel.rows]),
    }
    for order, column in enumerate(chart.series):
        filling[f"{LABEL_AT}{order}"] = reference(column, panel.header_row, panel.header_row)
        filling[f"{LABEL}{order}"] = _cached_texts([panel.headers[column]])
        filling[f"{VALUES_AT}{order}"] = reference(column, first, last)
        filling[f"{VALUES}{order}"] = _cached_numbers([row[column] for row in panel.rows])
    return filling


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
    points = (
        f'<pt idx="{index}"><v>{number}</v></pt>'
        for index, number in enumerate(map(_number, values))
        if number is not None
    )
    count = f'<ptCount val="{len(values)}"/>'
    return f"<numCache><formatCode>General</formatCode>{count}{''.join(points)}</numCache>"
