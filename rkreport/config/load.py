"""Loads config.toml and its lists into one `Config`; paths in it are relative to the file.

Knows how the parts make one whole; `schema` knows the possible values, `people` the columns of the lists.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from rkreport.config.brand_file import BrandFile, read_brand_file
from rkreport.config.digest import meaning_digest
from rkreport.config.error_messages import Location, location_text, most_telling, schema_sentence, toml_sentence
from rkreport.config.people import managers_of, read_exceptions, read_managers
from rkreport.config.schema import ConfigFile, CourseSection, MailSection, ManagersSection
from rkreport.config.tables import ListFile, Refuse, at_once
from rkreport.config.text_file import TextFile, read_text_file
from rkreport.config.toml_bounds import LARGEST_BYTES, loads
from rkreport.config.workbook_file import read_workbook_file
from rkreport.core.list_rows import EXCEPTIONS_FILE, MANAGERS_FILE
from rkreport.core.mail.addresses import Sender, is_allowed, parse_address, parse_sender
from rkreport.core.mail.delivery import Channel, channel_of
from rkreport.core.models import BatchSerial, CourseSerial, Manager, PlanSerial
from rkreport.core.routing import Routing, fallback_manager
from rkreport.core.rules import Audience, CoursePolicy, Rules
from rkreport.core.rules_digest import rules_digest
from rkreport.errors import ConfigError
from rkreport.files import sha256_of
from rkreport.sentence import Sentence

LARGEST_LIST_BYTES = 20 * 2**20  # as CSV, twice what the largest company needs
WORKBOOK_SUFFIX = ".xlsx"
_NO_SETTINGS = "{path} is no settings file; compare it with config.example.toml."
_OTHER_SPREADSHEETS = frozenset({".xls", ".xlsm", ".xlsb", ".ods"})
_SECRET_WORDS = ("passw", "passphrase", "pwd", "secret", "token", "clientid", "apikey", "accesskey", "credential")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the admin decided. `sha256` covers the meaning of the file, its lists and the brand.

    `bytes_sha256` covers the bytes of the same files: version 0.1.0 identified its editions by it.
    """

    path: Path
    settings: ConfigFile
    rules: Rules
    routing: Routing
    sender: Sender | None  # None: the config names no address to send from
    reply_to: str
    brand: BrandFile | None  # None: the shipped look
    zone: ZoneInfo
    sha256: str
    bytes_sha256: str
    rules_sha256: str

    @property
    def output_dir(self) -> Path:
        """Where reports go."""
        return self.path.parent / self.settings.report.output_dir

    @property
    def data_dir(self) -> Path:
        """Where the store is."""
        return self.path.parent / self.settings.report.data_dir

    @property
    def mail_templates_dir(self) -> Path | None:
        """The admin's own mail templates."""
        own = self.settings.mail.templates_dir
        return self.path.parent / own if own else None

    @property
    def channel(self) -> Channel:
        """The channel of the messages."""
        return channel_of(self.settings.mail.transport)

    def is_allowed(self, address: str) -> bool:
        """Whether mail may go to this address."""
        domains = self.settings.mail.allowed_domains
        return domains is None or is_allowed(address, domains)


def load_config(path: Path) -> Config:
    """Read and parse the config file and the lists it names, and read the brand template.

    Raises:
        ConfigError: names file, key or line, what was found and what to write.
    """
    source = read_config_text(path)
    file = _parse(source)
    rules, rules_files = _rules(path, file)
    routing, routing_files = routing_of(path, file.managers, file.report.language)
    reply_to = file.mail.reply_to
    template = file.report.template
    brand = read_brand_file(path.parent / template) if template else None
    contents = [one.content for one in (source, *rules_files, *routing_files)]
    if brand:
        contents.append(brand.content)
    return Config(
        path=path,
        settings=file,
        rules=rules,
        routing=routing,
        sender=sender_of(path, file.mail, file.managers),
        reply_to=parse_address(reply_to, source=Sentence("{path}: mail.reply_to", path=path)) if reply_to else "",
        brand=brand,
        zone=ZoneInfo(file.report.timezone),
        sha256=meaning_digest(file, routing, rules.exceptions, brand),
        bytes_sha256=sha256_of(b"\0".join(contents)),
        rules_sha256=rules_digest(rules),
    )


@contextmanager
def naming_the_file(config: Config) -> Iterator[None]:
    """Put the config's path before the message of each ConfigError raised within."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError("{path}: {error}", path=config.path, error=error) from error


def read_config_text(path: Path) -> TextFile:
    """The config file as text.

    Raises:
        ConfigError: it is missing, unreadable or not UTF-8.
    """
    hidden = path.parent / f"{path.name}.txt"
    rename = Sentence(
        "{name} is there: show file name extensions in the Explorer, and take its .txt away", name=hidden.name
    )
    otherwise = "say rkreport init to write one, or name another file with --config"
    return read_text_file(
        path,
        if_missing=rename if hidden.exists() else otherwise,
        how_to_save="save it as UTF-8 in your editor",
        largest=LARGEST_BYTES,
    )


def read_settings(path: Path) -> ConfigFile:
    """The config file alone: the lists that it names may be missing or wrong.

    Raises:
        ConfigError: names file, key, what was found and what to write.
    """
    return _parse(read_config_text(path))


def parse_toml(source: TextFile) -> dict[str, Any]:
    """The content of the config file, not yet checked.

    Raises:
        ConfigError: it is empty or no TOML.
    """
    try:
        raw = loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "{path}, {toml_sentence}", path=source.path, toml_sentence=toml_sentence(error, source.text)
        ) from None
    except (ValueError, RecursionError):
        # Python's own limits: deeply nested brackets, numbers of thousands of digits.
        raise ConfigError(_NO_SETTINGS, path=source.path) from None
    if not raw:
        raise ConfigError("{path} is empty; delete it, and say rkreport init to write one.", path=source.path)
    return raw


def secret_places(value: object, location: Location = ()) -> Iterator[Location]:
    """The places in a parsed file that seem to hold a secret."""
    if isinstance(value, list):
        for number, entry in enumerate(value):
            yield from secret_places(entry, (*location, number))
    if not isinstance(value, dict):
        return
    for key, entry in value.items():
        if any(word in re.sub(r"[^a-z]", "", key.casefold()) for word in _SECRET_WORDS):
            yield (*location, key)
        else:
            yield from secret_places(entry, (*location, key))


def secret_sentence(path: Path, location: Location) -> str:
    """What to do about a secret in the file."""
    return Sentence(
        "{path}: {location_text}: secrets do not belong in this file; remove the line (and"
        " change the secret if others could read it) and set the environment variable"
        " instead, such as RKREPORT_CLIENT_SECRET or RKREPORT_SMTP_PASSWORD.",
        path=path,
        location_text=location_text(location),
    )


def _parse(source: TextFile) -> ConfigFile:
    raw = parse_toml(source)
    try:
        if secret := next(secret_places(raw), None):
            raise ConfigError(secret_sentence(source.path, secret))
        return ConfigFile.model_validate(raw)
    except ValidationError as error:
        telling = most_telling(error.errors(include_url=False))
        raise ConfigError(
            "{path}: {schema_sentence}", path=source.path, schema_sentence=schema_sentence(telling, raw)
        ) from None
    except RecursionError:
        raise ConfigError(_NO_SETTINGS, path=source.path) from None


def sender_of(path: Path, mail: MailSection, managers: ManagersSection) -> Sender | None:
    """The sender of the mails; without `from`, the address for people without a manager."""
    if mail.sender:
        return parse_sender(mail.sender, source=Sentence("{path}: mail.from", path=path))
    fallback = managers.fallback_email
    return parse_sender(fallback, source=Sentence("{path}: managers.fallback_email", path=path)) if fallback else None


def read_list(path: Path, name: str) -> ListFile:
    """A list that the config at `path` names, a workbook or a CSV file.

    Raises:
        ConfigError: it cannot be read, or is of another format.
    """
    file, if_missing = path.parent / name, Sentence("create it, or correct its name in {name}", name=path.name)
    suffix = file.suffix.casefold()
    if suffix == WORKBOOK_SUFFIX:
        return read_workbook_file(file, if_missing=if_missing)
    if suffix in _OTHER_SPREADSHEETS:
        raise ConfigError(
            "{file} is no .xlsx; save it as .xlsx, and write that name in {name}.", file=file, name=path.name
        )
    how_to_save = 'in Excel save it as "CSV UTF-8"'
    return read_text_file(file, if_missing=if_missing, how_to_save=how_to_save, largest=LARGEST_LIST_BYTES)


def _rules(path: Path, file: ConfigFile) -> tuple[Rules, list[ListFile]]:
    source = read_list(path, file.exceptions.file) if file.exceptions.file else None
    rules = Rules(
        courses=tuple(policy_of(course) for course in file.courses),
        exceptions=read_exceptions(source) if source else (),
        due_soon_days=file.report.due_soon_days,
        target_percent=file.report.target_percent,
        plans=tuple(PlanSerial(plan.serial) for plan in file.learning_plans),
        exceptions_file=source.path.name if source else EXCEPTIONS_FILE,
    )
    return rules, [source] if source else []


def policy_of(course: CourseSection) -> CoursePolicy:
    """The rules of a course from its block."""
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


def routing_of(
    path: Path, section: ManagersSection, language: str, refuse: Refuse = at_once
) -> tuple[Routing, list[ListFile]]:
    """Who belongs to whom, and the file for it, if any; `refuse` takes the error of a wrong row.

    Raises:
        ConfigError: the file or the fallback address cannot be used.
    """
    files: list[ListFile] = []
    name = Sentence("{name}: managers.list", name=path.name) if section.list else MANAGERS_FILE
    if section.file:
        files.append(read_list(path, section.file))
        name = files[0].path.name
        managers, rules = read_managers(files[0], language, refuse)
    else:
        numbered = enumerate((entry.model_dump() for entry in section.list), start=1)
        managers, rules = managers_of(numbered, Sentence("{path}: managers.list number", path=path), language, refuse)
    fallback: Manager | None = None
    if section.fallback_email:
        email = parse_address(section.fallback_email, source=Sentence("{path}: managers.fallback_email", path=path))
        fallback = fallback_manager(email, language)
        if any(manager.manager_id.casefold() == fallback.manager_id for manager in managers):
            raise ConfigError(
                '{file}: the manager_id "{manager_id}" is taken for people without a manager; write another one.',
                file=section.file or path,
                manager_id=fallback.manager_id,
            )
    return Routing(managers, rules, fallback, name), files
