"""A snapshot as one file: to send to a colleague, or to keep as evidence. The file is a small store of its own.

It holds personal data, so it is readable by its owner alone. The figures of earlier periods and what was last sent go
with it: without them trend and guards would differ. The ledger's rows of its months go with it too, so that no manager
gets a message twice, and what managers answered to them.
"""

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rkreport.core.mail.delivery import Delivery
from rkreport.core.models import ManagerId
from rkreport.core.snapshot import LARGEST_PAGE_BYTES, ListReading
from rkreport.errors import ConfigError, DataError, OutputError, StoreError
from rkreport.files import reason_of, sha256_of
from rkreport.sentence import Sentence
from rkreport.store.answers import AnswerStore
from rkreport.store.bases import copy_bases
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.imported_rows import check_place, check_rows
from rkreport.store.ledger import Ledger
from rkreport.store.page_cipher import NotOpened, Place, opened, sealed
from rkreport.store.pages import damaged_page, inflated
from rkreport.store.results import copy_results
from rkreport.store.snapshot_file import NotOurs, check_file, copy_bounded, copy_rows
from rkreport.store.snapshots import Snapshots

_LARGEST_WHOLE = 4 * 2**30  # of all pages, unpacked: the largest company has one gigabyte
_TABLES = {
    "snapshot": "SELECT * FROM snapshot WHERE id = ?",
    "page": "SELECT * FROM page WHERE snapshot_id = ?",
}


def export_snapshot(database: Database, snapshot_id: str, path: Path, rows: Iterable[Delivery]) -> int:
    """Write one finished snapshot to a file, which appears whole or not at all; `rows` of the ledger go with it.

    Returns how many of them tell of a message that left.

    Raises:
        OutputError: the file cannot be written.
    """
    with _workshop(path.parent) as folder:
        copy = Database(folder)
        try:
            _copy(database, copy, snapshot_id)
            going = tuple(rows)
            taken = Ledger(copy, _no_clock).take_in(going)
            _copy_answers(database, copy, {(row.period, row.revision, row.manager_id) for row in going})
            copy.make_portable()
        finally:
            copy.close()
        (folder / FILE_NAME).replace(path)
    return taken


CheckPage = Callable[[str, int, int, bytes], None]
"""Takes a page's list, pass, number and body. Raises ValueError if it is not what the LMS answers for that list."""

CheckLists = Callable[[Iterable[ListReading]], None]
"""Takes what the lists say of themselves, after all pages. Raises ValueError if pages are missing."""


def import_snapshot(
    database: Database,
    path: Path,
    workshop: Path,
    check_page: CheckPage = lambda _list, _pass, _number, _body: None,
    check_lists: CheckLists = lambda _lists: None,
) -> tuple[str, int]:
    """Take a snapshot from a file that `export_snapshot` wrote. `workshop` is a folder to work in.

    Returns its id, and of how many messages the ledger knows more now.

    Raises:
        ConfigError: the file cannot be read.
        DataError: the file is no snapshot file, damaged, or from a newer version; or the store has another of this id.
        StoreError: the store cannot be written.
    """
    with _workshop(workshop) as folder, _opened_copy(path, folder) as source:
        snapshot_id = _checked(source, path, check_page, check_lists)
        if not database.read("SELECT 1 FROM snapshot WHERE id = ?", snapshot_id):
            _copy(source, database, snapshot_id)
        elif _digests(database, snapshot_id) != _digests(source, snapshot_id):
            raise DataError(
                "The store has another snapshot {snapshot_id} than {path}; import it into another data_dir.",
                snapshot_id=snapshot_id,
                path=path,
            )
        _copy_answers(source, database)
        return snapshot_id, Ledger(database, _no_clock).take_in(Ledger(source, _no_clock).all())


def _no_clock() -> NoReturn:
    raise AssertionError("what is taken over has its times")


@contextmanager
def _opened_copy(path: Path, folder: Path) -> Iterator[Database]:
    """The rows of the file in a store of our own, which is migrated."""
    copy = folder / "copy"
    try:
        copy_bounded(path, copy)
        check_file(copy)
    except NotOurs as error:
        raise _other_file(path) from error
    except OSError as error:
        raise ConfigError(
            "{path} cannot be read: {reason}; name the file that rkreport export wrote.",
            path=path,
            reason=reason_of(error),
        ) from error
    with _no_snapshot_file(path):
        copy_rows(copy, folder / FILE_NAME)
        copy.unlink()
        source = Database(folder)
    try:
        yield source
    finally:
        source.close()


@contextmanager
def _no_snapshot_file(path: Path) -> Iterator[None]:
    """Replace the store's own sentences: they name a data folder, and a copy that the admin does not know."""
    try:
        yield
    except (NotOurs, StoreError) as error:
        raise _other_file(path) from error


def _other_file(path: Path) -> DataError:
    return DataError(
        Sentence(
            "{path} is no snapshot file, is damaged, or was made by a newer rkreport; write it"
            " again with rkreport export, or update rkreport.",
            path=path,
        )
    )


@contextmanager
def _workshop(beside: Path) -> Iterator[Path]:
    """A folder of our own on the same file system, gone afterwards."""
    try:
        with tempfile.TemporaryDirectory(prefix=".rkreport-", dir=beside) as folder:
            yield Path(folder)
    except OSError as error:
        raise OutputError(
            "The folder {beside} cannot be written: {reason}; name a file in another folder.",
            beside=beside,
            reason=reason_of(error),
        ) from error


def _copy(source: Database, target: Database, snapshot_id: str) -> None:
    with target.transaction() as write:
        for table, query in _TABLES.items():
            for found in source.stream(query, snapshot_id):
                row = _taken_out(found, source, target) if table == "page" else found
                write(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - a table of ours
        copy_results(source, write)
        copy_bases(source, write)


def _taken_out(row: tuple[Any, ...], source: Database, target: Database) -> tuple[Any, ...]:
    """A page as the target keeps it: each store has a key of its own, and the file none."""
    snapshot_id, name, pass_number, page, *_, body = row
    place = Place(snapshot_id, name, pass_number, page)
    where = Sentence("{name} in {path}", name=name, path=source.path)
    try:
        packed = opened(body, place, source.cipher, where)
    except NotOpened as error:
        raise damaged_page(where) from error
    return (*row[:-1], sealed(packed, place, target.cipher) if isinstance(packed, bytes) else packed)


def _copy_answers(
    source: Database, target: Database, workbooks: Collection[tuple[str, int, ManagerId]] | None = None
) -> None:
    """Copy the answers to some workbooks, or to all; one that the target has and that is newer stays."""
    store = AnswerStore(source)
    answers = [each for each in store.all() if workbooks is None or each.workbook in workbooks]
    files = [each for each in store.files() if workbooks is None or each.workbook in workbooks]
    AnswerStore(target).take_in(answers, files)


def _digests(database: Database, snapshot_id: str) -> list[tuple[object, ...]]:
    """The identity of a snapshot: when it ended, and its pages."""
    ended = database.read("SELECT finished_at FROM snapshot WHERE id = ?", snapshot_id)
    sql = "SELECT list, pass, number, sha256 FROM page WHERE snapshot_id = ? ORDER BY list, pass, number"
    return [tuple(row) for row in (*ended, *database.read(sql, snapshot_id))]


def _checked(source: Database, path: Path, check_page: CheckPage, check_lists: CheckLists) -> str:
    """The id of the one snapshot in the file, whose rows are ours and whose pages are as they were fetched."""
    with _no_snapshot_file(path):
        ids = [str(row[0]) for row in source.read("SELECT id FROM snapshot WHERE finished_at NOT NULL AND id NOT NULL")]
        if len(ids) != 1:
            raise DataError("{path} holds no snapshot; write one with rkreport export.", path=path)
        check_rows(source, ids[0])
        room = _LARGEST_WHOLE
        for name, pass_number, number, fetched_at, body, digest in source.stream(
            "SELECT list, pass, number, fetched_at, body, sha256 FROM page WHERE snapshot_id = ?", ids[0]
        ):
            check_place(pass_number, number, fetched_at)
            unpacked = inflated(body, LARGEST_PAGE_BYTES)
            if unpacked is not None and sha256_of(unpacked) != digest:
                unpacked = None
            room -= len(unpacked or b"")
            if unpacked is None or room < 0:
                raise DataError("{path} is damaged; export the snapshot again.", path=path)
            try:
                check_page(name, pass_number, number, unpacked)
            except ValueError as error:
                raise DataError(
                    "{path} has a page that is not what the LMS answers; it was changed after the"
                    " export, so export the snapshot again.",
                    path=path,
                ) from error
        try:
            check_lists(Snapshots(source, _no_clock).finished(ids[0]).lists)
        except ValueError as error:
            raise DataError("{path} is damaged; export the snapshot again.", path=path) from error
    return ids[0]
