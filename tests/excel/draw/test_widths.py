"""How wide columns become."""

from rkreport.core.report.sheets import Kind
from rkreport.excel.draw.widths import header_width, shown_width
from rkreport.excel.names import header_names


def test_a_header_is_measured_as_it_is_shown() -> None:
    """A course may have a name of any length; its column is as wide as what the header shows of it."""
    name = "kata " * 200
    (header,) = header_names([name])
    assert header_width(name, 2) == header_width(header, 2)


def test_equal_numbers_are_equally_wide() -> None:
    """What is remembered for 5 holds for 5.0, which is shown alike; a number of any length can be measured."""
    assert shown_width(Kind.DECIMAL, 5.0) == shown_width(Kind.DECIMAL, 5) < shown_width(Kind.DECIMAL, 5.25)
    assert shown_width(Kind.INTEGER, 10**400) > 400
