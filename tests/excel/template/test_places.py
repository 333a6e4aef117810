"""Where a template's cells lie: each bound is where it is, one further is told as the first place that is too far."""

import pytest

from rkreport.excel.template.places import Places
from rkreport.sheet_bounds import SlowTexts


def far(*elements: tuple[str, dict[str, str]]) -> str:
    """The first place beyond the bounds."""
    places = Places(SlowTexts())
    for name, attributes in elements:
        places.visit(name, attributes, 3)
    return places.far


def covering(cells: int, kind: str = "mergeCell") -> tuple[tuple[str, dict[str, str]], ...]:
    """Ranges over so many cells."""
    whole, rest = divmod(cells, 1_000)
    ranges = ["A1:A1000"] * whole + ([f"A1:A{rest}"] if rest else [])
    return tuple((kind, {"ref": place}) for place in ranges)


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        ((("c", {"r": "A1000"}),), (("c", {"r": "A1001"}),)),
        ((("c", {"r": "CV1"}),), (("c", {"r": "CW1"}),)),
        ((("mergeCell", {"ref": "A999:B1000"}),), (("mergeCell", {"ref": "A999:B1001"}),)),
        ((("hyperlink", {"ref": "CU1:CV1"}),), (("hyperlink", {"ref": "CU1:CW1"}),)),
        (covering(20_000), covering(20_001)),
        (covering(20_000, "hyperlink"), covering(20_001, "hyperlink")),
        ((("row", {}),) * 1_000 + (("c", {}),), (("row", {}),) * 1_001 + (("c", {}),)),
        ((("row", {}), *(("c", {}),) * 100), (("row", {}), *(("c", {}),) * 101)),
    ],
    ids=["row", "column", "merged rows", "linked columns", "merged", "linked", "untold rows", "untold columns"],
)
def test_a_bound_is_where_it_is(
    within: tuple[tuple[str, dict[str, str]], ...], beyond: tuple[tuple[str, dict[str, str]], ...]
) -> None:
    """Told or counted, alone or all ranges together."""
    assert far(*within) == ""
    assert far(*beyond) != ""
