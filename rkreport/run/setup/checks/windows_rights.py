"""Who can read a folder on Windows: asks PowerShell for its rights. Folders that rkreport makes there are private.

Python gives a folder of mode 0700 to its user, to administrators and to the system alone, and files take the rights of
their folder. A folder that somebody else made, or an older Python, has those of the folder above.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ENTRY: Final = re.compile(r"\((?P<kind>X?A);[^;]*;(?P<rights>[^;]*);[^;]*;[^;]*;(?P<whom>[^;)]*)[^)]*\)")
_EVERYBODY: Final = frozenset({"WD", "AU", "BU", "IU", "NU", "BG", "AN", "DU", "DG"})
"""Everyone, and all users of the machine, the network or the domain, as SDDL writes them; below as numbers."""
_NUMBERS: Final = re.compile(r"S-1-1-0|S-1-5-(?:2|4|7|11|32-545|32-546)|S-1-5-21-[\d-]+-51[34]")
_READING_BITS: Final = 0x80000000 | 0x10000000 | 0x1  # all of it, everything, or the names in a folder
_READING: Final = frozenset({"FA", "FR", "GA", "GR", "CC"})
_PATIENCE_SECONDS: Final = 15
_ASK: Final = '$env:RKREPORT_FOLDERS -split "`n" | ForEach-Object { (Get-Acl -LiteralPath $_ -ErrorAction Stop).Sddl }'


def is_open_to_others(sddl: str) -> bool:
    """True if a folder's rights, in Windows' security descriptor language, let all users read it, or have no list."""
    _, begins, entries = sddl.partition("D:")
    if not begins or "NO_ACCESS_CONTROL" in entries.partition("(")[0]:
        return True
    return any(_is_reading(entry["rights"]) and _is_everybody(entry["whom"]) for entry in _ENTRY.finditer(entries))


def open_to_others(folders: Sequence[Path]) -> list[Path]:
    """Return those of some folders that all users can read; none where PowerShell does not tell."""
    if not folders:
        return []
    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", _ASK]
    environment = {**os.environ, "RKREPORT_FOLDERS": "\n".join(str(folder.absolute()) for folder in folders)}
    try:
        done = subprocess.run(  # noqa: S603 - no word of it is from outside
            command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True, env=environment
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    told = done.stdout.splitlines()
    return [folder for folder, sddl in zip(folders, told, strict=False) if is_open_to_others(sddl)]


def _is_reading(rights: str) -> bool:
    if rights.startswith("0x"):
        return bool(int(rights, 16) & _READING_BITS)
    return any(rights[at : at + 2] in _READING for at in range(0, len(rights), 2))


def _is_everybody(whom: str) -> bool:
    return whom in _EVERYBODY or _NUMBERS.fullmatch(whom) is not None
