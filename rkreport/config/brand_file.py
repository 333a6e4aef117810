"""The brand template as bytes, read once, so that check, build and digest use the same bytes.

`rkreport.excel` reads what is in it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from rkreport.bounds import NotRegular, TooLarge, read_regular
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
        return BrandFile(path, read_regular(path, LARGEST_BYTES))
    except IsADirectoryError:
        raise ConfigError("{path} is a folder, not a file; write the name of the brand template.", path=path) from None
    except NotRegular:
        raise ConfigError("{path} is no regular file; write the name of the brand template.", path=path) from None
    except TooLarge:
        raise ConfigError(
            "{path} is larger than {largest_bytes} MB; it cannot be the brand template.",
            path=path,
            largest_bytes=LARGEST_BYTES // 2**20,
        ) from None
    except FileNotFoundError:
        raise ConfigError(
            "{path} does not exist; correct report.template, or remove the line for the usual look.", path=path
        ) from None
    except OSError as error:
        raise ConfigError(
            "{path} cannot be read: {reason}; close it in Excel, and check the file's rights.",
            path=path,
            reason=reason_of(error),
        ) from error
