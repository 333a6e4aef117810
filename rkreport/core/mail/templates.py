"""Mail texts from templates. Pure.

Knows the closed list of names a template may use, and how values are made harmless. Must not know where templates are
kept, how figures are worded, or how a message is built and sent.

Templates are `string.Template`: names and nothing else, so that no template can run code. A line is left out if all its
names have empty values, so an optional banner leaves no gap.
"""

import html
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from rkreport.core.leaks.text_folding import visible
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

TEMPLATE_NAMES: Final = (
    "company",
    "manager_name",
    "month",  # of the report: October 2026
    "as_of",
    "people",
    "compliant",
    "counted",
    "exempt",  # such as `; 3 exempt`, to stand behind the two numbers above; empty where nobody is
    "rate",  # with its percent sign
    "overdue",
    "due_soon",
    "failed",
    "expired",
    "not_assigned",
    "expiring",
    "verdict",  # whether the target is reached, in one sentence; empty where `all_done` says it
    "all_done",  # a sentence if everything is done, else empty
    "compared",  # the target and the company's rate, in words
    "change",  # against the month before, in words; may be empty
    "changed_most",  # since the last month-end report, at most three lines; empty without one
    "changed",  # since the revision that this manager has, in words; empty without one
    "banner",  # what makes the data incomplete, in words; empty when they are complete
    "incomplete",  # two words for a subject; empty when the data are complete
    "reply_to",
    "file_name",  # of the attachment
    "next_step",  # what the manager has to do now, in words, even if that is nothing
    "password_note",  # how to open an encrypted attachment, in words; empty when it is not
    "interim",  # a sentence that the month is not over, in interim editions; else empty
    "revision",  # empty for the first edition, else its number
)
"""All names a manager's template may use. Values are text in the reader's language, ready to be read."""

Value = str | tuple[str, ...]
"""The value of a name: a line, or a list. In plain text a list's lines begin below the line that names it."""

SUBJECT_LIMIT: Final = 150
"""Characters of a subject; longer ones are cut by every mail program anyway."""

_LONGEST_SHOWN = 40  # characters of an unknown name
_NEAREST_TOLD = 5

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    text: string.Template
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: it holds known names only."""

    lines: tuple[_Line, ...]

    def fill(self, values: Mapping[str, str]) -> Iterator[str]:
        """Give the lines in order, without those whose names all have empty values. Does not escape values."""
        for line in self.lines:
            if not line.names or any(values[name] for name in line.names):
                yield line.text.substitute(values)


@dataclass(frozen=True, slots=True)
class MessageTemplates:
    """The three parts of one kind of mail in one language."""

    subject: Template  # its lines are joined by a space
    text: Template
    html: Template


@dataclass(frozen=True, slots=True)
class Composed:
    """What a recipient reads. The subject is one line without control characters."""

    subject: str
    text: str
    html: str


def parse_template(text: str, *, source: str, names: Sequence[str] = TEMPLATE_NAMES) -> Template:
    """Parse a template; `source` is its file name for the error, `names` are those it may use.

    Raises:
        ConfigError: the template is empty, or a line holds an unknown name or a `$` that begins no name.
    """
    rows = text.removeprefix("\ufeff").splitlines()
    if not any(row.strip() for row in rows):
        raise ConfigError(
            "{source}: the template is empty; write its text, or delete the file to use ours.", source=source
        )
    lines = (
        _parse_line(row, Sentence("{source}, line {number}", source=source, number=number), names)
        for number, row in enumerate(rows, start=1)
    )
    return Template(tuple(lines))


def _parse_line(row: str, where: str, known_names: Sequence[str]) -> _Line:
    names: dict[str, None] = {}
    for match in string.Template.pattern.finditer(row):
        if match["invalid"] is not None:
            found = row[match.start() : match.start() + 12]
            raise ConfigError(
                "{where}: {found!r} is no placeholder; write $name or ${{name}}, or $$ for a dollar sign.",
                where=where,
                found=found,
            )
        name = match["named"] or match["braced"]
        if name is None:  # the escape $$
            continue
        if name not in known_names:
            raise ConfigError(
                "{where}: ${name} is not a known placeholder; the nearest are {known}.",
                where=where,
                name=shortened(name),
                known=", ".join(f"${one}" for one in nearest(name, known_names)),
            )
        names[name] = None
    return _Line(string.Template(row), tuple(names))


def shortened(name: str) -> str:
    """An unknown name for a sentence."""
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"


def nearest(name: str, known: Iterable[str]) -> Sequence[str]:
    """The known names that an unknown one may stand for: a layout may use a hundred, too many for a sentence."""
    return get_close_matches(name[:_LONGEST_SHOWN].lower(), list(known), _NEAREST_TOLD, cutoff=0)


def compose(
    templates: MessageTemplates, values: Mapping[str, Value], names: Sequence[str] = TEMPLATE_NAMES
) -> Composed:
    """Fill the three templates with `values`, which hold exactly the `names`.

    Values may be hostile: they lose invisible characters, are escaped in HTML, and are never read as a template.

    Raises:
        KeyError: a name is missing or unknown; that is a bug of the caller.
    """
    if differing := set(names).symmetric_difference(values):
        raise KeyError(*sorted(differing))
    plain = _plain(values)
    rows = {name: (value,) if isinstance(value, str) else value for name, value in values.items()}
    escaped = {name: _listed([html.escape(visible(row)) for row in each]) for name, each in rows.items()}
    return Composed(
        subject=_subject(" ".join(templates.subject.fill(plain))),
        text=_paragraphs(templates.text.fill(plain)),
        html="\n".join(templates.html.fill(escaped)) + "\n",
    )


def with_note(composed: Composed, note: str) -> Composed:
    """The same message with a sentence before all else; the sentence is escaped in HTML."""
    plain = visible(note)
    box = (
        '<div style="padding:14px 24px; background-color:#fff1cc; border-left:6px solid #d99a1c; font-family:'
        "'Segoe UI',Roboto,Helvetica,Arial,sans-serif; font-size:15px; line-height:22px; color:#5a3d00;\">"
        f"{html.escape(plain)}</div>\n"
    )
    body = _BODY.search(composed.html)
    cut = body.end() if body else 0
    return Composed(
        composed.subject, f"{plain}\n\n{composed.text}", f"{composed.html[:cut]}\n{box}{composed.html[cut:]}".lstrip()
    )


def _listed(rows: Sequence[str]) -> str:
    """Rows of HTML below each other, with bullets if there are several."""
    return "<br>\n".join(f"&bull; {row}" for row in rows) if len(rows) > 1 else "".join(rows)


def compose_text(template: Template, values: Mapping[str, Value]) -> str:
    """Fill one template of plain text. Errors as `compose`."""
    return _paragraphs(template.fill(_plain(values)))


def _plain(values: Mapping[str, Value]) -> dict[str, str]:
    """Values without invisible characters; each row of a list begins a new line."""
    return {
        name: visible(value) if isinstance(value, str) else "".join(f"\n- {visible(row)}" for row in value)
        for name, value in values.items()
    }


def _subject(text: str) -> str:
    subject = " ".join(visible(text).split())
    if len(subject) <= SUBJECT_LIMIT:
        return subject
    return subject[: SUBJECT_LIMIT - 1].rstrip() + "…"


def _paragraphs(lines: Iterator[str]) -> str:
    """Join lines; where a line was left out, two blank lines become one."""
    kept: list[str] = []
    for line in lines:
        row = line.rstrip()
        if row or (kept and kept[-1]):
            kept.append(row)
    return "\n".join(kept).rstrip() + "\n"
