"""Single answers from options and questions, checked against the schema before there is a file.

Knows the schema, not the questions.
"""

from typing import Any, cast

from pydantic import ValidationError

from rkreport.config.error_messages import schema_sentence
from rkreport.config.schema import ConfigFile
from rkreport.core.mail.addresses import parse_address, parse_sender
from rkreport.errors import ConfigError

ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


def company_name(text: str) -> str:
    """The company's name on the reports. Raises ConfigError, as all functions here."""
    return str(_checked("report", "company", text))


def report_language(text: str) -> str:
    """`id` or `en`."""
    return str(_checked("report", "language", text.strip().casefold()))


def report_zone(text: str) -> str:
    """A time zone by its Indonesian short name or its own."""
    return str(_checked("report", "timezone", ZONES.get(text.strip().casefold(), text.strip())))


def lms_address(text: str) -> str:
    """The base_url."""
    return str(_checked("lms", "base_url", text.strip()))


def course_serials(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Serials of courses, none of them twice."""
    whole = _whole({"courses": [{"serial": text} for text in texts]}) if texts else None
    return tuple(course.serial for course in whole.courses) if whole else ()


def address(text: str) -> str:
    """A bare mail address; `""` for no text."""
    return parse_address(text, source="managers.fallback_email") if text.strip() else ""


def mail_domains(text: str) -> tuple[str, ...]:
    """The domains in a list of domains or addresses, with commas or blanks between them; may be empty."""
    domains = tuple(part.rpartition("@")[2].casefold() for part in text.replace(",", " ").split())
    return cast("tuple[str, ...]", _checked("mail", "allowed_domains", list(domains))) if domains else ()


def sender(text: str) -> tuple[str, str]:
    """The sender for the file, as `L&D <ld@contoh.test>`, and its bare address; both are `""` for no text."""
    if not text.strip():
        return "", ""
    parsed = parse_sender(text)
    return (f"{parsed.name} <{parsed.address}>" if parsed.name else parsed.address), parsed.address


def _checked(section: str, key: str, value: object) -> object:
    return getattr(getattr(_whole({section: {key: value}}), section), key)


def _whole(part: dict[str, Any]) -> ConfigFile:
    """A minimal config that holds the answer."""
    raw: dict[str, Any] = {"courses": [{"serial": "any"}], **part}
    raw["report"] = {"company": "any", **raw.get("report", {})}
    try:
        return ConfigFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(schema_sentence(error.errors(include_url=False)[0], raw)) from None
