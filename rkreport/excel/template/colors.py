"""Converts Excel's colours to RRGGBB, and computes the contrast of two colours. Pure."""

import colorsys
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

READABLE = 7.0  # contrast of text on its background; the WCAG's level for all readers
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
_OFFICE_THEME = (
    *("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47"),
    *("0563C1", "954F72"),
)
_HEX = re.compile("(?:[0-9A-Fa-f]{2})?[0-9A-Fa-f]{6}")
_LINEAR_BELOW, _GAMMA = 0.04045, 2.4


def theme_colors(root: "Element | None") -> tuple[str, ...]:
    """Return a theme's colours by the numbers that cells use; Office's colours without a theme."""
    colors = list(_OFFICE_THEME)
    scheme = root.find(f".//{_MAIN}clrScheme") if root is not None else None
    if scheme is not None:
        for number, name in enumerate(_THEME_ORDER):
            entry = scheme.find(f"{_MAIN}{name}")
            if entry is not None and len(entry):
                colors[number] = _six_digits(entry[0].get("lastClr") or entry[0].get("val"), colors[number])
    return tuple(colors)


def theme_fonts(root: "Element | None") -> dict[str, str]:
    """Return a theme's fonts for headings (`major`) and text (`minor`)."""
    found = {
        scheme: root.find(f".//{_MAIN}{scheme}Font/{_MAIN}latin") if root is not None else None
        for scheme in ("major", "minor")
    }
    return {scheme: latin.get("typeface", "") for scheme, latin in found.items() if latin is not None}


@dataclass(frozen=True, slots=True)
class Palette:
    """Maps the numbers of a workbook's colours to colours."""

    theme: Sequence[str]
    indexed: Sequence[str]

    def rgb(self, color: Any, *, automatic: str) -> str:  # noqa: ANN401 - the stubs have it half
        """Return a cell's colour as RRGGBB, including tint; `automatic` if the cell leaves it to Excel."""
        if color is None:
            return automatic
        found = automatic
        if color.type == "rgb":
            found = color.rgb
        elif color.type == "theme" and color.theme < len(self.theme):
            found = self.theme[color.theme]
        elif color.type == "indexed" and color.indexed < len(self.indexed):  # higher numbers are automatic colours
            found = self.indexed[color.indexed]
        return tinted(_six_digits(found, automatic), color.tint or 0.0)


def tinted(color: str, tint: float) -> str:
    """Darken (to -1) or lighten (to 1) a colour as Excel does."""
    if not tint:
        return color
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    channels = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), saturation)
    return "".join(f"{round(channel * 255):02X}" for channel in channels)


def contrast(one: str, other: str) -> float:
    """Return the contrast from 1 (equal) to 21 (black on white), by the WCAG's formula."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _six_digits(color: object, otherwise: str) -> str:
    is_color = isinstance(color, str) and _HEX.fullmatch(color)
    return str(color)[-6:].upper() if is_color else otherwise


def _luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (0, 2, 4))
    red, green, blue = (
        value / 12.92 if value <= _LINEAR_BELOW else ((value + 0.055) / 1.055) ** _GAMMA for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
