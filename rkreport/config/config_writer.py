"""Writing TOML: blocks for courses, and a whole config.toml in the words of the shipped example. Reads no file.

Text from the LMS may be hostile: it is quoted, with every invisible character escaped.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_REMARK_COLUMN = 41  # characters before a remark in the example
_LONGEST_REMARK = 90
_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
SAMPLE_COMPANY = "PT Contoh Sejahtera"  # as in the example
SAMPLE_SERIALS = ("COURSE-EXAMPLE1", "COURSE-EXAMPLE2")
_HEAD = "# Settings of rkreport. Copy this file to config.toml and change what differs in your company."
_NEW_HEAD = "# Settings of rkreport, written by rkreport init. Change what differs in your company."
_NO_COURSE_YET = "only a sample: rkreport courses --toml prints blocks to put here"


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """A course for the file; `name` is the LMS's, or `""`."""

    serial: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers that differ from the example; for `""` and `()` the example's line stays a sample behind a #."""

    company: str
    language: str
    timezone: str
    base_url: str
    courses: tuple[CourseDraft, ...] = ()
    fallback_email: str = ""
    allowed_domains: tuple[str, ...] = ()
    sender: str = ""
    reply_to: str = ""
    template: str = ""


def toml_string(text: str, *, ascii_only: bool = False) -> str:
    """Text as a TOML string on one line. A lone surrogate, which no UTF-8 file can hold, becomes a question mark."""
    return f'"{"".join(_escaped(character, ascii_only=ascii_only) for character in text)}"'


def toml_list(texts: Sequence[str], *, ascii_only: bool = False) -> str:
    """Texts as a TOML array on one line."""
    return f"[{', '.join(toml_string(text, ascii_only=ascii_only) for text in texts)}]"


def course_block(course: CourseDraft, remark: str, batches: Sequence[str], *, ascii_only: bool = False) -> str:
    """A `[[courses]]` block to paste; settings that rkreport finds by itself are behind a #."""
    name = toml_string(course.name, ascii_only=ascii_only)
    lines = [
        f"# {remark}",
        "[[courses]]",
        f"serial = {toml_string(course.serial, ascii_only=ascii_only)}",
        f"# name = {name}",
    ]
    if batches:
        lines.append(f"# batches = {toml_list(batches, ascii_only=ascii_only)}  # left out: all of them")
    return "\n".join(lines) + "\n"


def plan_block(serial: str, name: str, *, ascii_only: bool = False) -> str:
    """A `[[learning_plans]]` block to paste, with the plan's name as a remark."""
    remark = f"# {toml_string(name, ascii_only=ascii_only)}\n" if name else ""
    return f"{remark}[[learning_plans]]\nserial = {toml_string(serial, ascii_only=ascii_only)}\n"


def draft_config(example: str, draft: Draft) -> str:
    """The example with the answers filled in; settings without an answer stay samples.

    Raises:
        ValueError: the example lacks a line that this module relies on.
    """
    text = _replaced(example, _HEAD, _NEW_HEAD)
    start, end = text.index("\n[[courses]]\n") + 1, text.index("# ---- Learning plans")
    text = f"{text[:start]}{_courses(text[start:end], draft.courses)}\n\n{text[end:]}"
    for key, value in _values(draft).items():
        text = _with_value(text, key, value)
    return text


def _values(draft: Draft) -> Mapping[str, str]:
    """The TOML value of each answer, by its key; `""` turns the key's line into a sample."""
    texts = {
        "base_url": draft.base_url,
        "company": draft.company,
        "language": draft.language,
        "timezone": draft.timezone,
        "template": draft.template,
        "fallback_email": draft.fallback_email,
        "from": draft.sender,
        "reply_to": draft.reply_to,
        "host": "",
        "username": "",
    }
    values = {key: toml_string(text) if text else "" for key, text in texts.items()}
    values["allowed_domains"] = toml_list(draft.allowed_domains) if draft.allowed_domains else ""
    return values


def _with_value(text: str, key: str, value: str) -> str:
    """The text with this value in the line of a key, before the example's remark; `""` makes the line a sample."""
    line = re.search(
        rf"^(?:# )?(?P<set>{key} = (?:\"[^\"]*\"|\[[^\]]*\]))(?P<gap> +)?(?P<remark># .*)?$", text, re.MULTILINE
    )
    if line is None:
        raise ValueError(f"the example has no line for {key}")
    start = f"{key} = {value}" if value else f"# {line['set']}"
    return text[: line.start()] + _remarked(start, line["remark"] or "") + text[line.end() :]


def _courses(sample: str, courses: Sequence[CourseDraft]) -> str:
    """The course blocks: the first one holds, as samples, every other setting that a course can have."""
    first, second = sample.split("[[courses]]\n")[1:]
    more = [line if line.startswith("#") else _as_sample(line) for line in second.splitlines()[1:] if line]
    first_lines = [line for line in first.splitlines()[1:] if line]
    head, *others = courses or (CourseDraft(SAMPLE_SERIALS[0]),)
    remark = head.name if courses else _NO_COURSE_YET
    begin = ["[[courses]]", _remarked(f"serial = {toml_string(head.serial)}", f"# {_shown(remark)}" if remark else "")]
    cut = next(number for number, line in enumerate(more) if line.startswith("# Who must take"))
    blocks = ["\n".join([*begin, *first_lines, *more[:cut], "", *more[cut:]])]
    for course in others:
        name = f"# {_shown(course.name)}" if course.name else ""
        blocks.append("[[courses]]\n" + _remarked(f"serial = {toml_string(course.serial)}", name))
    return "\n\n".join(blocks) + "\n"


def _as_sample(line: str) -> str:
    start, _, remark = line.partition("#")
    return _remarked(f"# {start.rstrip()}", f"#{remark}")


def _shown(text: str) -> str:
    """Text from the LMS as a remark: one line without invisible characters."""
    seen = "".join(character for character in text if character.isprintable())
    return seen if len(seen) <= _LONGEST_REMARK else f"{seen[: _LONGEST_REMARK - 1]}…"


def _remarked(start: str, remark: str) -> str:
    return f"{start.ljust(_REMARK_COLUMN) if len(start) < _REMARK_COLUMN else start + ' '}{remark}".rstrip()


def _replaced(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"the example has no line {old!r}")
    return text.replace(old, new, 1)


def _escaped(character: str, *, ascii_only: bool) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:  # noqa: PLR2004 - surrogates
        return "?"
    if character.isprintable() and (character.isascii() or not ascii_only):
        return character
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"  # noqa: PLR2004 - as TOML has it
