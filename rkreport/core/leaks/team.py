"""What one team's file may say and must hold, from the team computed again. Pure; knows no file.

The file may say these phrases: names and ids of the team's people and their manager; names of their units, tags,
courses and batches; texts of the brand; the report's words. A stranger with the same name as one of these is found by
id, serial or address only. So is a stranger whose only name is a word of the report (Hari, a day; Mei, a month) or of
such a thing: the file holds long sentences cut into lines, so only their single words can be recognised.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from string import Formatter

from rkreport.core.leaks.people import namings_of_assignment, namings_of_learner, namings_of_manager
from rkreport.core.leaks.text_folding import folded, ways_to_read, words_of
from rkreport.core.models import Assignment, JoinedAssignment, Learner, Person
from rkreport.core.report.labels import manager_name
from rkreport.core.report.manager import SHEETS
from rkreport.core.report.team_view import TeamView
from rkreport.core.words import Words

_CHOICE = re.compile(r"\{\w+:([^{}|]*)\|([^{}]*)\}")
_FORMAT_WORDS = (
    "Normal",
    "Office",
    "Office Theme",
    "General",
    "Logo",
    "Chart",
    "Print_Area",
    "Print_Titles",
    "rkreport",
)


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """Names and ids of one person of the team in the file, folded. The matrix has the first two, the detail all."""

    employee_id: str
    name: str
    serial: str
    email: str


@dataclass(frozen=True, slots=True)
class ReportWords:
    """What any file in a language may say: whole texts and single words, folded."""

    texts: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """What a team's file holds. What it may say is folded; `sheets` has titles by key, in order.

    `things` are the `phrases` that name no person; `words` are single words of them: within a longer text one of them
    is no name.
    """

    company: str
    properties: Mapping[str, str]
    sheets: Mapping[str, str]
    continued: str  # the name of a sheet's second part, with {title} and {number}
    people: tuple[OwnPerson, ...]
    phrases: frozenset[str]
    things: frozenset[str]
    words: frozenset[str]
    report: ReportWords
    pictures: frozenset[str]


def report_words(texts: Iterable[str], words: Words) -> ReportWords:
    """The words of a language; `texts` are the catalogue's, with placeholders and `{count:one|many}`."""
    said = {_CHOICE.sub(f"\\{number}", text) for text in texts for number in (1, 2)}
    pieces = {piece for text in said for piece, _, _, _ in Formatter().parse(text)}
    months = {
        word
        for month in range(1, 13)
        for text in (words.month(2026, month), words.short_month(2026, month), words.date(date(2026, month, 1)))
        for word in text.split()
        if word.isalpha()
    }
    known = frozenset(filter(None, map(folded, (*pieces, *months, *_FORMAT_WORDS))))
    return ReportWords(known, _words(known))


def expected_file(
    view: TeamView,
    words: Words,
    report: ReportWords,
    *,
    zone: str,
    pictures: frozenset[str],
    brand_texts: Collection[str] = (),
) -> ExpectedFile:
    """What a team's file must hold and may say.

    `brand_texts` are the brand's own texts, which are in every file. They may name a person, such as a contact. They
    are allowed only as whole phrases.
    """
    edition = view.edition
    properties = {
        "manager_id": view.team.manager.manager_id,
        "period": str(edition.period),
        "revision": str(edition.revision),
        "run": edition.run_id,
        **({"kind": edition.series.kind} if edition.is_interim else {}),
    }
    things = _ways((*_things(view, words), zone))
    return ExpectedFile(
        company=folded(edition.company),
        properties={name: folded(value) for name, value in properties.items()},
        sheets={key: words.text(f"sheet.{key}.title") for key in SHEETS},
        continued=words.text("heading.continued", title="{title}", number="{number}"),
        people=tuple(map(_own, view.team.people)),
        phrases=things | _ways(_people(view, words)) | _ways(brand_texts),
        things=things,
        words=_words(things),
        report=report,
        pictures=pictures,
    )


def _ways(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(way for text in set(texts) for way in ways_to_read(text) if way)


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word, _, _ in words_of(text))


def _own(person: Person) -> OwnPerson:
    email = person.learner.email if person.learner else ""
    texts = (person.employee_id, person.name, person.user_serial or "", email)
    return OwnPerson(*map(folded, texts))


def _people(view: TeamView, words: Words) -> Iterator[str]:
    """All that names the team's people and its manager."""
    yield from (text for _, text in namings_of_manager(view.team.manager))
    yield from (view.team.manager.manager_id, manager_name(view.team.manager, words))
    for person in view.team.people:
        yield from (person.employee_id, person.name, person.user_serial or "")
        if person.learner:
            yield from (text for _, text in namings_of_learner(person.learner))
    for joined in _attempts(view):
        yield from (text for _, text in namings_of_assignment(joined.assignment))


def _things(view: TeamView, words: Words) -> Iterator[str]:
    """The names of what these people take part in and belong to, and of the run."""
    edition = view.edition
    yield from (edition.company, edition.run_id, view.host, str(edition.period), edition.series.kind)
    finished = edition.extraction_finished
    yield from (words.timestamp(edition.as_of), words.timestamp(edition.extraction_started), words.timestamp(finished))
    yield finished.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for reading in view.lists:
        yield from (reading.course, reading.batch)
        if reading.reason:
            yield from (value for value in reading.reason.values.values() if isinstance(value, str))
    for policy in view.rules.courses:
        yield from policy.plans
        if policy.audience:
            yield from (*policy.audience.organizations, *policy.audience.tags)
    yield from view.course_names.values()
    yield from view.course_names
    for joined in _attempts(view):
        yield from (joined.batch.serial, joined.batch.name, *_states(joined.assignment))
    for person in view.team.people:
        if person.learner:
            yield from _places(person.learner)


def _attempts(view: TeamView) -> Iterator[JoinedAssignment]:
    return (joined for requirement in view.requirements for joined, _ in requirement.attempts)


def _states(assignment: Assignment) -> tuple[str, ...]:
    """The LMS's words for states. Leaves out the reason of an absence: it may tell of other people."""
    return assignment.status.word, assignment.post_activity.word


def _places(learner: Learner) -> Iterator[str]:
    yield from (learner.company, learner.company_serial, learner.unit_name, learner.unit_serial)
    for tag in learner.tags:
        yield from (tag.name, tag.serial)
