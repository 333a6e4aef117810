"""Checks what others rely on: a whole audit log, the key of the store, a second person who releases a sending."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rkreport.config.inspection import Inspection
from rkreport.config.secrets import STORE_KEY
from rkreport.core.words import counted
from rkreport.errors import EXIT_DONE, OutputError, RkreportError, StoreError
from rkreport.run.keep.audit_reading import look_at_audit_log
from rkreport.run.setup.checks.value import Check, State, failed_by, passed, skipped
from rkreport.sentence import Sentence
from rkreport.store.database import FILE_NAME, StoreView, viewed_store
from rkreport.store.lock import at_work
from rkreport.store.store_key import cipher_of


def check_audit_trail(inspection: Inspection) -> Iterator[Check]:
    """Check every line of the audit log against the one after it, and the last against the store; mend nothing."""
    name = "Audit log"
    folder = inspection.data_dir
    if folder is None:
        yield skipped(name, "not looked at, because [report] cannot be used")
        return
    path = folder / FILE_NAME
    if not path.exists():
        return
    if at_work(folder):
        yield skipped(name, "not looked at while another rkreport writes it")
        return
    try:
        with viewed_store(path) as store:
            if not store.has_table("audit_head"):
                return
            read = look_at_audit_log(store)
    except StoreError as error:
        yield failed_by(name, error)
    except OutputError as error:  # stops no run
        yield replace(failed_by(name, error), state=State.WARNING, exit_code=EXIT_DONE)
    else:
        lines = counted(read.head.number, "line")
        yield passed(name, Sentence("{path} is whole: {lines} as written, none missing", path=read.path, lines=lines))


def check_store_key(inspection: Inspection, secrets: Mapping[str, str]) -> Iterator[Check]:
    """Check the key of the store, where its pages shall be encrypted."""
    name = "Store key"
    folder = inspection.data_dir
    if not inspection.privacy or not inspection.privacy.encrypt_store or folder is None:
        return
    try:
        with _store_or_none(folder) as store:
            cipher_of(store, secrets.get(STORE_KEY, ""), is_wanted=True)
    except RkreportError as error:
        yield failed_by(name, error)
    else:
        yield passed(name, "the pages that are fetched from now on are encrypted with the key that is set")


@contextmanager
def _store_or_none(folder: Path) -> Iterator[StoreView | None]:
    path = folder / FILE_NAME
    if not path.exists():
        yield None
        return
    with viewed_store(path) as store:
        yield store if store.has_table("store_key") else None


def check_release(inspection: Inspection) -> Iterator[Check]:
    """Say that a second person is needed, where the config wants one."""
    if inspection.release and inspection.release.approval:
        yield passed(
            "Release",
            "release.approval is true: a second person looks at rkreport review, and send wants the code that it prints"
            " and that person's name",
        )
