"""What an entrance is, and what all of them share."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rkreport.errors import RkreportError

_LONGEST_SENTENCE = 600


@dataclass(frozen=True, slots=True)
class Entrance:
    """How bytes come in, and bytes that are close to good ones."""

    take: Callable[[bytes], None]
    seeds: tuple[bytes, ...]


class Lied(AssertionError):
    """An entrance took something for what it is not."""


def refused(error: RkreportError) -> None:
    """A refusal is one sentence that can be read."""
    if len(str(error)) > _LONGEST_SENTENCE:
        raise Lied(f"{len(str(error))} characters") from error


def in_a_file(name: str, read: Callable[[Path], object]) -> Callable[[bytes], None]:
    """An entrance that is a file of this name."""

    def take(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            try:
                read(path)
            except RkreportError as error:
                refused(error)

    return take
