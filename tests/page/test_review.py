"""The review page: whole in both languages, hostile text is text, and nothing is loaded from anywhere."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.compliance import Compliance, Period, Team
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import Counts, ManagerId, Status
from rkreport.core.review.burst_list import DeliveryStatus
from rkreport.core.review.page import GROUPS_SHOWN, Review, ReviewSource, review_of
from rkreport.core.snapshot import Verdict
from rkreport.core.units import UnitTree
from rkreport.excel.template.colors import contrast
from rkreport.locale import load_words
from rkreport.page import render_review
from rkreport.run.edition.mail_templates import shipped_templates
from tests import factories
from tests.core.companies import COURSES, ROOT, companies, company, owed, somebody, team
from tests.core.reviews import now_of, result, source_of

TEMPLATES = shipped_templates() / "review"
WORDS = {language: load_words(language) for language in ("en", "id")}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "https://evil.test//x",
    "{{ 7 * 7 }}{% raw %}",
    "</style></svg></title>",
    "\u202egnissim\u202c",
    "مدير المبيعات",
    "👩🏽\u200d💼 Ratna",
    "a\ud800b",
    "&lt;b&gt; &amp;",
    "-->",
)


class Page(HTMLParser):
    """What is in a page: tags with their attributes, and the text between them."""

    def __init__(self, source: str) -> None:
        """Read it."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.parts: list[str] = []
        self.open: Counter[str] = Counter()
        self.feed(source)
        self.close()
        self.text = " ".join(" ".join(self.parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.open[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        """Count it as closed."""
        self.open[tag] -= 1

    def handle_data(self, data: str) -> None:
        """Keep text that a reader sees."""
        self.parts.append(data)

    def attributes(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def html_of(source: ReviewSource, language: str = "en") -> str:
    """The page in a language."""
    return render_review(
        review_of(source, WORDS[language]), WORDS[language], TEMPLATES, [("review.id.html", "id", "Baca")]
    )


def a_run(**overrides: Any) -> Compliance:
    """Two teams, two courses, a month before, a finding."""
    first, second, third = somebody(1), somebody(2), somebody(3, ROOT)
    requirements = (
        owed(first, COURSES[0]),
        owed(first, COURSES[1], Status.OVERDUE),
        owed(second, COURSES[0], Status.EXPIRING),
        owed(third, COURSES[0], Status.FAILED),
    )
    fields: dict[str, Any] = {
        "history": (result(Period(2026, 9), people_by_manager={ManagerId("M-001"): 2, ManagerId("M-777"): 5}),),
        "findings": (Finding(FindingCode.UNMATCHED_ASSIGNMENT, Level.CHECK, "00999 Rahasia"),),
    }
    teams = (
        team(1, (first, second), cc=("kopi@contoh.test",)),
        team(2, (third,), email="x@elsewhere.test", name="Ratna"),
    )
    return company(requirements, teams, **(fields | overrides))


def test_nothing_is_loaded_and_nothing_runs() -> None:
    """No script, no form, no picture, no address of another place; the page's own policy forbids all of them."""
    source = html_of(source_of(a_run()))
    page = Page(source)
    tags = {tag for tag, _ in page.tags}
    assert tags.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image", "video"}
    )
    assert not re.search(r"https?:|//|url\(|@import|javascript:", source)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "src"]
    (policy,) = (attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_links_stay_in_the_folder() -> None:
    """Every link leads to a place in the page, to a workbook beside it, or to the page in the other language."""
    page = Page(html_of(source_of(a_run())))
    ids = set(page.attributes("id"))
    links = page.attributes("href")
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    assert sorted(link for link in links if not link.startswith("#")) == [
        "managers/M-001_2026-10_rev1.xlsx",
        "managers/M-002_2026-10_rev1.xlsx",
        "review.id.html",
    ]


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str, language: str) -> None:
    """Whatever a manager, a course, a unit or the company is called: it makes no tag and no attribute."""
    harmless = a_run()
    expected = Page(html_of(source_of(harmless), language))
    (own, other) = harmless.teams
    manager = replace(
        own.manager, name=text, manager_id=ManagerId(f"{text}-1"), email=f"{text}@contoh.test", cc=(text,)
    )
    courses = tuple(replace(each.course, name=text) for each in harmless.requirements)
    run = replace(
        harmless,
        edition=factories.edition(company=text),
        teams=(Team(manager, own.people), other),
        requirements=tuple(
            replace(each, course=course) for each, course in zip(harmless.requirements, courses, strict=True)
        ),
        units=UnitTree.of(replace(unit, name=text) for unit in harmless.units.units),
    )
    run = replace(
        run, history=(result(Period(2026, 9), people_by_manager={ManagerId(f"{text}-1"): 2, ManagerId(text): 5}),)
    )
    source = html_of(source_of(run), language)
    source.encode()  # half characters cannot be written
    page = Page(source)
    assert Counter(tag for tag, _ in page.tags).keys() <= Counter(tag for tag, _ in expected.tags).keys() | {
        "ul",
        "code",
    }
    names = {name for _, attributes in page.tags for name in attributes}
    assert names <= {name for _, attributes in expected.tags for name in attributes}
    assert not [value for value in page.attributes("href") if not re.match(r"#|managers/|review", value)]
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", source)
    seen = "".join(char for char in text if char not in "\u202e\u202c\u200d\ud800")
    assert seen in " ".join(page.parts)


def test_a_path_is_percent_encoded() -> None:
    """A name that means something in an address leads to its file all the same."""
    source = source_of(a_run())
    path = replace(source.workbooks[ManagerId("M-001")], path="managers/a b#c?d%25.xlsx")
    page = Page(html_of(replace(source, workbooks={**source.workbooks, ManagerId("M-001"): path})))
    assert "managers/a%20b%23c%3Fd%2525.xlsx" in page.attributes("href")


@pytest.mark.parametrize("language", ["en", "id"])
def test_everything_to_look_at_is_there(language: str) -> None:
    """Guards with their word, findings without examples, both managers, who is new and gone, states, and the plan."""
    posted = DeliveryStatus({ManagerId("M-001"): DeliveryState.UNKNOWN})
    source = source_of(a_run(), posted=posted)
    review = review_of(source, WORDS[language])
    page = Page(html_of(source, language))
    assert "--accept people_moved" in page.text
    assert "--accept address_not_allowed" in page.text
    assert "unmatched_assignment" in page.text
    assert "Rahasia" not in page.text
    for text in ("Manajer 1", "M-001 · id", "Ratna", "M-777", "budi.s", "kopi@contoh.test", "43 kB"):
        assert text in page.text
    for key in ("message.unknown", "review.new", "review.gone", "warning.not_allowed"):
        assert WORDS[language].text(key) in page.text
    for sentence in (*review.plan.sentences, review.verdict, review.compared_with, *review.completeness):
        assert sentence in page.text


def test_no_rate_stands_alone() -> None:
    """The points of the trend, the newest rate, the bars and the rows have both numbers, and who is exempt."""
    exempt = owed(somebody(9), COURSES[0], Status.EXEMPT, Counts.EXEMPT)
    run = a_run()
    source = source_of(replace(run, requirements=(*run.requirements, exempt)))
    review = review_of(source, WORDS["en"])
    html = html_of(source, "en")
    (*_, last) = review.trend
    assert f"({last.compliant} / {last.counted}; 1 exempt)</title>" in html
    assert f">{last.compliant}/{last.counted}</tspan>" in html
    assert f"({last.compliant} of {last.counted})" in html  # for who hears the page
    assert sum(bar.exempt for bar in review.courses) == 1
    assert any(f"{bar.compliant} / {bar.counted}; 1 exempt" in html for bar in review.courses if bar.exempt)


def test_the_figures_are_the_run_s() -> None:
    """Headline, courses, units and managers: what the page shows adds up to the tally."""
    source = source_of(a_run())
    review = review_of(source, WORDS["en"])
    total = source.figures.overall
    for bars in (review.courses, review.units):
        assert sum(bar.counted for bar in bars) == total.counted
        assert sum(bar.overdue for bar in bars) == total.overdue
        assert sum(sum(bar.by_status[status] for status in review.statuses) for bar in bars) == total.counted
    page = Page(html_of(source))
    assert f"{total.compliant} of {total.counted} requirements" in page.text
    assert "50.0%" in page.text


@given(companies())
def test_bars_and_rows_add_up(run: Compliance) -> None:
    """In every company: bars hold each requirement that counts once, the list each person of a team."""
    review = review_of(source_of(run), WORDS["en"])
    total = now_of(run)
    assert sum(bar.counted for bar in review.courses) == sum(bar.counted for bar in review.units) == total.counted
    assert sum(row.people for row in review.rows) == sum(len(each.people) for each in run.teams)


def test_many_groups_are_folded() -> None:
    """Twelve bars and one for all the others, the most overdue first."""
    people = [somebody(number, factories.unit(serial=f"U-{number:02d}").serial) for number in range(20)]
    run = company(tuple(owed(each, COURSES[0], Status.OVERDUE) for each in people), (team(1, tuple(people)),))
    review = review_of(source_of(run), WORDS["id"])
    assert len(review.units) == GROUPS_SHOWN + 1
    assert (review.units[-1].label, review.units[-1].overdue) == ("8 lainnya", 8)


def test_a_year_of_months_is_shown() -> None:
    """Of a longer history the newest twelve, this one last."""
    history = tuple(result(Period(2025 + number // 12, number % 12 + 1)) for number in range(6, 21))
    months = [point.month for point in review_of(source_of(a_run(history=history)), WORDS["en"]).trend]
    assert (len(months), months[0], months[-1]) == (12, "Nov 2025", "Oct 2026")


def test_rows_that_need_a_look_stand_first() -> None:
    """Warnings, then who is new, then the others, each in the order of managers.csv."""
    emails = {1: "", 2: "y@contoh.test", 3: "z@contoh.test", 4: "x@elsewhere.test"}
    teams = tuple(team(number, (somebody(number),), email=emails[number]) for number in (3, 2, 4, 1))
    requirements = tuple(owed(somebody(number), COURSES[0]) for number in emails)
    last = result(Period(2026, 9), people_by_manager={ManagerId("M-003"): 1})
    page = html_of(source_of(company(requirements, teams, history=(last,))))
    assert re.findall(r"<small>(M-\d+) ·", page) == ["M-004", "M-001", "M-002", "M-003"]


def test_incomplete_data_say_so_first() -> None:
    """The banner stands before the figures."""
    run = a_run()
    broken = replace(run, snapshot=replace(run.snapshot, lists=(factories.reading(verdict=Verdict.INCOMPLETE),)))
    text = Page(html_of(source_of(broken))).text
    assert text.index("DATA NOT COMPLETE") < text.index("Cannot be judged yet")
    assert "--allow-incomplete" in text
    assert "--accept incomplete" not in text


def test_nothing_to_show_is_a_page_too() -> None:
    """No requirement, no team, no month before, nothing that stops."""
    text = Page(html_of(source_of(company(())))).text
    for part in (
        "Nothing stops the sending",
        "No requirement counts",
        "first month on record",
        "No message is left",
    ):
        assert part in text


def test_every_tag_is_closed() -> None:
    """A page that browsers need not mend."""
    void = {"meta", "wbr"}
    page = Page(html_of(source_of(a_run())))
    drawn = {"line", "circle", "rect", "path", "polyline"}  # <line/> is read as an opened tag
    assert {tag: count for tag, count in page.open.items() if count and tag not in void | drawn} == {}


def test_readers_without_eyes_find_their_way() -> None:
    """One main, one first heading, named sections, captions, a text for each drawing, a way past the bar."""
    page = Page(html_of(source_of(a_run())))
    count = Counter(tag for tag, _ in page.tags)
    assert (count["main"], count["h1"], count["nav"], count["header"], count["footer"]) == (1, 1, 1, 1, 1)
    ids = set(page.attributes("id"))
    assert set(page.attributes("aria-labelledby")) <= ids
    for tag, attributes in page.tags:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert len(attributes["aria-label"]) > 10
        if tag == "th":
            assert attributes["scope"] in {"row", "col"}
    assert count["caption"] == count["table"] - 1  # the months' table is named by its summary
    assert page.tags[[tag for tag, _ in page.tags].index("a")][1]["href"] == "#content"


def test_both_languages_have_all_words() -> None:
    """No word of one language is left in the other's page."""
    english, indonesian = (Page(html_of(source_of(a_run()), language)) for language in ("en", "id"))
    for word in ("Overdue", "Review", "Burst list", "Findings", "People", "Target not"):
        assert word in english.text
        assert word not in indonesian.text
    assert indonesian.tags[0][1]["lang"] == "id"


def test_labels_are_those_of_the_template() -> None:
    """The template asks for no word that it is not given, and is given none that it does not ask for."""
    templates = "".join((TEMPLATES / name).read_text("utf-8") for name in ("page.html", "charts.html"))
    asked = set(re.findall(r't\["([a-z_.]+)"\]', templates))
    module = Path(render_review.__code__.co_filename).read_text("utf-8")
    given_ = set(re.findall(r'^    "([a-z_.]+)",$', module.partition("_LABELS = (")[2].partition(")")[0], re.MULTILINE))
    assert asked == given_


def _colors(block: str) -> dict[str, str]:
    return {name: value.upper() for name, value in re.findall(r"--([a-z-]+): #([0-9a-f]{6});", block)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme: str) -> None:
    """7:1 for every text on every ground it stands on, by day and by night; 3:1 for what is drawn."""
    css = (TEMPLATES / "style.css").read_text("utf-8")
    light = _colors(css.partition("@media (prefers-color-scheme: dark)")[0])
    night = _colors(css.partition("@media (prefers-color-scheme: dark)")[2].partition("}\n}")[0])
    assert set(light) == set(night)
    colors = light if scheme == "light" else night
    pairs = [(ink, ground) for ink in ("ink", "muted", "link") for ground in ("ground", "panel", "head")]
    pairs += [(f"{name}-ink", f"{name}-ground") for name in ("stop", "go", "check", "info")]
    pairs += [("bar-ink", "bar"), ("target", "panel")]
    assert {
        pair: contrast(colors[pair[0]], colors[pair[1]])
        for pair in pairs
        if contrast(colors[pair[0]], colors[pair[1]]) < 7
    } == {}
    for drawn in ("accent", "completed", "overdue"):
        assert contrast(colors[drawn], colors["panel"]) >= 3


def test_two_thousand_managers_fit() -> None:
    """The page of the largest company stays below 3 MB."""
    run = a_run()
    review = review_of(source_of(run), WORDS["id"])
    many: Review = replace(
        review,
        rows=tuple(
            replace(
                review.rows[0],
                manager_id=ManagerId(f"MGR-{number:06d}"),
                label="Raden Mas Panjang Namanya Sekali",
                address=f"raden.panjang.{number}@cabang.contoh.test",
                path=f"managers/MGR-{number:06d}_2026-10_rev1.xlsx",
                warnings=("alamat sama dengan manajer lain",),
                is_new=True,
                state=DeliveryState.PLANNED,
            )
            for number in range(2000)
        ),
    )
    page = render_review(many, WORDS["id"], TEMPLATES, [("review.en.html", "en", "Read")])
    assert 1_000_000 < len(page.encode()) < 3_000_000


@settings(max_examples=25)
@given(st.text(max_size=60))
def test_any_text_is_text(text: str) -> None:
    """A manager may be called anything."""
    run = a_run()
    (own, other) = run.teams
    named = replace(run, teams=(Team(replace(own.manager, name=text), own.people), other))
    tags = [tag for tag, _ in Page(html_of(source_of(named))).tags]
    assert tags == [tag for tag, _ in Page(html_of(source_of(run))).tags]
