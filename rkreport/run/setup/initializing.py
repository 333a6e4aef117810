"""Init: writes a first config.toml, its lists, a start file and, if wanted, the brand template. Overwrites nothing.

Knows the files, and that they appear together; the command line asks the questions.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from rkreport.config.config_writer import Draft, draft_config
from rkreport.config.load import load_config
from rkreport.errors import ConfigError, OutputError
from rkreport.files import PART_SUFFIX, write_private_file
from rkreport.run.edition.mail_templates import shipped_example, shipped_templates
from rkreport.run.setup.lists import EXCEPTIONS, MANAGERS, first_list
from rkreport.run.setup.start_file import start_file, write_start_file
from rkreport.sentence import Sentence, all_of

BRAND = "brand.xlsx"


@dataclass(frozen=True, slots=True)
class InitOrder:
    """What to write, and the config's path; the other files go beside it."""

    config: Path
    draft: Draft
    with_brand: bool = False


def refuse_to_overwrite(config: Path, *, with_brand: bool) -> None:
    """Refuse if any of the files exists; called before the first question.

    Raises:
        ConfigError: at least one file exists.
        OutputError: the folder does not exist.
    """
    _refuse_what_is_there(_paths(config, with_brand=with_brand))
    if not config.parent.is_dir():
        raise OutputError(
            "The folder {parent} is not there; make it, or name another file with --config.", parent=config.parent
        )


def init_step(order: InitOrder) -> tuple[Path, ...]:
    """Write the files, the config last; return their paths, the config first. An interruption leaves none of them.

    Raises:
        ConfigError: a file exists already; none is written.
        OutputError: a file cannot be written; none is left.
    """
    paths = _paths(order.config, with_brand=order.with_brand)
    draft = replace(order.draft, template=BRAND) if order.with_brand else order.draft
    folder = order.config.parent
    contents = {
        order.config: draft_config(shipped_example().read_text("utf-8"), draft).encode(),
        # No sample row: it would count as a real manager. The README has samples.
        folder / MANAGERS: first_list("managers", draft.language),
        folder / EXCEPTIONS: first_list("exceptions", draft.language),
        folder / BRAND: _brand() if order.with_brand else b"",
    }
    opens = start_file(order.config)
    written: list[Path] = []
    try:
        for path in reversed(paths):
            _refuse_what_is_there((path,))
            written.append(path)
            write_private_file(path, contents[path])
        load_config(order.config)  # a config that cannot be read is removed again
        if opens is not None:
            written.append(opens)
            write_start_file(opens)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}{PART_SUFFIX}").unlink(missing_ok=True)
        raise
    return paths if opens is None else (*paths, opens)


def _paths(config: Path, *, with_brand: bool) -> tuple[Path, ...]:
    names = (MANAGERS, EXCEPTIONS, BRAND) if with_brand else (MANAGERS, EXCEPTIONS)
    return (config, *(config.parent / name for name in names))


def _refuse_what_is_there(paths: tuple[Path, ...]) -> None:
    there = [str(path) for path in paths if path.exists() or path.is_symlink()]
    if there:
        names = all_of(filter(None, (", ".join(there[:-1]), there[-1])))
        raise ConfigError(
            "{names} {files:is|are} there already, and init overwrites nothing; move {more} away, or"
            " name a file in another folder with --config.",
            names=names,
            files=len(there),
            more=Sentence("them") if there[1:] else Sentence("it"),
        )


def _brand() -> bytes:
    path = shipped_templates() / BRAND
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError("The brand template {path} cannot be read; install rkreport again.", path=path) from error
