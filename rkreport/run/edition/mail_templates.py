"""Finds templates and the example config: in the package, beside it in a checkout, or where the config says.

Knows the places; `rkreport.core.mail` knows what a template may say.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import rkreport
from rkreport.bounds import TooLarge, read_regular
from rkreport.config.error_messages import toml_sentence
from rkreport.config.toml_bounds import loads
from rkreport.core.mail.layout import TEAM_MAILS, Texts, lay_out, own_texts, values_in
from rkreport.core.mail.templates import MessageTemplates, Template, parse_template
from rkreport.core.words import LANGUAGES
from rkreport.errors import ConfigError
from rkreport.files import sha256_of

_LARGEST_BYTES = 256 * 1024  # ours have ten kilobytes; pictures belong on a server
PARTS = ("subject.txt", "txt", "html")
LAYOUTS = tuple(f"layout.{part}" for part in PARTS)
"""The layout of every mail for which the admin's own folder has no complete template."""


def mail_templates(own_folder: Path | None, kind: str, language: str) -> MessageTemplates:
    """Return the three parts of a mail, such as `manager.en.html`. A part in the admin's own folder is used as it is.

    The other parts come from the layout and the texts; the own folder may replace those too.

    Raises:
        ConfigError: a template cannot be read, or uses an unknown name; the message gives file and line.
    """
    if own_folder and not own_folder.is_dir():
        raise ConfigError(
            "{own_folder} is no folder; correct mail.templates_dir, or remove the line for usual texts.",
            own_folder=own_folder,
        )
    parts = []
    for suffix in PARTS:
        own = own_folder / f"{kind}.{language}.{suffix}" if own_folder else None
        if own and own.exists():
            parts.append(_parsed(own, values_in(kind)))
            continue
        layout = _own_or_shipped(own_folder, f"layout.{suffix}")
        parts.append(_laid_out(layout, _own_or_shipped(own_folder, texts_name(language)), kind, language))
    return MessageTemplates(*parts)


def check_team_mails(own_folder: Path | None) -> None:
    """Read the templates of every mail about a team, in every language.

    Raises:
        ConfigError: as `mail_templates`.
    """
    for kind, language in product(TEAM_MAILS, LANGUAGES):
        mail_templates(own_folder, kind, language)


def own_files(own_folder: Path | None) -> dict[str, str]:
    """The SHA-256 of each text in the admin's own folder of which a mail about a team is made.

    Raises:
        ConfigError: as `mail_templates`.
    """
    if own_folder is None:
        return {}
    whole = (f"{kind}.{language}.{part}" for kind, language, part in product(TEAM_MAILS, LANGUAGES, PARTS))
    names = sorted((*LAYOUTS, *map(texts_name, LANGUAGES), *whole))
    return {name: sha256_of(_file(own_folder / name).content) for name in names if (own_folder / name).exists()}


def texts_name(language: str) -> str:
    """Return the file name of a language's texts."""
    return f"texts.{language}.toml"


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8-sig")


@lru_cache(maxsize=32)  # keyed by file contents; a build asks for the same template for each manager
def _laid_out(layout: _File, texts: _File, kind: str, language: str) -> Template:
    shipped = _file(_shipped_mail(texts_name(language)))
    told: Texts = _table(shipped)
    if texts != shipped:
        told = own_texts(told, _table(texts), source=str(texts.path))
    return lay_out(layout.text, told, kind, source=str(layout.path), is_html=layout.path.suffix == ".html")


def _table(file: _File) -> dict[str, Any]:
    try:
        return loads(file.text)
    except tomllib.TOMLDecodeError as error:
        sentence = toml_sentence(error, file.text, example=f"templates/mail/{file.path.name}")
        raise ConfigError("{path}, {sentence}", path=file.path, sentence=sentence) from None
    except (ValueError, RecursionError):  # Python's own limits, as for the config
        raise ConfigError(
            "{path} holds no texts; compare it with templates/mail/{name}.", path=file.path, name=file.path.name
        ) from None


def _own_or_shipped(own_folder: Path | None, file_name: str) -> _File:
    own = own_folder / file_name if own_folder else None
    return _file(own if own and own.exists() else _shipped_mail(file_name))


def _shipped_mail(file_name: str) -> Path:
    return shipped_templates() / "mail" / file_name


def all_done_name(own_folder: Path | None, language: str) -> str:
    """Return the mail for a manager whose team has done everything: `done`, unless the admin only has `manager` texts.

    An admin who wrote `manager` texts before `done` existed keeps them; ours do not replace them.
    """
    if own_folder and _has_own(own_folder, "manager", language) and not _has_own(own_folder, "done", language):
        return "manager"
    return "done"


def _has_own(own_folder: Path, name: str, language: str) -> bool:
    return any((own_folder / f"{name}.{language}.{part}").exists() for part in PARTS)


def text_template(name: str, language: str, names: Sequence[str]) -> Template:
    """Load a shipped plain-text template, which may use these names."""
    return _parsed(shipped_templates() / f"{name}.{language}.txt", names)


def _parsed(path: Path, names: Sequence[str]) -> Template:
    return parse_template(_file(path).text, source=str(path), names=names)


def _file(path: Path) -> _File:
    try:
        content = read_regular(path, _LARGEST_BYTES)
        content.decode("utf-8-sig")
        return _File(path, content)
    except TooLarge:
        raise ConfigError(
            "The template {path} is larger than {largest_bytes} kB, far more than a mail;"
            " restore it, or delete it to use ours.",
            path=path,
            largest_bytes=_LARGEST_BYTES // 1024,
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("The template {path} cannot be read; restore it, and save it as UTF-8.", path=path) from error


def shipped_templates() -> Path:
    """Return the folder of the program's own templates."""
    package = Path(rkreport.__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def shipped_example() -> Path:
    """Return the example config, which explains every key."""
    package = Path(rkreport.__file__).parent
    inside = package / "config.example.toml"
    return inside if inside.is_file() else package.parent / "config.example.toml"
