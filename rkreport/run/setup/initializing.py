"""Init: a folder's first config.toml with its CSV files and, if wanted, the brand template. Never overwrites a file.

Knows which files there are and that they appear together; what is asked, and how, is the command line's.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from rkreport.config.config_writer import Draft, draft_config
from rkreport.config.load import load_config
from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS
from rkreport.errors import ConfigError, OutputError
from rkreport.files import PART_SUFFIX, write_private_file
from rkreport.run.edition.mail_templates import shipped_example, shipped_templates

MANAGERS, EXCEPTIONS, BRAND = "managers.csv", "exceptions.csv", "brand.xlsx"


@dataclass(frozen=True, slots=True)
class InitOrder:
    """What to write, and where: the config's path, and the other files beside it."""

    config: Path
    draft: Draft
    with_brand: bool = False


def refuse_to_overwrite(config: Path, *, with_brand: bool) -> None:
    """Say which of the files are there already; asked before any question is.

    Raises:
        ConfigError: there is one at least.
        OutputError: the folder is not there.
    """
    _refuse_what_is_there(_paths(config, with_brand=with_brand))
    if not config.parent.is_dir():
        raise OutputError(f"The folder {config.parent} is not there; make it, or name another file with --config.")


def init_step(order: InitOrder) -> tuple[Path, ...]:
    """Write the files, the config last; returns them, the config first. Interrupted, it leaves none of them.

    Raises:
        ConfigError: one of them is there already; none is written.
        OutputError: one of them cannot be written; none is left.
    """
    paths = _paths(order.config, with_brand=order.with_brand)
    draft = replace(order.draft, template=BRAND) if order.with_brand else order.draft
    folder = order.config.parent
    contents = {
        order.config: draft_config(shipped_example().read_text("utf-8"), draft).encode(),
        # A sample row would be somebody's manager; the README has some.
        folder / MANAGERS: _header(MANAGER_COLUMNS, draft.language),
        folder / EXCEPTIONS: _header(EXCEPTION_COLUMNS, draft.language),
        folder / BRAND: _brand() if order.with_brand else b"",
    }
    written: list[Path] = []
    try:
        for path in reversed(paths):
            _refuse_what_is_there((path,))
            written.append(path)
            write_private_file(path, contents[path])
        load_config(order.config)  # what was written can be read, or it is not left there
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}{PART_SUFFIX}").unlink(missing_ok=True)
        raise
    return paths


def _paths(config: Path, *, with_brand: bool) -> tuple[Path, ...]:
    names = (MANAGERS, EXCEPTIONS, BRAND) if with_brand else (MANAGERS, EXCEPTIONS)
    return (config, *(config.parent / name for name in names))


def _refuse_what_is_there(paths: tuple[Path, ...]) -> None:
    there = [str(path) for path in paths if path.exists() or path.is_symlink()]
    if there:
        names, verb = " and ".join(filter(None, (", ".join(there[:-1]), there[-1]))), "are" if there[1:] else "is"
        raise ConfigError(
            f"{names} {verb} there already, and init overwrites nothing; move {'them' if there[1:] else 'it'} away, or"
            " name a file in another folder with --config."
        )


def _header(columns: tuple[str, ...], language: str) -> bytes:
    """With the mark that Excel needs to see UTF-8, and parted as the reader's Excel parts columns."""
    return ((";" if language == "id" else ",").join(columns) + "\r\n").encode("utf-8-sig")


def _brand() -> bytes:
    path = shipped_templates() / BRAND
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(f"The brand template {path} cannot be read; install rkreport again.") from error
