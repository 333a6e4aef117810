"""The shape of config.toml. Knows which values are possible, not where the file is.

Every default stands here once; config.example.toml and docs/configuration.md are held to it by a test.
"""

import inspect
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import date
from ipaddress import ip_address
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rkreport.core.mail.addresses import is_allowed
from rkreport.core.models import CourseKind
from rkreport.core.rules import Attempts
from rkreport.core.words import Language
from rkreport.errors import ConfigError
from rkreport.sentence import Sentence

LONGEST_TEXT = 300
_LONGEST_SCHEME = 20
_LONGEST_HOST = 254  # RFC 1035: 253, and a dot at the end


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(host: str) -> str:
    try:
        is_name = len(host.encode("idna")) <= _LONGEST_HOST
    except UnicodeError:  # what a socket would raise
        is_name = False
    if not is_name:
        raise ValueError(
            "names a host that cannot exist: a part between its dots is empty, has impossible letters, or"
            ' more than 63 of them (253 in all); write such as "lms.contoh.test"'
        )
    return host


def _base_url(text: str) -> str:
    try:
        url = urlsplit(text)
        is_address = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:  # a wrong port or IPv6 address
        is_address = False
    if not is_address or not text.isprintable() or " " in text:
        raise ValueError('is no web address; write one such as "https://api.ruangkerja.id"')
    if url.username is not None or url.query or url.fragment:
        raise ValueError('holds more than the address (a login, a "?" or a "#"); write "https://api.ruangkerja.id"')
    if url.scheme == "http" and not is_loopback(url.hostname):
        raise ValueError("begins with http://, which would send the secret unencrypted; write https://")
    _host(url.hostname or "")
    return text.rstrip("/")


def _token_url(text: str) -> str:
    try:
        return _base_url(text)
    except ValueError:
        raise ValueError(
            'must be an address such as "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"'
        ) from None


def _scheduler(text: str) -> str:
    try:
        url = urlsplit(text)
        is_address = url.scheme in {"tls", "tcp"} and bool(url.hostname and url.port) and not (url.path or url.query)
    except ValueError:  # a wrong port
        is_address = False
    if text and not is_address:
        raise ValueError('is no address of a Dask scheduler; write one such as "tls://dask.contoh.test:8786"')
    if text and url.scheme == "tcp" and not is_loopback(url.hostname):
        raise ValueError(
            "begins with tcp://, which would send personal data unencrypted; write tls://, or use a tunnel"
        )
    if text:
        _host(url.hostname or "")
    return text


def _scheme(text: str) -> str:
    scheme = text.strip()
    if scheme and not (scheme.isascii() and scheme.isalpha() and len(scheme) <= _LONGEST_SCHEME):
        raise ValueError('must be one word such as "Bearer", without the token; the token is set in the environment')
    return scheme


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('is no time zone; write "Asia/Jakarta", "Asia/Makassar" or "Asia/Jayapura"') from None
    return text


def _one_line(text: str) -> str:
    stripped = text.strip()
    if any(unicodedata.category(character) == "Cc" for character in stripped):
        raise ValueError("must be one line of text without control characters")
    if len(stripped) > LONGEST_TEXT:
        raise ValueError(Sentence("must be at most {longest_text} characters long", longest_text=LONGEST_TEXT))
    return stripped


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _domain(text: str) -> str:
    try:
        is_allowed("somebody@domain.example", (text,))
    except ConfigError:
        raise ValueError('is no mail domain; write what stands after the @ alone, such as "contoh.test"') from None
    return text


def _first_twice(serials: Iterable[str]) -> str | None:
    return next((serial for serial, times in Counter(serials).items() if times > 1), None)


def _none_twice(serials: tuple[str, ...]) -> tuple[str, ...]:
    twice = _first_twice(serials)
    if twice:
        raise ValueError(Sentence('names "{twice}" twice; remove one of them', twice=twice))
    return serials


Line = Annotated[str, AfterValidator(_one_line)]
Words = Annotated[Line, AfterValidator(_not_blank)]
Host = Annotated[Words, AfterValidator(_host)]
Domain = Annotated[Words, AfterValidator(_domain)]
Serials = Annotated[tuple[Words, ...], AfterValidator(_none_twice)]


class Section(BaseModel):
    """A table of the file: no unknown keys, no guessing of types, no values in error texts."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True, defer_build=True)


class LmsSection(Section):
    """`[lms]`."""

    base_url: Annotated[str, AfterValidator(_base_url)] = "https://api.ruangkerja.id"
    requests_per_second: float = Field(10, gt=0, le=10_000)
    max_in_flight: int = Field(16, ge=1, le=200)
    page_size: int = Field(100, ge=1, le=100)
    timeout_seconds: float = Field(30, gt=0, le=600)
    max_attempts: int = Field(6, ge=1, le=20)
    authorization_scheme: Annotated[str, AfterValidator(_scheme)] = ""
    completion_dates: Literal["auto", "off"] = "auto"


class ReportSection(Section):
    """`[report]`."""

    company: Words
    language: Language = "id"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Jakarta"
    period: str = Field("previous-month", pattern=r"^(previous-month|current-month|20[0-9]{2}-(0[1-9]|1[0-2]))$")
    output_dir: Words = "reports"
    data_dir: Words = "rkreport-data"
    template: Words | None = None
    target_percent: float = Field(95, gt=0, le=100)
    due_soon_days: int = Field(14, ge=0, le=3650)


class AudienceSection(Section):
    """`[courses.audience]`."""

    organizations: tuple[Words, ...] = Field((), strict=False)
    tags: tuple[Words, ...] = Field((), strict=False)

    @model_validator(mode="after")
    def _names_somebody(self) -> "AudienceSection":
        if not self.organizations and not self.tags:
            raise ValueError("names nobody; write organizations or tags, or leave the audience out")
        return self


class CourseSection(Section):
    """`[[courses]]`."""

    serial: Words
    batches: Serials | None = Field(None, strict=False, min_length=1)
    kind: CourseKind | None = Field(None, strict=False)
    name: Words | None = None
    due: date | None = None
    due_days_after_session: int | None = Field(None, ge=0, le=3650)
    valid_for_months: int | None = Field(None, ge=1, le=600)
    attempts: Attempts = Field(Attempts.BEST, strict=False)
    audience: AudienceSection | None = None

    @model_validator(mode="after")
    def _has_one_due_rule(self) -> "CourseSection":
        if self.due is not None and self.due_days_after_session is not None:
            raise ValueError("has both due and due_days_after_session; write one of them")
        return self

    @model_validator(mode="after")
    def _has_sessions_if_it_needs_them(self) -> "CourseSection":
        needing = {"batches": self.batches, "due_days_after_session": self.due_days_after_session}
        wrong = next((name for name, value in needing.items() if value is not None), None)
        if self.kind is CourseKind.ONLINE and wrong:
            raise ValueError(
                Sentence('has {wrong}, but kind = "online" has no batches; remove one of the two lines', wrong=wrong)
            )
        return self


class LearningPlanSection(Section):
    """`[[learning_plans]]`."""

    serial: Words


class ManagerEntry(Section):
    """`[[managers.list]]`: the columns of the list of managers."""

    manager_id: Line = ""
    name: Line = ""
    email: Line = ""
    cc: Line = ""
    language: Line = ""
    employee_id: Line = ""
    organization: Line = ""
    tag: Line = ""


class ManagersSection(Section):
    """`[managers]`."""

    file: Words | None = None
    list: tuple[ManagerEntry, ...] = Field((), strict=False)
    fallback_email: Words | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "ManagersSection":
        if self.file and self.list:
            raise ValueError("has both a file and [[managers.list]] blocks; keep one of the two")
        return self


class ExceptionsSection(Section):
    """`[exceptions]`."""

    file: Words | None = None


class OAuthSection(Section):
    """`[mail.oauth]`: where tokens for the mail server come from; the secret is in the environment."""

    url: Annotated[str, AfterValidator(_token_url)] | None = None
    app_id: Words | None = None
    scope: Words | None = None


class MailSection(Section):
    """`[mail]`."""

    transport: Literal["outbox", "smtp"] = "outbox"
    provider: Literal["", "microsoft365", "google"] = ""
    sender: Words | None = Field(None, alias="from")
    reply_to: Words | None = None
    allowed_domains: tuple[Domain, ...] | None = Field(None, strict=False, min_length=1)
    templates_dir: Words | None = None
    host: Host | None = None
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Words | None = None
    username: Words | None = None
    auth: Literal["password", "xoauth2"] = "password"
    oauth: OAuthSection = OAuthSection()
    messages_per_minute: int = Field(25, ge=1, le=10_000)
    max_message_mb: float = Field(25, gt=0, le=10_000)
    summary_to: Words | None = None

    @model_validator(mode="after")
    def _can_send_safely(self) -> "MailSection":
        if self.transport == "smtp" and self.host is None and not self.provider:
            raise ValueError('has transport = "smtp" but no host; add such as host = "smtp.contoh.test", or a provider')
        if self.transport == "smtp" and self.allowed_domains is None:
            raise ValueError(
                'has transport = "smtp" but no allowed_domains; add the mail domains of your managers, such as'
                ' allowed_domains = ["contoh.test"]'
            )
        if self.security == "none" and self.host is not None and not is_loopback(self.host):
            raise ValueError('has security = "none", which would send the password unencrypted; write "starttls"')
        return self


class GuardsSection(Section):
    """`[guards]`: what stops a sending until a person has looked."""

    people_change_percent: float = Field(20, gt=0, le=10_000)
    rate_change_points: float = Field(15, gt=0, le=100)
    team_moved_percent: float = Field(20, gt=0, le=100)
    fallback_percent: float = Field(10, gt=0, le=100)
    unmatched_percent: float = Field(5, gt=0, le=100)


class ReleaseSection(Section):
    """`[release]`: whether a second person must have looked before anything is sent."""

    approval: bool = False


class PrivacySection(Section):
    """`[privacy]`."""

    include_absent_reason: bool = False
    include_phone: bool = False
    encrypt_workbooks: bool = False
    encrypt_store: bool = False
    retention_months: int = Field(24, ge=1, le=1200)


class BuildSection(Section):
    """`[build]`: where the managers' workbooks are made. Only "dask" uses the scheduler."""

    executor: Literal["processes", "dask"] = "processes"
    scheduler: Annotated[str, AfterValidator(_scheduler)] = ""

    @model_validator(mode="after")
    def _agrees(self) -> "BuildSection":
        if self.executor == "dask" and not self.scheduler:
            raise ValueError(
                'has executor = "dask" but no scheduler; add such as scheduler = "tls://dask.contoh.test:8786"'
            )
        return self


class ConfigFile(Section):
    """The whole file."""

    lms: LmsSection = LmsSection()
    report: ReportSection
    courses: tuple[CourseSection, ...] = Field((), strict=False)
    learning_plans: tuple[LearningPlanSection, ...] = Field((), strict=False)
    managers: ManagersSection = ManagersSection()
    exceptions: ExceptionsSection = ExceptionsSection()
    mail: MailSection = MailSection()
    guards: GuardsSection = GuardsSection()
    release: ReleaseSection = ReleaseSection()
    privacy: PrivacySection = PrivacySection()
    build: BuildSection = BuildSection()

    @model_validator(mode="after")
    def _names_each_once(self) -> "ConfigFile":
        for section, what, blocks in (
            ("courses", "course", self.courses),
            ("learning_plans", "learning plan", self.learning_plans),
        ):
            twice = _first_twice(block.serial for block in blocks)
            if twice:
                raise ValueError(
                    Sentence(
                        'two [[{section}]] blocks name the {what} "{twice}"; merge them',
                        section=section,
                        what=what,
                        twice=twice,
                    )
                )
        if not self.courses and not self.learning_plans:
            raise ValueError(
                "courses: the section [[courses]] is missing; add it, as config.example.toml shows, or a section"
                " [[learning_plans]]"
            )
        return self


def sections_below(section: type[Section], name: str = "") -> dict[str, tuple[str, ...]]:
    """The keys of a section and of all below it, by the dotted name of the section; `""` is the top of the file."""
    keys = {field.alias or own: field.annotation for own, field in section.model_fields.items()}
    found = {name: tuple(keys)}
    for key, annotation in keys.items():
        for inner in (annotation, *get_args(annotation)):
            if inspect.isclass(inner) and issubclass(inner, Section):
                found |= sections_below(inner, f"{name}.{key}".lstrip("."))
    return found
