"""The entrances of the program, each as a function of bytes that a machine makes up.

An entrance refuses what it cannot use with an error that the program turns into a sentence; anything else that it
raises is a fault. Each has seeds, from which the machine begins.
"""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

from openpyxl import Workbook

from rkreport.config.load import read_list, read_settings
from rkreport.config.people import read_exceptions, read_managers
from rkreport.core.snapshot import ListKind
from rkreport.errors import RkreportError
from rkreport.excel.template.reader import read_brand
from rkreport.leakcheck.reader import open_file
from rkreport.lms.lists import LISTS, content_of, models_of, page_of, stored_content
from rkreport.lms.paging import ListKey
from rkreport.lms.protocol import Reply, interpret
from rkreport.run.keep.returned_files import Skipped, cells_of
from rkreport.run.keep.returned_message import Unreadable, names_and_digests
from tests.excel.brands import SHIPPED, repacked
from tests.fuzz.entrance import Entrance, Lied, in_a_file, refused
from tests.fuzz.snapshots import import_file, import_value, snapshot_file, value_seeds
from tests.fuzz.texts import take_names, take_template, take_text

_NOW = datetime(2026, 11, 10, tzinfo=UTC)
_KEYS = tuple(ListKey(kind, "C-1", "2026-10" if kind is ListKind.COMPLETIONS else "B-1") for kind in ListKind)


def _reply(data: bytes) -> None:
    """Every list, as an answer of the LMS and read again from the store; the quick reader must agree."""
    for key in _KEYS:
        try:
            document = interpret(Reply(200, {}, data), str(key), _NOW)
            content = content_of(key, 1, document)
        except RkreportError as error:
            refused(error)
            continue
        quick = page_of(key, data)
        slow = stored_content(key, 1, data)
        if quick and (quick.read.identities, quick.read.total) != (slow.read.identities, slow.read.total):
            raise Lied(str(key))
        if LISTS[key.kind].identity is not None or key.kind in (ListKind.UNITS, ListKind.COMPLETIONS):
            models_of(key, content.rows)


def _managers(path: Path) -> None:
    read_managers(read_list(path, path.name), "id")


def _exceptions(path: Path) -> None:
    read_exceptions(read_list(path, path.name))


def _returned(data: bytes) -> None:
    with suppress(Skipped):
        cells_of(data)


def _opened(data: bytes) -> None:
    open_file(data, "")


def _message(data: bytes) -> None:
    with suppress(Unreadable):
        names_and_digests(data)


def _workbook(rows: tuple[tuple[str, ...], ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _part_of(book: bytes, name: str) -> bytes:
    with ZipFile(io.BytesIO(book)) as package:
        return package.read(name)


def _in_a_part(name: str, book: bytes, takers: Iterable[Callable[[bytes], None]]) -> Entrance:
    """As one part of a sound package: else the machine seldom comes further than the zip."""

    def take(data: bytes) -> None:
        made = repacked(lambda parts: parts.update({name: data}), book)
        for entrance in takers:
            entrance(made)

    return Entrance(take, (_part_of(book, name),))


def _brand(data: bytes) -> None:
    reading = read_brand(data)
    if (reading.brand is None) != bool(reading.flaws):
        raise Lied("a brand with flaws, or neither")


def _mail() -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "Undelivered"
    mail.set_content("X-RkReport-Id: rk.2026-10.00112233445566778899aabbccddeeff")
    mail.add_attachment(b"PK\x03\x04", maintype="application", subtype="zip", filename="M-1.xlsx")
    return mail.as_bytes()


def _answer(name: str, row: dict[str, object]) -> bytes:
    return json.dumps({"status": "success", "data": {name: [row], "totalItems": 1, "totalPage": 1}}).encode()


_MANAGERS = (
    ("manager_id", "name", "email", "employee_id", "organization", "tag"),
    ("M-1", "Sari", "sari@contoh.test", "00417", "", ""),
    ("M-2", "Budi", "budi@contoh.test", "", "O-1", ""),
    ("M-3", "Citra", "citra@contoh.test", "", "", "T"),
)
_USER: dict[str, object] = {
    "serial": "U-1",
    "employeeID": "1",
    "name": "Sari",
    "isActive": True,
    "tags": [{"serial": "T", "name": "x"}],
}
_ROW: dict[str, object] = {
    "user": {"serial": "U-1", "employeeID": "1"},
    "userAssignedStatus": "CLEARED",
    "postTestScore": 80.5,
}
_UNIT: dict[str, object] = {"serial": "O-1", "name": "x", "childOrganizations": [{"serial": "O-2"}]}
_BATCH: dict[str, object] = {"serial": "B-1", "mainActivityStartAt": "2026-10-01T02:00:00Z", "platform": "zoom"}

_MANAGERS_XLSX = in_a_file("managers.xlsx", _managers)

ENTRANCES: Mapping[str, Entrance] = MappingProxyType(
    {
        "reply": Entrance(
            _reply,
            (*map(_answer, ("items",) * 3, (_USER, _ROW, _BATCH)), _answer("organizations", _UNIT)),
        ),
        "config": Entrance(
            in_a_file("config.toml", read_settings),
            (b'[report]\ncompany = "PT"\n[[courses]]\nserial = "C-1"\n', Path("config.example.toml").read_bytes()),
        ),
        "managers-csv": Entrance(in_a_file("managers.csv", _managers), ("\n".join(map(",".join, _MANAGERS)).encode(),)),
        "managers-xlsx": Entrance(_MANAGERS_XLSX, (_workbook(_MANAGERS),)),
        "exceptions-csv": Entrance(
            in_a_file("exceptions.csv", _exceptions),
            (b"employee_id,course,until,reason,approved_by\n00417,*,2026-12-31,x,Sari\n",),
        ),
        "returned-workbook": Entrance(_returned, (_workbook(_MANAGERS),)),
        "leak-test": Entrance(_opened, (_workbook(_MANAGERS),)),
        **{
            f"{name}-xml": _in_a_part(part, _workbook(_MANAGERS), (_returned, _opened, _MANAGERS_XLSX))
            for name, part in {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}.items()
        },
        "brand-template": Entrance(_brand, (SHIPPED.read_bytes(),)),
        **{
            f"brand-{name}-xml": _in_a_part(part, SHIPPED.read_bytes(), (_brand,))
            for name, part in {"sheet": "xl/worksheets/sheet1.xml", "styles": "xl/styles.xml"}.items()
        },
        "mail-template": Entrance(take_template, tuple(map(Path.read_bytes, sorted(Path("templates/mail").iterdir())))),
        "snapshot": Entrance(in_a_file("in.rkreport", import_file), (snapshot_file(),)),
        "snapshot-value": Entrance(import_value, value_seeds()),
        "names": Entrance(take_names, ("M-001\nPT Contoh\n=cmd\nSári Dewi\n../CON".encode(),)),
        "returned-mail": Entrance(_message, (_mail(),)),
        "text": Entrance(take_text, (b"31 Des 2026", b"sari@contoh.test")),
    }
)
