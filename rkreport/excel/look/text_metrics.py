"""Measures text in the house font, in characters of a column (one is the width of a digit). Pure; knows no sheet.

Counting letters is too coarse: COURSE-APUPPT is half as wide again as a course name with as many letters.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

# Widths of Arial from space to tilde, in thousandths of the font size.
_ADVANCES = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556,) * 10,
    *(278, 278, 584, 584, 584, 556, 1015),
    *(667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833),
    *(722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611),
    *(278, 278, 278, 469, 556, 333),
    *(556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833),
    *(556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500),
    *(334, 260, 334, 584),
)
_DIGIT = 530  # the screen rounds a digit's 556 down to 7 pixels, so all other letters are relatively wider
_BOLD = 1.08  # factor of width for words
_FRONT = 0.6  # of a shortened text, the share before the ellipsis
_STEPS = 100  # steps per character; keeps the widest letter below 256
_UNSEEN, _OTHER, _WIDE = 0, 120, 200  # combining characters; symbols and other alphabets; Chinese and emoji
_SEPARATOR = 31  # a control character, in no text that shows
_OF_BYTE = bytes(
    round(_ADVANCES[byte - 32] * _STEPS / _DIGIT) if 32 <= byte < 127 else _UNSEEN  # noqa: PLR2004 - ASCII that shows
    for byte in range(256)
)


_SEPARATED = _OF_BYTE[:_SEPARATOR] + b"\xff" + _OF_BYTE[_SEPARATOR + 1 :]  # no letter is that wide


def letters_width(line: str) -> float:
    """Return the width of a single line without keeping it: for the unlike texts of a long list."""
    return _steps(line) / _STEPS


def widest_of(lines: Iterable[str]) -> float:
    """Return the width of the widest of some plain lines, which hold nothing but ASCII that shows."""
    widths = chr(_SEPARATOR).join(lines).encode().translate(_SEPARATED).split(b"\xff")
    return max(map(sum, widths)) / _STEPS


@lru_cache(maxsize=8_192)  # many workbooks contain the same courses, batches and units
def text_width(text: str, *, bold: bool = False) -> float:
    """Return the width of a text's longest line, in characters."""
    widest = max((_steps(line) for line in text.split("\n")), default=0) if "\n" in text else _steps(text)
    return widest * (_BOLD if bold else 1) / _STEPS


def wrapped(text: str, width: float, *, bold: bool = False) -> list[str]:
    """Wrap a text to lines for a column; `[""]` for an empty text. No word is dropped or broken."""
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, bold=bold) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def shortened(text: str, width: float) -> str:
    """Shorten a single line to a width in characters; an ellipsis replaces the middle of a longer line.

    Names of courses often differ at their ends alone: "Keselamatan kerja – Modul 2".
    """
    if text_width(text) <= width:
        return text
    room = width * _STEPS - _step("…")
    front = _fitting(text, room * _FRONT)
    spent = sum(map(_step, text[:front]))
    back = min(_fitting(reversed(text), room - spent), len(text) - front)
    return f"{text[:front].rstrip()}…{text[len(text) - back :].lstrip()}"


def _fitting(letters: Iterable[str], room: float) -> int:
    """Count the letters that fit, looking no further: a text from the LMS may have 32,767 characters."""
    fitting = 0
    for used in accumulate(map(_step, letters)):
        if used > room:
            break
        fitting += 1
    return fitting


def _steps(line: str) -> int:
    if line.isascii():
        return sum(line.encode().translate(_OF_BYTE))  # runs in C, because every cell of a sample is measured
    return sum(map(_step, line))


@lru_cache(maxsize=4_096)
def _step(character: str) -> int:
    if character.isascii():
        return _OF_BYTE[ord(character)]
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return _UNSEEN
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    letter = unicodedata.normalize("NFD", character)[0]
    return _OF_BYTE[ord(letter)] if letter.isascii() else _OTHER
