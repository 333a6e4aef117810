"""The brand template as bytes, read once, so that check, build and digest use the same bytes.

`rkreport.excel` reads what is in it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from rkreport.errors import ConfigError
from rkreport.files import reason_of

LARGEST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BrandFile:
    """A file that was named in `report.template`."""

    path: Path
    content: bytes = field(repr=False)


def read_brand_file(path: Path) -> BrandFile:
    """Read a brand template.

    Raises:
        ConfigError: the file is missing, a folder, unreadable, or far too large.
    """
    try:
        if path.is_dir():  # Windows would report missing rights
            raise ConfigError(f"{path} is a folder, not a file; write the name of the brand template.")
        if path.stat().st_size > LARGEST_BYTES:
            raise ConfigError(f"{path} is larger than {LARGEST_BYTES // 2**20} MB; it cannot be the brand template.")
        return BrandFile(path, path.read_bytes())
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist; correct report.template, or remove the line for the usual look."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {reason_of(error)}; close it in Excel, and check the file's rights."
        ) from error
