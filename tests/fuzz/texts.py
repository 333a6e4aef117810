"""Texts from outside: days, addresses, templates of mails, and names of people, courses and files."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy

from rkreport.config.config_writer import toml_string
from rkreport.core.compliance import Period, Series
from rkreport.core.days import days_meant
from rkreport.core.filenames import manager_file_name, master_file_name, safe_names
from rkreport.core.leaks.text_folding import spelled_out, visible
from rkreport.core.mail.addresses import Sender, parse_address
from rkreport.core.mail.templates import SUBJECT_LIMIT, TEMPLATE_NAMES, MessageTemplates, compose, parse_template
from rkreport.core.odd_ids import shown_id
from rkreport.delivery.mime import Attachment, build_message
from rkreport.errors import DeliveryError, RkreportError
from rkreport.files import csv_bytes
from tests.fuzz.entrance import Lied, refused

_SERIES = Series(Period(2026, 10))
_WHEN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,120}\.xlsx")
_TAG = "<rk-x>"
_SHORT = 300  # characters of a name; the longest of the LMS has some sixty


def _is_seen(text: str) -> bool:
    """Whether nothing in it moves, hides or breaks what stands around it; a letter may be newer than this Python."""
    return not {"Cc", "Cf", "Cs", "Zl", "Zp"}.intersection(map(unicodedata.category, text))


def take_text(data: bytes) -> None:
    """A day and an address as people write them."""
    text = data.decode("utf-8", "replace")
    days_meant(text)
    try:
        address = parse_address(text)
    except RkreportError as error:
        refused(error)
        return
    if not address.isprintable() or address.count("@") != 1:
        raise Lied("an address")


def take_names(data: bytes) -> None:
    """Each line as an id, a name and a company's name: in file names, cells, configs, on screens and in a mail."""
    names = tuple(dict.fromkeys(line[:_SHORT] for line in data.decode("utf-8", "replace").split("\n")))[:20]
    _in_file_names(names)
    for name in names:
        if tomllib.loads(f"a = {toml_string(name)}")["a"] != name:
            raise Lied("a config's text")
        shown = (visible(name), spelled_out(name), shown_id(name))
        if not all(map(_is_seen, shown)):
            raise Lied("seen on a screen")
    cells = csv_bytes(("id",), [(name,) for name in names]).decode("utf-8-sig").split("\r\n")
    if any(re.match(r'"?[=+@\t\r-]', cell) for cell in cells[1:]):
        raise Lied("a formula")
    _in_a_mail(names[0], names[-1])


def _in_file_names(names: Sequence[str]) -> None:
    made = [manager_file_name(part, _SERIES, 1) for part in safe_names(names).values()]
    if len({name.lower() for name in made}) != len(names):
        raise Lied("two of one file name")
    made += [master_file_name(name, _SERIES, 1) for name in names]
    if not all(_FILE_NAME.fullmatch(name) for name in made):
        raise Lied("a file name")


def _in_a_mail(name: str, company: str) -> None:
    template = parse_template("$company: $manager_name", source="x")
    values = dict.fromkeys(TEMPLATE_NAMES, "") | {"company": company, "manager_name": name + _TAG}
    composed = compose(MessageTemplates(template, template, template), values)
    if _TAG in composed.html or not _is_seen(composed.subject) or len(composed.subject) > SUBJECT_LIMIT:
        raise Lied("a composed mail")
    try:
        message = build_message(
            sender=Sender(visible(name), "ld@contoh.test"),
            recipient="budi@contoh.test",
            cc=(),
            reply_to="ld@contoh.test",
            composed=composed,
            attachment=Attachment("a.xlsx", b"PK"),
            date=_WHEN,
            message_id="<rk.2026-10.0123@contoh.test>",
            language="id",
        )
    except DeliveryError as error:
        refused(error)
        return
    read = message_from_bytes(message.content, policy=policy.default)
    if [one.addr_spec for one in (*read["From"].addresses, *read["To"].addresses)] != [
        "ld@contoh.test",
        "budi@contoh.test",
    ] or "Bcc" in read:
        raise Lied("a header")


def take_template(data: bytes) -> None:
    """An admin's own template of a mail, filled with hostile values."""
    text = data.decode("utf-8", "replace")
    try:
        template = parse_template(text, source="manager.id.txt")
    except RkreportError as error:
        refused(error)
        return
    values = dict.fromkeys(TEMPLATE_NAMES, (_TAG, f"$month{_TAG}\r\nBcc: x"))
    composed = compose(MessageTemplates(template, template, template), values)
    if (_TAG in composed.html and _TAG not in text) or not _is_seen(composed.subject):
        raise Lied("a value is a template or a tag")
