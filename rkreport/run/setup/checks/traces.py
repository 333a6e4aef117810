"""Checks what others rely on: whether the audit log is whole, and whether a second person releases a sending."""

from collections.abc import Iterator
from dataclasses import replace

from rkreport.config.inspection import Inspection
from rkreport.core.words import counted
from rkreport.errors import EXIT_DONE, OutputError, StoreError
from rkreport.run.keep.audit_reading import look_at_audit_log
from rkreport.run.setup.checks.value import Check, State, failed_by, passed, skipped
from rkreport.sentence import Sentence
from rkreport.store.database import FILE_NAME, viewed_store
from rkreport.store.lock import at_work


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


def check_release(inspection: Inspection) -> Iterator[Check]:
    """Say that a second person is needed, where the config wants one."""
    if inspection.release and inspection.release.approval:
        yield passed(
            "Release",
            "release.approval is true: a second person looks at rkreport review, and send wants the code that it prints"
            " and that person's name",
        )
