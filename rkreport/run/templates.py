"""Where templates and the example config are: in the package, beside it in a checkout, or where the config says."""

from collections.abc import Sequence
from pathlib import Path

import rkreport
from rkreport.core.mail_templates import TEMPLATE_NAMES, MessageTemplates, Template, parse_template
from rkreport.errors import ConfigError

MAILS = tuple((name, language) for name in ("manager", "done", "fallback") for language in ("en", "id"))
"""Every mail about a team, by name and language."""

_PARTS = ("subject.txt", "txt", "html")


def mail_templates(
    own_folder: Path | None, name: str, language: str, names: Sequence[str] = TEMPLATE_NAMES
) -> MessageTemplates:
    """The three parts of a mail; a part that the admin's own folder has stands in place of the shipped one.

    `names` are those that they may use.

    Raises:
        ConfigError: a template cannot be read, or names what there is not; names file and line.
    """
    parts = []
    for suffix in _PARTS:
        file_name = f"{name}.{language}.{suffix}"
        own = own_folder / file_name if own_folder else None
        path = own if own and own.exists() else shipped_templates() / "mail" / file_name
        parts.append(_parsed(path, names))
    return MessageTemplates(*parts)


def all_done_name(own_folder: Path | None, language: str) -> str:
    """Which mail a manager gets whose team has done everything: `done`, unless the admin words managers' mails alone.

    An admin who wrote `manager` texts before there was `done` has their managers read those, not ours.
    """
    if own_folder and _has_own(own_folder, "manager", language) and not _has_own(own_folder, "done", language):
        return "manager"
    return "done"


def _has_own(own_folder: Path, name: str, language: str) -> bool:
    return any((own_folder / f"{name}.{language}.{part}").exists() for part in _PARTS)


def text_template(name: str, language: str, names: Sequence[str]) -> Template:
    """A shipped template of plain text, which may use these names."""
    return _parsed(shipped_templates() / f"{name}.{language}.txt", names)


def _parsed(path: Path, names: Sequence[str]) -> Template:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The template {path} cannot be read; restore it, and save it as UTF-8.") from error
    return parse_template(text, source=str(path), names=names)


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
