"""Compares texts as a reader sees them, however they are written. Pure; knows letters, not what the texts are for.

Two texts are compared in their *folded* form. A text in a file may have several readings, because programs hide, escape
and encode characters: `ways_to_read` gives the folded form of each.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no file can hold them: the writer leaves them out
_BROKEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(  # Default_Ignorable_Code_Point of Unicode, annotations, and signs whose shape is a blank
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00016fe4\U00013441\U00013442\U0001bca0-\U0001bca3\U0001d159"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_ODD_SPACE = re.compile("[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_LINE_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # categories
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # as spreadsheets write a character that XML cannot hold
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """One form for all texts that read alike: no case, no invisible characters, one blank for any white space."""
    if text.isascii() and text.isprintable():  # nearly all
        return " ".join(text.lower().split())
    text = _BROKEN.sub("\N{REPLACEMENT CHARACTER}", _UNWRITABLE.sub("", text))
    text = without_invisible(unicodedata.normalize("NFKC", text))
    return " ".join(unicodedata.normalize("NFKC", text.casefold()).split())


def without_invisible(text: str) -> str:
    """A text without the characters that take no place or only look like a blank."""
    return _INVISIBLE.sub("", text)


def visible(text: str) -> str:
    """Text on one line without control, format and surrogate characters; a line break becomes a space."""
    if text.isprintable() and text == text.strip():
        return text  # itself: a sentence can still be told in another language
    one_line = _LINE_BREAKS.sub(" ", text)
    return "".join(char for char in one_line if unicodedata.category(char) not in _UNSEEN).strip()


def spelled_out(text: str) -> str:
    """Text on one line in which each character that cannot be seen, or moves what follows, stands as its escape."""
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(_escape(char) if _is_unseen(char) else char for char in text)


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or _INVISIBLE.match(char) is not None


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()  # such as \\x1b, \\n and \\u202e


@lru_cache(maxsize=32_768)  # a file says what its team, and many a file what all others say
def ways_to_read(text: str) -> frozenset[str]:
    """The folded forms of a text as it is, and with its escapes decoded.

    An invisible character or odd blank is read both as a blank and as nothing.
    """
    return frozenset({folded(way) for form in _unescaped(text) for way in _blanks_both_ways(form)})


def words_of(text: str) -> list[tuple[str, int, int]]:
    """The words of a folded text (runs of letters and digits), each with its place."""
    return [(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def _unescaped(text: str) -> Iterator[str]:
    yield text
    if "_x" in text:
        yield _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    if "&" in text:
        yield html.unescape(text)
    if "%" in text:
        yield unquote(text)


def _blanks_both_ways(text: str) -> Iterator[str]:
    yield text
    if text.isascii():
        return
    if _INVISIBLE.search(text):
        yield _INVISIBLE.sub(" ", text)
    if _ODD_SPACE.search(text):
        yield _ODD_SPACE.sub("", text)
