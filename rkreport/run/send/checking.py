"""The checks that may stop a sending: the second person's release, the guards for an unusual month, the leak test.

Knows which of them a sending and a trial pass; must not know what they look for, nor what is sent afterwards.
`Checked` is an edition that passed, and messages are made of nothing else.
"""

from dataclasses import replace
from typing import NewType

from rkreport.core.audit_chain import AuditEvent, entry_of
from rkreport.core.release import Release, is_same_code
from rkreport.core.review.guard import GuardCode
from rkreport.run.auditing import record
from rkreport.run.edition.guarding import Ask, guard, guards_for
from rkreport.run.edition.leak_testing import leak_test
from rkreport.run.edition.loading import Loaded
from rkreport.run.edition.releasing import about_loaded, edition_digests, released
from rkreport.run.send.order import AgainOrder, SendOrder
from rkreport.store.audit_log import AuditLogReader
from rkreport.store.database import Database

Checked = NewType("Checked", Loaded)

_LINES_LOOKED_AT = 10_000  # the last of the audit log


def checked(loaded: Loaded, database: Database, order: SendOrder | AgainOrder, ask: Ask | None) -> Checked:
    """Return the edition if all checks let it pass; `ask` asks a person on a terminal, None if there is none.

    A trial exists to look at what is unusual, so no guard stops it and it wants no release; a stranger in a file stops
    it. What a person let pass is in the audit log when this returns.

    Raises:
        GuardStop: something is unusual, and neither the order nor a person accepts it; or the release is missing.
        OutputError: a file holds what it must not, or is not the one that was built.
    """
    config, compliance = loaded.config, loaded.assessment.compliance
    if not order.is_trial:
        loaded = replace(loaded, release=_released(loaded, database, order))
        found = guards_for(config, compliance, loaded.last_sent, loaded.other_ledgers)
        incomplete = {GuardCode.INCOMPLETE.value} if order.allow_incomplete else frozenset[str]()
        guard(found, order.accepted | incomplete, ask)
        _record_person(loaded, database, ", ".join(dict.fromkeys(each.code.value for each in found)))
    leak_test(config, loaded.world, compliance, loaded.manifest, loaded.folder)
    return Checked(loaded)


def _released(loaded: Loaded, database: Database, order: SendOrder | AgainOrder) -> Release:
    def refused(why: str) -> None:
        record(database, loaded.world, AuditEvent.RELEASE_REFUSED, about=about_loaded(loaded), result=why)

    shown = _shown(database, order)
    return released(loaded, loaded.world, order.release, order.approved_by, shown, refused=refused)


def _shown(database: Database, order: SendOrder | AgainOrder) -> set[str]:
    """The digests for which reviews showed the order's code."""
    lines = AuditLogReader(database).tail(_LINES_LOOKED_AT) if order.release else ()
    entries = (entry_of(line.removesuffix(b"\n")) for line in lines)
    return {
        entry.digests["release"]
        for entry in entries
        if entry
        and entry.event is AuditEvent.REVIEW_SHOWN
        and "release" in entry.digests
        and is_same_code(order.release or "", entry.about.get("release", ""))
    }


def _record_person(loaded: Loaded, database: Database, guards: str) -> None:
    about, digests = about_loaded(loaded), edition_digests(loaded.folder, loaded.manifest)
    release = loaded.release
    if release.code:
        given = {**about, "release": release.code, "approved_by": release.approved_by}
        proof = digests | {"release": release.sha256}
        record(database, loaded.world, AuditEvent.RELEASE_GIVEN, about=given, digests=proof)
    if guards:
        record(database, loaded.world, AuditEvent.GUARD_ACCEPTED, about=about, digests=digests, result=guards)
