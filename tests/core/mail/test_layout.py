"""One layout and the texts of each language give every mail; what an admin replaces, and what is refused."""

import string
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rkreport.core.mail.layout import SECTIONS, lay_out, own_texts, values_in
from rkreport.core.mail.templates import MessageTemplates, Template, compose
from rkreport.errors import ConfigError
from rkreport.run.edition.mail_templates import LAYOUTS, mail_templates, texts_name
from tests.core.mail.test_templates import names_in

MAIL = Path(__file__).parents[3] / "templates" / "mail"
LANGUAGES = ("en", "id")
HTML = (MAIL / "layout.html").read_text("utf-8")
NEVER_SAID = {"manager": {"all_done", "file_name"}, "fallback": {"all_done", "file_name"}, "summary": set[str]()}
NEVER_SAID["done"] = {
    "next_step",
    "people",
    "compliant",
    "counted",
    "exempt",
    "overdue",
    "due_soon",
    "failed",
    "expired",
}
NEVER_SAID["done"] |= {"not_assigned", "expiring", "changed_most", "verdict"}
TEXTS: dict[str, dict[str, str]] = {
    "all": {},
    "team": {"hello": "Dear $manager_name,", "note": 'Ask "L&D"\nof $company\'s', "head": "Team"},
    "figures": {"todo": "To do:"},
    "manager": {"head": "Your team, $month"},
    "fallback": {},
    "done": {},
    "summary": {"head": "Run: $command"},
}


def texts_of(language: str) -> dict[str, dict[str, str]]:
    """The shipped texts."""
    return tomllib.loads((MAIL / texts_name(language)).read_text("utf-8"))


def laid_out(layout: str, kind: str = "manager", *, is_html: bool = False) -> str:
    """The template that comes of a layout and the texts above."""
    return source_of(lay_out(layout, TEXTS, kind, source="layout.txt", is_html=is_html))


def source_of(template: Template) -> str:
    """How the template is written."""
    return "\n".join(line.text.template for line in template.lines)


def said(templates: MessageTemplates, kind: str) -> str:
    """All parts of a mail whose values are their names."""
    composed = compose(templates, {name: f"«{name}»" for name in values_in(kind)}, values_in(kind))
    return composed.subject + composed.text + composed.html


# ---- what is shipped


def test_one_layout_and_the_texts_are_all_there_is() -> None:
    """No kind of mail and no language has a layout of its own."""
    assert {path.name for path in MAIL.iterdir()} == {*LAYOUTS, *map(texts_name, LANGUAGES)}


@pytest.mark.parametrize("kind", SECTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_comes_of_the_one_layout(kind: str, language: str, tmp_path: Path) -> None:
    """What is put into the layout is in each mail, and all parts together name all values of the kind."""
    (tmp_path / "layout.html").write_text(HTML.replace("<body ", '<body id="ours" '), "utf-8")
    templates = mail_templates(tmp_path, kind, language)
    assert '<body id="ours" ' in source_of(templates.html)
    assert f'<html lang="{language}">' in source_of(templates.html)
    named = names_in(templates.subject) | names_in(templates.text) | names_in(templates.html)
    assert named == set(values_in(kind)) - NEVER_SAID[kind]


def test_languages_have_the_same_texts() -> None:
    """The same names and values in every section, but for a greeting that one language words by kind."""
    english, indonesian = (
        {
            f"{section}.{name}": set(string.Template(text).get_identifiers())
            for section, texts in texts_of(language).items()
            for name, text in texts.items()
        }
        for language in LANGUAGES
    )
    assert indonesian == english | {"fallback.greeting": {"manager_name"}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_used(language: str) -> None:
    """A text that no layout names would be translated for nobody."""
    layouts = "".join((MAIL / name).read_text("utf-8") for name in LAYOUTS).lower()
    texts = {name for section in texts_of(language).values() for name in section}
    assert {name for name in texts if f"${name}" not in layouts} == set()


# ---- laying out


def test_texts_take_their_places() -> None:
    """The kind's own before the team's; a value's name is closed off, and `$$` stays what it is."""
    assert laid_out("$head: ${rate}s\n$$5") == "Your team, ${month}: ${rate}s\n$$5"
    assert laid_out("${head}s", "done") == "Teams"
    assert laid_out("$head", "summary") == "Run: ${command}"


def test_a_line_without_texts_is_left_out() -> None:
    """So is one with the values of other kinds; lines that name no text at all stay."""
    layout = "top\n$todo $next_step\n$command, $finished\n$todo $head"
    assert laid_out(layout, "done") == "top\n Team"
    assert laid_out(layout, "manager") == "top\nTo do: ${next_step}\nTo do: Your team, ${month}"
    assert laid_out(layout, "summary") == "top\n${command}, ${finished}\n Run: ${command}"


def test_capitals_leave_values_alone() -> None:
    """The name in capitals gives the words in capitals."""
    assert laid_out("$HEAD") == "YOUR TEAM, ${month}"


def test_texts_are_escaped_in_html_only() -> None:
    """On one line there, so that no tag is left open where a line is left out."""
    assert laid_out("<p>$note</p>", is_html=True) == "<p>Ask &quot;L&amp;D&quot; of ${company}&#8217;s</p>"
    assert laid_out("$note") == 'Ask "L&D"\nof ${company}\'s'


@pytest.mark.parametrize("layout", ["a\n$nobody", "a\n$ b", "a\n$Head"])
def test_a_wrong_name_in_a_layout_is_named(layout: str) -> None:
    """With file and line, as in any template."""
    with pytest.raises(ConfigError, match=r"^layout\.txt, line 2: "):
        laid_out(layout)


# ---- an admin's own


@pytest.mark.parametrize(
    ("own", "refused"),
    [
        ({"teams": {"head": "x"}}, "t.toml: [teams] is not a section; use one of all, team"),
        ({"head": "x"}, "t.toml: [head] is not a section"),
        ({"team": {"heads": "x"}}, "t.toml, team.heads: is not a known text; the nearest are head, hello"),
        ({"team": {"head": 3}}, "t.toml, team.head: must be a text in double quotes"),
        ({"team": {"head": "x\n$nobody"}}, "t.toml, team.head, line 2: $nobody is not a known placeholder"),
        ({"team": {"head": "$command"}}, "t.toml, team.head, line 1: $command is not a known placeholder"),
        ({"all": {"head": "$overdue"}}, "t.toml, all.head, line 1: $overdue is not a known placeholder"),
        ({"summary": {"head": "$overdue"}}, "t.toml, summary.head, line 1: $overdue is not a known placeholder"),
    ],
)
def test_wrong_own_texts_are_named(own: dict[str, Any], refused: str) -> None:
    """With file, section and name; a team's value is none of the summary's, nor of all mails'."""
    with pytest.raises(ConfigError) as caught:
        own_texts(TEXTS, own, source="t.toml")
    assert str(caught.value).startswith(refused)


def test_own_texts_stand_in_for_ours() -> None:
    """One by one; an empty one takes ours away, and any text may be said otherwise for one kind."""
    texts = own_texts(
        TEXTS, {"team": {"hello": "Hi"}, "done": {"hello": "Well done"}, "manager": {"head": ""}}, source=""
    )
    assert [texts["team"]["hello"], texts["done"]["hello"], texts["team"]["head"]] == ["Hi", "Well done", "Team"]
    assert source_of(lay_out("a\n$head", texts, "manager", source="", is_html=False)) == "a"


def test_own_files_win_part_by_part(tmp_path: Path) -> None:
    """A mail's own part is used as it is; beside it the own layout and the own texts, and ours for the rest."""
    own = {
        "manager.en.txt": "Ours $company\n",
        "layout.html": "<i>$heading</i>\n",
        "texts.en.toml": '[manager]\nheading = "$company\'s team"\n',
    }
    for name, text in own.items():
        (tmp_path / name).write_text(text, "utf-8")
    manager, fallback = mail_templates(tmp_path, "manager", "en"), mail_templates(tmp_path, "fallback", "en")
    assert source_of(manager.text) == "Ours $company"
    assert source_of(manager.html) == "<i>${company}&#8217;s team</i>"
    assert source_of(fallback.html) == "<i>People without a manager</i>"
    assert said(fallback, "fallback").startswith("[Confidential] «incomplete» – Training compliance of people without")
    (tmp_path / "texts.en.toml").write_text('[manager]\nheading = "Edited"\n', "utf-8")
    assert source_of(mail_templates(tmp_path, "manager", "en").html) == "<i>Edited</i>"


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ('[team]\nnotice = "no end\n', r"texts\.en\.toml, line 2: this is not valid TOML; "),
        ("[team]\nnotice\n", r"line 2: .*; compare the line with templates/mail/texts\.en\.toml\.$"),
        (f"x = {'[' * 9_999}", r"texts\.en\.toml holds no texts; compare it with templates/mail/texts\.en\.toml\.$"),
    ],
)
def test_broken_texts_are_named(broken: str, named: str, tmp_path: Path) -> None:
    """A file that is no TOML says where it stops being one, and where a good one is."""
    (tmp_path / "texts.en.toml").write_text(broken, "utf-8")
    with pytest.raises(ConfigError, match=named):
        mail_templates(tmp_path, "manager", "en")


def test_what_an_own_text_holds_is_no_html(tmp_path: Path) -> None:
    """Markup belongs into a layout: a text is read as it is written, in every part."""
    (tmp_path / "texts.en.toml").write_text('[manager]\nlead = "<b>Now</b>"\nopening = "<b>Now</b>"\n', "utf-8")
    composed = compose(mail_templates(tmp_path, "manager", "en"), dict.fromkeys(values_in("manager"), "x"))
    assert "&lt;b&gt;Now&lt;/b&gt;" in composed.html
    assert "<b>Now</b>" in composed.text
