"""Text as Excel can hold it. Pure; knows Excel's rules for text and nothing of sheets or of openpyxl.

Two forms: *clean* text is what a reader sees, *stored* text is what stands in the file for it.
"""

import re

LIMIT = 32_767  # UTF-16 units in one cell; Excel repairs a file with more
CUT_MARK = "… [cut]"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_LINE_ENDS = re.compile("\r\n?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no place in XML 1.0, nothing to see either
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")  # any of the three above, in one look
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED_UNDERSCORE = "_x005F_"


def clean(text: str) -> str:
    """Text that Excel shows as it is: no control characters but tab and newline, no broken ones, within the limit.

    Text of nothing but white space is empty. Text past the limit ends in `CUT_MARK`; the limit counts the stored form,
    so that no reader meets more. Cleaning clean text changes nothing.
    """
    if not text.isprintable() and _SUSPECT.search(text):  # the first is quick, and false for a newline too
        text = _LINE_ENDS.sub("\n", text)
        text = _UNWRITABLE.sub("", text)
        text = _BROKEN.sub(REPLACEMENT, text)
    if len(text) > LIMIT // len(_ESCAPED_UNDERSCORE):  # shorter ones cannot be too long in any form
        text = _cut(text)
    return text if text.strip() else ""


def single_line(text: str) -> str:
    """Clean text with every run of white space as one blank, for names, headers and titles."""
    return " ".join(clean(text).split())


def stored(cleaned: str) -> str:
    """What stands in the file: a literal `_x0041_` would be read as `A`, so its underscore is itself escaped."""
    return _LOOKS_ESCAPED.sub(_ESCAPED_UNDERSCORE, cleaned) if "_x" in cleaned else cleaned


def begins_like_a_formula(text: str) -> bool:
    """True when Excel, or a CSV made from the sheet, would take the text for a formula once somebody edits it."""
    return text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")


def utf16_units(text: str) -> int:
    """Length as Excel counts it: an emoji is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def fit_units(text: str, units: int) -> str:
    """The longest beginning of a text that has at most `units` UTF-16 units."""
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
    # An escaped underscore is 7 units; cutting before a piece never makes a new escape, so the lengths add up.
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
