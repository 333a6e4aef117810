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
from rkreport.sentence import Sentence, all_of, joined, ours

_MOST_SAID = 20  # per file
_OLD_DAYS = 730


def check_files(inspection: Inspection, today: date) -> Iterator[Check]:
    """Check the config and the lists that it names."""
    listed = [("course", len(inspection.courses)), ("learning plan", len(inspection.plans))]
    content = all_of(counted(count, what) for what, count in listed if count)
    yield from _problems("Config", inspection.in_file)
    if not inspection.in_file:
        yield passed(
            "Config", Sentence("{path} can be used; it lists {content}", path=inspection.path, content=content)
        )
    if inspection.report and inspection.report.company == SAMPLE_COMPANY:
        yield warning(
            "Config",
            Sentence('report.company is still the sample\'s, "{sample_company}"', sample_company=SAMPLE_COMPANY),
            "write your company's name",
        )
    yield from _old_deadlines(inspection, today)
    yield from _managers(inspection)
    yield from _problems("Exceptions", inspection.in_exceptions)
    if not inspection.in_exceptions:
        yield passed(
            "Exceptions",
            Sentence("{exceptions:,} in the list", exceptions=inspection.exceptions)
            if inspection.exceptions
            else Sentence("none"),
        )


def _old_deadlines(inspection: Inspection, today: date) -> Iterator[Check]:
    for course in inspection.courses:
        if course.due and (today - course.due).days > _OLD_DAYS:
            yield warning(
                Sentence("Course {serial}", serial=visible(course.serial)),
                Sentence(
                    "due = {due} is long past, so whoever has not completed it is overdue since then", due=course.due
                ),
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
        yield passed(
            "Managers",
            Sentence(
                "{managers}, {rules}",
                managers=counted(len(routing.managers), "manager"),
                rules=counted(len(routing.rules), "rule"),
            ),
        )
    if not inspection.in_managers:  # a row that was refused may be the one that is missed
        yield from _idle(routing)
    yield from _claimed_twice(routing)
    if routing.fallback is None:
        yield warning(
            "Managers", "nobody gets the people who belong to no manager", ours("write managers.fallback_email")
        )


def _idle(routing: Routing) -> Iterator[Check]:
    """Name the managers without a rule: nobody can belong to them."""
    with_rules = {rule.manager_id for rule in routing.rules}
    idle = [visible(one.manager_id) for one in routing.managers if one.manager_id not in with_rules]
    if idle:
        more = Sentence(" and {idle:,} more", idle=len(idle) - _MOST_SAID) if len(idle) > _MOST_SAID else ""
        yield warning(
            "Managers",
            Sentence(
                "no row gives people to {idle}{more}, so no workbook is made for them",
                idle=joined(", ", idle[:_MOST_SAID]),
                more=more,
            ),
            "fill in employee_id, organization or tag",
        )


def _claimed_twice(routing: Routing) -> Iterator[Check]:
    """Name what two managers claim by equal rules: their people go to neither."""
    claims: dict[tuple[str, str], dict[str, int]] = {}
    for rule in routing.rules:
        claims.setdefault((rule.kind.value, rule.value.casefold()), {}).setdefault(rule.manager_id, rule.line)
    for (kind, value), lines in islice(((key, found) for key, found in claims.items() if len(found) > 1), _MOST_SAID):
        places = all_of(map(str, lines.values()))
        yield warning(
            "Managers",
            Sentence(
                "{file}, rows {places}: {lines} managers claim the {kind} {value}, so none of them gets those people",
                file=routing.file,
                places=places,
                lines=len(lines),
                kind=kind,
                value=visible(value),
            ),
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
    yield from _problems(name, tuple(Sentence("{path}: {flaw}", path=brand.path, flaw=flaw) for flaw in reading.flaws))
    for remark in reading.remarks:
        yield warning(
            name, Sentence("{path}: {remark}", path=brand.path, remark=remark), "leave it out, or leave it so"
        )
    if not reading.flaws:
        yield passed(name, Sentence("{path} can be used", path=brand.path))


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
        yield warning(
            name,
            Sentence("no summary can be made: {sentence}", sentence=sentence.removesuffix(".")),
            "correct the file, or delete it",
        )
    yield from _own_texts(name, folder)


def _mistakes(folder: Path | None, *kinds: str) -> list[str]:
    """List each mistake once: all mails share one layout."""
    mistakes: dict[str, None] = {}
    for kind, language in product(kinds, LANGUAGES):
        try:
            mail_templates(folder, kind, language)
        except ConfigError as error:
            mistakes[error.sentence] = None
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
            Sentence("{folder} is not used", folder=folder / unknown[0])
            + (Sentence(", nor are {unknown} more", unknown=len(unknown) - 1) if unknown[1:] else ""),
            Sentence("name it as the text it replaces, such as {known}", known=min(known)),
        )
    also = Sentence(", and {found}", found=", ".join(sorted(found & others))) if found & others else ""
    yield passed(
        name,
        Sentence(
            "{found} of {known} texts are your own{also}{instead_of_done}",
            found=len(found & known),
            known=len(known),
            also=also,
            instead_of_done=_instead_of_done(folder),
        ),
    )


def _instead_of_done(folder: Path) -> str:
    languages = [language for language in sorted(LANGUAGES) if all_done_name(folder, language) != "done"]
    if not languages:
        return ""
    own, missing = (all_of(f"{name}.{one}" for one in languages) for name in ("manager", "done"))
    return Sentence(
        "; a team where all is done gets your {own}, because there is no {missing}", own=own, missing=missing
    )


def _problems(name: str, sentences: tuple[str, ...]) -> Iterator[Check]:
    yield from (failed(name, sentence) for sentence in sentences[:_MOST_SAID])
    if len(sentences) > _MOST_SAID:
        yield failed(
            name,
            Sentence(
                "{sentences:,} more in the same file; mend those above first", sentences=len(sentences) - _MOST_SAID
            ),
        )
