"""Who can read a folder on Windows: told from the rights that PowerShell shows, here by a stand-in for it."""

import sys
from pathlib import Path

import pytest

from rkreport.run.setup.checks.windows_rights import is_open_to_others, open_to_others

_OURS = "O:S-1-5-21-1-2-3-1001G:S-1-5-21-1-2-3-513D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;OW)"


@pytest.mark.parametrize(
    ("sddl", "is_open"),
    [
        (_OURS, False),  # as Python makes a folder of mode 0700
        ("O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;0x1301bf;;;S-1-5-21-1-2-3-1001)", False),
        ("O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)", True),  # as of a new disk
        ("O:BAG:SYD:(A;OICI;FR;;;WD)", True),
        ("O:BAG:SYD:(A;OICI;GRGX;;;AU)", True),
        ("O:BAG:SYD:(A;OICI;0x1200a9;;;S-1-5-32-545)", True),
        ("O:BAG:SYD:(A;OICI;FA;;;S-1-5-21-10-20-30-513)", True),  # all users of the domain
        ("O:BAG:SYD:(XA;OICI;FR;;;WD;(@User.Title==1))", True),
        ("O:BAG:SYD:(D;OICI;FA;;;WD)(A;OICI;FA;;;SY)", False),  # it forbids
        ("O:BAG:SYD:(A;OICI;0x100000;;;BU)", False),  # to wait for it is no reading
        ("O:BAG:SYD:NO_ACCESS_CONTROL", True),
        ("O:BAG:SY", True),
    ],
)
def test_what_rights_say(sddl: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    """Only entries that allow all users to read count."""
    assert is_open_to_others(sddl) is is_open


def _powershell(folder: Path, script: str) -> None:
    path = folder / "powershell"
    path.write_text(f"#!{sys.executable}\n{script}\n", "utf-8")
    path.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="has the real one")
def test_powershell_is_asked_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of folders travel beside the command, whatever is in them, and never in it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    folders = [tmp_path / name for name in ("ours", "a'; Remove-Item $HOME #", "theirs")]
    told = {"ours": _OURS, "theirs": "D:(A;OICI;FA;;;WD)"}
    script = (
        "import os, sys\nassert 'Remove-Item' not in ' '.join(sys.argv)\n"
        f"told = {told!r}\nfor line in os.environ['RKREPORT_FOLDERS'].split('\\n'):\n"
        f" print(told.get(os.path.basename(line), {_OURS!r}))"
    )
    _powershell(tmp_path, script)
    assert open_to_others(folders) == [folders[2]]


@pytest.mark.skipif(sys.platform == "win32", reason="has the real one")
@pytest.mark.parametrize("script", ["raise SystemExit(1)", "", None], ids=["refuses", "silent", "absent"])
def test_without_an_answer_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None) -> None:
    """What is not known is no finding."""
    monkeypatch.setenv("PATH", str(tmp_path))
    if script is not None:
        _powershell(tmp_path, script)
    assert open_to_others([tmp_path]) == []
