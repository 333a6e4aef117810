"""Who can read a folder on Windows: told from the rights that it shows."""

import sys
from pathlib import Path

import pytest

from rkreport.run.setup.checks.windows_rights import is_open_to_others, rights_of

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


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")
def test_what_python_makes_private_is_so(tmp_path: Path) -> None:
    """A folder of mode 0700 is for its user."""
    (tmp_path / "ours").mkdir(mode=0o700)
    assert rights_of(tmp_path / "ours").startswith("D:")
    assert not is_open_to_others(rights_of(tmp_path / "ours"))


def test_a_folder_that_is_not_told_about(tmp_path: Path) -> None:
    """Is an error, not a private folder."""
    with pytest.raises(OSError, match=r".+"):
        rights_of(tmp_path / "none")
