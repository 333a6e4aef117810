"""An edition that is built, and the mail server of its config: what every test of `send` begins with."""

import csv
import email.policy
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path

from rkreport.simulator.company import Company
from rkreport.store.database import Database
from rkreport.store.seals import Seals
from tests.cli.program import Workspace
from tests.delivery.scripted_smtp import Fault, ScriptedSmtp, Taken

MAIL = 'transport = "smtp"\nhost = "127.0.0.1"\nsecurity = "none"\nallowed_domains = ["contoh.test"]\n'
MANAGERS = 3  # two, and the people who belong to nobody


@dataclass(frozen=True, slots=True)
class Office:
    """A folder with an edition that is built, and the mail server of its config."""

    workspace: Workspace
    server: ScriptedSmtp

    @property
    def folder(self) -> Path:
        """The edition's."""
        return self.workspace.built

    def point_to(self, company: Company, base_url: str) -> None:
        """Write the config anew, for another LMS."""
        self.workspace.configure(company, base_url)
        lines = f"{MAIL}port = {self.server.port}\n"
        self.workspace.edit("[mail]\n", f"[mail]\n{lines}messages_per_minute = 10000\n")

    def recipients(self) -> list[str]:
        """To whom the server took messages, in order."""
        return [one for taken in self.server.taken for one in taken.recipients]

    def ledger(self, revision: int = 1) -> dict[str, dict[str, str]]:
        """Rows of ledger.csv by manager id."""
        path = self.folder.with_name(f"rev{revision}") / "ledger.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["manager_id"]: row for row in csv.DictReader(file)}

    def states(self, revision: int = 1) -> dict[str, str]:
        """State by manager id."""
        return {one: row["state"] for one, row in self.ledger(revision).items()}

    def addresses(self) -> dict[str, str]:
        """Address by manager id, as the burst list has them."""
        with (self.folder / "burst-list.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["manager_id"]: row["email"] for row in csv.DictReader(file)}

    def set_address(self, manager_id: str, address: str) -> None:
        """Change managers.csv."""
        self._set(manager_id, 2, address)

    def set_copies(self, manager_id: str, addresses: str) -> None:
        """The same for cc."""
        self._set(manager_id, 3, addresses)

    def _set(self, manager_id: str, column: int, value: str) -> None:
        path = self.workspace.folder / "managers.csv"
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        for row in rows:
            row[column] = value if row[0] == manager_id else row[column]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def reseal(workspace: Workspace) -> None:
    """The store takes October's first revision, as it lies there now, for what was built."""
    folder = workspace.built
    files = [folder / file["path"] for file in workspace.manifest["files"]]
    store = Database(workspace.folder / "rkreport-data")
    try:
        digests = {
            path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in (*files, folder / "manifest.json")
        }
        Seals(store).replace("2026-10", 1, digests)
    finally:
        store.close()


def _free_port() -> int:
    """Find a port that nobody is given by chance: below those that the system hands out for outgoing connections."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError


PORT = _free_port()  # of the mail server: it stands in the config, and an edition belongs to its config


@contextmanager
def opened_office(origin: Path, folder: Path, *faults: Fault, mail: str = "", port: int = PORT) -> Iterator[Office]:
    """A copy of the folder `origin`, fetched or built already, as an office of its own; `mail` are lines of [mail]."""
    shutil.copytree(origin, folder / "office")
    workspace = Workspace(folder / "office")
    with ScriptedSmtp(*faults, port=port) as server:
        if f"port = {PORT}\n" not in workspace.config.read_text("utf-8"):
            pace = "" if "messages_per_minute" in mail else "messages_per_minute = 10000\n"
            workspace.edit("[mail]\n", f"[mail]\n{MAIL}port = {server.port}\n{pace}{mail}\n")
        yield Office(workspace, server)


def message_of(taken: Taken) -> EmailMessage:
    """What the server took, as a mail program reads it."""
    message = BytesParser(policy=email.policy.default).parsebytes(taken.content)
    assert isinstance(message, EmailMessage)
    return message


def attached(taken: Taken) -> list[str]:
    """The names of its attachments."""
    return [str(part.get_filename()) for part in message_of(taken).iter_attachments()]


def states_in(workspace: Workspace) -> list[str]:
    """The states in the store of a run that is going on."""
    store = Database(workspace.folder / "rkreport-data")
    try:
        return [str(state) for (state,) in store.read("SELECT state FROM delivery")]
    finally:
        store.close()
