"""Mail texts from templates, and the strict reading of addresses. Pure.

Knows the closed list of names a template may use, how values are made harmless, and what an address may look
like. Must not know where templates are kept, how figures are worded, or how a message is built and sent.

Templates are `string.Template`: names and nothing else, so that no template can run code. A line whose names all
stand for nothing is left out, which is how an optional banner leaves no gap.
"""

import html
import re
import string
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rkreport.errors import ConfigError

TEMPLATE_NAMES: Final = (
    "company",
    "manager_name",
    "month",  # of the report: October 2026
    "as_of",
    "people",
    "compliant",
    "counted",
    "rate",  # with its percent sign
    "overdue",
    "due_soon",
    "failed",
    "expired",
    "not_assigned",
    "expiring",
    "all_done",  # that everybody has done everything, in words; empty unless that is so
    "compared",  # the target and the company's rate, in words
    "change",  # against the month before, in words; may be empty
    "changed",  # since the revision that this manager was sent before, in words; empty when there is none
    "banner",  # what makes the data incomplete, in words; empty when they are complete
    "incomplete",  # two words for a subject; empty when the data are complete
    "reply_to",
    "file_name",  # of the attachment
    "next_step",  # what the manager has to do now, in words; says so when that is nothing
    "password_note",  # how to open an encrypted attachment, in words; empty when it is not
    "interim",  # that the month is not over and its report follows, in words; empty in that report
    "revision",  # empty for the first edition, else its number
)
"""All names a manager's template may use. Values are text in the reader's language, ready to be read."""

Value = str | tuple[str, ...]
"""What stands for a name: a line, or a list. In plain text a list's lines begin below the line that names it."""

SUBJECT_LIMIT: Final = 150
"""Characters of a subject; longer ones are cut by every mail program anyway."""

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ADDRESS_LIMIT = 254  # RFC 5321 4.5.3.1.3, without the angle brackets
_LOCAL_LIMIT = 64
_SENDER_NAME_LIMIT = 60
_LOCAL_MARKS = frozenset("._+-'&=~")  # no %, ! or |: old relays read them as another destination
_NAME_MARKS = frozenset('()<>[]:;@\\,"')  # they have a meaning in an address header
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])")
_SENDER = re.compile(r"(?P<quote>\"?)(?P<name>[^<>\"]*)(?P=quote)\s*<(?P<address>[^<>]*)>")


# ---- templates


@dataclass(frozen=True, slots=True)
class _Line:
    text: string.Template
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: it holds known names only."""

    lines: tuple[_Line, ...]

    def fill(self, values: Mapping[str, str]) -> Iterator[str]:
        """Give the lines in order, without those whose names all stand for nothing. Values are put in as they are."""
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
        raise ConfigError(f"{source}: the template is empty; write its text, or delete the file to use ours.")
    lines = (_parse_line(row, f"{source}, line {number}", names) for number, row in enumerate(rows, start=1))
    return Template(tuple(lines))


def _parse_line(row: str, where: str, known_names: Sequence[str]) -> _Line:
    names: dict[str, None] = {}
    for match in string.Template.pattern.finditer(row):
        if match["invalid"] is not None:
            found = row[match.start() : match.start() + 12]
            raise ConfigError(
                f"{where}: {found!r} is no placeholder; write $name or ${{name}}, or $$ for a dollar sign."
            )
        name = match["named"] or match["braced"]
        if name is None:  # the escape $$
            continue
        if name not in known_names:
            known = ", ".join(known_names)
            raise ConfigError(f"{where}: ${name} is not a known placeholder; use one of {known}.")
        names[name] = None
    return _Line(string.Template(row), tuple(names))


def compose(
    templates: MessageTemplates, values: Mapping[str, Value], names: Sequence[str] = TEMPLATE_NAMES
) -> Composed:
    """Fill the three templates with `values`, which hold exactly the `names`.

    Values may be hostile: they are stripped of what cannot be seen, escaped in HTML, and never read as a template.

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
    """Rows of HTML below each other, marked where there are several."""
    return "<br>\n".join(f"&bull; {row}" for row in rows) if len(rows) > 1 else "".join(rows)


def compose_text(template: Template, values: Mapping[str, Value]) -> str:
    """Fill one template of plain text. Errors as `compose`."""
    return _paragraphs(template.fill(_plain(values)))


def _plain(values: Mapping[str, Value]) -> dict[str, str]:
    """Values without what cannot be seen; a line break in them begins a line of a list."""
    return {
        name: visible(value) if isinstance(value, str) else "".join(f"\n- {visible(row)}" for row in value)
        for name, value in values.items()
    }


def visible(text: str) -> str:
    """Text on one line without control, format and surrogate characters; a line break becomes a space."""
    one_line = _LINE_BREAKS.sub(" ", text)
    return "".join(char for char in one_line if unicodedata.category(char) not in _INVISIBLE).strip()


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


# ---- addresses


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom a mail comes from; the name may be empty."""

    name: str
    address: str


def parse_address(text: str, *, source: str = "the address") -> str:
    """Read one bare mail address strictly; the domain comes back in lower case and in its ASCII form.

    Args:
        text: what was written; blanks around it are taken off.
        source: begins the error's sentence, such as `managers.csv, line 4, email`. The address itself is personal
            data and never part of it.

    Raises:
        ConfigError: it is not exactly one address of the plain kind `name@company.example`.
    """
    address = text.strip()
    if address.count("@") != 1:
        raise ConfigError(f"{source}: needs exactly one @; write one address such as name@company.example.")
    local, _, domain = address.partition("@")
    dots_are_wrong = local.startswith(".") or local.endswith(".") or ".." in local
    if not local or dots_are_wrong or not all(char.isalnum() or char in _LOCAL_MARKS for char in local):
        marks = " ".join(sorted(_LOCAL_MARKS))
        raise ConfigError(
            f"{source}: before the @ only letters, digits and {marks} are taken, no dot at an end or twice in a row; "
            "write one bare address without a name, brackets, commas or blanks."
        )
    ascii_domain = _ascii_domain(domain, source)
    if len(local.encode()) > _LOCAL_LIMIT or len(local.encode()) + 1 + len(ascii_domain) > _ADDRESS_LIMIT:
        raise ConfigError(f"{source}: is longer than mail allows; at most {_LOCAL_LIMIT} bytes stand before the @.")
    return f"{local}@{ascii_domain}"


def needs_smtputf8(address: str) -> bool:
    """Whether a parsed address can only be reached through a server that offers SMTPUTF8."""
    return not address.isascii()


def is_allowed(address: str, domains: Collection[str]) -> bool:
    """Whether a parsed address is in one of the domains; a subdomain is another domain, no domain allows nobody.

    Raises:
        ConfigError: one of the domains is none.
    """
    own = address.rpartition("@")[2]
    return own in {_ascii_domain(domain.strip(), "allowed_domains") for domain in domains}


def parse_sender(text: str, *, source: str = "mail.from") -> Sender:
    """Read `L&D <ld@company.example>` or a bare address.

    Raises:
        ConfigError: the address is none, or the name holds characters that mean something in a header.
    """
    stripped = text.strip()
    match = _SENDER.fullmatch(stripped)
    if match is None:
        return Sender("", parse_address(stripped, source=source))
    name = " ".join(match["name"].split())
    # Python 3.11 loses the quotes of a long name when it folds the header: a comma would then make two senders.
    if name != visible(name) or "=?" in name or not _NAME_MARKS.isdisjoint(name) or len(name) > _SENDER_NAME_LIMIT:
        marks = " ".join(sorted(_NAME_MARKS))
        raise ConfigError(
            f"{source}: the name before the address has at most {_SENDER_NAME_LIMIT} characters and none of {marks}; "
            'write such as "L&D <ld@company.example>".'
        )
    return Sender(name, parse_address(match["address"], source=source))


def _ascii_domain(domain: str, source: str) -> str:
    """Give the domain as it stands on the wire, and only if it means the same domain to everybody."""
    lowered = unicodedata.normalize("NFC", domain).lower()
    try:
        encoded = lowered.encode("idna").decode("ascii")
        # The codec quietly makes another domain of some letters ("ß" becomes "ss"): those must come as xn--.
        is_same = lowered.isascii() or encoded.encode("ascii").decode("idna") == lowered
    except UnicodeError:
        encoded, is_same = "", False
    if not is_same or len(encoded) > _ADDRESS_LIMIT or not _DOMAIN.fullmatch(encoded):
        raise ConfigError(
            f"{source}: the domain is none; write it as company.example, in its ASCII form (xn--) if needed."
        )
    return encoded
