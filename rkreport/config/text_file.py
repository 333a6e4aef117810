"""Text files that an admin wrote, as bytes and text, read once. Knows nothing of TOML or CSV."""

from dataclasses import dataclass
from pathlib import Path

from rkreport.bounds import NotRegular, TooLarge, read_regular
from rkreport.errors import ConfigError
from rkreport.files import reason_of

LARGEST_BYTES = 64 * 1024 * 1024
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ZIP_MARK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as it was read: `content` is for digests, `text` has no byte order mark."""

    path: Path
    content: bytes
    text: str


def read_text_file(path: Path, *, if_missing: str, how_to_save: str, largest: int = LARGEST_BYTES) -> TextFile:
    """Read a UTF-8 file, with or without byte order mark; the two hints end the sentences of the errors.

    Raises:
        ConfigError: the file is missing, a folder, unreadable, far too large, or not UTF-8.
    """
    content = read_bounded(path, largest, if_missing=if_missing)
    if content.startswith(_ZIP_MARK):
        raise ConfigError(
            "{path} is an Excel workbook or ZIP file, not a text file; {how_to_save}.",
            path=path,
            how_to_save=how_to_save,
        )
    if content.startswith(UTF_16_MARKS):
        raise ConfigError("{path} is UTF-16 text, not UTF-8; {how_to_save}.", path=path, how_to_save=how_to_save)
    try:
        return TextFile(path, content, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(
            "{path}, line {line}: is not UTF-8; {how_to_save}.", path=path, line=line, how_to_save=how_to_save
        ) from None


def read_bounded(path: Path, largest: int, *, if_missing: str) -> bytes:
    """The bytes of a file of at most `largest` bytes.

    Raises:
        ConfigError: the file is missing, no regular file, unreadable or too large.
    """
    try:
        return read_regular(path, largest)
    except IsADirectoryError:
        raise ConfigError("{path} is a folder, not a file; write the name of the file.", path=path) from None
    except NotRegular:
        raise ConfigError("{path} is no regular file; write the name of the file.", path=path) from None
    except TooLarge:
        raise ConfigError(
            "{path} is larger than {largest} MB; it cannot be the right file.", path=path, largest=largest // 2**20
        ) from None
    except FileNotFoundError:
        raise ConfigError("{path} does not exist; {if_missing}.", path=path, if_missing=if_missing) from None
    except OSError as error:
        raise ConfigError(
            "{path} cannot be read: {reason}; close the program that has it open, and check the file's rights.",
            path=path,
            reason=reason_of(error),
        ) from error
