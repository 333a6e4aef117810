"""Writes data bars as XML: a plain bar behind each share, empty at 0 % and full at 100 %. Pure.

Every bar is written twice, as Excel does: for old programs, and in an extension, which alone knows bars of one colour.
"""

from collections.abc import Sequence

COLOR = "BFD7EA"  # light enough for text at 7:1, also in grey
_RULE = "{B025F937-C7B1-47D3-B67F-A62EFF666E3E}"  # Excel's name for the extension of a rule
_SHEET = "{78C0D931-6437-407d-A8EE-F0AAD7539E65}"  # Excel's name for the rules in a sheet's extension
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"


def bars_xml(areas: Sequence[str]) -> bytes:
    """Return the rules that all programs know, one per area such as `C7:C40`; empty for none."""
    return "".join(
        f'<conditionalFormatting sqref="{area}"><cfRule type="dataBar" priority="{number}">'
        '<dataBar minLength="0" maxLength="100"><cfvo type="num" val="0"/><cfvo type="num" val="1"/>'
        f'<color rgb="FF{COLOR}"/></dataBar><extLst><ext xmlns:x14="{_X14}" uri="{_RULE}">'
        f"<x14:id>{_identity(number)}</x14:id></ext></extLst></cfRule></conditionalFormatting>"
        for number, area in enumerate(areas, 1)
    ).encode()


def bars_extension_xml(areas: Sequence[str]) -> bytes:
    """Return the sheet's extension for the same areas, its last element; empty for none."""
    if not areas:
        return b""
    rules = "".join(
        f'<x14:conditionalFormatting xmlns:xm="{_XM}"><x14:cfRule type="dataBar" id="{_identity(number)}">'
        '<x14:dataBar minLength="0" maxLength="100" gradient="0"><x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo>'
        '<x14:cfvo type="num"><xm:f>1</xm:f></x14:cfvo><x14:negativeFillColor rgb="FFFF0000"/>'
        f'<x14:axisColor rgb="FF000000"/></x14:dataBar></x14:cfRule><xm:sqref>{area}</xm:sqref>'
        "</x14:conditionalFormatting>"
        for number, area in enumerate(areas, 1)
    )
    return (
        f'<extLst><ext xmlns:x14="{_X14}" uri="{_SHEET}"><x14:conditionalFormattings>{rules}'
        "</x14:conditionalFormattings></ext></extLst>"
    ).encode()


def _identity(number: int) -> str:
    """Return the same name for the same rule in every build."""
    return f"{{6B3C5A10-0000-4000-8000-{number:012X}}}"
