"""Managers' workbooks, each made by whatever process or machine has room for it.

Knows the whole input and the whole result of one workbook; must not know who is in a team nor judge a file. A cluster
gets neither the password nor our paths: its machines look the password up themselves and send the file back.
"""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rkreport import __version__
from rkreport.bounds import read_regular
from rkreport.config.os_keyring import read_keyring
from rkreport.config.secrets import environment, read_secrets
from rkreport.core.leaks.opened_file import OpenedFile
from rkreport.core.manifest import BuiltFile
from rkreport.core.models import ManagerId
from rkreport.core.report.sheets import WorkbookPlan
from rkreport.errors import OutputError
from rkreport.files import sha256_of, write_private_file
from rkreport.run.edition.encrypting import PasswordMark, lock, marked, own_password
from rkreport.run.edition.leak_testing import opened_file
from rkreport.run.pool import Pool, in_order

if TYPE_CHECKING:
    from rkreport.excel.look.brand import Brand

_ONE_AT_A_TIME = threading.Lock()  # workers of a cluster may have several threads; ours share formats


@dataclass(frozen=True, slots=True, repr=False)  # a cluster logs what fails, and this is personal data
class TeamTask:
    """One manager's workbook and no other manager's data: the whole input of a worker."""

    manager_id: ManagerId
    plan: WorkbookPlan
    brand: "Brand"
    folder: Path
    name: str
    content: str
    password: str | None


@dataclass(frozen=True, slots=True, repr=False)
class _Errand:
    """A task for another machine, without its folder and its password."""

    task: TeamTask
    version: str
    mark: PasswordMark | None


def written(pool: Pool, tasks: Iterable[TeamTask]) -> Iterator[tuple[BuiltFile, OpenedFile]]:
    """Yield every team's file on our disk, and what the independent reader found in it, in the order of the tasks.

    Raises:
        ConfigError: a machine of a cluster has no password or another one.
        OutputError: a file could not be written, or a machine of a cluster has another version.
    """
    if pool.is_elsewhere:
        return _fetched(pool, tasks)
    return in_order(pool, _write, tasks)


def _write(task: TeamTask) -> tuple[BuiltFile, OpenedFile]:
    """Write a workbook, and open the file on the disk with the independent reader."""
    from rkreport.excel.workbook import write_workbook  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    path = task.folder / task.name
    done = write_workbook(task.plan, path, task.brand)
    sha256 = done.sha256 if task.password is None else lock(path, task.password)
    file = BuiltFile(task.name, "manager", task.manager_id, done.rows["team_detail"], sha256, task.content)
    return file, opened_file(path, task.password)


def _fetched(pool: Pool, tasks: Iterable[TeamTask]) -> Iterator[tuple[BuiltFile, OpenedFile]]:
    folders: deque[Path] = deque()
    errands = (_errand(task, folders) for task in tasks)
    for file, opened, content in in_order(pool, _run_errand, errands):
        if sha256_of(content) != file.sha256:
            raise OutputError("{path} came back from the cluster with other bytes; build again.", path=file.path)
        write_private_file(folders.popleft() / file.path, content)
        yield file, opened


def _errand(task: TeamTask, folders: deque[Path]) -> _Errand:
    """Turn a task into an errand; its folder stays here, at the end of `folders`."""
    folders.append(task.folder)
    mark = marked(task.password) if task.password is not None else None
    return _Errand(replace(task, folder=Path(), password=None), __version__, mark)


def _run_errand(errand: _Errand) -> tuple[BuiltFile, OpenedFile, bytes]:
    """Make a workbook on a machine of a cluster; return its bytes too. Nothing stays on that machine."""
    if errand.version != __version__:
        raise OutputError(
            "A worker of the cluster has rkreport {version}, and this is {version_2}; install the same there.",
            version=__version__,
            version_2=errand.version,
        )
    password = own_password(errand.mark, read_secrets(environment(), read_keyring)) if errand.mark else None
    with TemporaryDirectory(prefix="rkreport-") as name, _ONE_AT_A_TIME:
        task = replace(errand.task, folder=Path(name), password=password)
        (task.folder / task.name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, opened = _write(task)
        return file, opened, read_regular(task.folder / task.name)
