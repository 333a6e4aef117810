"""Addresses: nothing but one plain address is taken for one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.mail.addresses import Sender, is_allowed, needs_smtputf8, parse_address, parse_sender
from rkreport.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("budi.s@contoh.test", "budi.s@contoh.test"),
        (" Budi_S+rk@Contoh.TEST ", "Budi_S+rk@contoh.test"),
        ("o'neil-x@a.b-c.test", "o'neil-x@a.b-c.test"),
        ("büdi@contoh.test", "büdi@contoh.test"),
        ("budi@bücher.test", "budi@xn--bcher-kva.test"),
        ("budi@xn--bcher-kva.test", "budi@xn--bcher-kva.test"),
    ],
)
def test_plain_addresses_are_read(text: str, address: str) -> None:
    """A plain address is taken; its domain comes out as it stands on the wire."""
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "budi",
        "@contoh.test",
        "budi@",
        "a@x.test, thief@evil.example",
        "a,thief@evil.example",
        "a;b@x.test",
        "a b@x.test",
        "a@x.test b",
        "<a@x.test>",
        "Budi <a@x.test>",
        '"a"@x.test',
        "a\\@x.test",
        "a(b)@x.test",
        "a@x.test\r\nBcc: thief@evil.example",
        "a\r\n@x.test",
        "a\x00@x.test",
        "a\u202e@x.test",
        "a\u200b@x.test",
        "a\u00a0b@x.test",
        "a@b@x.test",
        ".a@x.test",
        "a.@x.test",
        "a..b@x.test",
        "a%evil.example@x.test",
        "evil!a@x.test",
        "=?utf-8?q?a?=@x.test",
        "a@localhost",
        "a@x..test",
        "a@-x.test",
        "a@x_y.test",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        "a@straße.test",
        "a@x\u00ad.test",
        "a@ｘ.test",
        "a@x。test",
        "a@x.test.",
        "a" * 65 + "@x.test",
        "ü" * 33 + "@x.test",
        "a@" + "b" * 64 + ".test",
        "a@" + "b.c." * 63 + "test",
        "\ud800@x.test",
    ],
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    """What is not exactly one plain address is refused, with the place and without the personal data."""
    with pytest.raises(ConfigError) as caught:
        parse_address(text, source="managers.csv, line 4, email")
    assert str(caught.value).startswith("managers.csv, line 4, email: ")
    assert not text or text not in str(caught.value).removeprefix("managers.csv, line 4, email")
    assert "evil" not in str(caught.value)


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.text() | st.from_regex(r"[^@]{1,20}@[^@]{1,20}\.test", fullmatch=True))
def test_what_is_taken_is_one_address(text: str) -> None:
    """Any text is refused or gives one address that reads back as itself and holds no separator."""
    try:
        address = parse_address(text)
    except ConfigError:
        return
    assert address.count("@") == 1
    assert not set(address) & set(' ,;:<>()[]\\"%!|\r\n\x00')
    assert parse_address(address) == address


def test_smtputf8_is_needed_for_other_letters() -> None:
    """Only a local part outside ASCII needs SMTPUTF8, as domains are always ASCII."""
    assert needs_smtputf8(parse_address("büdi@contoh.test"))
    assert not needs_smtputf8(parse_address("budi@bücher.test"))


def test_allowed_domains_are_exact() -> None:
    """Case and script of a listed domain do not matter; subdomains, look-alikes and an empty list allow nobody."""
    address = parse_address("budi@Contoh.Test")
    assert is_allowed(address, ["x.test", "CONTOH.test "])
    assert is_allowed(parse_address("a@xn--bcher-kva.test"), ["Bücher.test"])
    for domains in ([], ["contoh.test.evil.example"], ["mail.contoh.test"], ["ontoh.test"]):
        assert not is_allowed(address, domains)
    assert not is_allowed(parse_address("a@mail.contoh.test"), ["contoh.test"])
    with pytest.raises(ConfigError, match="allowed_domains: an entry is no domain"):
        is_allowed(address, ["@contoh.test"])


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("L&D <ld@contoh.test>", Sender("L&D", "ld@contoh.test")),
        ('"Tim Pelatihan PT X"<ld@contoh.test>', Sender("Tim Pelatihan PT X", "ld@contoh.test")),
        ("Pélatihan <ld@Contoh.test>", Sender("Pélatihan", "ld@contoh.test")),
        ("<ld@contoh.test>", Sender("", "ld@contoh.test")),
        ("ld@contoh.test", Sender("", "ld@contoh.test")),
    ],
)
def test_senders_are_read(text: str, sender: Sender) -> None:
    """A sender has a name, with or without quotes, or none."""
    assert parse_sender(text) == sender


@pytest.mark.parametrize(
    "text",
    [
        "L&D <ld@contoh.test> x",
        "L&D <ld@contoh.test>, evil@evil.example",
        "a, b <ld@contoh.test>",
        "evil@evil.example <ld@contoh.test>",
        '"L&D <ld@contoh.test>',
        "L\r\nBcc: x <ld@contoh.test>",
        "L\u202eD <ld@contoh.test>",
        "=?utf-8?q?a=0D=0ABcc=3Ax?= <ld@contoh.test>",
        "x" * 61 + " <ld@contoh.test>",
        "L&D ld@contoh.test",
    ],
)
def test_risky_senders_are_refused(text: str) -> None:
    """A name that could read as another header or another sender is refused."""
    with pytest.raises(ConfigError, match=r"^mail\.from: "):
        parse_sender(text)
