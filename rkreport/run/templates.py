"""Where templates and the example config are: in the package, beside it in a checkout, or where the config says."""

from pathlib import Path

import rkreport
from rkreport.core.message import MessageTemplates, parse_template
from rkreport.errors import ConfigError

MAILS = tuple((name, language) for name in ("manager", "fallback") for language in ("en", "id"))
"""Every mail there is, by name and language."""


def mail_templates(own_folder: Path | None, name: str, language: str) -> MessageTemplates:
    """The three parts of a mail; a part that the admin's own folder has stands in place of the shipped one.

    Raises:
        ConfigError: a template cannot be read, or names what there is not; names file and line.
    """
    parts = []
    for suffix in ("subject.txt", "txt", "html"):
        file_name = f"{name}.{language}.{suffix}"
        own = own_folder / file_name if own_folder else None
        path = own if own and own.exists() else shipped_templates() / "mail" / file_name
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The template {path} cannot be read; restore it, and save it as UTF-8.") from error
        parts.append(parse_template(text, source=str(path)))
    return MessageTemplates(*parts)


def shipped_templates() -> Path:
    """The folder of the templates that come with the program."""
    package = Path(rkreport.__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def shipped_example() -> Path:
    """The config file in which every key is explained."""
    package = Path(rkreport.__file__).parent
    inside = package / "config.example.toml"
    return inside if inside.is_file() else package.parent / "config.example.toml"
