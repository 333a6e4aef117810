"""Recognises folders outside this machine: synchronised with a cloud, or on a network drive."""

import sys
from collections.abc import Mapping
from pathlib import Path, PurePath

from rkreport.sentence import Sentence

_SYNCED = {  # by the start of a folder's name, without case and blanks
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "googledrive": "Google Drive",
    "mydrive": "Google Drive",
    "icloud": "iCloud",
    "mobiledocuments": "iCloud",
    "cloudstorage": "a cloud drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "boxsync": "Box",
    "pclouddrive": "pCloud",
    "syncthing": "Syncthing",
}
_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_NETWORK = ("cifs", "smb", "nfs", "9p", "afs", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.gvfsd-fuse", "ncpfs")
_WINDOWS_REMOTE_DRIVE = 4


def kept_elsewhere(folder: PurePath, environ: Mapping[str, str], mounts: str) -> str:
    """Say where an absolute folder is, as the rest of `it is …`; `""` for an ordinary disk.

    `mounts` is the text of /proc/mounts, or `""` if it does not exist.
    """
    for name in _VARIABLES:
        if environ.get(name) and folder.is_relative_to(environ[name]):
            return "in OneDrive"
    for part in folder.parts:
        plain = part.casefold().replace(" ", "").lstrip(".")
        for beginning, service in _SYNCED.items():
            if plain.startswith(beginning):
                return Sentence("in {service}", service=service)
    if folder.drive.startswith("\\\\") or _is_remote_drive(folder) or _is_network_mount(folder, mounts):
        return "on a network drive"
    return ""


def _is_network_mount(folder: PurePath, mounts: str) -> bool:
    """Judge by the longest mount point above the folder."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:  # noqa: PLR2004 - device, place, kind
            continue
        place = fields[1].replace("\\040", " ")
        if len(place) >= len(best) and folder.is_relative_to(place):
            best, kind = place, fields[2]
    return kind.startswith(_NETWORK)


def _is_remote_drive(folder: PurePath) -> bool:
    if sys.platform != "win32" or not folder.drive:
        return False
    import ctypes  # noqa: PLC0415 - of Windows alone

    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{folder.drive}\\") == _WINDOWS_REMOTE_DRIVE)


def known_mounts(path: Path = Path("/proc/mounts")) -> str:
    """Read the mounts of Linux; `""` elsewhere."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
