"""Charts tell the truth: where axes start and end, what is labelled, what breaks a line, what grey paper shows."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from rkreport.core.models import Status
from rkreport.core.report.labels import STATUS_ORDER
from rkreport.core.report.sheets import Chart, ChartKind, Column, Kind, Panel, Row, SummarySheet
from rkreport.excel.draw.chart_form import pattern_of
from rkreport.excel.look.styles import STATUS_LOOKS
from tests.excel.contrast import contrast
from tests.excel.reading import drawn, parts, write
from tests.excel.sample import table
from tests.factories import percent

_STEP = 1.6  # contrast at which two parts of a bar differ in grey
_BARS = Chart("Bars", ChartKind.STACKED_BAR, 0, 0, (1, 2), (Status.COMPLETED, Status.OVERDUE), 'Half "done" & more')
_LINES = Chart("Lines", ChartKind.LINE, 0, 0, (1, 2))


def _written(folder: Path, kind: Kind, rows: tuple[Row, ...], chart: Chart) -> tuple[str, str]:
    """The XML of the chart and of its drawing."""
    columns = (Column("Name", Kind.TEXT), Column("A", kind), Column("B", kind))
    panel = Panel("Panel", table("pnlMain", columns, rows))
    write(folder / "book.xlsx", SummarySheet("summary", "Summary", (), (), (panel,), (chart,), ()))
    (xml,) = parts(folder / "book.xlsx", "xl/charts/chart.*").values()
    (drawing,) = parts(folder / "book.xlsx", "xl/drawings/drawing1.xml").values()
    return xml, drawing


def test_neighbours_differ_in_grey() -> None:
    """In the order of a bar's parts each status is 1.6 times as light or dark as the one before it."""
    for before, own in pairwise(STATUS_ORDER):
        assert contrast(STATUS_LOOKS[before].chart, STATUS_LOOKS[own].chart) >= 1.6, (before, own)
    for before, own in ((Status.COMPLETED, Status.NOT_ASSIGNED), (Status.NOT_ASSIGNED, Status.OVERDUE)):
        assert contrast(STATUS_LOOKS[before].chart, STATUS_LOOKS[own].chart) >= 1.6


@pytest.mark.parametrize("first", STATUS_ORDER)
@pytest.mark.parametrize("second", STATUS_ORDER)
def test_any_two_neighbours_can_be_told_apart(first: Status, second: Status) -> None:
    """Whatever occurs between them: by their grey, or by a pattern, which each status has always or never."""
    pair = first, second
    is_like = contrast(STATUS_LOOKS[first].chart, STATUS_LOOKS[second].chart) < _STEP
    assert first is second or not is_like or pattern_of(pair, 0) != pattern_of(pair, 1)


def test_what_was_missed_is_hatched() -> None:
    """So that nobody takes a dark grey for the other one: all done, or nobody."""
    hatched = {status for order, status in enumerate(STATUS_ORDER) if pattern_of(STATUS_ORDER, order)}
    assert hatched == {Status.OVERDUE, Status.EXPIRED, Status.FAILED}


def test_a_bar_is_as_long_as_its_axis(tmp_path: Path) -> None:
    """A single course fills it: nothing looks as if it were missing, and one of 106 looks like one of 106."""
    xml, _ = _written(tmp_path, Kind.INTEGER, (("x", 105, 1),), _BARS)
    assert 'grouping val="percentStacked"' in xml
    assert re.search(r'<valAx>.*<max val="1" ?/>.*<min val="0(\.0)?" ?/>', xml)


def test_bars_are_stretched(tmp_path: Path) -> None:
    """Where one course is ten times the other, both are 100 % long, and the numbers stand in their parts."""
    xml, _ = _written(tmp_path, Kind.INTEGER, (("x", 100, 3), ("y", 5, 5)), _BARS)
    assert 'grouping val="percentStacked"' in xml
    assert re.search(r'<valAx>.*<max val="1" ?/>.*<min val="0(\.0)?" ?/>', xml)
    first, second = re.findall(r"<dLbls.*?</dLbls>", xml)
    assert "<idx" not in first
    assert re.findall(r'<idx val="(\d)"/><delete val="1"/>', second) == ["0"]


def test_a_line_labels_its_last_point_and_breaks_where_nothing_is(tmp_path: Path) -> None:
    """Rate and target say their last value at the last month; a row without numbers is a gap."""
    rows = (("a", percent(0.5), percent(0.95)), ("b", percent(0.6), percent(0.95)), ("new rules", None, None))
    xml, _ = _written(tmp_path, Kind.PERCENT, (*rows, ("c", percent(0.8), percent(0.95))), _LINES)
    assert re.findall(r'<dLbl><idx val="(\d)"/>', xml) == ["3", "3"]
    assert 'dispBlanksAs val="gap"' in xml
    assert '<pt idx="2">' not in "".join(re.findall(r"<numCache>.*?</numCache>", xml))
    assert re.search(r'<max val="1" ?/>', xml)


@pytest.mark.parametrize(
    ("earlier", "last", "lower", "places"),
    [
        (0.9, 0.6, 0.2, ["b", "t"]),  # it fell: the line comes from above
        (0.5, 0.6, 0.2, ["t", "t"]),
        (0.9, 0.6, 0.55, ["t", "b"]),  # below is the other label
    ],
)
def test_a_line_does_not_strike_its_label(
    tmp_path: Path, earlier: float, last: float, lower: float, places: list[str]
) -> None:
    """The last value stands below a line that falls, if the line below leaves room."""
    rows = (("a", percent(earlier), percent(lower)), ("b", percent(last), percent(lower)))
    xml, _ = _written(tmp_path, Kind.PERCENT, rows, _LINES)
    assert re.findall(r'<dLblPos val="(\w)"/>', xml) == places


def test_a_month_alone_between_new_rules_is_seen(tmp_path: Path) -> None:
    """Where the rules have just changed, every line shows its last point: it has no neighbour to draw a line to."""
    rows = (("a", percent(0.5), percent(0.95)), ("b", percent(0.6), percent(0.95)), ("new rules", None, None))
    xml, _ = _written(tmp_path, Kind.PERCENT, (*rows, ("c", percent(0.8), percent(0.95))), _LINES)
    first, second = re.findall(r"<ser>.*?</ser>", xml)
    assert '<symbol val="circle"' in first
    assert re.findall(r'<dPt[^>]*><idx val="(\d)"/><marker><symbol val="dash"/>', second) == ["3"]


@pytest.mark.parametrize("rows", [(("a", percent(0.5), None),), (("a", percent(0.5), None), ("b", None, None))])
def test_one_dot_is_no_chart(rows: tuple[Row, ...]) -> None:
    """A line needs two points in a row."""
    columns = (Column("Name", Kind.TEXT), Column("A", Kind.PERCENT), Column("B", Kind.PERCENT))
    panel = Panel("Panel", table("pnlMain", columns, rows))
    sheet = drawn(SummarySheet("summary", "Summary", (), (), (panel,), (_LINES,), ()))["Summary"]
    assert not sheet._charts  # noqa: SLF001 - openpyxl gives them nowhere else


def test_a_picture_has_words(tmp_path: Path) -> None:
    """The drawing says what the chart shows, for readers who do not see it."""
    _, drawing = _written(tmp_path, Kind.INTEGER, (("x", 1, 2),), _BARS)
    assert "descr='Half \"done\" &amp; more'" in drawing
