"""Turns text into forms that Excel can hold. Pure; knows Excel's rules for text, not sheets or openpyxl.

*Clean* text is what a reader sees; *stored* text is its form in the file.
"""

import re

LIMIT = 32_767  # UTF-16 units per cell; Excel repairs a file with more
CUT_MARK = "… [cut]"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_LINE_ENDS = re.compile("\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # forbidden in XML 1.0, and invisible
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # any of the three above, in one search
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED_UNDERSCORE = "_x005F_"


def clean(text: str) -> str:
    """Return text that Excel shows unchanged, within the limit.

    Broken characters and control characters go, except tab and newline. Text of only white space becomes empty. Text
    past the limit ends in `CUT_MARK`; the limit counts the stored form, so that no reader gets more. Cleaning clean
    text changes nothing.
    """
    if not text.isprintable() and _SUSPECT.search(text):  # the first check is quick, and also False for a newline
        text = _LINE_ENDS.sub("\n", text)
        text = _UNWRITABLE.sub("", text)
        text = _BROKEN.sub(REPLACEMENT, text)
    if len(text) > LIMIT // len(_ESCAPED_UNDERSCORE):  # shorter texts fit in any form
        text = _cut(text)
    return text if text.strip() else ""


def single_line(text: str) -> str:
    """Clean a text and turn each run of white space into one blank, for names, headers and titles."""
    return " ".join(clean(text).split())


def stored(cleaned: str) -> str:
    """Return the form in the file: Excel would read a literal `_x0041_` as `A`, so the underscore is escaped."""
    return _LOOKS_ESCAPED.sub(_ESCAPED_UNDERSCORE, cleaned) if "_x" in cleaned else cleaned


def begins_like_a_formula(text: str) -> bool:
    """True if Excel, or a CSV from the sheet, would take the text for a formula after an edit."""
    return text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")


def utf16_units(text: str) -> int:
    """Return the length as Excel counts it: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def fit_units(text: str, units: int) -> str:
    """Return the longest beginning of a text with at most `units` UTF-16 units."""
    if 2 * len(text) <= units:
        return text
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > units:
            return text[:index]
    return text


def _cut(text: str) -> str:
    if utf16_units(stored(text)) <= LIMIT:
        return text
    # An escaped underscore takes 7 units. Cutting before a piece never makes a new escape, so lengths add up.
    room = LIMIT - len(CUT_MARK)
    kept: list[str] = []
    for piece in re.split(r"(_(?=x[0-9A-Fa-f]{4}_))", text):
        cost = len(_ESCAPED_UNDERSCORE) if piece == "_" else utf16_units(piece)
        if cost > room:
            kept.append("" if piece == "_" else fit_units(piece, room))
            break
        kept.append(piece)
        room -= cost
    return "".join(kept) + CUT_MARK
