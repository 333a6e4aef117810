"""`[privacy] encrypt_store`: pages open with the admin's key and in their own place alone; old folders go on."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from zlib import decompress

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.memory_keyring import MemoryKeyring, using
from tests.cli.program import Workspace
from tests.cli.test_doctor import checks
from tests.cli.test_privacy import personal_words
from tests.run.workbooks import cells_of, workbooks_of

KEY = "kunci penyimpanan contoh 4711"
OTHER = "kunci lain yang juga panjang"
WANTED = "\n[privacy]\nencrypt_store = true\n"


def rows(workspace: Workspace, sql: str = "SELECT body FROM page") -> list[bytes]:
    """One column of the store as it lies there."""
    with closing(sqlite3.connect(workspace.folder / "rkreport-data" / "store.sqlite3")) as store:
        return [row[0] for row in store.execute(sql)]


def is_plain(body: bytes) -> bool:
    """Whether anybody can unpack it."""
    try:
        return bool(decompress(body))
    except Exception:  # noqa: BLE001 - zlib's own
        return False


def encrypting(workspace: Workspace, key: str = KEY) -> Workspace:
    """The same with its pages encrypted from now on."""
    with workspace.config.open("a", encoding="utf-8") as config:
        config.write(WANTED)
    workspace.secrets["RKREPORT_STORE_KEY"] = key
    return workspace


@pytest.fixture(scope="module")
def origin(company: Company, server: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that was fetched encrypted."""
    workspace = Workspace(tmp_path_factory.mktemp("encrypted"))
    workspace.configure(company, server.base_url)
    assert encrypting(workspace).rkreport("fetch").code == 0
    return workspace.folder


@pytest.fixture
def encrypted(origin: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(origin, tmp_path / "copy")
    workspace = Workspace(tmp_path / "copy")
    workspace.secrets["RKREPORT_STORE_KEY"] = KEY
    return workspace


def test_no_page_lies_open(encrypted: Workspace, company: Company, server: Simulator) -> None:
    """No body unpacks, no person and no key stands in a file of the data folder, and a report can be made."""
    bodies = rows(encrypted)
    assert len(bodies) > 10
    assert [is_plain(body) for body in bodies] == [False] * len(bodies)
    assert len({body[:20] for body in bodies}) == len(bodies)  # each has a nonce of its own
    files = b"".join(path.read_bytes() for path in (encrypted.folder / "rkreport-data").rglob("*") if path.is_file())
    told = re.sub(rb"\d{8}-\d{6}", b"-", files)  # the id of a fetch; digits of a digest may follow it
    assert [word for word in personal_words(company, server) if word.encode() in told] == []
    assert KEY.encode() not in files
    assert encrypted.rkreport("build").code == 0
    assert len(cells_of(workbooks_of(encrypted.built)[0])["Detail"]) > 10


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "privacy.encrypt_store is true, and RKREPORT_STORE_KEY is not set; set it to a key of 20 characters"),
        ("pendek", "RKREPORT_STORE_KEY is too short; set it to a key of 20 characters"),
        (OTHER, "store.sqlite3; set the one that its pages were encrypted with."),
    ],
    ids=["none", "short", "another"],
)
@pytest.mark.parametrize("call", ["build", "fetch", "history", "export out.rkreport"])
def test_without_the_key_nothing_opens(encrypted: Workspace, key: str, said: str, call: str) -> None:
    """One sentence with exit code 2, which never shows the key; nothing is made."""
    encrypted.secrets["RKREPORT_STORE_KEY"] = key
    outcome = encrypted.rkreport(*call.split())
    assert (outcome.code, said in outcome.error, len(outcome.error) < 400) == (2, True, True)
    assert not key or key not in outcome.out + outcome.err
    assert not (encrypted.folder / "reports").exists()


def test_doctor_tries_the_key(encrypted: Workspace) -> None:
    """As a run would, and changes nothing."""
    for key, state in ((KEY, "ok"), (OTHER, "failed"), ("", "failed")):
        encrypted.secrets["RKREPORT_STORE_KEY"] = key
        (check,) = checks(encrypted.rkreport("doctor", "--offline", "--json"), "Store key")
        assert (check["state"], check["exit_code"]) == (state, 0 if state == "ok" else 2)


@pytest.mark.parametrize("order", ["snapshot_id", "list", "pass", "number"])
def test_a_moved_page_is_refused(encrypted: Workspace, order: str) -> None:
    """Its place is part of what is proven, also where somebody moved its digest along."""
    with closing(sqlite3.connect(encrypted.folder / "rkreport-data" / "store.sqlite3", isolation_level=None)) as store:
        store.execute("PRAGMA foreign_keys=OFF")
        if order == "snapshot_id":
            store.execute("UPDATE snapshot SET id = '20261109-020000'")
            store.execute("UPDATE page SET snapshot_id = '20261109-020000'")
        else:
            found = store.execute(f"SELECT list, pass, number, body, sha256 FROM page ORDER BY {order}").fetchall()  # noqa: S608 - a column of ours
            (*_, body, digest), (name, pass_number, number, *_) = found[0], found[-1]
            moved = "UPDATE page SET body = ?, sha256 = ? WHERE list = ? AND pass = ? AND number = ?"
            assert store.execute(moved, (body, digest, name, pass_number, number)).rowcount == 1
    outcome = encrypted.rkreport("build")
    assert (outcome.code, "is damaged; fetch again, or restore the file from a backup." in outcome.error) == (5, True)


def test_switched_on_later(configured: Workspace) -> None:
    """What was fetched before stays plain and is read; what is new is encrypted; switched off, both are read."""
    assert configured.rkreport("run").code == 0
    before = rows(configured)
    encrypting(configured)
    assert configured.rkreport("build").code == 0  # the edition is of the same settings: no report changes
    assert configured.rkreport("fetch", "--fresh").code == 0
    assert sum(map(is_plain, rows(configured))) == len(before)
    assert configured.rkreport("build").code == 0
    configured.edit("encrypt_store = true", "encrypt_store = false")
    assert configured.rkreport("build").code == 0
    del configured.secrets["RKREPORT_STORE_KEY"]
    outcome = configured.rkreport("build")
    assert (outcome.code, "is encrypted; set RKREPORT_STORE_KEY to the key" in outcome.error) == (2, True)
    assert configured.rkreport("run").code == 0  # a lost key: fetched anew, as the guide says


def test_settings_of_the_report_are_the_same(configured: Workspace) -> None:
    """An edition that was built before can be reviewed and sent after it was switched on."""
    assert configured.rkreport("run").code == 0
    assert encrypting(configured).rkreport("review").code == 0


def test_an_interrupted_fetch_goes_on(encrypted: Workspace, server: Simulator) -> None:
    """Pages that were read already are opened again, not asked for again."""
    with closing(sqlite3.connect(encrypted.folder / "rkreport-data" / "store.sqlite3", isolation_level=None)) as store:
        store.execute("UPDATE snapshot SET finished_at = NULL")
        lost = store.execute("DELETE FROM page WHERE list = 'users' AND number = 1").rowcount
    before = server.traffic.asked.copy()
    outcome = encrypted.rkreport("fetch")
    asked = sum(count for target, count in (server.traffic.asked - before).items() if target.startswith("GET "))
    assert (outcome.code, "Going on with the interrupted fetch" in outcome.err, asked) == (0, True, lost)
    assert [is_plain(body) for body in rows(encrypted)].count(True) == 0


def test_a_file_to_send_has_no_key(encrypted: Workspace, configured: Workspace) -> None:
    """`export` writes plain pages, for another machine has another key, or none; `import` keeps them with its own."""
    path = configured.folder / "out.rkreport"
    assert encrypted.rkreport("export", str(path)).code == 0
    with closing(sqlite3.connect(path)) as file:
        assert all(is_plain(body) for (body,) in file.execute("SELECT body FROM page"))
        assert file.execute("SELECT count(*) FROM store_key").fetchone() == (0,)
    encrypting(configured, OTHER)
    assert configured.rkreport("import", str(path)).code == 0
    assert [is_plain(body) for body in rows(configured)].count(True) == 0
    assert configured.rkreport("build").code == 0


def test_without_the_package(configured: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says how to install it."""
    monkeypatch.setattr("rkreport.store.store_key.find_spec", lambda _name: None)
    outcome = encrypting(configured).rkreport("fetch")
    assert (outcome.code, "pip install 'rkreport[encryption]'" in outcome.error) == (2, True)


def test_the_keyring_has_the_key_for_every_command(encrypted: Workspace) -> None:
    """Also for those that want no secret else."""
    del encrypted.secrets["RKREPORT_STORE_KEY"]
    keyring = MemoryKeyring()
    keyring.held["rkreport", "RKREPORT_STORE_KEY"] = KEY
    with using(keyring):
        assert encrypted.rkreport("history").code == 0
