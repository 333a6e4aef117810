"""Remakes the pictures of the README from a demo: `python -m tools.pictures docs/pictures`.

Wants LibreOffice (`soffice`), `pdftoppm` (poppler-utils) and `chromium` on the path. All people in them are made up.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

_LARGEST_BYTES = 200_000
_COLUMNS = 118
_PAGE_WIDTH, _PAGE_HEIGHT = 1100, 900  # of the browser's window


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a printed page is the picture: the resolution, then left, top, width and height in pixels."""

    dots_per_inch: int
    left: int
    top: int
    width: int
    height: int


_MASTER = Cut(104, 20, 20, 820, 888)
_MANAGER = Cut(104, 20, 30, 820, 716)


def main(folder: Path) -> None:
    """Make a demo and draw its four pictures into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        demo = ("demo", "--people", "250")
        screens = [(" ".join(("rkreport", *demo)), _rkreport(demo, work))]
        inside = work / "rkreport-demo"
        screens += [("rkreport review", _rkreport(("review",), inside))]
        edition = next(inside.glob("reports/*/rev1"))
        _draw_sheet(next(edition.glob("*_master_*.xlsx")), folder / "summary.png", _MASTER)
        _draw_sheet(edition / "managers" / _second_manager(edition), folder / "manager.png", _MANAGER)
        _draw_page(edition / "review.html", folder / "review.png", work)
        _draw_terminal(screens, folder / "terminal.svg")
    for picture in sorted(folder.iterdir()):
        size = picture.stat().st_size
        print(f"{picture}  {size:,} bytes")  # noqa: T201 - a tool for the terminal
        if size > _LARGEST_BYTES:
            raise SystemExit(f"{picture} is larger than {_LARGEST_BYTES:,} bytes; cut out less.")


def _second_manager(edition: Path) -> str:
    """The name of one manager's workbook; the demo's first managers lead the largest teams."""
    return sorted(path.name for path in (edition / "managers").glob("M-*.xlsx"))[1]


def _rkreport(arguments: tuple[str, ...], folder: Path) -> str:
    """Run a command; return what it printed as its result, with colours."""
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parent.parent),
        "FORCE_COLOR": "1",
        "COLUMNS": str(_COLUMNS),
    }
    command = [sys.executable, "-m", "rkreport", *arguments]
    done = subprocess.run(  # noqa: S603 - this very Python, with our own arguments
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def _draw_sheet(workbook: Path, picture: Path, cut: Cut) -> None:
    """Print the workbook, and draw a part of its first page."""
    with tempfile.TemporaryDirectory() as name:
        profile = f"-env:UserInstallation=file://{name}/profile"
        _call("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name, workbook)
        printed = Path(name) / f"{workbook.stem}.pdf"
        options = ("-png", "-singlefile", "-f", 1, "-r", cut.dots_per_inch)
        where = ("-x", cut.left, "-y", cut.top, "-W", cut.width, "-H", cut.height)
        _call("pdftoppm", *options, *where, printed, picture.with_suffix(""))


def _draw_page(page: Path, picture: Path, work: Path) -> None:
    """Draw the top of the review page, as a browser shows it."""
    size = f"--window-size={_PAGE_WIDTH},{_PAGE_HEIGHT}"
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={work / 'browser'}",
    )
    _call("chromium", *options, size, f"--screenshot={picture.resolve()}", page.resolve().as_uri())


def _draw_terminal(screens: list[tuple[str, str]], picture: Path) -> None:
    """Draw the commands with their results; no font is taken from the network."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    for command, printed in screens:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        console.print(Text.from_ansi(printed.rstrip()))
        console.print()
    drawn = console.export_svg(title="rkreport", theme=DIMMED_MONOKAI, unique_id="rkreport")
    picture.write_text(re.sub(r"@font-face \{.*?\}\n", "", drawn, flags=re.DOTALL), "utf-8")


def _call(program: str, *arguments: object) -> None:
    path = shutil.which(program)
    if path is None:
        raise SystemExit(f"{program} is missing; install it.")
    subprocess.run([path, *map(str, arguments)], check=True, capture_output=True)  # noqa: S603 - a found program, our arguments


if __name__ == "__main__":
    main(Path(sys.argv[1]))
