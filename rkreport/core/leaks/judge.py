"""Judges a manager's file: it holds the whole team, no other person, and nothing hidden. Pure."""

from collections.abc import Iterable
from itertools import count

from rkreport.core.leaks.opened_file import Leak, OpenedFile
from rkreport.core.leaks.people import Everybody, Hit
from rkreport.core.leaks.team import ExpectedFile
from rkreport.core.leaks.text_folding import folded, ways_to_read

_GRAVEST_LAST = (Leak.USERNAME, Leak.PHONE, Leak.NAME, Leak.EMAIL, Leak.SERIAL, Leak.EMPLOYEE_ID)
_ELLIPSIS = "..."  # as an ellipsis is folded


def judge(file: OpenedFile, expected: ExpectedFile, everybody: Everybody) -> Leak | None:
    """The gravest thing that is wrong with a file; None for a file that may leave."""
    if Leak.DAMAGED in file.flaws:
        return Leak.DAMAGED
    strangers = _strangers(file, expected, everybody)
    if strangers:
        return max(strangers, key=_GRAVEST_LAST.index)
    if file.flaws:
        return min(file.flaws, key=list(Leak).index)
    return _shape(file, expected) or _people(file, expected)


def names_a_stranger(text: str, expected: ExpectedFile, everybody: Everybody) -> bool:
    """Whether a text names a person outside the team, so that the team's file must not hold it."""
    return bool(_in_texts((text,), expected, everybody))


def _strangers(file: OpenedFile, expected: ExpectedFile, everybody: Everybody) -> set[Leak]:
    own = _own_properties(file, expected)
    named = {text for pair in file.properties if pair not in own for text in pair}
    found = _in_texts((*file.texts, *named), expected, everybody)
    found |= _in_texts(file.marks, expected, everybody, one_word=False)
    for number in file.numbers:
        leak = everybody.of_number(number)
        if leak and not any(phrase.isdecimal() and int(phrase) == number for phrase in expected.phrases):
            found.add(leak)
    return found


def _own_properties(file: OpenedFile, expected: ExpectedFile) -> set[tuple[str, str]]:
    """The properties with their expected values."""
    return {(name, value) for name, value in file.properties if expected.properties.get(name) == folded(value)}


def _in_texts(
    texts: Iterable[str], expected: ExpectedFile, everybody: Everybody, *, one_word: bool = True
) -> set[Leak]:
    """What names a person outside the team. `one_word`: whether a single word may be a name."""
    return {
        hit.leak
        for text in texts
        for way in ways_to_read(text)
        if way not in expected.phrases and not _is_shortened_thing(way, expected)
        for hit in everybody.hits_in(way)
        if (one_word or not hit.is_one_word) and not _is_allowed(hit, way, expected)
    }


def _is_allowed(hit: Hit, text: str, expected: ExpectedFile) -> bool:
    """Whether the hit is part of a phrase that the file may hold."""
    found = text[hit.start : hit.end]
    if hit.is_one_word and found != text and (found in expected.words or found in expected.report.words):
        return True
    return any(
        found in phrase and _covers(phrase, text, hit)
        for phrases in (expected.phrases, expected.report.texts)
        for phrase in phrases
    )


def _is_shortened_thing(text: str, expected: ExpectedFile) -> bool:
    """Whether the text is the name of a thing with an ellipsis in place of a part, as where it has little room.

    Never of a person: what is left of an own one's name may be a stranger's.
    """
    front, ellipsis, back = (part.strip() for part in text.partition(_ELLIPSIS))
    return bool(front and ellipsis) and any(
        len(front) + len(back) < len(thing) and thing.startswith(front) and thing.endswith(back)
        for thing in expected.things
    )


def _covers(phrase: str, text: str, hit: Hit) -> bool:
    """Whether the phrase is in the text as whole words and includes the hit."""
    start = text.find(phrase)
    while 0 <= start <= hit.start:
        end = start + len(phrase)
        begins = not (phrase[0].isalnum() and text[:start][-1:].isalnum())
        ends = not (phrase[-1].isalnum() and text[end : end + 1].isalnum())
        if begins and ends and hit.end <= end:
            return True
        start = text.find(phrase, start + 1)
    return False


def _shape(file: OpenedFile, expected: ExpectedFile) -> Leak | None:
    own = dict(_own_properties(file, expected))
    if own.keys() != expected.properties.keys() or len(file.properties) != len(dict(file.properties)):
        return Leak.PROPERTIES
    if any(folded(author) != expected.company for author in file.authors):
        return Leak.AUTHOR
    if not file.pictures <= expected.pictures:
        return Leak.UNKNOWN_PICTURE
    if [sheet.name for sheet in file.sheets] != _sheet_names(file, expected):
        return Leak.SHEETS
    return None


def _sheet_names(file: OpenedFile, expected: ExpectedFile) -> list[str]:
    """The five names, each followed by the parts that the file has of a table too long for one sheet."""
    held = {sheet.name for sheet in file.sheets}
    names: list[str] = []
    for title in expected.sheets.values():
        names.append(title)
        for number in count(2):
            part = expected.continued.format(title=title, number=number)
            if part not in held:
                break
            names.append(part)
    return names


def _people(file: OpenedFile, expected: ExpectedFile) -> Leak | None:
    matrix, detail = (_texts_of(file, expected, key) for key in ("matrix", "team_detail"))
    for person in expected.people:
        on_matrix = {person.employee_id, person.name} - {""}
        in_detail = on_matrix | {person.serial, person.email} - {""}
        if not (on_matrix <= matrix and in_detail <= detail):
            return Leak.MISSING
    return None


def _texts_of(file: OpenedFile, expected: ExpectedFile, key: str) -> set[str]:
    """All texts of one of the five sheets and its parts, folded, with escapes decoded."""
    titles, place = list(expected.sheets.values()), list(expected.sheets).index(key)
    title, following = titles[place], titles[place + 1]
    names = [sheet.name for sheet in file.sheets]
    parts = file.sheets[names.index(title) : names.index(following)]
    return {way for sheet in parts for text in sheet.texts for way in ways_to_read(text)}
