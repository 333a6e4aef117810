"""Collect: reads what managers wrote into workbooks that came back, and keeps it in the store.

A returned file is trusted for nothing but the three cells of its own rows. Which manager and edition it is of, it may
claim; whether its rows are of that edition, the file that was sent says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.answers.sheet import ActionRow, RowKey, SentRow, action_rows, sent_rows
from rkreport.core.answers.taking import NOT_TAKEN, Answer, AnswerKey, ReturnedList, Taken, take
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.compliance import edition_name
from rkreport.core.mail.delivery import HANDED_OVER, Delivery
from rkreport.core.report.heading import series_told
from rkreport.core.words import LANGUAGES, counted
from rkreport.errors import OutputError
from rkreport.leakcheck.cells import FoundBook
from rkreport.locale import load_words
from rkreport.run.auditing import record
from rkreport.run.edition.recognizing import bytes_sent
from rkreport.run.keep.returned_files import Skipped, cells_of, files_in, open_returned, unlocked
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.answers import AnswerStore, ReturnedFile
from rkreport.store.bases import Bases
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger

_EDITIONS_SEARCHED = 12  # for a file without properties, the newest first


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `skipped` completes the sentence "<file> …"; `""` for a file that was read.

    `was_known`: this very file, or one without any entry, brought nothing new.
    """

    name: str
    skipped: str = ""
    sent: Delivery | None = None
    taken: Taken = field(default_factory=Taken)
    was_known: bool = False


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of all files of the folder; `others` counts those that are no workbooks."""

    folder: Path
    files: tuple[FileResult, ...]
    others: int


@dataclass(frozen=True, slots=True)
class _Workbook:
    """A workbook as it was sent. `address` is `""` if it went to several; `sent_at` is the last time."""

    row: Delivery
    address: str
    sent_at: datetime


def collect_step(config: Config, database: Database, world: World, folder: Path) -> Collected:
    """Read all returned workbooks of a folder, the oldest first, and keep what is new in them.

    Raises:
        ConfigError: the folder cannot be read, or holds no workbook.
        StoreError: the store cannot be read or written.
    """
    paths, others = files_in(folder)
    collector = _Collector(config, database, world)
    advance = world.observer.step("Reading workbooks", "files")
    results = []
    for number, path in enumerate(paths, start=1):
        try:
            results.append(collector.collect(path))
        except Skipped as why:
            results.append(FileResult(path.name, skipped=str(why)))
        advance(number, len(paths))
    read = sum(not one.skipped for one in results)
    answers = sum(len(one.taken.answers) for one in results)
    result = Sentence(
        "{workbooks} read, {answers} taken", workbooks=counted(read, "workbook"), answers=counted(answers, "answer")
    )
    record(database, world, AuditEvent.ANSWERS_COLLECTED, result=result)
    return Collected(folder, tuple(results), others)


class _Collector:
    """Reads one file after the other; remembers what was sent and what is known."""

    def __init__(self, config: Config, database: Database, world: World) -> None:
        self._config, self._secrets, self._now = config, world.secrets, world.utc_now
        self._languages = tuple(load_words(language) for language in LANGUAGES)
        self._workbooks = _workbooks(Ledger(database, world.utc_now).all())
        self._bases = Bases(database)
        self._store = AnswerStore(database)
        self._known: dict[AnswerKey, Answer] = {answer.key: answer for answer in self._store.all()}
        self._read = {file.file_sha256 for file in self._store.files()}
        self._sent: dict[str, Mapping[RowKey, SentRow] | None] = {}

    def collect(self, path: Path) -> FileResult:
        """Read a file and keep its answers.

        Raises:
            Skipped: it cannot be read, or is no workbook that was sent from here.
        """
        sha256, content = open_returned(path, self._secrets)
        as_sent = [one for one in self._workbooks.values() if one.row.file_sha256 == sha256]
        if sha256 in self._read or as_sent:
            return FileResult(path.name, sent=as_sent[0].row if as_sent else None, was_known=True)
        book = cells_of(content)
        rows = action_rows(book.sheets, self._languages)
        if rows is None:
            raise Skipped(
                Sentence(
                    "has no list with the columns {columns}, so nothing was taken; ask the manager for"
                    " the workbook itself.",
                    columns=self._columns(),
                )
            )
        workbook = self._workbook_of(book, rows)
        returned = ReturnedList(
            rows=rows,
            is_1904=book.is_1904,
            period=workbook.row.period,
            revision=workbook.row.revision,
            manager_id=workbook.row.manager_id,
            address=workbook.address,
            sent_at=workbook.sent_at,
            collected_at=self._now(),
            file_sha256=sha256,
        )
        taken = take(returned, self._rows_sent(workbook), self._known, self._languages)
        self._keep(returned, taken)
        return FileResult(path.name, sent=workbook.row, taken=taken)

    def _keep(self, returned: ReturnedList, taken: Taken) -> None:
        edition = returned.period, returned.revision, returned.manager_id
        file = ReturnedFile(returned.file_sha256, *edition, returned.sent_at, returned.collected_at)
        self._store.keep(file, taken.answers)
        self._known |= {answer.key: answer for answer in taken.answers}
        self._read.add(returned.file_sha256)

    def _columns(self) -> str:
        words = self._languages[-1]
        return ", ".join(words.text(f"column.{name}") for name in ("reason", "planned_date", "note"))

    def _workbook_of(self, book: FoundBook, rows: Sequence[ActionRow]) -> _Workbook:
        """Find the workbook that was sent: by the file's own properties, else by its rows."""
        claimed = book.properties
        if "manager_id" in claimed:
            key = series_told(claimed), claimed.get("revision", ""), claimed["manager_id"]
            found = self._workbooks.get(key)
        else:  # some programs drop the properties
            found = next(self._with_rows({row.key for row in rows}), None)
        if found is None:
            raise Skipped(
                "is of no report that was sent from this data folder; collect it where it was sent, or look whether it"
                " is a trial."
            )
        return found

    def _with_rows(self, keys: set[RowKey]) -> Iterator[_Workbook]:
        """Yield the sent workbooks that have all these rows, the newest first, if one manager has all their people."""
        people = {key.employee_id for key in keys if key.employee_id}
        editions = sorted(self._bases.kept(), key=lambda key: (key.period, key.revision), reverse=True)
        for edition in editions[:_EDITIONS_SEARCHED]:
            managers = self._bases.managers(edition)
            owners = {managers.get(person) for person in people}
            owner = owners.pop() if len(owners) == 1 else None
            workbook = self._workbooks.get((edition.period, str(edition.revision), owner or ""))
            if workbook and keys <= self._rows_sent(workbook).keys():
                yield workbook

    def _rows_sent(self, workbook: _Workbook) -> Mapping[RowKey, SentRow]:
        """Read the list that was sent.

        Raises:
            Skipped: the file that was sent is not kept any more, or cannot be read.
        """
        sha256 = workbook.row.file_sha256
        if sha256 not in self._sent:
            self._sent[sha256] = self._read_sent(workbook.row)
        found = self._sent[sha256]
        if found is None:
            edition = edition_name(workbook.row.period, workbook.row.revision)
            raise Skipped(
                Sentence(
                    "is of {edition}, manager {manager_id}, whose sent file is not kept any more or"
                    " cannot be read, so its rows cannot be checked; look for that file in a backup of"
                    " the data folder.",
                    edition=edition,
                    manager_id=workbook.row.manager_id,
                )
            )
        return found

    def _read_sent(self, row: Delivery) -> Mapping[RowKey, SentRow] | None:
        try:
            return sent_rows(cells_of(unlocked(bytes_sent(self._config, row), self._secrets)).sheets, self._languages)
        except (OutputError, Skipped):
            return None


def _workbooks(rows: Sequence[Delivery]) -> dict[tuple[str, str, str], _Workbook]:
    """The workbooks that went out, by series, number and manager as the file's properties tell them.

    Rows of one workbook come in the order in which it went. A purged address is not known.
    """
    found: dict[tuple[str, str, str], _Workbook] = {}
    for row in rows:
        if row.state not in HANDED_OVER or row.changed_at is None:
            continue
        key = row.period, str(row.revision), row.manager_id
        before = found.get(key)
        address = row.recipient.casefold()
        if before:
            address = address if address == before.address else ""
        found[key] = _Workbook(row, address, max(row.changed_at, before.sent_at) if before else row.changed_at)
    return found


def has_gaps(collected: Collected) -> bool:
    """Whether a file was skipped, a row refused, or a cell not taken."""
    return any(
        file.skipped or file.taken.refused or any(one.remark in NOT_TAKEN for one in file.taken.remarks)
        for file in collected.files
    )
