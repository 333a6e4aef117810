"""The shape of config.toml. Knows which values are possible, not where the file is.

Every default stands here once; config.example.toml and the README's table are held to it by a test.
"""

from datetime import date
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rkreport.core.models import Attempts, CourseKind


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine."""
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _base_url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or url.username or url.query or url.fragment:
        raise ValueError('write an address such as "https://api.ruangkerja.id"')
    if url.scheme == "http" and not is_loopback(url.hostname):
        raise ValueError("http:// would send the secret unencrypted; write https://")
    return text.rstrip("/")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('is no time zone; write "Asia/Jakarta", "Asia/Makassar" or "Asia/Jayapura"') from None
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text.strip()


Words = Annotated[str, AfterValidator(_not_blank)]
Language = Literal["id", "en"]


class Section(BaseModel):
    """A table of the file: no unknown keys, no guessing of types, no values in error texts."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


class LmsSection(Section):
    """`[lms]`."""

    base_url: Annotated[str, AfterValidator(_base_url)] = "https://api.ruangkerja.id"
    requests_per_second: float = Field(10, gt=0, le=1000)
    max_in_flight: int = Field(16, ge=1, le=200)
    page_size: int = Field(100, ge=1, le=100)
    timeout_seconds: float = Field(30, gt=0, le=600)
    max_attempts: int = Field(6, ge=1, le=20)
    authorization_scheme: str = ""


class ReportSection(Section):
    """`[report]`."""

    company: Words
    language: Language = "id"
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Jakarta"
    period: str = Field("previous-month", pattern=r"^(previous-month|current-month|\d{4}-(0[1-9]|1[0-2]))$")
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
    batches: tuple[Words, ...] | None = Field(None, strict=False, min_length=1)
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


class ManagerEntry(Section):
    """`[[managers.list]]`: the columns of managers.csv."""

    manager_id: str = ""
    name: str = ""
    email: str = ""
    cc: str = ""
    language: str = ""
    employee_id: str = ""
    organization: str = ""
    tag: str = ""


class ManagersSection(Section):
    """`[managers]`."""

    file: Words | None = None
    list: tuple[ManagerEntry, ...] = Field((), strict=False)
    fallback_email: Words | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> "ManagersSection":
        if self.file and self.list:
            raise ValueError("has both a file and a list; write one of them")
        return self


class ExceptionsSection(Section):
    """`[exceptions]`."""

    file: Words | None = None


class MailSection(Section):
    """`[mail]`."""

    transport: Literal["outbox", "smtp"] = "outbox"
    sender: Words | None = Field(None, alias="from")
    reply_to: Words | None = None
    allowed_domains: tuple[Words, ...] | None = Field(None, strict=False)
    templates_dir: Words | None = None
    host: Words | None = None
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Words | None = None
    messages_per_minute: int = Field(25, ge=1, le=10_000)
    max_message_mb: float = Field(25, gt=0, le=1000)


class PrivacySection(Section):
    """`[privacy]`."""

    include_absent_reason: bool = False
    include_phone: bool = False
    encrypt_workbooks: bool = False
    retention_months: int = Field(24, ge=1, le=1200)


class ConfigFile(Section):
    """The whole file."""

    lms: LmsSection = LmsSection()
    report: ReportSection
    courses: tuple[CourseSection, ...] = Field(strict=False, min_length=1)
    managers: ManagersSection = ManagersSection()
    exceptions: ExceptionsSection = ExceptionsSection()
    mail: MailSection = MailSection()
    privacy: PrivacySection = PrivacySection()

    @model_validator(mode="after")
    def _names_each_course_once(self) -> "ConfigFile":
        serials = [course.serial for course in self.courses]
        twice = next((serial for serial in serials if serials.count(serial) > 1), None)
        if twice:
            raise ValueError(f'names the course "{twice}" twice; merge the two blocks')
        return self
