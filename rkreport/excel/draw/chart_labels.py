"""Writes the labels beside a chart's points as XML: the numbers that a reader wants to see. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from openpyxl.xml.constants import DRAWING_NS

from rkreport.core.models import Status
from rkreport.core.percent import Percent
from rkreport.core.report.sheets import Cell
from rkreport.excel.draw.chart_form import Dress, lone_mark, pattern_of
from rkreport.excel.look.brand import Paint
from rkreport.excel.look.styles import INK, STATUS_LOOKS, WHITE, percent_format
from rkreport.excel.template.colors import contrast

_EDGE, _DIGIT = 0.018, 0.02  # shares of a bar's full length that a label and each of its digits take
_POINTS = 100
_NEAR, _APART = Fraction(6, 100), Fraction(12, 100)  # shares between lines with room for one label, and for two
_LEGIBLE = 4.5  # contrast


def bar_figures(
    values: Sequence[float], ends: Sequence[float], statuses: Sequence[Status], order: int, dress: Dress
) -> str:
    """Label the parts of one series; `ends` says how long each bar's axis is. A part without room has no label."""
    narrow = [index for index, (value, end) in enumerate(zip(values, ends, strict=True)) if not _has_room(value, end)]
    if len(narrow) == len(values):
        return ""
    fill = STATUS_LOOKS[statuses[order]].chart if statuses else WHITE
    has_pattern = bool(pattern_of(statuses, order))
    color = INK if not statuses or has_pattern or contrast(INK, fill) >= _LEGIBLE else WHITE
    ground = f'<a:solidFill><a:srgbClr val="{WHITE}"/></a:solidFill>' if has_pattern else "<a:noFill/>"
    without = "".join(f'<dLbl><idx val="{index}"/><delete val="1"/></dLbl>' for index in narrow)
    letters = _letters(dress.small, color)
    return (
        f'<dLbls xmlns:a="{DRAWING_NS}">{without}<numFmt formatCode="#,##0" sourceLinked="0"/>'
        f'<spPr>{ground}<a:ln><a:noFill/></a:ln></spPr>{letters}<dLblPos val="ctr"/>{_shown(value=True)}</dLbls>'
    )


def last_figures(columns: Sequence[Sequence[Cell]], dress: Dress) -> list[str]:
    """Label the last point of each line, above or below it; of equal lines the first.

    Labels do not meet, and a line that fell to its last point does not strike its label where there is room below.
    """
    found = {order: last for order, column in enumerate(columns) if (last := _last(column)) is not None}
    places: dict[int, str] = {}
    above: tuple[Fraction, str] | None = None
    for order in sorted(found, key=lambda order: -found[order][1].share):
        share = found[order][1].share
        if above is not None and above[0] == share:
            continue
        is_free = above is None or above[0] - share > (_APART if above[1] == "b" else _NEAR)
        below = max((other for _, value in found.values() if (other := value.share) < share), default=share - 1)
        is_struck = _has_fallen(columns[order], found[order][0]) and share - below > _APART
        above = share, "t" if is_free and not is_struck else "b"
        places[order] = above[1]
    return [_figure(*found[order], places[order], dress) if order in places else "" for order in range(len(columns))]


def lone_points(column: Sequence[Cell], order: int, dress: Dress) -> str:
    """Mark the points of a line that have no neighbour."""
    mark = lone_mark(order, dress)
    is_there = [False, *(value is not None for value in column), False]
    lone = [at for at in range(len(column)) if is_there[at : at + 3] == [False, True, False]]
    points = (f'<dPt xmlns:a="{DRAWING_NS}"><idx val="{at}"/>{mark}<bubble3D val="0"/></dPt>' for at in lone)
    return "".join(points) if mark else ""


def _last(column: Sequence[Cell]) -> tuple[int, Percent] | None:
    shown = [(index, value) for index, value in enumerate(column) if isinstance(value, Percent)]
    return shown[-1] if shown else None


def _has_fallen(column: Sequence[Cell], last: int) -> bool:
    """Whether a line falls to its last point."""
    before, value = column[last - 1] if last else None, column[last]
    return isinstance(before, Percent) and isinstance(value, Percent) and before.share > value.share


def _figure(index: int, value: Percent, place: str, dress: Dress) -> str:
    return (
        f'<dLbls xmlns:a="{DRAWING_NS}"><dLbl><idx val="{index}"/>'
        f'<numFmt formatCode="{percent_format(value.decimals)}" sourceLinked="0"/>'
        f'<spPr><a:noFill/><a:ln><a:noFill/></a:ln></spPr>{_letters(dress.small, INK)}<dLblPos val="{place}"/>'
        f"{_shown(value=True)}</dLbl>{_shown(value=False)}</dLbls>"
    )


def _has_room(value: float, end: float) -> bool:
    return value > 0 and value / end >= _EDGE + _DIGIT * len(f"{value:,.0f}")


def _shown(*, value: bool) -> str:
    return (
        f'<showLegendKey val="0"/><showVal val="{int(value)}"/><showCatName val="0"/><showSerName val="0"/>'
        '<showPercent val="0"/><showBubbleSize val="0"/>'
    )


def _letters(paint: Paint, color: str) -> str:
    return (
        f'<txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="{int(paint.size * _POINTS)}" b="1"><a:solidFill>'
        f'<a:srgbClr val="{color}"/></a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></txPr>'
    )
