"""How wide columns become."""

import pytest

from rkreport.core.report.sheets import Column, Kind
from rkreport.excel.draw.widths import fitted_widths, header_width, shown_width
from rkreport.excel.names import header_names


def test_a_header_is_measured_as_it_is_shown() -> None:
    """A course may have a name of any length; its column is as wide as what the header shows of it."""
    name = "kata " * 200
    (header,) = header_names([name])
    assert header_width(name, 2) == header_width(header, 2)


@pytest.mark.parametrize(
    "header", ["Unit serial", "Serial unit", "Manager ID", "ID manajer", "Level", "Alasan tidak hadir"]
)
@pytest.mark.parametrize("value", ["U-1", "U-0001", "U-0000001", "U-000000001"])
def test_a_header_does_not_end_where_the_next_begins(header: str, value: str) -> None:
    """It has room beside it on one line, or clearly stands on two."""
    (width,) = fitted_widths((Column(header, Kind.TEXT),), ((value,),))
    line = header_width(header, 1)
    assert width >= line + 2.5 or width <= line - 1
    (given,) = fitted_widths((Column(header, Kind.STATUS, line + 0.1),), ((None,),))
    assert given >= line + 2.5


def test_equal_numbers_are_equally_wide() -> None:
    """What is remembered for 5 holds for 5.0, which is shown alike; a number of any length can be measured."""
    assert shown_width(Kind.DECIMAL, 5.0) == shown_width(Kind.DECIMAL, 5) < shown_width(Kind.DECIMAL, 5.25)
    assert shown_width(Kind.INTEGER, 10**400) > 400
