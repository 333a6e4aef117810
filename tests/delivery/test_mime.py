"""Messages read back as a mail server and a mail program would: one recipient, whatever stands in the values."""

from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.compliance import Period, Series
from rkreport.core.mail.addresses import Sender, parse_address, parse_sender
from rkreport.core.mail.templates import TEMPLATE_NAMES, Composed, MessageTemplates, compose, parse_template, with_note
from rkreport.delivery.mime import WORKBOOK_TYPE, Attachment, Message, build_message, message_id
from rkreport.errors import ConfigError, DeliveryError

OCTOBER = Series(Period(2026, 10))
DATE = datetime(2026, 11, 2, 8, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
MESSAGE_ID = message_id(OCTOBER, "manager", "M-001", 1, "contoh.test")
HEADERS = {
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "X-RkReport-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
}
HOSTILE = [
    "Budi\r\nBcc: thief@evil.example",
    "Budi\n\nTo: thief@evil.example",
    "a@x.test, thief@evil.example",
    "\x00\u202e<script>alert(1)</script>",
    "$reply_to ${banner}",
    "=?utf-8?q?a=0D=0ABcc:_thief=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IHRoaWVmQGV2aWwuZXhhbXBsZQ==?= " * 3,
    "=\u200b?utf-8?q?=0D=0ABcc:_thief=40evil.example?=",
    "\u2028Bcc: thief@evil.example\x0b\x85",
    "x" * 2000,
]


def build(**overrides: Any) -> Message:
    """Build one valid message."""
    fields: dict[str, Any] = {
        "composed": Composed("Kepatuhan – Oktober", "Halo\n.\nFrom here – é\n", "<p>Halo – é</p>\n"),
        "sender": Sender("L&D", "ld@contoh.test"),
        "reply_to": "ld@contoh.test",
        "recipient": "budi.s@contoh.test",
        "cc": (),
        "attachment": Attachment("M-001_2026-10_rev1.xlsx", b"PK\x03\x04\r\n\x00\xff" * 100),
        "message_id": MESSAGE_ID,
        "date": DATE,
        "language": "id",
    } | overrides
    return build_message(fields.pop("composed"), **fields)


def read_back(message: Message) -> EmailMessage:
    """Parse the bytes that would go over the wire."""
    parsed = message_from_bytes(message.content, _class=EmailMessage, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def addresses(message: EmailMessage, name: str) -> list[str]:
    """Give the addresses of a header."""
    return [address.addr_spec for address in message[name].addresses]


def test_headers_read_back() -> None:
    """Every header is there once, with the given value, and there is no other."""
    message = read_back(build(cc=("citra@contoh.test", "dewi@contoh.test")))
    assert sorted(message.keys()) == sorted(HEADERS | {"Cc"})
    assert addresses(message, "To") == ["budi.s@contoh.test"]
    assert addresses(message, "Cc") == ["citra@contoh.test", "dewi@contoh.test"]
    assert str(message["From"]) == "L&D <ld@contoh.test>"
    assert message["Subject"] == "Kepatuhan – Oktober"
    assert message["Date"].datetime == DATE
    assert message["Message-ID"] == MESSAGE_ID
    assert f"<{message['X-RkReport-Id']}@contoh.test>" == MESSAGE_ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "id"


def test_parts_read_back() -> None:
    """Text first, HTML as its alternative, and the workbook byte for byte with its type and name."""
    message = read_back(build())
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == "Halo\n.\nFrom here – é\n"
    assert html.get_content().replace("\r\n", "\n") == "<p>Halo – é</p>\n"
    (workbook,) = message.iter_attachments()
    assert workbook.get_content_type() == f"application/{WORKBOOK_TYPE}"
    assert workbook.get_filename() == "M-001_2026-10_rev1.xlsx"
    assert workbook.get_content() == b"PK\x03\x04\r\n\x00\xff" * 100
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        f"application/{WORKBOOK_TYPE}",
    ]


def test_bytes_fit_every_mail_server() -> None:
    """Only ASCII, CRLF at every line end, and no line above SMTP's 998 characters."""
    message = build(composed=Composed("é" * 150, "é" * 5000, "x" * 5000))
    assert [part["Content-Transfer-Encoding"] for part in read_back(message).walk() if not part.is_multipart()] == [
        "quoted-printable",
        "quoted-printable",
        "base64",
    ]
    raw = message.content
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("length", [5, 58, 69])
def test_a_long_file_name_is_one_text_on_one_line(length: int) -> None:
    """An id as long as an address: `filename="…"` whole, never in pieces, which Outlook cannot read."""
    name = f"{'m' * length}_2026-10_rev1.xlsx"
    message = build(attachment=Attachment(name, b"x"))
    lines = [line for line in message.content.split(b"\r\n") if b"filename" in line]
    assert lines == [f'Content-Disposition: attachment; filename="{name}"'.encode()]
    (workbook,) = read_back(message).iter_attachments()
    assert (workbook.get_filename(), workbook.get_content_disposition()) == (name, "attachment")


def test_file_name_in_other_letters() -> None:
    """A file name outside ASCII arrives, and is written as RFC 2231 says."""
    message = build(attachment=Attachment("Kepatuhan “é”.xlsx", b"x"))
    (workbook,) = read_back(message).iter_attachments()
    assert workbook.get_filename() == "Kepatuhan “é”.xlsx"
    assert b"filename*=utf-8''Kepatuhan" in message.content


def test_message_ids_are_stable_and_different() -> None:
    """The same message has the same id in every run; another manager, kind, revision or month another one."""
    assert MESSAGE_ID == "<rk.2026-10.ccfc6eb9f5b270ee91dabc95be56a017@contoh.test>"
    others = {
        message_id(OCTOBER, "fallback", "M-001", 1, "contoh.test"),
        message_id(OCTOBER, "manager", "M-0011", 1, "contoh.test"),
        message_id(OCTOBER, "manager", "M-001", 11, "contoh.test"),
        message_id(OCTOBER, 'manager", "M-001', "", 1, "contoh.test"),
        message_id(Series(Period(2026, 11)), "manager", "M-001", 1, "contoh.test"),
    }
    assert len(others | {MESSAGE_ID}) == 6


def test_letters_outside_ascii_in_an_address() -> None:
    """An address that needs SMTPUTF8 stands in the header as it is, not as an encoded word that no server reads."""
    raw = build(recipient="büdi@contoh.test").content
    assert "\r\nTo: büdi@contoh.test\r\n".encode() in raw


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": "a@x.test, thief@evil.example"},
        {"recipient": "a@x.test>, <thief@evil.example"},
        {"recipient": "a@x.test\x00"},
        {"cc": ("a@x.test, thief@evil.example",)},
        {"reply_to": "a@x.test, thief@evil.example"},
        {"recipient": "a\r\n@x.test"},
        {"sender": Sender("L\r\nBcc: thief@evil.example", "ld@contoh.test")},
        {"composed": Composed("a\r\nBcc: thief@evil.example", "t", "h")},
        {"composed": Composed("a\x00", "t", "h")},
        {"message_id": "<rk.2026-10.a@x.test>\r\nBcc: thief@evil.example"},
        {"attachment": Attachment("a.xlsx\r\nBcc: thief@evil.example", b"x")},
    ],
)
def test_unparsed_values_stop_the_message(wrong: dict[str, Any]) -> None:
    """Values that never went through the parsers are caught when the finished headers are read back."""
    with pytest.raises(DeliveryError, match=r"^A message was not built: its headers") as caught:
        build(**wrong)
    assert "evil" not in str(caught.value)


def test_a_long_name_with_commas_never_adds_a_sender() -> None:
    """Older Pythons fold such a name outside its quotes: the message is refused; newer ones fold it right."""
    try:
        raw = build(sender=Sender("x, y " * 30, "ld@contoh.test")).content
    except DeliveryError:
        return
    sender = message_from_bytes(raw, policy=policy.default)["From"]
    assert [address.addr_spec for address in sender.addresses] == ["ld@contoh.test"]


def test_naive_date_is_a_bug() -> None:
    """A date without zone would be sent as an unknown time."""
    with pytest.raises(ValueError, match="time zone"):
        build(date=DATE.replace(tzinfo=None))


SUBJECT_WORDS = [
    "DATA TIDAK LENGKAP:",
    "–",
    "é",
    "日本語",
    "x" * 80,
    "é" * 60,
    "=?utf-8?q?=0D=0ABcc:_x?=",
    "a,b;",
    "=",
    "?",
]


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.lists(st.sampled_from(SUBJECT_WORDS), max_size=20).map(" ".join) | st.text())
def test_subject_arrives_as_it_was_composed(text: str) -> None:
    """Any subject, long, in any script or looking like an encoded word, is read by two readers as it was composed."""
    subject = composed_with(text).subject
    raw = build(composed=Composed(subject, "t", "h")).content
    assert " ".join(message_from_bytes(raw, policy=policy.default)["Subject"].split()) == subject
    older = message_from_bytes(raw, policy=policy.compat32)["Subject"]
    assert " ".join(str(make_header(decode_header(older))).split()) == subject


def composed_with(value: str) -> Composed:
    """Compose a mail in which every value is `value`."""
    template = parse_template("$company $manager_name\n$banner", source="t")
    return compose(MessageTemplates(template, template, template), dict.fromkeys(TEMPLATE_NAMES, value))


def expect_harmless(value: str) -> None:
    """Build a mail from hostile values and read it back."""
    message = read_back(build(composed=composed_with(value)))
    assert set(message.keys()) == HEADERS
    assert len(message.keys()) == len(HEADERS)
    assert addresses(message, "To") == ["budi.s@contoh.test"]
    assert message.get_all("Bcc") is None
    assert [part.get_content_type() for part in message.walk()].count("text/html") == 1
    assert len(list(message.iter_attachments())) == 1


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_change_the_visible_text_only(value: str) -> None:
    """A hostile manager or company name adds no header, no recipient and no part."""
    expect_harmless(value)


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.text() | st.lists(st.sampled_from([*HOSTILE, ",", '"', "<a@x.test>", "é" * 40, " "])).map("".join))
def test_any_values_change_the_visible_text_only(value: str) -> None:
    """Any text in the values adds no header, no recipient and no part."""
    expect_harmless(value)


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.text(max_size=60) | st.text(alphabet="é x.&'-_=?", max_size=60), st.sampled_from(["ld", "l" * 64]))
def test_every_sender_that_is_taken_can_be_sent_from(name: str, local: str) -> None:
    """A sender that the config takes reads back as one address with the same name."""
    try:
        sender = parse_sender(f"{name} <{local}@{'d' * 60}.test>")
    except ConfigError:
        return
    message = read_back(build(sender=sender))
    assert addresses(message, "From") == [sender.address]
    # Python reads the fold between two encoded words as a blank, which RFC 2047 says is none.
    assert "".join(message["From"].addresses[0].display_name.split()) == "".join(sender.name.split())


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.lists(st.from_regex(r"[a-z0-9._+'&=~-]{1,64}@[a-z]{1,60}\.test", fullmatch=True), min_size=1, max_size=12))
def test_every_address_that_is_taken_can_be_sent_to(texts: list[str]) -> None:
    """Addresses of any length and number survive the folding of headers."""
    try:
        recipient, *cc = [parse_address(text) for text in texts]
    except ConfigError:
        return
    message = read_back(build(recipient=recipient, cc=tuple(cc)))
    assert addresses(message, "To") == [recipient]
    assert (addresses(message, "Cc") if cc else []) == cc


def test_the_same_message_has_the_same_bytes() -> None:
    """Two builds are alike, boundaries included; another message has others."""
    assert build().content == build().content
    boundaries = {part.get_boundary() for part in read_back(build()).walk() if part.is_multipart()}
    assert len(boundaries) == 2
    other = build(message_id=message_id(OCTOBER, "manager", "M-002", 1, "contoh.test"))
    assert boundaries.isdisjoint({part.get_boundary() for part in read_back(other).walk() if part.is_multipart()})


@given(st.text(), st.binary(max_size=300))
def test_no_content_ends_a_part(text: str, content: bytes) -> None:
    """Whatever stands in text and workbook, all of it arrives in three parts."""
    boundary = next(part.get_boundary() for part in read_back(build()).walk())
    composed = Composed("s", f"--{boundary}--\n{text}", f"<p>--{boundary}</p>")
    parsed = read_back(build(composed=composed, attachment=Attachment("a.xlsx", content)))
    body, attached = parsed.iter_parts()
    assert attached.get_payload(decode=True) == content
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("page", ["<p>Halo</p>", "<html><BODY class='a'>\n<p>Halo</p></body></html>"])
def test_a_message_without_its_workbook_says_why(page: str) -> None:
    """The sentence stands first in both parts, escaped in HTML; there is no attachment, and the headers hold."""
    message = build(composed=with_note(Composed("s", "Halo\n", page), "Lebih dari 25 MB <b>"), attachment=None)
    parsed = read_back(message)
    text, shown = (part for part in parsed.iter_parts() if isinstance(part, EmailMessage))
    assert parsed.get_content_type() == "multipart/alternative"
    assert text.get_content().startswith("Lebih dari 25 MB <b>")
    html = shown.get_content()
    assert html.index("Lebih dari 25 MB &lt;b&gt;") < html.index("<p>Halo")
    assert html.lower().find("<body") < html.index("Lebih")
    assert set(parsed.keys()) == HEADERS
