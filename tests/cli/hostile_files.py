"""Files that an enemy makes, a table for each entrance: how it is made, the call that meets it, code and sentence."""
# ruff: noqa: S608 - the statements are of this file

import hashlib
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook

from rkreport.config.people import EXCEPTION_COLUMNS, MANAGER_COLUMNS
from rkreport.run.edition.mail_templates import shipped_templates
from tests.cli.mistakes import DOCTOR, below, file, instead
from tests.cli.program import Workspace

Make = Callable[[Workspace], None]
Part = Callable[[bytes], bytes]
SHEET = "xl/worksheets/sheet1.xml"
MANY = "far more than a list needs"
NO_MESSAGE = "is no readable message; name its Message-ID instead"
NOT_OURS = "is no snapshot file, is damaged, or was made by a newer rkreport"


class Hostile(NamedTuple):
    """How it is made, what the sentence says, the call, and the exit code."""

    make: Make
    said: str
    call: str = DOCTOR
    code: int = 2


def pipe(name: str, *more: Make) -> Make:
    """A pipe that nobody writes into."""
    return _instead_of(name, getattr(os, "mkfifo", Path.touch), more)


def device(name: str, *more: Make) -> Make:
    """A device that never ends."""
    return _instead_of(name, lambda path: path.symlink_to("/dev/zero"), more)


def _instead_of(name: str, put: Callable[[Path], object], more: tuple[Make, ...]) -> Make:
    def made(workspace: Workspace) -> None:
        path = workspace.folder / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        put(path)
        for each in more:
            each(workspace)

    return made


def changed(source: Path, target: Path, parts: dict[str, Part], more: dict[str, bytes]) -> None:
    """A package with some parts changed, and others added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, bytes)(old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)


def brand(change: Part = bytes, part: str = SHEET, **more: bytes) -> Make:
    """The shipped template with one part changed."""

    def made(workspace: Workspace) -> None:
        added = {name.replace("_", "/"): content for name, content in more.items()}
        changed(shipped_templates() / "brand.xlsx", workspace.folder / "brand.xlsx", {part: change}, added)
        below("[report]", 'template = "brand.xlsx"')(workspace)

    return made


def listed(change: Part = bytes, part: str = SHEET, **more: bytes) -> Make:
    """A list of managers with one part changed."""

    def made(workspace: Workspace) -> None:
        book, plain = Workbook(), workspace.folder / "plain.xlsx"
        book.worksheets[0].append(list(MANAGER_COLUMNS))
        book.save(plain)
        added = {name.replace("_", "/"): content for name, content in more.items()}
        changed(plain, workspace.folder / "managers.xlsx", {part: change}, added)
        instead('"managers.csv"', '"managers.xlsx"')(workspace)

    return made


def before(mark: bytes, content: bytes) -> Part:
    """Content put in front of the first such mark."""
    return lambda part: part.replace(mark, content + mark, 1)


def behind(pattern: bytes, content: bytes) -> Part:
    """Content put behind the first match."""
    return lambda part: re.sub(pattern, lambda found: found[0] + content, part, count=1)


def many_parts(name: str, *more: Make) -> Make:
    """A package of very many empty parts."""

    def made(workspace: Workspace) -> None:
        with zipfile.ZipFile(workspace.folder / name, "w") as package:
            for number in range(20_000):
                package.writestr(f"{number:050}", b"")
        for each in more:
            each(workspace)

    return made


def mail(name: str, content: bytes) -> Make:
    """A template for mails."""

    def made(workspace: Workspace) -> None:
        (workspace.folder / "mail").mkdir()
        (workspace.folder / "mail" / name).write_bytes(content)
        below("[mail]", 'templates_dir = "mail"')(workspace)

    return made


def noisy(unit: bytes, size: int) -> bytes:
    """Many equal pieces with so much noise between them that they do not pack to nothing."""
    pieces = []
    for number in range(size // (200 * len(unit))):
        pieces += [unit * 200, b"<!--", hashlib.sha256(b"%d" % number).hexdigest().encode(), b"-->"]
    return b"".join(pieces)


def spoiled(*statements: str) -> Make:
    """`out.rkreport` with these statements done to it."""

    def made(workspace: Workspace) -> None:
        with closing(sqlite3.connect(workspace.folder / "out.rkreport", isolation_level=None)) as store:
            store.execute("PRAGMA foreign_keys=OFF")
            for statement in statements:
                store.execute(statement)

    return made


def page(piece: bytes, times: int = 1) -> Make:
    """A page of `out.rkreport` changed together with its digest."""

    def made(workspace: Workspace) -> None:
        body = piece * times
        digest, packed = hashlib.sha256(body).hexdigest(), zlib.compress(body, 9).hex()
        first = "(SELECT list, pass, number FROM page WHERE list = 'users' LIMIT 1)"
        change = f"UPDATE page SET body = x'{packed}', sha256 = '{digest}' WHERE (list, pass, number) = {first}"
        spoiled(change)(workspace)

    return made


def lying(name: str, part: str, call: Make) -> Make:
    """A package whose last part unpacks to 300 MB, and is a thousand bytes by the list of parts."""

    def made(workspace: Workspace) -> None:
        path = workspace.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr(part, b"<a>" + b" " * 300_000_000 + b"</a>")
        content = bytearray(path.read_bytes())
        size_at = content.rfind(b"PK\x01\x02") + 24
        content[size_at : size_at + 4] = (1_000).to_bytes(4, "little")
        path.write_bytes(content)
        call(workspace)

    return made


TEMPLATES = below("[mail]", 'templates_dir = "mail"')
BOOK = instead('"managers.csv"', '"managers.xlsx"')
BRAND = below("[report]", 'template = "brand.xlsx"')
MESSAGE, IMPORT = "incident m.eml", "import out.rkreport"
FAR_CELL = before(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="1"/></row>')
MERGED = before(b"<pageMargins", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
LINKED = before(b"<pageMargins", b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>')
DEEP = before(b"</sheetData>", b"<x>" * 10_000 + b"</x>" * 10_000)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
MANY_ROWS = ENDLESS.replace("FROM n)", "FROM n LIMIT 4000)")

CONFIG = {
    "a pipe": Hostile(pipe("config.toml"), "config.toml is no regular file; write the name of the file."),
    "a device": Hostile(device("config.toml"), "config.toml is no regular file; write the name of the file."),
    "deep brackets": Hostile(file("config.toml", "x = " + "[" * 100_000), "config.toml is no settings file"),
    "deep tables": Hostile(file("config.toml", "x = " + "{a=" * 100_000), "config.toml is no settings file"),
    "a deep key": Hostile(file("config.toml", ".".join("a" * 50_000) + " = 1"), "config.toml is no settings file"),
    "a deep quoted key": Hostile(file("config.toml", '["a b"' + '."a b"' * 20 + "]"), "is no settings file"),
    "a long number": Hostile(file("config.toml", f"x = 0x{'f' * 4_000}"), "config.toml is no settings file"),
    "far too long": Hostile(file("config.toml", "# x\n" * 600_000), "config.toml is larger than 2 MB"),
}
LISTS = {
    "a pipe": Hostile(pipe("managers.csv"), "managers.csv is no regular file"),
    "a device": Hostile(device("managers.csv"), "managers.csv is no regular file"),
    "far too long": Hostile(file("managers.csv", "x" * 21_000_000), "managers.csv is larger than 20 MB"),
    "a row of commas": Hostile(file("managers.csv", f"{','.join(MANAGER_COLUMNS)}\n{',' * 2_000}"), "1,000 columns"),
    "merged over everything": Hostile(listed(MERGED), "has merged cells (A1:XFD1048576)"),
    "deep XML": Hostile(listed(DEEP), MANY),
    "a long list of parts": Hostile(
        many_parts("managers.xlsx", instead('"managers.csv"', '"managers.xlsx"')), "no Excel"
    ),
    "a zip bomb": Hostile(listed(xl_x=b"\0" * 2**25), MANY),
    "a tag that never ends": Hostile(listed(before(b"</sheetData>", b"<x " + b"a" * 600_000)), MANY),
}
BRANDS = {
    "a pipe": Hostile(pipe("brand.xlsx", BRAND), "brand.xlsx is no regular file; write the name of the brand"),
    "a device": Hostile(device("brand.xlsx", BRAND), "brand.xlsx is no regular file"),
    "a cell far away": Hostile(brand(FAR_CELL), "at A1048576, beyond CV1000; delete the rows and columns"),
    "merged over everything": Hostile(brand(MERGED), "at A1:XFD1048576, beyond CV1000"),
    "a link over everything": Hostile(brand(LINKED), "at A1:XFD1048576, beyond CV1000"),
    "many merged ranges": Hostile(
        brand(before(b"<pageMargins", b"<mergeCells>" + b'<mergeCell ref="A1:CV900"/>' * 9 + b"</mergeCells>")),
        "at A1:CV900, beyond",
    ),
    "deep XML": Hostile(brand(DEEP), "unpacks to far more than a brand needs"),
    "very many elements": Hostile(brand(before(b"<pageMargins", b"<x/>" * 110_000)), "unpacks to far more"),
    "a long list of parts": Hostile(many_parts("brand.xlsx", BRAND), "is no Excel workbook, or damaged"),
    "wrong in every way": Hostile(
        brand(lambda part: part.replace(b'name="rk ', b'name="no '), "xl/styles.xml"), "Mend these first.", "run"
    ),
}
MAILS = {
    "a pipe": Hostile(pipe("mail/manager.en.txt", TEMPLATES), "cannot be read; restore it, and save it as UTF-8."),
    "a device": Hostile(device("mail/manager.en.txt", TEMPLATES), "cannot be read; restore it"),
    "far too long": Hostile(mail("manager.en.txt", b"$company " * 40_000), "is larger than 256 kB, far more"),
    "a long number": Hostile(mail("texts.en.toml", b"x = 0x" + b"f" * 4_000), "texts.en.toml holds no texts"),
    "texts too deep": Hostile(mail("texts.en.toml", b"x = " + b"[" * 100_000), "texts.en.toml holds no texts"),
    "a deep key": Hostile(mail("texts.en.toml", b".".join([b"a"] * 50_000) + b" = 1"), "texts.en.toml holds no texts"),
}
MESSAGES = {
    "a pipe": Hostile(pipe("m.eml"), "m.eml cannot be read: it is no regular file", MESSAGE),
    "a device": Hostile(device("m.eml"), "m.eml cannot be read: it is no regular file", MESSAGE),
    "nested parts": Hostile(
        file("m.eml", "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(5_000))),
        NO_MESSAGE,
        MESSAGE,
    ),
    "nested messages": Hostile(file("m.eml", "Content-Type: message/rfc822\n\n" * 5_000), NO_MESSAGE, MESSAGE),
    "many parts": Hostile(
        file("m.eml", "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 2_000), NO_MESSAGE, MESSAGE
    ),
    "a long header": Hostile(file("m.eml", f"Subject: {'x' * 300_000}\n\nx"), NO_MESSAGE, MESSAGE),
    "a workbook of many parts": Hostile(many_parts("m.xlsx"), "The ledger has no message m.xlsx", "incident m.xlsx"),
}
SNAPSHOTS = {
    "a pipe": Hostile(pipe("out.rkreport"), "cannot be read: it is no regular file", IMPORT),
    "a device": Hostile(device("out.rkreport"), "cannot be read: it is no regular file", IMPORT),
    "a view for the pages": Hostile(
        spoiled(
            "DROP TABLE page",
            f"CREATE VIEW page AS {ENDLESS} SELECT (SELECT id FROM snapshot) snapshot_id, 'users' list, 0 pass,"
            " x number, '' fetched_at, '' sha256, x'' body FROM n",
        ),
        NOT_OURS,
        IMPORT,
        4,
    ),
    "a view more": Hostile(spoiled(f"CREATE VIEW more AS {ENDLESS} SELECT x FROM n"), NOT_OURS, IMPORT, 4),
    "a trigger": Hostile(spoiled("CREATE TRIGGER t AFTER UPDATE ON snapshot BEGIN SELECT 1; END"), NOT_OURS, IMPORT, 4),
    "a column more": Hostile(spoiled("ALTER TABLE page ADD COLUMN more TEXT"), NOT_OURS, IMPORT, 4),
    "a computed column": Hostile(
        spoiled("ALTER TABLE answer ADD COLUMN more TEXT AS (hex(zeroblob(1000000)))"), NOT_OURS, IMPORT, 4
    ),
    "a page that unpacks to 200 MB": Hostile(page(b" ", times=200_000_000), "is damaged; export", IMPORT, 4),
    "an edition of very many states": Hostile(
        spoiled(
            f"INSERT INTO edition_result {MANY_ROWS} SELECT period, revision, -x, built_at, figures"
            " FROM n, edition_result WHERE handed_over >= 0",
            f"INSERT INTO delivery {MANY_ROWS} SELECT period, revision, manager_id || x, again, reason, recipient, cc,"
            " language, message_id, file, file_sha256, content_sha256, figures, state, attempts, reply, size_bytes,"
            " planned_at, changed_at, transport, copies_missed, release_code, approved_by"
            " FROM n, delivery",
        ),
        NOT_OURS,
        IMPORT,
        4,
    ),
    "a page of no JSON": Hostile(page(b"hello"), "has a page that is not what the LMS answers", IMPORT, 4),
    "a page of another shape": Hostile(page(b"[1, 2]"), "has a page that is not what the LMS", IMPORT, 4),
    "a page of deep JSON": Hostile(page(b"[" * 100_000), "has a page that is not what the LMS answers", IMPORT, 4),
    "a page of an unknown list": Hostile(
        spoiled("UPDATE page SET list = 'evil' WHERE list = 'users'"), "has a page that is not", IMPORT, 4
    ),
    "readings of deep JSON": Hostile(spoiled(f"UPDATE snapshot SET lists = '{'[' * 99_999}'"), NOT_OURS, IMPORT, 4),
    "readings of many values": Hostile(
        spoiled(f"UPDATE snapshot SET lists = '[{'{},' * 1_200_000}1]'"), NOT_OURS, IMPORT, 4
    ),
    "a reason that nobody knows": Hostile(
        spoiled("""UPDATE snapshot SET lists = json_set(lists, '$[0].reason', json('{"code": "x", "values": {}}'))"""),
        NOT_OURS,
        IMPORT,
        4,
    ),
    **{
        f"the id {name}": Hostile(
            spoiled(f"UPDATE snapshot SET id = {value}", f"UPDATE page SET snapshot_id = {value}"), NOT_OURS, IMPORT, 4
        )
        for name, value in {
            "../../evil": "'../../evil'",
            "with an escape": "'x' || char(27) || '[31m'",
            "of two lines": "'20261110-020000' || char(10) || 'ERROR forged'",
        }.items()
    },
    **{
        f"{table}.{column} {value}": Hostile(spoiled(f"UPDATE {table} SET {column} = {value}"), NOT_OURS, IMPORT, 4)
        for table, column, value in (
            ("snapshot", "started_at", "'yesterday'"),
            ("snapshot", "finished_at", "'2026-11-10T00:00:00'"),
            ("snapshot", "host", "char(27) || ']0;x'"),
            ("delivery", "manager_id", "'../../' || manager_id"),
            ("delivery", "manager_id", "manager_id || char(8203)"),
            ("delivery", "file", "'../../evil.xlsx'"),
            ("delivery", "file", "'/etc/evil.xlsx'"),
            ("delivery", "cc", f"'{'[' * 9_999}'"),
            ("delivery", "figures", "'[]'"),
            ("delivery", "changed_at", "'x'"),
            ("delivery", "file_sha256", "'../evil'"),
            ("edition_result", "figures", "'[]'"),
            ("base_requirement", "status", "'evil'"),
        )
    },
}
TABLES = {
    "config": CONFIG,
    "list": LISTS,
    "brand": BRANDS,
    "mail": MAILS,
    "message": MESSAGES,
    "snapshot": SNAPSHOTS,
}

HEAD = ",".join(MANAGER_COLUMNS)
STYLES = b'<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
BIG: dict[str, Callable[[], Hostile]] = {  # made when asked for: they are hundreds of megabytes
    "a list that lies about its size": lambda: Hostile(
        lying("managers.xlsx", "xl/workbook.xml", BOOK), "is no Excel workbook, or damaged"
    ),
    "a workbook that lies about its size": lambda: Hostile(
        lying("m.xlsx", "docProps/custom.xml", lambda _: None), "The ledger has no message", "incident m.xlsx"
    ),
    "a list of 60 MB without an end": lambda: Hostile(
        listed(lambda part: part + noisy(b"<mergeCell x ", 60_000_000)),
        "managers.xlsx is no Excel workbook, or damaged",
    ),
    "a list of empty elements": lambda: Hostile(listed(before(b"</sheetData>", noisy(b"<x/>", 50_000_000))), MANY),
    "a list with one row": lambda: Hostile(
        listed(before(b"</sheetData>", b"<row>" + noisy(b"<c><v>1</v></c>", 45_000_000) + b"</row>")), MANY
    ),
    "a list with many styles": lambda: Hostile(
        listed(behind(rb"<cellXfs[^>]*>", noisy(STYLES, 50_000_000)), "xl/styles.xml"), MANY
    ),
    "a list of commas": lambda: Hostile(
        file("managers.csv", f"{HEAD}\n" + "," * 20_000_000), "has more than 1,000 columns"
    ),
    "a list of very many rows": lambda: Hostile(
        file("exceptions.csv", ",".join(EXCEPTION_COLUMNS) + "\n" + "".join(f"{n},*,,r,b\n" for n in range(1_300_000))),
        "has more than 500,000 rows",
    ),
    "a list of line breaks": lambda: Hostile(file("managers.csv", "\n" * 20_900_000), "managers.csv is empty"),
    "a message with a header of 35 MB": lambda: Hostile(
        file("m.eml", b"Subject: " + b"x" * 35_000_000 + b"\n\nx"), NO_MESSAGE, MESSAGE
    ),
    "a message of 30 MB of lines": lambda: Hostile(
        file("m.eml", b"Subject: x\n\n" + b"\n" * 30_000_000), NO_MESSAGE, MESSAGE
    ),
    "a message of 36 MB": lambda: Hostile(
        file("m.eml", b"Content-Transfer-Encoding: base64\n\n" + (b"A" * 76 + b"\n") * 488_000),
        "The ledger has no message",
        MESSAGE,
    ),
}
