"""Folders and companies for calls of the command."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backends.fail import Keyring

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.memory_keyring import MemoryKeyring, using
from tests.cli.office import Office, opened_office
from tests.cli.plain_office import PlainOffice
from tests.cli.program import Workspace, serving
from tests.cli.returned_office import lms, october, sent
from tests.simulator_fixture import made

__all__ = ["lms", "october", "sent"]


@pytest.fixture(autouse=True)
def keyring() -> Iterator[MemoryKeyring | None]:
    """No keyring, whatever this machine has; a test that wants one has its own fixture of this name."""
    with using(Keyring()):  # type: ignore[no-untyped-call]  # of the package
        yield None


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty folder."""
    return Workspace(tmp_path)


@pytest.fixture
def plain(tmp_path: Path) -> PlainOffice:
    """An empty folder, for a plain server."""
    return PlainOffice(tmp_path)


@pytest.fixture(scope="session")
def company() -> Company:
    """60 people with all awkward ones, 2 managers, 2 courses, 4 batches."""
    return made(people=60, courses=2, batches=4)


@pytest.fixture(scope="session")
def server(company: Company) -> Iterator[Simulator]:
    """The company behind a server that behaves."""
    with serving(company) as simulator:
        yield simulator


@pytest.fixture
def configured(workspace: Workspace, company: Company, server: Simulator) -> Workspace:
    """A folder with the config of that company on that server."""
    workspace.configure(company, server.base_url)
    return workspace


@pytest.fixture(scope="session")
def fetched(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished snapshot."""
    workspace = Workspace(tmp_path_factory.mktemp("fetched"))
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        assert workspace.rkreport("fetch").code == 0
    return workspace.folder


@pytest.fixture(scope="session")
def built(fetched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with an edition that was built from it."""
    with opened_office(fetched, tmp_path_factory.mktemp("built")) as office:
        assert office.workspace.rkreport("build").code == 0
        return office.workspace.folder


@pytest.fixture
def office(built: Path, tmp_path: Path) -> Iterator[Office]:
    """A built edition, and a server that behaves."""
    with opened_office(built, tmp_path) as office:
        yield office


@pytest.fixture
def begun(workspace: Workspace, server: Simulator, company: Company) -> Workspace:
    """A folder as `init` leaves it, for the company's LMS and its two courses."""
    courses = [option for serial in company.overview().courses for option in ("--course", serial)]
    options = ("--company", "PT Maju", "--language", "en", "--base-url", server.base_url, *courses)
    outcome = workspace.rkreport("init", *options)
    assert outcome.code == 0, outcome.err
    return workspace
