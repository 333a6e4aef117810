"""How wide columns become."""

from rkreport.excel.draw.widths import header_width
from rkreport.excel.names import header_names


def test_a_header_is_measured_as_it_is_shown() -> None:
    """A course may have a name of any length; its column is as wide as what the header shows of it."""
    name = "kata " * 200
    (header,) = header_names([name])
    assert header_width(name, 2) == header_width(header, 2)
