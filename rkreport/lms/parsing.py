"""Reads the rows of a page one by one where one of them is not as documented. Pure; makes no models.

An unreadable row becomes an `Unreadable`, so that it still counts and loses no other row. A name that is too long is
shortened; an id that is too long makes its row unreadable, because a shortened one could be another's.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from rkreport.lms.shapes import LONGEST_ID

_A_TEXT = "str"  # in the path of an error: the first of the two forms of a text
_LONGEST_SHOWN = 100  # characters of an unreadable row's id

UNUSABLE = "unusable fields"
"""The key under which a row that keeps its serial lists its unreadable fields."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row with an unreadable field. `row_id` is its own id; `digest` tells it from others."""

    page: int
    field: str
    row_id: str
    digest: str


Row = Mapping[str, Any] | Unreadable
"""A row as the LMS sent it, with tidied texts and numbers."""


def rows_of(
    raw: Sequence[object],
    shape: TypeAdapter[list[Any]],
    page: int,
    *,
    has_lost_letters: bool = False,
    keeps_serials: bool = False,
) -> tuple[Row, ...]:
    """Parse the rows of a page; an unreadable row loses no other.

    `keeps_serials` drops a row's unreadable fields, as long as its serial is readable. A row whose key lost letters
    cannot be told from others, so it is unreadable too.
    """
    try:
        rows: tuple[Row, ...] = tuple(shape.validate_python(raw))
    except ValidationError:
        rows = tuple(row_of(row, shape, page, keeps_serials=keeps_serials) for row in raw)
    return tuple(map(partial(_with_whole_key, page), rows)) if has_lost_letters else rows


class Shortened(dict[str, Any]):
    """A row with texts that were too long; `fields` are their names."""

    fields: tuple[str, ...]


def row_of(raw: object, shape: TypeAdapter[list[Any]], page: int, *, keeps_serials: bool = False) -> Row:
    """Parse one row, as `rows_of` does."""
    left: object = raw
    unusable: list[str] = []
    shortened: list[str] = []
    while True:
        try:
            (row,) = shape.validate_python([left])
        except ValidationError as error:
            too_long, field = _too_long(error), _field_of(error)
            if too_long:
                for place, most in too_long.items():
                    (left,) = _with_short_text([left], place, most)
                    shortened.append(_name_of(place))
                continue
            if not keeps_serials or not isinstance(left, dict) or field in ("", "serial"):
                return unreadable(raw, field, page)
            left = {name: value for name, value in left.items() if name != field}
            unusable.append(field)
        else:
            row = {**row, UNUSABLE: tuple(unusable)} if unusable else row
            return _marked(row, shortened) if shortened else cast("Row", row)


def _marked(row: Mapping[str, Any], fields: Sequence[str]) -> Shortened:
    marked = Shortened(row)
    marked.fields = tuple(dict.fromkeys(fields))
    return marked


_Place = tuple[int | str, ...]
"""The path to a value, from the list of rows."""


def _too_long(error: ValidationError) -> dict[_Place, int]:
    """Return the places of the texts that may be shortened, with the characters that each may have."""
    found = {
        _path(one["loc"]): one["ctx"]["max_length"]
        for one in error.errors(include_input=False, include_url=False)
        if one["type"] == "string_too_long"
    }
    return {place: most for place, most in found.items() if most != LONGEST_ID}


def _with_short_text(value: Any, place: _Place, most: int) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value with the text at a place shortened."""
    if isinstance(value, list) and place:
        copied, at = [*value], int(place[0])
        copied[at] = _with_short_text(value[at], place[1:], most)
        return copied
    if isinstance(value, dict) and place:
        return value | {place[0]: _with_short_text(value[str(place[0])], place[1:], most)}
    return short_text(str(value), most)  # a tag may be its bare name


def short_text(text: str, most: int) -> str:
    """Return the beginning of a text with a mark; different texts stay different, so that two people stay two."""
    mark = f"… [{hashlib.blake2b(text.encode(errors='surrogatepass'), digest_size=6).hexdigest()}]"
    return text[: most - len(mark)].rstrip() + mark


def _with_whole_key(page: int, row: Row) -> Row:
    if isinstance(row, Unreadable):
        return row
    keys = keys_of(row)
    broken = next((name for name in ("serial", "employeeID") if "\ufffd" in keys.get(name, "")), None)
    return unreadable(row, broken, page) if broken else row


def _field_of(error: ValidationError) -> str:
    """Return the path of the first bad field; `""` for the row itself."""
    return _name_of(_path(error.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]))


def _path(place: _Place) -> _Place:
    """Leave out the parts that name one of the two forms of a text, or a function."""
    return tuple(part for part in place if isinstance(part, int) or ("-" not in part and part != _A_TEXT))


def _name_of(path: _Place) -> str:
    return ".".join(part for part in path if isinstance(part, str))


def unreadable(raw: object, field: str, page: int) -> Unreadable:
    """Make the unreadable row with its bad field."""
    known = raw if isinstance(raw, dict) else {}
    inner = keys_of(known)
    names = ("serial", "employeeID")
    ids = [known.get(name) for name in names]
    ids += [inner.get(name) for name in reversed(names)] if isinstance(inner, dict) else []
    row_id = next((str(one)[:_LONGEST_SHOWN] for one in ids if isinstance(one, str | int) and one != ""), "")
    return Unreadable(page, field, row_id, digest_of(to_json(raw, inf_nan_mode="constants")))


def keys_of(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - in a row that is not parsed yet, any JSON value
    """Return the part of a row that says whose or what it is: its user or course, else the row itself."""
    return row.get("user", row.get("course", row))


def digest_of(text: bytes) -> str:
    """Digest a text, which tells rows apart as well as the text."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()
