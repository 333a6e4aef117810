"""The results of archive, incident and purge: for the terminal without personal data, for programs in full."""

from datetime import datetime
from typing import Any

from rkreport.cli.results.sent import series_document
from rkreport.core.compliance import edition_name
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.words import counted
from rkreport.run.keep.archiving import Retrieved, RetrievedMaster
from rkreport.run.keep.incidents import Incident
from rkreport.run.keep.purging import Purged
from rkreport.run.keep.retention import PurgePlan
from rkreport.sentence import Sentence, ours

_WENT = {
    DeliveryState.SENT: "sent",
    DeliveryState.WRITTEN: "not sent, but written to the outbox",
    DeliveryState.SENDING: "perhaps sent",
    DeliveryState.UNKNOWN: "perhaps sent",
}


def masked(address: str) -> str:
    """Mask an address so that only its owner recognises it."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}…@{domain}" if domain else "(purged)"


def retrieved_rows(found: Retrieved) -> list[tuple[str, str]]:
    """Word a sent file and its recipient for the terminal."""
    sent = found.sent
    copies = Sentence(" and {cc} in copy", cc=len(sent.cc)) if sent.cc else ""
    return [
        *_message_rows(sent, found.changed_at, copies),
        ("Message-ID", sent.message_id),
        ("SHA-256", sent.file_sha256),
        ("File", Sentence("{path}, {size_bytes:,} bytes", path=found.path, size_bytes=found.size_bytes)),
    ]


def retrieved_document(found: Retrieved) -> dict[str, Any]:
    """Return a sent file for other programs, with full addresses."""
    return {**_sent_document(found.sent, found.changed_at), "file": str(found.path), "size_bytes": found.size_bytes}


def retrieved_master_rows(what: str, found: RetrievedMaster) -> list[tuple[str, str]]:
    """Word a master, or what is kept beside it, and its time of archiving for the terminal."""
    master = found.master
    return [
        (what.capitalize(), edition_name(master.period, master.revision)),
        ("Kept", Sentence("{moment}, when messages of it were sent or written", moment=_moment(found.kept_at))),
        ("SHA-256", master.file_sha256),
        ("File", Sentence("{path}, {size_bytes:,} bytes", path=found.path, size_bytes=found.size_bytes)),
    ]


def retrieved_master_document(found: RetrievedMaster) -> dict[str, Any]:
    """Return a master for other programs."""
    return {
        **series_document(found.master.period),
        "revision": found.master.revision,
        "file_sha256": found.master.file_sha256,
        "kept_at": found.kept_at.isoformat() if found.kept_at else None,
        "file": str(found.path),
        "size_bytes": found.size_bytes,
    }


def incident_rows(found: Incident) -> list[tuple[str, str]]:
    """Return counts, the deadline and the draft's name; only the draft names the people."""
    sent = found.sent
    rows: list[tuple[str, str]] = [
        *_message_rows(sent, found.changed_at),
        ("People", Sentence("{people:,}", people=found.people)),
        (
            "Columns",
            Sentence("{columns:,} different ones", columns=found.columns) if not found.unreadable else "not known",
        ),
        (
            "Deadline",
            Sentence("{moment}, 72 hours after it was sent", moment=_moment(found.deadline))
            if found.deadline
            else "not known",
        ),
        ("Draft", Sentence("{draft}; it holds personal data", draft=found.draft)),
    ]
    if found.is_as_sent is not None:
        rows.insert(
            2, ("Came back", "as it was sent" if found.is_as_sent else "changed; the draft lists what was sent")
        )
    if found.unreadable:
        rows.append(("Missing", found.unreadable))
    return rows


def incident_document(found: Incident) -> dict[str, Any]:
    """Return an incident for other programs; only the draft names the people."""
    return {
        **_sent_document(found.sent, found.changed_at),
        "people": found.people,
        "columns": found.columns,
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "draft": str(found.draft),
        "is_as_sent": found.is_as_sent,
        "unreadable": found.unreadable or None,
    }


def purge_rows(plan: PurgePlan) -> list[tuple[str, str]]:
    """Word what is too old."""
    rows: list[tuple[str, str]] = [
        (
            "Older than",
            Sentence(
                "{months}: before {before:%Y-%m-%d %H:%M %Z}", months=counted(plan.months, "month"), before=plan.before
            ),
        )
    ]
    rows += [
        (Sentence("Snapshot {snapshot_id}", snapshot_id=snapshot_id), "with all its pages")
        for snapshot_id in plan.snapshots
    ]
    rows += [
        (Sentence("Edition {name} {name_2}", name=folder.parent.name, name_2=folder.name), str(folder))
        for folder in plan.editions
    ]
    if plan.sent_files:
        rows.append(("Sent files", Sentence("{sent_files:,}", sent_files=len(plan.sent_files))))
    if messages := len(plan.deliveries):
        told = Sentence("of {messages} in the ledger; when they went stays", messages=counted(messages, "message"))
        rows.append(("Addresses", told))
    if plan.bases:
        editions = counted(len(plan.base_names), "edition")
        rows.append(("Last reports", Sentence("what {editions} told of whom", editions=editions)))
    if plan.answered:
        workbooks = counted(len(plan.answered), "workbook")
        told = Sentence("{answers:,}, from {workbooks} that came back", answers=plan.answers, workbooks=workbooks)
        rows.append(("Answers", told))
    rows += [("Log", path.name) for path in plan.logs]
    rows += [("Left over", str(path)) for path in plan.leftovers]
    rows += [
        (
            "NOT SETTLED",
            Sentence(
                "{messages} of {edition_name}: still {state}",
                messages=counted(one.count, "message"),
                edition_name=edition_name(one.period, one.revision),
                state=one.state,
            ),
        )
        for one in plan.unsettled
    ]
    return rows


def plan_document(plan: PurgePlan) -> dict[str, Any]:
    """Return what is too old for other programs."""
    return {
        "deleted": False,
        "older_than_months": plan.months,
        "before": plan.before.isoformat(timespec="seconds"),
        "snapshots": list(plan.snapshots),
        "editions": [str(folder) for folder in plan.editions],
        "sent_files": list(plan.sent_files),
        "addresses": len(plan.deliveries),
        "bases": list(plan.base_names),
        "answers": plan.answers,
        "logs": [path.name for path in plan.logs],
        "leftovers": [str(path) for path in plan.leftovers],
        "unsettled": [
            {**series_document(one.period), "revision": one.revision, "state": one.state, "count": one.count}
            for one in plan.unsettled
        ],
    }


def purged_rows(plan: PurgePlan, done: Purged) -> list[tuple[str, str]]:
    """Word what was deleted, and where the record is."""
    what = done.what
    rows: list[tuple[str, str]] = [
        ("Snapshots", Sentence("{snapshots:,}", snapshots=len(what["snapshots"]))),
        ("Editions", Sentence("{editions:,}", editions=len(what["editions"]))),
        ("Sent files", Sentence("{sent_files:,}", sent_files=len(what["sent_files"]))),
        ("Addresses", Sentence("of {messages}", messages=counted(len(plan.deliveries), "message"))),
        ("Last reports", Sentence("of {editions}", editions=counted(len(plan.base_names), "edition"))),
        ("Answers", Sentence("{answers:,}", answers=plan.answers)),
        ("Logs", Sentence("{logs:,}", logs=len(what["logs"]))),
        ("Record", str(done.record)),
    ]
    return [*rows, *(("NOT DELETED", failure) for failure in done.failures)]


def _message_rows(sent: Delivery, changed_at: datetime | None, copies: str = "") -> list[tuple[str, str]]:
    """Whose message it was, when it went and where to."""
    edition = edition_name(sent.period, sent.revision)
    values = {"went": _went(sent), "moment": _moment(changed_at), "masked": masked(sent.recipient), "copies": copies}
    return [
        ("Message", Sentence("manager {manager_id}, {edition_name}", manager_id=sent.manager_id, edition_name=edition)),
        ("Went", Sentence("{went} {moment} to {masked}{copies}", **values)),
    ]


def _went(sent: Delivery) -> str:
    return ours(_WENT[sent.state]) if sent.state in _WENT else Sentence("not sent ({state})", state=sent.state)


def _moment(moment: datetime | None) -> str:
    return Sentence("{moment:%Y-%m-%d %H:%M %Z}", moment=moment) if moment else ""


def _sent_document(sent: Delivery, changed_at: datetime | None) -> dict[str, Any]:
    return {
        **series_document(sent.period),
        "revision": sent.revision,
        "manager_id": sent.manager_id,
        "state": sent.state,
        "changed_at": changed_at.isoformat() if changed_at else None,
        "recipient": sent.recipient,
        "cc": list(sent.cc),
        "message_id": sent.message_id,
        "file_sha256": sent.file_sha256,
        "attempts": sent.attempts,
        "reply": sent.reply,
        "again": sent.again,
        "reason": sent.reason,
    }
