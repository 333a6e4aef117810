"""Templates and values: hostile text stays text."""

import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.leaks.text_folding import visible
from rkreport.core.mail.layout import lay_out, own_texts
from rkreport.core.mail.templates import (
    SUBJECT_LIMIT,
    TEMPLATE_NAMES,
    MessageTemplates,
    Template,
    compose,
    parse_template,
)
from rkreport.errors import ConfigError
from rkreport.run.edition.mail_templates import mail_templates

KINDS = ["manager.en", "manager.id", "done.en", "done.id", "fallback.en", "fallback.id"]
VALUES = {name: f"«{name}»" for name in TEMPLATE_NAMES}
OPTIONAL = {"banner": "", "incomplete": "", "change": "", "changed": "", "interim": "", "revision": ""}
HOSTILE = "<script>$reply_to</script> ${banner} \r\nBcc: thief@evil.example\x00\u202e\u2028 a@x.test, b@evil.example"
VOID = {"meta", "br", "img", "hr", "link", "input"}


def shipped(kind: str) -> MessageTemplates:
    """The three shipped parts of a kind such as `manager.en`."""
    return mail_templates(None, *kind.split("."))


def names_in(template: Template) -> set[str]:
    """The names of values in a template."""
    return {name for line in template.lines for name in line.names}


def template(text: str) -> Template:
    """Parse a template of the test."""
    return parse_template(text, source="t.txt")


def mail(subject: str = "s", text: str = "t", html: str = "h") -> MessageTemplates:
    """Parse three parts."""
    return MessageTemplates(template(subject), template(text), template(html))


class Balance(HTMLParser):
    """Notes every tag that is closed out of order, and everything a mail program would have to fetch or run."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self.seen.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag, which must be this one."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def balance(html: str) -> Balance:
    """Parse HTML."""
    parser = Balance()
    parser.feed(html)
    parser.close()
    return parser


# ---- shipped templates


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_templates_use_known_names(kind: str) -> None:
    """Every kind has all three parts in both languages, and each names values that there are."""
    templates = shipped(kind)
    for part in (templates.subject, templates.text, templates.html):
        assert part.lines
        assert names_in(part) <= set(TEMPLATE_NAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_languages_and_parts_tell_the_same(kind: str) -> None:
    """Text and HTML of every kind use the same names, all that there are but those that others stand for."""
    if kind.startswith("done"):  # one sentence stands for the figures, and nothing is to be done
        unused = {"incomplete", "next_step", "people", "compliant", "counted", "exempt"}
        unused |= {"overdue", "due_soon", "failed", "expired", "not_assigned", "expiring", "changed_most", "verdict"}
    else:
        unused = {"all_done", "file_name", "incomplete"}  # the next step names the file; two words are for subjects
    for part in (shipped(kind).text, shipped(kind).html):
        assert names_in(part) == set(TEMPLATE_NAMES) - unused


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("optional", [{}, OPTIONAL])
def test_html_is_balanced_and_self_contained(kind: str, optional: dict[str, str]) -> None:
    """With and without the optional lines the HTML has matching tags, no address to fetch and no value in a tag."""
    parsed = balance(compose(shipped(kind), VALUES | optional).html)
    assert parsed.open == []
    assert parsed.wrong == []
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(parsed.seen)
    assert not {name for name, _ in parsed.attributes} & {"src", "href", "background"}
    assert not [value for _, value in parsed.attributes if "«" in value or "url(" in value]
    assert ("lang", kind[-2:]) in parsed.attributes


@pytest.mark.parametrize("kind", KINDS)
def test_a_banner_is_in_every_part(kind: str) -> None:
    """Incomplete data are said in the text and the HTML, and in few words in the subject, which has little room."""
    composed = compose(shipped(kind), VALUES)
    assert "«incomplete» – " in composed.subject
    assert "«month»" in composed.subject
    assert "«banner»" not in composed.subject
    assert "«banner»" in composed.text
    assert "«banner»" in composed.html


@pytest.mark.parametrize("kind", KINDS)
def test_no_banner_leaves_no_gap(kind: str) -> None:
    """Without banner, change and revision there is no empty frame, no double blank line and no stray dash."""
    composed = compose(shipped(kind), VALUES | OPTIONAL)
    assert "\n\n\n" not in composed.text
    assert 'warning" bgcolor' not in composed.html
    assert not re.search(
        r"revisi|PERHATIAN|PLEASE NOTE", composed.subject + composed.text + composed.html, re.IGNORECASE
    )
    assert "– –" not in composed.subject
    assert "  " not in composed.subject
    assert not composed.subject.endswith("–")


def test_subject_of_a_managers_mail() -> None:
    """The subject says confidential, what, which month and how many are overdue, in both languages."""
    values = VALUES | OPTIONAL | {"overdue": "4"}
    indonesian = compose(shipped("manager.id"), values | {"month": "Oktober 2026"}).subject
    english = compose(shipped("manager.en"), values | {"month": "October 2026"}).subject
    assert indonesian == "[Rahasia] Kepatuhan pelatihan tim Anda – Oktober 2026 – 4 terlambat"
    assert english == "[Confidential] Your team's training compliance – October 2026 – 4 overdue"


@pytest.mark.parametrize(
    ("language", "subject", "step"),
    [
        ("id", "[Rahasia] Kepatuhan pelatihan tim Anda – Oktober 2026 – semua selesai", "Untuk saat ini tidak ada "),
        ("en", "[Confidential] Your team's training compliance – October 2026 – all done", "There is nothing for you "),
    ],
)
def test_a_mail_where_all_is_done_is_two_lines(language: str, subject: str, step: str) -> None:
    """Below the greeting: that all is done, target and company; then where the workbook is, and as of when."""
    month = {"id": "Oktober 2026", "en": "October 2026"}[language]
    composed = compose(shipped(f"done.{language}"), VALUES | OPTIONAL | {"month": month, "rate": "100%"})
    greeting, said, rest, when, *_ = composed.text.split("\n\n")
    assert composed.subject == subject
    assert "«manager_name»" in greeting
    assert said == "100% – «all_done»\n«compared»"
    assert rest.startswith(step)
    assert "«file_name»" in rest
    assert month in when
    assert "«as_of»" in when
    assert "<th" not in composed.html


# ---- parsing


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a\nb $nobody", 2, "$nobody"),
        ("${Company}", 1, "$Company"),
        ("a\n\ncosts $5", 3, "'$5'"),
        ("${company", 1, "'${company'"),
        ("${company.name}", 1, "'${company.na'"),
        ("ends with $", 1, "'$'"),
    ],
)
def test_wrong_placeholders_are_named(text: str, line: int, found: str) -> None:
    """An unknown or malformed placeholder is refused with file, line and what stands there."""
    with pytest.raises(ConfigError) as caught:
        parse_template(text, source="mail/x.txt")
    assert str(caught.value).startswith(f"mail/x.txt, line {line}: {found} ")


def read_in(place: str, name: str) -> None:
    """A name that nobody knows, in one of the four files that an admin may write."""
    texts = {section: {f"text_{number}": "x" for number in range(50)} for section in ("all", "team", "figures", "done")}
    match place:
        case "own part":
            parse_template(f"${name}", source="mail/manager.en.txt")
        case "layout":
            lay_out(f"${name}", texts, "done", source="mail/layout.txt", is_html=False)
        case "texts":
            own_texts(texts, {"team": {name: "x"}}, source="mail/texts.en.toml")
        case _:
            own_texts(texts, {name: {}}, source="mail/texts.en.toml")


@pytest.mark.parametrize("name", ["nobody", "montth", "x" * 200_000])
@pytest.mark.parametrize("place", ["own part", "layout", "texts", "section"])
def test_an_unknown_name_is_told_shortly(name: str, place: str) -> None:
    """With the nearest that exist, in under 400 characters, although a layout may use a hundred."""
    with pytest.raises(ConfigError) as caught:
        read_in(place, name)
    assert len(str(caught.value)) < 400
    if name == "montth" and place in {"own part", "layout"}:
        assert "; the nearest are $month, " in str(caught.value)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff"])
def test_empty_template_is_refused(text: str) -> None:
    """A template without text would send an empty mail."""
    with pytest.raises(ConfigError, match=r"x\.txt: the template is empty"):
        parse_template(text, source="x.txt")


def test_byte_order_mark_and_dollar() -> None:
    """A template saved by Notepad works, and `$$` is a dollar sign."""
    assert compose(mail(subject="\ufeffPays $$5 to $company\r\n"), VALUES).subject == "Pays $5 to «company»"


# ---- composing


def test_line_without_values_is_left_out() -> None:
    """A line goes when all its names are empty; a line with one value left, or without names, stays."""
    text = "Top\n\n$banner!\n\n$banner $month\n\nEnd"
    assert compose(mail(text=text), VALUES | {"banner": " \u200b\n"}).text == "Top\n\n «month»\n\nEnd\n"


def test_values_are_escaped_in_html_only() -> None:
    """Markup in a value is shown, not obeyed; plain text keeps its characters."""
    composed = compose(mail(text="$company", html="<p>$company</p>"), VALUES | {"company": "<b>\"A\" & 'B'"})
    assert composed.text == "<b>\"A\" & 'B'\n"
    assert composed.html == "<p>&lt;b&gt;&quot;A&quot; &amp; &#x27;B&#x27;</p>\n"


def test_missing_and_unknown_values_are_a_bug() -> None:
    """Values must be exactly the known names, so that no figure is silently left out."""
    with pytest.raises(KeyError, match="rate"):
        compose(mail(), {name: value for name, value in VALUES.items() if name != "rate"})
    with pytest.raises(KeyError, match="salary"):
        compose(mail(), VALUES | {"salary": "1"})


def test_subject_is_short() -> None:
    """A long subject is cut with an ellipsis; one that just fits is not."""
    assert compose(mail(subject="$company"), VALUES | {"company": "x" * 150}).subject == "x" * 150
    assert compose(mail(subject="$company"), VALUES | {"company": "x" * 151}).subject == "x" * 149 + "…"


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.dictionaries(st.sampled_from(TEMPLATE_NAMES), st.text() | st.just(HOSTILE)), st.sampled_from(KINDS))
def test_any_values_stay_values(hostile: dict[str, str], kind: str) -> None:
    """Whatever stands in a value: no placeholder is filled twice, no tag is added, no control character is left."""
    composed = compose(shipped(kind), VALUES | hostile)
    full = Counter(balance(compose(shipped(kind), VALUES).html).seen)
    parsed = balance(composed.html)
    assert parsed.wrong == []
    assert parsed.open == []
    assert Counter(parsed.seen) <= full
    for part in (composed.subject, composed.text.replace("\n", ""), composed.html.replace("\n", "")):
        assert not {unicodedata.category(char) for char in part} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "\n" not in composed.subject
    assert len(composed.subject) <= SUBJECT_LIMIT


@settings(deadline=None)  # a slow moment of a shared machine proves nothing
@given(st.text())
def test_template_text_in_a_value_is_not_filled(text: str) -> None:
    """A value that is itself a template comes out as it went in."""
    value = f"{visible(text)}$company${{month}}$$"
    assert compose(mail(text="$banner"), VALUES | {"banner": value}).text.strip() == value.strip()
