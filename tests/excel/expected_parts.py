"""The parts of one small workbook as they were looked at, in `expected/`, a part a file, a line an element.

`python -m tests.excel.expected_parts` renews them on purpose and names the parts that changed. Open the workbook that
it names in Excel or LibreOffice before you commit them.
"""

import sys
import tempfile
from pathlib import Path
from xml.etree.ElementTree import canonicalize

from rkreport.excel.workbook import write_workbook
from tests.excel.reading import parts
from tests.excel.sample import plan

FOLDER = Path(__file__).parent / "expected"
COMMAND = "python -m tests.excel.expected_parts"


def drawn_parts(path: Path) -> dict[str, str]:
    """Write the small workbook to a path; its parts by name.

    All times come from the plan, so no part is volatile. Only how an XML writer quotes and closes is evened out.
    """
    write_workbook(plan(rows=6), path)
    return {name: canonicalize(text).replace("><", ">\n<") + "\n" for name, text in parts(path).items()}


def expected_parts() -> dict[str, str]:
    """The parts that were looked at."""
    paths = (path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in paths}


def renew(path: Path) -> list[str]:
    """Make the folder hold the parts as they are now; the names of those that changed, came or went."""
    before, now = expected_parts(), drawn_parts(path)
    changed = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    for name in changed:
        file = FOLDER / name
        if name in now:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(now[name], "utf-8", newline="\n")
        else:
            file.unlink()
    return changed


if __name__ == "__main__":
    book = Path(tempfile.gettempdir()) / "rkreport-expected.xlsx"
    sys.stdout.write("".join(f"changed: {name}\n" for name in renew(book)) + f"Look at {book}.\n")
