"""Every file of an edition, changed in 20 ways between build and send: nothing leaves, whoever mended the manifest."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from rkreport.errors import OutputError
from rkreport.run.edition.leak_testing import TeamJudges
from rkreport.store.database import Database
from tests.cli.office import Office, opened_office
from tests.run.planting import parts_in, write_parts

Change = Callable[[Path, Path], None]
"""Changes a file; the second path is another file of the edition."""


def _edited(change: Callable[[bytes], bytes]) -> Change:
    def changed(path: Path, _other: Path) -> None:
        path.write_bytes(change(path.read_bytes()))

    return changed


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def _packed_anew(path: Path, _other: Path) -> None:
    if path.suffix == ".xlsx":
        write_parts(path, parts_in(path))
    else:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\n\n", 1))


def _replaced(path: Path, other: Path) -> None:
    path.write_bytes(other.read_bytes())


def _made_a_folder(path: Path, _other: Path) -> None:
    path.unlink()
    path.mkdir()


def _in_the_middle(text: bytes) -> Change:
    return _edited(lambda content: content[: len(content) // 2] + text + content[len(content) // 2 :])


CHANGES: dict[str, Change] = {
    "a byte more": _edited(lambda content: content + b"\0"),
    "a line break more": _edited(lambda content: content + b"\n"),
    "a byte less": _edited(lambda content: content[:-1]),
    "the first byte less": _edited(lambda content: content[1:]),
    "a byte before": _edited(lambda content: b" " + content),
    "half of it": _edited(lambda content: content[: len(content) // 2]),
    "the second half": _edited(lambda content: content[len(content) // 2 :]),
    "empty": _edited(lambda _content: b""),
    "twice": _edited(lambda content: content + content),
    "zeros": _edited(lambda content: bytes(len(content))),
    "backwards": _edited(lambda content: content[::-1]),
    "the first bit": _edited(lambda content: _flipped(content, 0)),
    "a bit in the middle": _edited(lambda content: _flipped(content, len(content) // 2)),
    "the last bit": _edited(lambda content: _flipped(content, len(content) - 1)),
    "a name in the middle": _in_the_middle(b"Siti Rahayu"),
    "an id spelt backwards": _in_the_middle("00417"[::-1].encode()),
    "look-alike letters": _in_the_middle("\u0421\u0406\u0422\u0406".encode()),
    "other text": _edited(lambda _content: b"other text"),
    "packed anew": _packed_anew,
    "another file": _replaced,
    "gone": lambda path, _other: path.unlink(),
    "a folder": _made_a_folder,
}


def mend(folder: Path) -> None:
    """The manifest has the digest of every file as it is now."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    for file in manifest["files"]:
        own = folder / file["path"]
        file["sha256"] = sha256(own.read_bytes()).hexdigest() if own.is_file() else file["sha256"]
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False), "utf-8")


@pytest.mark.parametrize(
    "is_mended", [pytest.param(False, id="as it is"), pytest.param(True, id="digest mended", marks=pytest.mark.slow)]
)
def test_no_file_that_was_changed_leaves(office: Office, is_mended: bool) -> None:  # noqa: FBT001 - one of two cases
    """Exit code 5 and a sentence that names the file (or the manifest that was mended); the server takes nothing."""
    folder, workspace = office.folder, office.workspace
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(CHANGES) >= 20
    assert {path.name for path in paths} >= {"manifest.json", "burst-list.csv", "review.html", "review.id.html"}
    manifest = (folder / "manifest.json").read_bytes()
    for path in paths:
        content, other = path.read_bytes(), paths[paths.index(path) - 1]
        for name, change in CHANGES.items():
            change(path, other)
            if is_mended and path.name != "manifest.json":
                mend(folder)
            named = "manifest.json" if is_mended and path.is_file() else path.name
            named = named if (folder / "manifest.json").exists() else "Nothing is built"
            outcome = workspace.rkreport("send", "--quiet")
            assert (outcome.code, named in outcome.error, office.server.taken) == (5, True, []), (path, name, outcome)
            if path.is_dir():
                path.rmdir()
            path.write_bytes(content)
            (folder / "manifest.json").write_bytes(manifest)
    assert workspace.rkreport("send").code == 0


def test_a_message_that_was_changed_is_not_called_written(fetched: Path, tmp_path: Path) -> None:
    """A file in the outbox folder with other words, whatever its manifest says: exit code 5."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        path = min((office.folder / "outbox").iterdir())
        path.write_bytes(b"other words")
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, f"outbox/{path.name} is not the file" in outcome.error) == (5, True)
        assert not (office.folder / "ledger.csv").exists()


def test_review_makes_its_own_files_again_and_seals_them(office: Office) -> None:
    """A list that a spreadsheet program saved is said to be made again by review; then everything goes."""
    burst_list = office.folder / "burst-list.csv"
    burst_list.write_bytes(burst_list.read_bytes().replace(b",", b";"))
    assert office.workspace.rkreport("send").error.endswith(
        "burst-list.csv is not the file that was built, as when another program saved it; nothing was sent; run"
        " rkreport review again."
    )
    assert office.workspace.rkreport("review").code == 0
    assert office.workspace.rkreport("send").code == 0


def test_review_refuses_what_is_not_its_own(office: Office) -> None:
    """A workbook that was changed does not get onto the page either, nor does a mended manifest get a seal."""
    path = min((office.folder / "managers").iterdir())
    path.write_bytes(path.read_bytes() + b"\0")
    mend(office.folder)
    for command in ("review", "send"):
        assert office.workspace.rkreport(command).code == 5
    assert office.server.taken == []


def test_a_build_whose_workbook_fails_leaves_the_earlier_one(fetched: Path, tmp_path: Path) -> None:
    """The second workbook fails: exit code 5, no message, no workbook left over, and the earlier edition goes."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        before = {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()}
        judged = []
        real = TeamJudges.judge_next

        def judge_next(self: TeamJudges, path: str, sha256: str, file: object) -> None:
            judged.append(path)
            if len(judged) == 2:
                assert not any(office.folder.parent.glob(".rev1.building/outbox/*"))
                raise OutputError(f"{path} holds the name of somebody outside that team, so nothing was built.")
            real(self, path, sha256, file)  # type: ignore[arg-type]  # as it came

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TeamJudges, "judge_next", judge_next)
            outcome = office.workspace.rkreport("build")
        assert (outcome.code, "so nothing was built" in outcome.error) == (5, True)
        assert {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()} == before
        assert [path.name for path in office.folder.parent.iterdir()] == ["rev1"]
        assert office.workspace.rkreport("send").code == 0


def test_a_stranger_in_a_written_workbook_stops_the_build(fetched: Path, tmp_path: Path) -> None:
    """The writer puts one team's rows into another's file: the build's own reader finds it."""
    import rkreport.excel.workbook as writer  # noqa: PLC0415 - the module whose function is replaced

    real, plans = writer.write_workbook, []

    def write_workbook(plan: object, path: Path, brand: object) -> object:
        if path.parent.name == "managers":
            plans.append(plan)
            plan = plans[0]
        return real(plan, path, brand)  # type: ignore[arg-type]  # as it came

    with opened_office(fetched, tmp_path) as office, pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "write_workbook", write_workbook)
        outcome = office.workspace.rkreport("build")
        assert outcome.code == 5
        assert "of somebody outside that team, so nothing was built" in outcome.error
        assert not office.folder.exists()


@pytest.mark.parametrize("is_sent", [True, False])
def test_an_edition_without_a_seal(office: Office, is_sent: bool) -> None:  # noqa: FBT001 - one of two cases
    """As an earlier version built it: what was sent may be looked at, and nothing that is left of it goes."""
    if is_sent:
        assert office.workspace.rkreport("send", "--only", "M-001").code == 0
    store = Database(office.workspace.folder / "rkreport-data")
    store.write("DELETE FROM seal")
    store.close()
    taken = len(office.server.taken)
    assert office.workspace.rkreport("review").code == (0 if is_sent else 5)
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, outcome.error.endswith("run rkreport build again.")) == (5, True)
    assert len(office.server.taken) == taken
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    assert sorted(office.recipients()) == sorted(office.addresses().values())
