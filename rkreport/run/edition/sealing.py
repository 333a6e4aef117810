"""Sealing: checks an edition's files against the seal that the store took when they were built.

Knows the files and the command that makes each one again; must not know their contents.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from rkreport.core.mail.delivery import OUTBOX
from rkreport.core.manifest import Manifest
from rkreport.errors import OutputError
from rkreport.files import reason_of, sha256_of
from rkreport.run.edition.review_files import KINDS

MANIFEST: Final = "manifest.json"


def check_manifest(folder: Path, seal: Mapping[str, str]) -> None:
    """Check that the manifest is unchanged; then all digests in it hold too.

    Raises:
        OutputError: it has changed, or the edition was not built from this store.
    """
    if not seal:
        raise OutputError(
            "{folder} was not built from this data folder, or by an older rkreport; nothing was"
            " sent; run rkreport build again.",
            folder=folder,
        )
    _check(folder, MANIFEST, seal[MANIFEST], "build")


def check_files(folder: Path, manifest: Manifest, seal: Mapping[str, str], without: Iterable[str]) -> None:
    """Check that every file is unchanged, except the kinds in `without`, which are written again.

    A missing message does no harm: sending writes it again.

    Raises:
        OutputError: a file has changed or cannot be read; names it, and the command that makes it again.
    """
    kinds = {file["path"]: file["kind"] for file in manifest["files"]}
    for path, sha256 in seal.items():
        kind = kinds.get(path, "message" if path.startswith(f"{OUTBOX.name}/") else "")
        is_gone_message = kind == "message" and not (folder / path).exists()
        if kind not in without and not is_gone_message:
            _check(folder, path, sha256, "review" if kind in KINDS else "build")


def seal_of(folder: Path, files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make the seal of a new edition: the digests of its files and its manifest.

    Raises:
        OutputError: the manifest cannot be read.
    """
    return {**dict(files), MANIFEST: _digest_of(folder / MANIFEST)}


def _check(folder: Path, path: str, sha256: str, command: str) -> None:
    if _digest_of(folder / path) != sha256:
        saved = ", as when another program saved it" if command == "review" else ""
        raise OutputError(
            "{folder} is not the file that was built{saved}; nothing was sent; run rkreport {command} again.",
            folder=folder / path,
            saved=saved,
            command=command,
        )


def _digest_of(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise OutputError(
            "{path} cannot be read: {reason}; run rkreport build again.", path=path, reason=reason_of(error)
        ) from error
