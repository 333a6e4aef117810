"""Folders that are not this machine's alone are known by their path and by what is mounted."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest

from rkreport.run.setup.checks.places import kept_elsewhere

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/share /mnt/share cifs rw 0 0
server:/home /home/net nfs4 rw 0 0
C:\\134 /mnt/c 9p rw 0 0
tmpfs /mnt/share/local tmpfs rw 0 0
//server/hr /mnt/h\\040r cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "where"),
    [
        (PureWindowsPath("C:/Users/sari/OneDrive - PT Contoh/rk/data"), "in OneDrive"),
        (PureWindowsPath("C:/Users/sari/Dropbox (PT Contoh)/data"), "in Dropbox"),
        (PureWindowsPath("G:/My Drive/data"), "in Google Drive"),
        (PurePosixPath("/Users/sari/Library/CloudStorage/OneDrive-Contoh/data"), "in a cloud drive"),
        (PurePosixPath("/Users/sari/Library/Mobile Documents/data"), "in iCloud"),
        (PureWindowsPath("//server/share/data"), "on a network drive"),
        (PureWindowsPath("D:/Kantor/data"), "in OneDrive"),  # by the environment
        (PurePosixPath("/mnt/share/data"), "on a network drive"),
        (PurePosixPath("/mnt/h r/data"), "on a network drive"),
        (PurePosixPath("/home/net/sari"), "on a network drive"),
        (PurePosixPath("/mnt/c/Users/sari"), "on a network drive"),
        (PurePosixPath("/mnt/share/local/data"), ""),
        (PurePosixPath("/mnt/shared/data"), ""),
        (PurePosixPath("/home/sari/data"), ""),
        (PureWindowsPath("C:/Users/sari/Documents/rkreport-data"), ""),
    ],
)
def test_where_a_folder_is(folder: PurePosixPath | PureWindowsPath, where: str) -> None:
    """By a folder's name, the environment, a share's name, or the nearest mount."""
    environ = {"OneDriveCommercial": "D:/Kantor", "OneDrive": ""}
    assert kept_elsewhere(folder, environ, MOUNTS if isinstance(folder, PurePosixPath) else "") == where
