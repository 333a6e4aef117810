"""Writes data bars as XML: a bar behind each share, empty at 0 % and full at 100 %. Pure.

Only the rules that all programs know: Excel's extension for bars of one colour needs formulas, and a manager's file has
none.
"""

from collections.abc import Sequence

COLOR = "BFD7EA"  # light enough for text at 7:1, also in grey


def bars_xml(areas: Sequence[str]) -> bytes:
    """Return one rule per area such as `C7:C40`; empty for none."""
    return "".join(
        f'<conditionalFormatting sqref="{area}"><cfRule type="dataBar" priority="{number}">'
        '<dataBar minLength="0" maxLength="100"><cfvo type="num" val="0"/><cfvo type="num" val="1"/>'
        f'<color rgb="FF{COLOR}"/></dataBar></cfRule></conditionalFormatting>'
        for number, area in enumerate(areas, 1)
    ).encode()
