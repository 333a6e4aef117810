"""Builds the template of a mail from the one layout and the texts of its kind and language. Pure.

Knows which sections of the texts a kind reads, and where a layout leaves a line out. Must not know where layouts and
texts are kept. A layout's `<p>$greeting</p>` and the text `greeting = "Dear $manager_name,"` give the template's line
`<p>Dear ${manager_name},</p>`. A layout may name values too.
"""

import html
import re
import string
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rkreport.core.mail.summary_message import SUMMARY_NAMES
from rkreport.core.mail.templates import TEMPLATE_NAMES, Template, nearest, parse_template, shortened
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

Texts = Mapping[str, Mapping[str, str]]
"""The texts of a language by section and name; they hold values by name, such as `$month`."""

TEAM_MAILS: Final = ("manager", "done", "fallback")
SUMMARY: Final = "summary"  # to the admin, after a run

SECTIONS: Final = {
    "manager": ("all", "team", "figures", "manager"),
    "done": ("all", "team", "done"),
    "fallback": ("all", "team", "figures", "fallback"),
    SUMMARY: ("all", SUMMARY),
}
"""The sections that each kind of mail reads; a later one overrides an earlier one."""

_PLACEHOLDER = string.Template.pattern
_NAME_OR_WORDS = re.compile(r"(\$(?:\$|\w+|\{\w+\}))|[^$]+")


def own_texts(shipped: Texts, own: Mapping[str, Any], *, source: str) -> Texts:
    """The shipped texts, overridden by an admin's own; `source` is the admin's file.

    Raises:
        ConfigError: a section or name is unknown, a value is not text, or a text names an unknown value.
    """
    known = {name for section in shipped.values() for name in section}
    merged = {name: dict(section) for name, section in shipped.items()}
    for section, texts in own.items():
        if section not in shipped or not isinstance(texts, dict):
            raise ConfigError(
                "{source}: [{section}] is not a section; use one of {shipped}.",
                source=source,
                section=shortened(section),
                shipped=", ".join(shipped),
            )
        for name, text in texts.items():
            where = Sentence("{source}, {section}.{name}", source=source, section=section, name=shortened(name))
            if name not in known:
                raise ConfigError(
                    "{where}: is not a known text; the nearest are {known}.",
                    where=where,
                    known=", ".join(nearest(name, sorted(known))),
                )
            if not isinstance(text, str):
                raise ConfigError("{where}: must be a text in double quotes.", where=where)
            if text.strip():  # an empty one takes our text away
                parse_template(text, source=where, names=values_in(section))
            merged[section][name] = text
    return merged


def values_in(section: str) -> tuple[str, ...]:
    """The names of the values that a section, or a kind of mail, may use."""
    if section == "all":
        return tuple(name for name in TEMPLATE_NAMES if name in SUMMARY_NAMES)
    return SUMMARY_NAMES if section == SUMMARY else TEMPLATE_NAMES


def lay_out(layout: str, texts: Texts, kind: str, *, source: str, is_html: bool) -> Template:
    """The template of a kind of mail.

    Leaves out a line of the layout if the kind has none of the texts that the line names. `$NOTICE` gives the text
    `notice` in capitals. In HTML, texts are escaped, on one line and with curly apostrophes.

    Raises:
        ConfigError: the layout is empty, or holds an unknown name or a `$` that begins no name.
    """
    values = values_in(kind)
    kind_texts = {name: text for section in SECTIONS[kind] for name, text in texts[section].items()}
    every_text = {name for section in texts.values() for name in section}
    known = {*TEMPLATE_NAMES, *SUMMARY_NAMES, *every_text, *map(str.upper, every_text)}

    def lines() -> Iterator[str]:
        for line in parse_template(layout, source=source, names=sorted(known)).lines:
            filled = {name: _text(name, kind_texts, is_html=is_html) for name in line.names if not _is_value(name)}
            if not filled or any(filled.values()):
                named = {name: filled.get(name, f"${{{name}}}") for name in line.names}
                yield _put(named, line.text.template)

    def _is_value(name: str) -> bool:
        return name in values and name not in kind_texts

    return parse_template("\n".join(lines()), source=source, names=values)


def _text(name: str, kind_texts: Mapping[str, str], *, is_html: bool) -> str:
    """A text as part of a template; `""` when there is none of this name."""
    text = kind_texts.get(name.lower(), "")
    if name.isupper():
        text = _NAME_OR_WORDS.sub(lambda match: match[1] or match[0].upper(), text)
    if is_html:
        one_line = html.escape(" ".join(text.split()).replace("'", "’"))
        text = one_line.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return _put({}, text)


def _put(named: Mapping[str, str], text: str) -> str:
    """Replace names by texts; other names get braces, so that any letter may follow."""

    def put(match: re.Match[str]) -> str:
        name = match["named"] or match["braced"]
        return named.get(name, f"${{{name}}}") if name else match[0]

    return _PLACEHOLDER.sub(put, text)
