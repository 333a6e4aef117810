"""Finds all mistakes in a config at once, and the parts that can be used all the same.

Knows how the parts of the file depend on each other. `rkreport.config.load` stops at the first mistake, this goes on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from rkreport.config.brand_file import BrandFile, read_brand_file
from rkreport.config.error_messages import Location, schema_sentence
from rkreport.config.load import (
    Config,
    load_config,
    parse_toml,
    read_config_text,
    read_list,
    routing_of,
    secret_places,
    secret_sentence,
    sender_of,
)
from rkreport.config.people import read_exceptions
from rkreport.config.schema import (
    ConfigFile,
    CourseSection,
    ExceptionsSection,
    LearningPlanSection,
    LmsSection,
    MailSection,
    ManagersSection,
    PrivacySection,
    ReleaseSection,
    ReportSection,
    Section,
)
from rkreport.core.list_rows import EXCEPTIONS_FILE
from rkreport.core.mail.addresses import parse_address
from rkreport.core.models import CourseException
from rkreport.core.routing import Routing
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

One = TypeVar("One", bound=Section)
Result = TypeVar("Result")

_MOST_TOLD = 500  # of a list; a list without a right row would be kept as a kilobyte for each


@dataclass(frozen=True, slots=True)
class Inspection:
    """One sentence per mistake, and the parts that are valid by themselves (None: not valid).

    A list's mistakes have `""` for a sentence after the first 500: they are counted, and not told.
    `config` is the whole if there is no mistake; `courses` and `plans` are the valid blocks.
    """

    path: Path
    in_file: tuple[str, ...]  # mistakes in config.toml itself
    in_managers: tuple[str, ...]
    in_exceptions: tuple[str, ...]
    in_brand: tuple[str, ...]
    lms: LmsSection | None
    report: ReportSection | None
    mail: MailSection | None
    managers: ManagersSection | None
    privacy: PrivacySection | None
    release: ReleaseSection | None
    courses: tuple[CourseSection, ...]
    plans: tuple[LearningPlanSection, ...]
    exception_rows: tuple[CourseException, ...]  # the valid ones
    exceptions_file: str
    routing: Routing | None
    brand: BrandFile | None
    config: Config | None

    @property
    def exceptions(self) -> int:
        """Number of valid rows."""
        return len(self.exception_rows)

    @property
    def data_dir(self) -> Path | None:
        """Where the store is."""
        return self.path.parent / self.report.data_dir if self.report else None

    @property
    def output_dir(self) -> Path | None:
        """Where reports go."""
        return self.path.parent / self.report.output_dir if self.report else None


def inspect_config(path: Path) -> Inspection:
    """Read the config, its lists and the brand template, and go on after every mistake."""
    in_file: list[str] = []
    raw = _collected(in_file, lambda: parse_toml(read_config_text(path))) or {}
    if raw:
        _collected(in_file, lambda: in_file.extend(_file_problems(path, raw)))
    report = _section(ReportSection, raw.get("report"))
    mail, managers = _section(MailSection, raw.get("mail", {})), _section(ManagersSection, raw.get("managers", {}))
    if mail and managers:
        _collected(in_file, lambda: sender_of(path, mail, managers))
        if mail.reply_to:
            _collected(
                in_file, lambda: parse_address(mail.reply_to or "", source=Sentence("{path}: mail.reply_to", path=path))
            )
    in_managers, routing = _inspected_managers(path, managers if raw else None, report)
    in_exceptions, exception_rows, exceptions_file = _inspected_exceptions(path, raw)
    in_brand: list[str] = []
    template = report.template if report else None
    brand = _collected(in_brand, lambda: read_brand_file(path.parent / template)) if template else None
    config = None
    if raw and not (in_file or in_managers or in_exceptions or in_brand):
        config = _collected(in_file, lambda: load_config(path))
    return Inspection(
        path=path,
        in_file=tuple(in_file),
        in_managers=tuple(in_managers),
        in_exceptions=tuple(in_exceptions),
        in_brand=tuple(in_brand),
        lms=_section(LmsSection, raw.get("lms", {})) if raw else None,
        report=report,
        mail=mail if raw else None,
        managers=managers if raw else None,
        privacy=_section(PrivacySection, raw.get("privacy", {})) if raw else None,
        release=_section(ReleaseSection, raw.get("release", {})) if raw else None,
        courses=_blocks(CourseSection, raw.get("courses")),
        plans=_blocks(LearningPlanSection, raw.get("learning_plans")),
        exception_rows=exception_rows,
        exceptions_file=exceptions_file,
        routing=routing,
        brand=brand,
        config=config,
    )


def read_lms_and_report(path: Path) -> tuple[LmsSection, ReportSection]:
    """The two sections that are needed to browse the LMS; the others may be wrong, or not written yet.

    Raises:
        ConfigError: the file cannot be read, holds a secret, or one of the two sections is wrong.
    """
    raw = parse_toml(read_config_text(path))
    wanted = {name: raw.get(name, {}) for name in ("lms", "report")}
    if secret := next(secret_places(wanted), None):
        raise ConfigError(secret_sentence(path, secret))
    try:
        ConfigFile.model_validate({**wanted, "courses": [{"serial": "any"}]})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ConfigError(
            "{path}: {schema_sentence}", path=path, schema_sentence=schema_sentence(first, wanted)
        ) from None
    return LmsSection.model_validate(wanted["lms"]), ReportSection.model_validate(wanted["report"])


def _file_problems(path: Path, raw: Mapping[str, Any]) -> Iterator[str]:
    secrets: tuple[Location, ...] = ()
    try:
        secrets = tuple(secret_places(raw))
        yield from (secret_sentence(path, place) for place in secrets)
        ConfigFile.model_validate(raw)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        inside = {one["loc"][:-1] for one in wrong}
        for one in wrong:
            is_consequence = one["type"] == "too_short" and one["loc"] in inside  # its entries are told already
            if one["loc"] not in secrets and not is_consequence:
                yield Sentence("{path}: {schema_sentence}", path=path, schema_sentence=schema_sentence(one, raw))
    except RecursionError:
        yield Sentence("{path} is no settings file; compare it with config.example.toml.", path=path)


def _inspected_managers(
    path: Path, section: ManagersSection | None, report: ReportSection | None
) -> tuple[list[str], Routing | None]:
    found: list[str] = []
    if section is None:
        return found, None
    language = report.language if report else "id"
    read = _collected(found, lambda: routing_of(path, section, language, lambda error: _note(found, error)))
    return found, read[0] if read else None


def _inspected_exceptions(path: Path, raw: Mapping[str, Any]) -> tuple[list[str], tuple[CourseException, ...], str]:
    found: list[str] = []
    section = _section(ExceptionsSection, raw.get("exceptions", {}))
    if section is None or section.file is None:
        return found, (), EXCEPTIONS_FILE
    name = section.file
    read = _collected(found, lambda: read_exceptions(read_list(path, name), lambda error: _note(found, error)))
    return found, read or (), Path(name).name


def _note(problems: list[str], error: ConfigError) -> None:
    problems.append(error.sentence if len(problems) < _MOST_TOLD else "")


def _blocks(model: type[One], raw: object) -> tuple[One, ...]:
    found = (_section(model, block) for block in (raw if isinstance(raw, list) else ()))
    return tuple(block for block in found if block)


def _section(model: type[One], raw: object) -> One | None:
    try:
        return model.model_validate(raw)
    except (ValidationError, RecursionError):
        return None


def _collected(problems: list[str], read: Callable[[], Result]) -> Result | None:
    """The result of `read`; if it raises ConfigError, the message becomes one more problem."""
    try:
        return read()
    except ConfigError as error:
        problems.append(error.sentence)
        return None
