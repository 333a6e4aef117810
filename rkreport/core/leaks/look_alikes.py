"""Letters and signs that look like those of a keyboard, and names that read alike. Pure.

Knows the letters in use whose shapes are the Latin ones in most type faces. A complete list of look-alikes has
thousands more, of scripts that nobody types by mistake.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rkreport.core.leaks.text_folding import folded, without_invisible

_PAIRS = (
    ("АВЕЅІЈКМНОРСТУҮХӀԚԜЗ", "ABESIJKMHOPCTYYXIQW3"),  # Cyrillic
    ("аеѕіјкорсухүӏһԁԛԝз", "aesijkopcyxylhdqw3"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),  # Greek
    ("αγηικνορυχ", "aynikvopux"),
    ("ՕՏՍԼհոսօցյզ", "OSULhnuogjq"),  # Armenian
    ("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEGHiJKLMPRSTVWZ"),  # Cherokee
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "BPDTGKJCZFMNLSRVHWXYAEIOU"),  # Lisu
    ("ⲀⲂⲈⲎⲒⲔⲘⲚⲞⲢⲤⲦⲨⲬⲟⲣⲥ", "ABEHIKMNOPCTYXopc"),  # Coptic
    ("ɑɡ", "ag"),
    ("\u2010\u2012\u2013\u2212\u02d7\u2043\u2796", "-------"),  # NFKC makes U+2010 of U+2011
    ("\u2044\u2215\u29f8", "///"),
)
_LATIN = {ord(one): other for alike, latin in _PAIRS for one, other in zip(alike, latin, strict=True)}
_SHAPES: Final = frozenset(
    {"<wide>", "<narrow>", "<font>", "<small>", "<noBreak>", "<initial>", "<medial>", "<final>", "<isolated>"}
)
_TYPED_SO = ("THAI", "LAO", "HANGUL")  # their keyboards give the characters that Unicode calls compatible
_RADICALS = ("KANGXI RADICAL", "CJK RADICAL")
_LATIN_LETTER = re.compile(
    r"LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT |OPEN )?([A-Z])(?: WITH .*)?"
)
_NO_LETTERS = frozenset({"Lm", "Sk"})
_MARKED = ("LATIN", "GREEK", "CYRILLIC")


def look_alike(text: str) -> str:
    """A text in the plainest letters that look like its own: without what nobody sees, case as it is."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", without_invisible(unicodedata.normalize("NFKC", text))).translate(_LATIN)


@lru_cache(maxsize=4096)  # few letters, many texts
def is_other_shape(char: str) -> bool:
    """Whether a character is another one in a shape that keyboards do not give: wide, bold, a Roman numeral, a sign."""
    if char.isascii():
        return False
    if ord(char) in _LATIN and not char.isalpha():
        return True
    tag = unicodedata.decomposition(char).partition(" ")[0]
    if tag != "<compat>":
        return tag in _SHAPES and not unicodedata.category(char).startswith("Z")
    name = unicodedata.name(char, "")
    return not name.startswith(_TYPED_SO) and (unicodedata.category(char)[0] in "LN" or name.startswith(_RADICALS))


def letters_of_name(name: str) -> str:
    """What two names are compared by: letters and digits alone, without marks, apostrophes, case and foreign shapes."""
    if name.isascii():
        return "".join(char for char in folded(name) if char.isalnum())
    plain = look_alike(look_alike("".join(map(_plain, _without_marks(unicodedata.normalize("NFKD", name))))).upper())
    return "".join(char for char in folded(plain) if char.isalnum() or unicodedata.category(char).startswith("M"))


def _without_marks(text: str) -> str:
    """A text without apostrophes, and without the marks of letters that are the same letters without them."""
    kept: list[str] = []
    has_plain = True
    for char in text:
        category = unicodedata.category(char)
        if category.startswith("M"):  # a vowel or tone of other scripts: it tells names apart
            kept += [] if has_plain else [char]
        elif category not in _NO_LETTERS:
            kept.append(char)
            has_plain = unicodedata.name(char, "").startswith(_MARKED)
    return "".join(kept)


def _plain(char: str) -> str:
    """A Latin letter without its stroke, hook or bar, and a small capital as a letter; any other as it is."""
    match = None if char.isascii() else _LATIN_LETTER.fullmatch(unicodedata.name(char, ""))
    return match[1] if match else char
