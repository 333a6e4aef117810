"""Who can read a folder on Windows: asks it for the folder's rights. Folders that rkreport makes there are private.

Python gives a folder of mode 0700 to its user, to administrators and to the system alone, and files take the rights of
their folder. A folder that somebody else made, or an older Python, has those of the folder above.
"""

import ctypes
import errno
import os
import re
import sys
from pathlib import Path
from typing import Final

_ENTRY: Final = re.compile(r"\((?P<kind>X?A);[^;]*;(?P<rights>[^;]*);[^;]*;[^;]*;(?P<whom>[^;)]*)[^)]*\)")
_EVERYBODY: Final = frozenset({"WD", "AU", "BU", "IU", "NU", "BG", "AN", "DU", "DG"})
"""Everyone, and all users of the machine, the network or the domain, as SDDL writes them; below as numbers."""
_NUMBERS: Final = re.compile(r"S-1-1-0|S-1-5-(?:2|4|7|11|32-545|32-546)|S-1-5-21-[\d-]+-51[34]")
_READING_BITS: Final = 0x80000000 | 0x10000000 | 0x1  # all of it, everything, or the names in a folder
_READING: Final = frozenset({"FA", "FR", "GA", "GR", "CC"})
_FILE, _RIGHTS, _REVISION = 1, 4, 1  # SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, SDDL_REVISION_1


def is_open_to_others(sddl: str) -> bool:
    """True if a folder's rights, in Windows' security descriptor language, let all users read it, or have no list."""
    _, begins, entries = sddl.partition("D:")
    if not begins or "NO_ACCESS_CONTROL" in entries.partition("(")[0]:
        return True
    return any(_is_reading(entry["rights"]) and _is_everybody(entry["whom"]) for entry in _ENTRY.finditer(entries))


def rights_of(folder: Path) -> str:
    """Return a folder's list of rights in Windows' security descriptor language.

    Raises:
        OSError: Windows does not tell it, or this is not Windows.
    """
    if sys.platform != "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    library, kernel = ctypes.WinDLL("advapi32"), ctypes.WinDLL("kernel32")
    kernel.LocalFree.argtypes = [ctypes.c_void_p]
    descriptor, text = ctypes.c_void_p(), ctypes.c_wchar_p()
    if code := library.GetNamedSecurityInfoW(str(folder), _FILE, _RIGHTS, *(None,) * 4, ctypes.byref(descriptor)):
        raise ctypes.WinError(code)
    try:
        told = library.ConvertSecurityDescriptorToStringSecurityDescriptorW(
            descriptor, _REVISION, _RIGHTS, ctypes.byref(text), None
        )
        if not told or text.value is None:
            raise ctypes.WinError()
        return text.value
    finally:
        kernel.LocalFree(ctypes.cast(text, ctypes.c_void_p))
        kernel.LocalFree(descriptor)


def _is_reading(rights: str) -> bool:
    if rights.startswith("0x"):
        return bool(int(rights, 16) & _READING_BITS)
    return any(rights[at : at + 2] in _READING for at in range(0, len(rights), 2))


def _is_everybody(whom: str) -> bool:
    return whom in _EVERYBODY or _NUMBERS.fullmatch(whom) is not None
