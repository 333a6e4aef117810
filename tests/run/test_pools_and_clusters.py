"""Whoever makes the workbooks and messages, they are the same bytes; a cluster gets no secret and keeps no file."""

import pickle
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.errors import ConfigError
from rkreport.run.cluster import dask_cluster
from rkreport.run.edition import team_files
from rkreport.run.edition.encrypting import marked, own_password
from rkreport.run.pool import Inline, Pool, _processes
from tests.cli.program import Outcome, Workspace
from tests.run.conftest import WholeRun

DASK = '\n[build]\nexecutor = "dask"\nscheduler = "{scheduler}"\n'
PASSWORD = "rahasia besar 7"


def digests(workspace: Workspace) -> dict[str, bytes]:
    """The bytes of every manager's workbook and message."""
    return {
        path.name: path.read_bytes()
        for folder in ("managers", "outbox")
        for path in (workspace.built / folder).iterdir()
    }


@pytest.fixture
def fetched(whole_run: WholeRun, tmp_path: Path) -> Workspace:
    """The data and settings of the whole run without its reports."""
    folder = shutil.copytree(whole_run.workspace.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("reports"))
    return Workspace(folder)


def built_with(workspace: Workspace, pool: Pool | None, scheduler: str = "tcp://127.0.0.1:8786") -> Outcome:
    """Build on a Dask cluster; on a pretended one if a pool is given."""
    with workspace.config.open("a", encoding="utf-8") as config:
        config.write(DASK.format(scheduler=scheduler))
    with pytest.MonkeyPatch.context() as patch:
        if pool:
            patch.setattr("rkreport.run.edition.building.dask_cluster", lambda _: nullcontext(pool))
        return workspace.rkreport("build")


class Wire(Inline):
    """Carries every task and every result as bytes, as a cluster does, and keeps what it carried."""

    def __init__(self) -> None:
        """Nothing is carried yet."""
        self.carried: list[bytes] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Do it with copies."""
        self.carried.append(pickle.dumps(args))
        return super().submit(fn, *pickle.loads(self.carried[-1]), **kwargs)  # noqa: S301 - our own bytes


@contextmanager
def two_processes(_: int) -> Iterator[Pool]:
    """Real processes for however few tasks."""
    with _processes(2) as pool:
        yield pool


def test_processes_make_the_same_files(
    whole_run: WholeRun, fetched: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workbooks and messages, byte for byte."""
    monkeypatch.setattr("rkreport.cli.command_run.all_cores", two_processes)
    assert fetched.rkreport("build").code == 0
    assert digests(fetched) == digests(whole_run.workspace)


def test_a_cluster_makes_the_same_files_and_keeps_none(
    whole_run: WholeRun, fetched: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte; the tasks name no folder of ours, and the folder of each is gone."""
    wire, theirs = Wire(), tmp_path / "theirs"
    theirs.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(theirs))
    outcome = built_with(fetched, Pool(wire, ahead=2, is_elsewhere=True))
    assert outcome.code == 0, outcome.err
    assert digests(fetched) == digests(whole_run.workspace)
    assert len(wire.carried) == len(list((fetched.built / "managers").iterdir()))
    assert not any(str(fetched.folder).encode() in each for each in wire.carried)
    assert not list(theirs.iterdir())


def test_the_password_stays_at_home(fetched: Workspace) -> None:
    """A cluster's machines look theirs up; nothing that travels or is logged holds it or a person."""
    fetched.secrets[WORKBOOK_PASSWORD] = PASSWORD
    with fetched.config.open("a", encoding="utf-8") as config:
        config.write("\n[privacy]\nencrypt_workbooks = true\n")
    wire = Wire()
    assert built_with(fetched, Pool(wire, ahead=1, is_elsewhere=True)).code == 0
    (errand,) = pickle.loads(wire.carried[0])  # noqa: S301 - our own bytes
    assert not any(PASSWORD.encode() in each for each in wire.carried)
    assert repr(errand).startswith("<rkreport.run.edition.team_files._Errand object")
    assert repr(errand.task).startswith("<rkreport.run.edition.team_files.TeamTask object")


@pytest.mark.parametrize(("held", "what"), [("", "no"), ("another one 8", "another")])
def test_a_worker_with_another_password_makes_nothing(held: str, what: str) -> None:
    """Its managers could not open their workbooks."""
    secrets = {WORKBOOK_PASSWORD: held}
    with pytest.raises(ConfigError, match=f"A worker of the cluster has {what} RKREPORT_WORKBOOK_PASSWORD"):
        own_password(marked(PASSWORD), secrets)
    assert own_password(marked(PASSWORD), {WORKBOOK_PASSWORD: PASSWORD}) == PASSWORD


def test_a_worker_with_another_version_makes_nothing(fetched: Workspace) -> None:
    """Its workbooks might hold something else."""

    class Newer(Wire):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            return super().submit(fn, replace(args[0], version="9.9"), **kwargs)

    outcome = built_with(fetched, Pool(Newer(), ahead=1, is_elsewhere=True))
    assert outcome.code == 5
    assert "A worker of the cluster has rkreport" in outcome.err
    assert "and this is 9.9; install the same there" in outcome.err


def test_bytes_that_changed_on_the_way_are_refused(fetched: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the reader opened over there is what lies here."""
    run_errand = team_files._run_errand  # noqa: SLF001 - what a cluster calls

    def changed(errand: Any) -> Any:
        file, opened, content = run_errand(errand)
        return file, opened, content[:-1]

    monkeypatch.setattr(team_files, "_run_errand", changed)
    outcome = built_with(fetched, Pool(Inline(), ahead=1, is_elsewhere=True))
    assert outcome.code == 5
    assert "came back from the cluster with other bytes" in outcome.err
    assert not fetched.built.exists()


@pytest.mark.slow
def test_no_scheduler_is_a_sentence(fetched: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address, and what to do."""
    pytest.importorskip("distributed")
    monkeypatch.setattr("rkreport.run.cluster._PATIENCE_SECONDS", 1)
    outcome = built_with(fetched, None, "tcp://127.0.0.1:9")
    assert outcome.code == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:9 (build.scheduler)" in outcome.err


def test_without_the_extra_the_command_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing was connected."""
    monkeypatch.setattr("rkreport.run.cluster.import_module", lambda _: (_ for _ in ()).throw(ImportError))
    with pytest.raises(ConfigError, match=r"pip install 'rkreport\[dask\]'"), dask_cluster("tcp://127.0.0.1:9"):
        pass


@pytest.mark.slow
def test_a_real_cluster_of_two_workers(whole_run: WholeRun, fetched: Workspace) -> None:
    """Scheduler and workers are processes of their own on loopback."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        outcome = built_with(fetched, None, cluster.scheduler_address)
    assert outcome.code == 0, outcome.err
    assert digests(fetched) == digests(whole_run.workspace)
