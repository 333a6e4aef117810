"""Checks the admin's files (config, managers, exceptions, brand and mail templates) and the secrets."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice, product
from pathlib import Path

from rkreport.config.brand_file import BrandFile
from rkreport.config.config_writer import SAMPLE_COMPANY
from rkreport.config.inspection import Inspection
from rkreport.config.secrets import lms_credentials
from rkreport.core.leaks.text_folding import visible
from rkreport.core.mail.layout import SUMMARY, TEAM_MAILS
from rkreport.core.routing import Routing
from rkreport.core.words import LANGUAGES, counted
from rkreport.errors import ConfigError
from rkreport.run.edition.mail_templates import LAYOUTS, PARTS, all_done_name, mail_templates, texts_name
from rkreport.run.setup.checks.value import Check, failed, failed_by, passed, skipped, warning

_MOST_SAID = 20  # per file
_OLD_DAYS = 730


def check_files(inspection: Inspection, today: date) -> Iterator[Check]:
    """Check the config and the lists that it names."""
    listed = [("course", len(inspection.courses)), ("learning plan", len(inspection.plans))]
    content = " and ".join(counted(count, what) for what, count in listed if count)
    yield from _problems("Config", inspection.in_file)
    if not inspection.in_file:
        yield passed("Config", f"{inspection.path} can be used; it lists {content}")
    if inspection.report and inspection.report.company == SAMPLE_COMPANY:
        yield warning(
            "Config", f'report.company is still the sample\'s, "{SAMPLE_COMPANY}"', "write your company's name"
        )
    yield from _old_deadlines(inspection, today)
    yield from _managers(inspection)
    yield from _problems("Exceptions", inspection.in_exceptions)
    if not inspection.in_exceptions:
        yield passed("Exceptions", f"{inspection.exceptions:,} in the list" if inspection.exceptions else "none")


def _old_deadlines(inspection: Inspection, today: date) -> Iterator[Check]:
    for course in inspection.courses:
        if course.due and (today - course.due).days > _OLD_DAYS:
            yield warning(
                f"Course {visible(course.serial)}",
                f"due = {course.due} is long past, so whoever has not completed it is overdue since then",
                "check the year",
            )


def _managers(inspection: Inspection) -> Iterator[Check]:
    yield from _problems("Managers", inspection.in_managers)
    routing = inspection.routing
    if routing is None:
        if not inspection.in_managers:
            yield skipped("Managers", "not looked at, because the config cannot be used")
        return
    if not routing.managers and not inspection.in_managers:
        yield warning(
            "Managers",
            "no manager is listed, so no manager gets a workbook",
            "write who belongs to whom into the list of managers; rkreport lists prepares it",
        )
    elif not inspection.in_managers:
        yield passed("Managers", f"{counted(len(routing.managers), 'manager')}, {counted(len(routing.rules), 'rule')}")
    if not inspection.in_managers:  # a row that was refused may be the one that is missed
        yield from _idle(routing)
    yield from _claimed_twice(routing)
    if routing.fallback is None:
        yield warning("Managers", "nobody gets the people who belong to no manager", "write managers.fallback_email")


def _idle(routing: Routing) -> Iterator[Check]:
    """Name the managers without a rule: nobody can belong to them."""
    with_rules = {rule.manager_id for rule in routing.rules}
    idle = [visible(one.manager_id) for one in routing.managers if one.manager_id not in with_rules]
    if idle:
        more = f" and {len(idle) - _MOST_SAID:,} more" if len(idle) > _MOST_SAID else ""
        yield warning(
            "Managers",
            f"no row gives people to {', '.join(idle[:_MOST_SAID])}{more}, so no workbook is made for them",
            "fill in employee_id, organization or tag",
        )


def _claimed_twice(routing: Routing) -> Iterator[Check]:
    """Name what two managers claim by equal rules: their people go to neither."""
    claims: dict[tuple[str, str], dict[str, int]] = {}
    for rule in routing.rules:
        claims.setdefault((rule.kind.value, rule.value.casefold()), {}).setdefault(rule.manager_id, rule.line)
    for (kind, value), lines in islice(((key, found) for key, found in claims.items() if len(found) > 1), _MOST_SAID):
        places = " and ".join(map(str, lines.values()))
        yield warning(
            "Managers",
            f"{routing.file}, rows {places}: {len(lines)} managers claim the {kind} {visible(value)}, so none of them"
            " gets those people",
            "leave one of the rows",
        )


def check_secrets(secrets: Mapping[str, str], problem: str) -> Check:
    """Check for an LMS login; `problem` is the error of reading the secrets, if any."""
    name = "Credentials"
    if problem:
        return failed(name, problem)
    try:
        credentials = lms_credentials(secrets)
    except ConfigError as error:
        return failed_by(name, error)
    return passed(name, "an access token is set" if isinstance(credentials, str) else "client id and secret are set")


def check_brand_template(inspection: Inspection) -> Iterator[Check]:
    """Check the brand template: name every flaw, and every part that reports will not show."""
    name = "Brand template"
    yield from _problems(name, inspection.in_brand)
    if inspection.brand:
        yield from _brand(name, inspection.brand)
    elif not inspection.report:
        yield skipped(name, "not looked at, because [report] cannot be used")
    elif not inspection.in_brand:
        yield passed(name, "none, the usual look")


def _brand(name: str, brand: BrandFile) -> Iterator[Check]:
    from rkreport.excel.template.reader import read_brand  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    reading = read_brand(brand.content)
    yield from _problems(name, tuple(f"{brand.path}: {flaw}" for flaw in reading.flaws))
    for remark in reading.remarks:
        yield warning(name, f"{brand.path}: {remark}", "leave it out, or leave it so")
    if not reading.flaws:
        yield passed(name, f"{brand.path} can be used")


def check_mail_templates(inspection: Inspection) -> Iterator[Check]:
    """Check the texts of the mails, the shipped ones and the admin's own."""
    name = "Mail templates"
    own = inspection.mail.templates_dir if inspection.mail else None
    folder = inspection.path.parent / own if own else None
    problems = _mistakes(folder, *TEAM_MAILS)
    yield from _problems(name, tuple(problems))
    if problems:
        return
    for sentence in _mistakes(folder, SUMMARY):
        yield warning(name, f"no summary can be made: {sentence.removesuffix('.')}", "correct the file, or delete it")
    yield from _own_texts(name, folder)


def _mistakes(folder: Path | None, *kinds: str) -> list[str]:
    """List each mistake once: all mails share one layout."""
    mistakes: dict[str, None] = {}
    for kind, language in product(kinds, LANGUAGES):
        try:
            mail_templates(folder, kind, language)
        except ConfigError as error:
            mistakes[str(error)] = None
    return list(mistakes)


def _own_texts(name: str, folder: Path | None) -> Iterator[Check]:
    if folder is None:
        yield passed(name, "the usual texts")
        return
    known = {f"{kind}.{language}.{part}" for kind, language, part in product(TEAM_MAILS, LANGUAGES, PARTS)}
    summary = {f"{SUMMARY}.{language}.{part}" for language, part in product(LANGUAGES, PARTS)}
    others = {*summary, *LAYOUTS, *map(texts_name, LANGUAGES)}
    found = {path.name for path in folder.iterdir()}
    if unknown := sorted(found - known - others):
        yield warning(
            name,
            f"{folder / unknown[0]} is not used" + (f", nor are {len(unknown) - 1} more" if unknown[1:] else ""),
            f"name it as the text it replaces, such as {min(known)}",
        )
    also = f", and {', '.join(sorted(found & others))}" if found & others else ""
    yield passed(name, f"{len(found & known)} of {len(known)} texts are your own{also}{_instead_of_done(folder)}")


def _instead_of_done(folder: Path) -> str:
    languages = [language for language in sorted(LANGUAGES) if all_done_name(folder, language) != "done"]
    if not languages:
        return ""
    own, missing = (" and ".join(f"{name}.{one}" for one in languages) for name in ("manager", "done"))
    return f"; a team where all is done gets your {own}, because there is no {missing}"


def _problems(name: str, sentences: tuple[str, ...]) -> Iterator[Check]:
    yield from (failed(name, sentence) for sentence in sentences[:_MOST_SAID])
    if len(sentences) > _MOST_SAID:
        yield failed(name, f"{len(sentences) - _MOST_SAID:,} more in the same file; mend those above first")
