"""From config.toml and its CSV files to one `Config`; paths in it are relative to the file."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from rkreport.config.people import managers_of, read_exceptions, read_managers
from rkreport.config.schema import ConfigFile, CourseSection
from rkreport.core.message import Sender, is_allowed, parse_address, parse_sender
from rkreport.core.models import (
    Audience,
    BatchSerial,
    CoursePolicy,
    CourseSerial,
    Manager,
    Routing,
    Rules,
)
from rkreport.core.routing import fallback_manager
from rkreport.errors import ConfigError

_SECRET_WORDS = ("password", "secret", "token", "client_id", "api_key")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the admin decided. `sha256` covers the file and its CSV files, as they were read."""

    path: Path
    file: ConfigFile
    rules: Rules
    routing: Routing
    sender: Sender | None  # None: the config names no address to send from
    reply_to: str
    zone: ZoneInfo
    sha256: str
    rules_sha256: str

    @property
    def output_dir(self) -> Path:
        """Where reports go."""
        return self.path.parent / self.file.report.output_dir

    @property
    def data_dir(self) -> Path:
        """Where the store is."""
        return self.path.parent / self.file.report.data_dir

    @property
    def mail_templates_dir(self) -> Path | None:
        """The admin's own mail templates."""
        own = self.file.mail.templates_dir
        return self.path.parent / own if own else None

    def is_allowed(self, address: str) -> bool:
        """Whether mail may go to this address."""
        domains = self.file.mail.allowed_domains
        return domains is None or is_allowed(address, domains)


def load_config(path: Path) -> Config:
    """Read and parse the config file and the CSV files it names.

    Raises:
        ConfigError: names file, key or line, what was found and what to write.
    """
    raw = _read(path)
    file = _parse(path, raw)
    _refuse_what_is_not_there(path, file)
    rules, rules_files = _rules(path, file)
    routing, routing_files = _routing(path, file)
    reply_to = file.mail.reply_to
    contents = [path, *rules_files, *routing_files]
    return Config(
        path=path,
        file=file,
        rules=rules,
        routing=routing,
        sender=_sender(path, file),
        reply_to=parse_address(reply_to, source=f"{path}: mail.reply_to") if reply_to else "",
        zone=ZoneInfo(file.report.timezone),
        sha256=hashlib.sha256(b"\0".join(one.read_bytes() for one in contents)).hexdigest(),
        rules_sha256=hashlib.sha256(repr(rules).encode()).hexdigest(),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist; copy config.example.toml to it and fill it in, or name another file with --config."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or type(error).__name__}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8; save it as UTF-8 in your editor.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is no valid TOML: {error}.") from None


def _parse(path: Path, raw: dict[str, Any]) -> ConfigFile:
    _refuse_secrets(path, raw, ())
    try:
        return ConfigFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=True)[0]
        raise ConfigError(f"{path}: {_where(first['loc'])}: {_problem(dict(first))}") from None


def _refuse_secrets(path: Path, table: Mapping[str, Any], above: tuple[str, ...]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _refuse_secrets(path, value, (*above, key))
        elif any(word in key.casefold() for word in _SECRET_WORDS):
            raise ConfigError(
                f"{path}: {_where((*above, key))}: secrets do not belong in this file; remove the line (and change the"
                " secret if others could read it) and set the environment variable instead, such as"
                " RKREPORT_CLIENT_SECRET or RKREPORT_SMTP_PASSWORD."
            )


def _refuse_what_is_not_there(path: Path, file: ConfigFile) -> None:
    """A key that is understood but not yet followed must not look as if it were."""
    for key, is_asked in (
        ("report.template", file.report.template is not None),
        ("privacy.encrypt_workbooks", file.privacy.encrypt_workbooks),
    ):
        if is_asked:
            raise ConfigError(f"{path}: {key}: this version of rkreport cannot do that yet; remove the line.")


def _where(location: tuple[int | str, ...]) -> str:
    """`courses.2.due` as an admin counts: [[courses]] number 2 is the second."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location) or "the file"


def _problem(error: dict[str, Any]) -> str:
    kind, found = error["type"], error.get("input")
    shown = f", found {found!r}" if isinstance(found, str | int | float | bool) else ""
    match kind:
        case "extra_forbidden":
            return "is an unknown key; check its spelling against config.example.toml."
        case "missing":
            return "is missing; add it, as config.example.toml shows."
        case "value_error":
            return f"{error['ctx']['error']}{shown}."
        case "string_pattern_mismatch":
            return f'must be "previous-month", "current-month" or a month such as "2026-10"{shown}.'
        case _ if kind.startswith("date"):
            return f"must be a date without quotes, such as 2026-12-31{shown}."
        case _:
            message = error["msg"].removeprefix("Input should be ").removeprefix("a valid ")
            return f"must be {message}{shown}."


def _sender(path: Path, file: ConfigFile) -> Sender | None:
    """Who the mails come from; without `from` the address for people without a manager."""
    if file.mail.sender:
        return parse_sender(file.mail.sender, source=f"{path}: mail.from")
    fallback = file.managers.fallback_email
    return parse_sender(fallback, source=f"{path}: managers.fallback_email") if fallback else None


def _rules(path: Path, file: ConfigFile) -> tuple[Rules, list[Path]]:
    source = path.parent / file.exceptions.file if file.exceptions.file else None
    rules = Rules(
        courses=tuple(_policy(course) for course in file.courses),
        exceptions=read_exceptions(source) if source else (),
        due_soon_days=file.report.due_soon_days,
        target_percent=file.report.target_percent,
    )
    return rules, [source] if source else []


def _policy(course: CourseSection) -> CoursePolicy:
    audience = course.audience
    return CoursePolicy(
        serial=CourseSerial(course.serial),
        batches=None if course.batches is None else tuple(BatchSerial(serial) for serial in course.batches),
        kind=course.kind,
        name=course.name,
        due=course.due,
        due_days_after_session=course.due_days_after_session,
        valid_for_months=course.valid_for_months,
        attempts=course.attempts,
        audience=Audience(audience.organizations, audience.tags) if audience else None,
    )


def _routing(path: Path, file: ConfigFile) -> tuple[Routing, list[Path]]:
    section, language = file.managers, file.report.language
    files: list[Path] = []
    if section.file:
        files.append(path.parent / section.file)
        managers, rules = read_managers(files[0], language)
    else:
        numbered = enumerate((entry.model_dump() for entry in section.list), start=1)
        managers, rules = managers_of(numbered, f"{path}: managers.list", language)
    fallback: Manager | None = None
    if section.fallback_email:
        email = parse_address(section.fallback_email, source=f"{path}: managers.fallback_email")
        fallback = fallback_manager(email, language)
        if any(manager.manager_id.casefold() == fallback.manager_id for manager in managers):
            raise ConfigError(f'{path}: the manager_id "{fallback.manager_id}" is taken for people without a manager.')
    return Routing(managers, rules, fallback), files
