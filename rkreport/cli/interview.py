"""The questions of `rkreport init`. An answer comes from an option, else from the admin, else from the default.

Knows how to ask and ask again; the schema decides whether an answer is valid.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rkreport.config import answers
from rkreport.config.config_writer import SAMPLE_COMPANY, CourseDraft, Draft
from rkreport.config.schema import LmsSection
from rkreport.config.secrets import has_lms_login
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import Course
from rkreport.core.words import LANGUAGES, counted
from rkreport.errors import ConfigError, RkreportError
from rkreport.run.fetch.browsing import list_batches, list_courses, matching
from rkreport.run.world import World
from rkreport.sentence import Sentence, one_of

_MOST_SHOWN = 30
_KEY = re.compile(r"^[a-z_]+(\.\w+)+: ")  # of the config, which the admin has not seen yet

Answer = TypeVar("Answer")
Ask = Callable[[str, str], str]
"""Asks a question with its default; returns the answer."""
LogIn = Callable[[LmsSection], World]
"""Asks for the login to the LMS; returns the world with it, or as it was."""


@dataclass(frozen=True, slots=True)
class Given:
    """The answers from options; None: not given."""

    company: str | None
    language: str | None
    timezone: str | None
    base_url: str | None
    courses: tuple[str, ...]
    fallback_email: str | None
    mail_domains: str | None
    sender: str | None
    with_brand: bool | None
    may_ask_for_brand: bool = True  # False: the file exists already


class Interview:
    """Asks the questions; with `ask` None it takes the defaults."""

    def __init__(self, given: Given, world: World, ask: Ask | None, log_in: LogIn | None) -> None:
        """Take the given answers, the world for the LMS, a way to ask, and one to log in where it is not known how."""
        self._given = given
        self.world = world
        self._ask = ask
        self._log_in = log_in

    def draft(self) -> tuple[Draft, bool]:
        """Return all answers, and whether the admin wants the brand template.

        Raises:
            ConfigError: an option's value is invalid.
        """
        given = self._given
        sample = SAMPLE_COMPANY if self._ask is None else ""
        company = self._answer("Your company's name", given.company, sample, answers.company_name)
        language = self._answer(
            Sentence("Language of the reports, {languages}", languages=one_of(LANGUAGES)),
            given.language,
            "id",
            answers.report_language,
        )
        zone = self._answer("Time zone: WIB, WITA or WIT", given.timezone, "WIB", answers.report_zone)
        url = self._answer("Address of the LMS", given.base_url, "https://api.ruangkerja.id", answers.lms_address)
        courses = self._courses(LmsSection(base_url=url, max_attempts=2))
        fallback = self._answer(
            "Address that gets the people without a manager, such as your own (Enter: nobody)",
            given.fallback_email,
            "",
            answers.address,
        )
        written, address = self._answer(
            Sentence("Sender of the mails{more}", more="" if fallback else Sentence(" (Enter: not yet)")),
            given.sender,
            f"L&D <{fallback}>" if fallback else "",
            answers.sender,
        )
        own_domains = dict.fromkeys(one.rpartition("@")[2] for one in (address, fallback) if one)
        domains = self._answer(
            Sentence(
                "Mail domains of your managers; nobody else is mailed{more}",
                more="" if own_domains else Sentence(" (Enter: not yet)"),
            ),
            given.mail_domains,
            ", ".join(own_domains),
            answers.mail_domains,
        )
        brand = given.with_brand
        if brand is None and given.may_ask_for_brand:
            brand = self._answer("Copy the brand template, to put in your colours and logo? y or n", None, "n", _yes)
        draft = Draft(company, language, zone, url, courses, fallback, domains, written, address)
        return draft, bool(brand)

    def _answer(self, question: str, given: str | None, default: str, check: Callable[[str], Answer]) -> Answer:
        if given is not None or self._ask is None:
            return check(default if given is None else given)
        while True:
            try:
                return check(self._ask(question, default))
            except ConfigError as error:
                self.world.observer.say(Sentence("That is not possible: {sub}", sub=_KEY.sub("", str(error))))

    # ---- courses

    def _courses(self, lms: LmsSection) -> tuple[CourseDraft, ...]:
        """Return the courses from the options, else those ticked in the LMS's list, if the LMS can be read."""
        if self._given.courses or self._ask is None:
            return tuple(CourseDraft(serial) for serial in answers.course_serials(self._given.courses))
        if self._log_in:
            self.world = self._log_in(lms)
            if not has_lms_login(self.world.secrets):
                self.world.observer.say(
                    "The courses cannot be listed now; say rkreport login later, then rkreport courses."
                )
                return ()
        say, later = self.world.observer.say, "rkreport courses lists them later."
        try:
            everything = asyncio.run(list_courses(lms, self.world))
        except RkreportError as error:
            say(Sentence("The courses cannot be listed now. {error} {later}", error=error, later=later))
            return ()
        if not everything:
            say(Sentence("The LMS lists no courses. {later}", later=later))
            return ()
        chosen = self._ticked(everything, self._ask)
        listed = asyncio.run(list_batches(lms, self.world, chosen)) if chosen else ()
        for one in listed:
            if one.batches.kind is None:
                say(
                    Sentence("{line}: has neither batches nor online users, so it is left out.", line=_line(one.course))
                )
        return tuple(
            CourseDraft(one.course.serial, visible(one.course.name)) for one in listed if one.batches.kind is not None
        )

    def _ticked(self, everything: Sequence[Course], ask: Ask) -> list[Course]:
        say = self.world.observer.say
        say(Sentence("The LMS lists {courses}. Which are mandatory?", courses=counted(len(everything), "course")))
        chosen: dict[str, Course] = {}
        while search := ask(
            Sentence(
                "Search by name or serial, * shows all (Enter: {more})",
                more=Sentence("no more") if chosen else Sentence("choose later"),
            ),
            "",
        ).strip():
            found = matching(everything, "" if search == "*" else search)[:_MOST_SHOWN]
            for number, course in enumerate(found, start=1):
                taken = Sentence("  (taken)") if course.serial in chosen else ""
                say(Sentence("  {number:2}  {line}{taken}", number=number, line=_line(course), taken=taken))
            if len(found) == _MOST_SHOWN:
                say(
                    Sentence(
                        "  These are the first {most_shown}; search for more words to see others.",
                        most_shown=_MOST_SHOWN,
                    )
                )
            if not found:
                say("  No course has that in its name or serial.")
                continue
            numbers = self._answer_numbers(len(found), ask)
            chosen |= {course.serial: course for number, course in enumerate(found, start=1) if number in numbers}
            say(Sentence("{chosen} taken.", chosen=len(chosen)))
        return list(chosen.values())

    def _answer_numbers(self, most: int, ask: Ask) -> set[int]:
        while True:
            text = ask("Numbers to take, such as 1,3 or all (Enter: none)", "").strip().casefold()
            if text in {"all", "semua"}:
                return set(range(1, most + 1))
            parts = text.replace(",", " ").split()
            if all(part.isascii() and part.isdecimal() and 1 <= int(part) <= most for part in parts):
                return {int(part) for part in parts}
            self.world.observer.say(Sentence("Write numbers from 1 to {most}, such as 1,3.", most=most))


def _line(course: Course) -> str:
    return f"{visible(course.serial)}  {visible(course.name)}".rstrip()


def _yes(text: str) -> bool:
    answer = text.strip().casefold()
    if answer not in {"y", "yes", "ya", "n", "no", "t", "tidak", ""}:
        raise ConfigError("write y or n.")
    return answer in {"y", "yes", "ya"}
