"""Words the errors of the libraries about config.toml anew, for an admin. Knows the schema, reads no file.

A value is shown only where it can be neither a secret nor personal data.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic_core import ErrorDetails

from rkreport.config.schema import ConfigFile, sections_below
from rkreport.sentence import Sentence, one_of

Location = tuple[int | str, ...]

_PRIVATE = ("managers", "mail.from", "mail.reply_to", "mail.username", "lms.base_url", "lms.authorization_scheme")
_LONGEST_SHOWN = 60
_PROBLEMS = {  # by pydantic's name of the error, filled with its context
    "string_type": 'must be text in double quotes, such as "text"',
    "string_pattern_mismatch": 'must be "previous-month", "current-month" or a month such as "2026-10"',
    "int_type": "must be a whole number without quotes, such as 10",
    "int_from_float": "must be a whole number, such as 10",
    "float_type": "must be a number without quotes, such as 10",
    "bool_type": "must be true or false, without quotes",
    "date_type": "must be a date without quotes and without a time, such as 2026-12-31",
    "date_from_datetime_inexact": "must be a date without a time, such as 2026-12-31",
    "tuple_type": 'must be a list in square brackets, such as ["FIRST", "SECOND"]',
    "too_short": "must name at least one, or be left out",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "value_error": "{error}",
}
_TOML_HINTS = (
    ("twice", "the same section stands there twice; make one of the two"),
    ("Cannot overwrite", "the same key stands there twice; remove one of the two"),
    ("Invalid date", "dates are written as 2026-12-31, and the day must exist"),
    ("Invalid hex value", "in a path write / instead of \\"),
    ("Unescaped", "in a path write / instead of \\"),
    ("Invalid value", 'text stands in straight double quotes, such as key = "text"; true and false have none'),
    ("Illegal character", "a text must end with a double quote on its own line"),
    ("after a statement", "there is one key on a line, such as key = 10; dates are written as 2026-12-31"),
)


# By the form of the line: what the parser says of these does not help.
_LINE_HINTS = (
    (r"[“”„‘’«»]", 'replace the curly quotes by straight ones (")'),
    (r"^\s*\[\s*(courses|learning_plans)\s*\]", "this section has double brackets, such as [[courses]]"),
    (r"=\s*[+-]?\d+,\d+\s*(#.*)?$", "a decimal number has a point, such as 90.5"),
    (r"=\s*(True|TRUE|False|FALSE|Yes|No|Ya|Tidak)\b", "write true or false, in small letters and without quotes"),
    (r"^\s*[A-Za-z_][\w.]*\s*:", "write = between key and value, such as key = 10"),
)


def toml_sentence(error: tomllib.TOMLDecodeError, text: str, *, example: str = "config.example.toml") -> str:
    """Where the file stops being TOML, and what is probably wrong there: `line 3: …`, without the line's text."""
    message = str(error)
    place = re.search(r"at line (\d+), column (\d+)", message)
    lines = text.splitlines()
    number = int(place[1]) if place else len(lines)
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    known = (
        *(hint for form, hint in _LINE_HINTS if re.search(form, line)),
        *(hint for form, hint in _LINE_HINTS[1:2] if re.search(form, text, re.MULTILINE)),  # it spoils lines below it
        *(hint for part, hint in _TOML_HINTS if part in message),
    )
    hint = next(iter(known), Sentence("compare the line with {example}", example=example))
    return Sentence("line {number}: this is not valid TOML; {hint}.", number=number, hint=hint)


def schema_sentence(error: ErrorDetails, raw: Mapping[str, Any]) -> str:
    """`courses.2.due (course "C-2"): must be …, found …`."""
    where = location_text(error["loc"], raw)
    problem = _problem(error)
    found = _shown(error) if error["type"] not in {"missing", "extra_forbidden"} else ""
    end = "" if problem.endswith("?") else "."
    return (
        Sentence("{where}: {problem}{found}{end}", where=where, problem=problem, found=found, end=end)
        if where
        else Sentence("{problem}{found}{end}", problem=problem, found=found, end=end)
    )


def most_telling(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """The error to tell if only one is told: what is missing may stand there misspelt, and then that is the mistake."""
    first = errors[0]
    if first["type"] != "missing":
        return first
    beside = (one for one in errors if one["type"] == "extra_forbidden" and one["loc"][:-1] == first["loc"][:-1])
    return next(
        (one for one in beside if _suggestion(one["loc"]) == Sentence('did you mean "{loc}"?', loc=first["loc"][-1])),
        first,
    )


def location_text(location: Location, raw: Mapping[str, Any] | None = None) -> str:
    """`courses.2.due`, counted from 1, for the second [[courses]] block; with its serial if `raw` has it."""
    text = ".".join(str(part + 1) if isinstance(part, int) else _printable(part) for part in location)
    if raw is None or location[:1] != ("courses",) or len(location) < 2 or not isinstance(location[1], int):  # noqa: PLR2004 - the block's number
        return text
    block = raw["courses"][location[1]]
    serial = block.get("serial") if isinstance(block, dict) else None
    return (
        Sentence('{text} (course "{printable}")', text=text, printable=_printable(serial))
        if isinstance(serial, str)
        else text
    )


def _problem(error: ErrorDetails) -> str:
    kind, location = error["type"], error["loc"]
    match kind:
        case "extra_forbidden":
            return Sentence("is an unknown key; {suggestion}", suggestion=_suggestion(location))
        case "missing":
            return _missing(location)
        case "model_type":
            return _section_expected(location)
        case "tuple_type" if (name := location[-1]) in {"courses", "learning_plans", "list"}:
            return Sentence(
                "must be written with double brackets, such as [[{more}{name}]]",
                more=Sentence("managers.") if name == "list" else "",
                name=name,
            )
        case _ if kind in _PROBLEMS:
            return Sentence(_PROBLEMS[kind], **_in_double_quotes(error.get("ctx", {})))
        case _:
            return Sentence("is not possible ({msg})", msg=error["msg"])


def _in_double_quotes(known: Mapping[str, Any]) -> dict[str, Any]:
    """Pydantic's lists of possible values, quoted as in the file."""
    return {
        key: one_of(value.replace("'", '"').split(" or ")) if key == "expected" else value
        for key, value in known.items()
    }


def _missing(location: Location) -> str:
    if len(location) > 1:
        return "is missing; add it, as config.example.toml shows"
    block = f"[[{location[0]}]]" if location[0] == "courses" else f"[{location[0]}]"
    return Sentence("the section {block} is missing; add it, as config.example.toml shows", block=block)


def _section_expected(location: Location) -> str:
    if isinstance(location[-1], int):
        return Sentence(
            "must be a block of its own that begins with [[{names}]]", names=".".join(map(str, location[:-1]))
        )
    return Sentence(
        "must be a section of its own that begins with [{location}]",
        location=".".join(p for p in location if isinstance(p, str)),
    )


def _suggestion(location: Location) -> str:
    """The key that was probably meant, or the section in which this key belongs."""
    *above, key = (part for part in location if isinstance(part, str))
    sections = sections_below(ConfigFile)
    here = ".".join(above)
    close = difflib.get_close_matches(key.casefold(), sections[here], 1)
    if close:
        return Sentence('did you mean "{close}"?', close=close[0])
    homes = [name for name, keys in sections.items() if name and key in keys]
    if homes:
        return Sentence("it belongs in the section [{homes}]", homes=homes[0])
    return Sentence("the keys here are {sections}", sections=", ".join(sections[here]))


def _shown(error: ErrorDetails) -> str:
    name = ".".join(part for part in error["loc"] if isinstance(part, str))
    if any(name == private or name.startswith(f"{private}.") for private in _PRIVATE):
        return ""
    found = error["input"]
    if isinstance(found, bool | str):
        text = _printable(json.dumps(found, ensure_ascii=False))
    elif isinstance(found, int | float | date):
        text = str(found)
    else:
        return ""
    return Sentence(", found {text}", text=text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:_LONGEST_SHOWN]
