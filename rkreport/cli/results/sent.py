"""The result of a sending, and past sendings for `history`. Counts and manager ids, no names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rkreport.core.compliance import Series, edition_name
from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.errors import EXIT_DONE, EXIT_GAPS
from rkreport.run.edition.ledger_file import LEDGER_FILE
from rkreport.run.send.order import Sent
from rkreport.sentence import Sentence, joined, ours

_MOST_SHOWN = 20
_ANSWERS_SHOWN = 3
_SENDS_DOUBTFUL = {
    False: "rkreport send --retry-unknown sends them again; who has one then gets it twice.",
    True: "After that, rkreport send --again sends it once more.",
}


def sent_sentences(sent: Sent) -> Iterator[str]:
    """Yield a sentence for each unsent message, up to a limit, and what to do about them."""
    lines = [line.rstrip(".") + "." for line in _unsent(sent)]
    yield from lines[:_MOST_SHOWN]
    if len(lines) > _MOST_SHOWN:
        yield Sentence(
            "And {lines} more, see {folder}.", lines=len(lines) - _MOST_SHOWN, folder=sent.folder / LEDGER_FILE
        )
    if sent.stopped:
        yield Sentence("Stopped: {stopped}.", stopped=sent.stopped.rstrip("."))
    elif not sent.is_declined:
        yield from _deferral_sentences(sent.rows)
    is_again = any(row.again for row in sent.rows)
    if any(_is(row, "unknown") for row in (*sent.rows, *sent.doubtful)):
        yield Sentence(
            "Nobody can tell whether the messages in doubt arrived: ask those managers, or look"
            " into the sender's Sent folder, and say rkreport settle MANAGER_ID --arrived or"
            " --lost. {sends_doubtful}",
            sends_doubtful=ours(_SENDS_DOUBTFUL[is_again]),
        )
    if any(row.copies_missed for row in sent.rows):
        yield (
            "Copies that were not taken are not sent again: forward them from the managers' mail, and correct cc in"
            " the list of managers for the next time."
        )
    if any(_is(row, "failed") for row in sent.rows):
        yield (
            "What failed is not tried again by itself: mend its cause, such as an address in the list of managers, then"
            " say rkreport build, rkreport review and rkreport send. Who has the report gets it once."
        )
    if any(_is(row, "planned") and row.again for row in sent.rows):
        yield "Nothing went again; say the same command once more."
    elif any(_is(row, "planned") for row in sent.rows):
        yield "What is left goes out with the next rkreport send."


def _unsent(sent: Sent) -> Iterator[str]:
    for row in sent.rows:
        if _is(row, "failed"):
            yield Sentence("No message for manager {manager_id}: {reply}", manager_id=row.manager_id, reply=row.reply)
    for manager_id, why in sent.trial_wrong:
        yield Sentence("No trial about manager {manager_id}: {why}", manager_id=manager_id, why=why)
    for row in (*sent.rows, *sent.doubtful):
        if _is(row, "unknown"):
            yield Sentence("In doubt for manager {manager_id}: {reply}", manager_id=row.manager_id, reply=row.reply)
    for row in sent.rows:
        if row.copies_missed:
            yield Sentence("Sent to manager {manager_id}, but {reply}", manager_id=row.manager_id, reply=row.reply)


def _deferral_sentences(rows: Sequence[Delivery]) -> Iterator[str]:
    """Yield the server's temporary refusals with their counts, the most frequent first."""
    answers = Counter(row.reply.rstrip(".") for row in rows if _is(row, "planned") and row.attempts and row.reply)
    yield from (
        Sentence("Not yet sent: {count}. {answer}.", count=count, answer=answer)
        for answer, count in answers.most_common(_ANSWERS_SHOWN)
    )


def sent_rows(sent: Sent) -> list[tuple[str, str]]:
    """Word a finished sending for the terminal."""
    edition = edition_name(sent.period, sent.revision)
    if sent.is_trial:
        went = Sentence("sent") if sent.channel.leaves else Sentence("written to the folder trial")
        return [
            ("Edition", edition),
            ("Messages", Sentence("{taken} {went} as a trial; the managers got nothing", taken=sent.taken, went=went)),
        ]
    counts = Counter(row.state for row in sent.rows)
    is_written = bool(sent.rows) and not any(row.channel.leaves for row in sent.rows)
    state = DeliveryState.WRITTEN if is_written else DeliveryState.SENT
    went = Sentence("written to the outbox folder; nothing left this machine" if is_written else "sent")
    rows = [
        ("Edition", edition),
        (
            "Messages",
            Sentence(
                "{counts} of {rows} {went} ({taken} in this run)",
                counts=counts[state],
                rows=len(sent.rows),
                went=went,
                taken=sent.taken,
            ),
        ),
    ]
    words = (("Not yet", "planned"), ("Failed", "failed"))
    rows += [(title, f"{counts[DeliveryState(state)]}") for title, state in words if counts[DeliveryState(state)]]
    in_doubt = counts[DeliveryState.UNKNOWN] + len(sent.doubtful)
    if in_doubt:
        rows.append(("In doubt", f"{in_doubt}"))
    copies = sum(row.copies_missed for row in sent.rows)
    if copies:
        rows.append(("Copies", Sentence("{copies} not taken", copies=copies)))
    if sent.unchanged:
        rows.append(
            ("Unchanged", Sentence("{unchanged}: an earlier revision says the same", unchanged=len(sent.unchanged)))
        )
    return [*rows, ("Ledger", str(sent.folder / LEDGER_FILE))]


def sent_document(sent: Sent) -> dict[str, Any]:
    """Return a finished sending for other programs."""
    counts = Counter(row.state.value for row in sent.rows)
    return {
        **series_document(sent.period),
        "revision": sent.revision,
        "folder": str(sent.folder),
        "trial": sent.is_trial,
        "taken": sent.taken,
        "counts": {state.value: counts[state.value] for state in DeliveryState},
        "unchanged": list(sent.unchanged),
        "in_doubt": [row.manager_id for row in (*sent.rows, *sent.doubtful) if _is(row, "unknown")],
        "copies_not_taken": {row.manager_id: row.copies_missed for row in sent.rows if row.copies_missed},
        "stopped": sent.stopped,
        "declined": sent.is_declined,
        "complete": sent.is_complete,
        "deliveries": delivery_documents(sent.rows),
    }


def sent_code(sent: Sent) -> int:
    """Return 0 if no message is left, failed, in doubt or without its copies, and the data were complete."""
    return EXIT_DONE if sent.is_done and sent.is_complete else EXIT_GAPS


def series_document(text: str) -> dict[str, str]:
    """Return month and kind of an edition in the manifest's form; `text` is in the ledger's form."""
    series = Series.parse(text)
    return {"period": str(series.period), "kind": series.kind}


def delivery_documents(rows: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Return rows of the ledger for other programs."""
    return [
        {
            **series_document(row.period),
            "revision": row.revision,
            "manager_id": row.manager_id,
            "recipient": row.recipient,
            "cc": list(row.cc),
            "state": row.state.value,
            "attempts": row.attempts,
            "message_id": row.message_id,
            "file": row.file,
            "sha256": row.file_sha256,
            "bytes": row.size_bytes,
            "planned_at": row.planned_at.isoformat() if row.planned_at else None,
            "changed_at": row.changed_at.isoformat() if row.changed_at else None,
            "reply": row.reply,
            "again": row.again,
            "reason": row.reason,
            "release_code": row.release_code,
            "approved_by": row.approved_by,
        }
        for row in rows
    ]


def delivery_rows(rows: Sequence[Delivery]) -> list[tuple[str, str]]:
    """Return one line per month and revision."""
    counts: dict[tuple[str, int], Counter[str]] = {}
    for row in rows:
        what = Sentence("{state} again on purpose", state=row.state) if row.again else ours(row.state.value)
        counts.setdefault((row.period, row.revision), Counter())[what] += 1
    order = [
        what
        for state in DeliveryState
        for what in (ours(state.value), Sentence("{state} again on purpose", state=state))
    ]
    return [
        (
            Sentence("Mail {edition_name}", edition_name=edition_name(period, revision)),
            joined(", ", (Sentence("{found:,} {what}", found=found[what], what=what) for what in order if found[what])),
        )
        for (period, revision), found in counts.items()
    ]


def settled_rows(row: Delivery) -> list[tuple[str, str]]:
    """Word what became of a message in doubt."""
    command = Sentence("send --again {manager_id} --reason TEXT", manager_id=row.manager_id) if row.again else "send"
    next_step = (
        Sentence("; it goes out with the next rkreport {command} --period {period}", command=command, period=row.period)
        if _is(row, "planned")
        else ""
    )
    return [
        (
            "Message",
            Sentence(
                "manager {manager_id}, {edition_name}",
                manager_id=row.manager_id,
                edition_name=edition_name(row.period, row.revision),
            ),
        ),
        ("State", Sentence("{state}{next_step}", state=row.state, next_step=next_step)),
    ]


def _is(row: Delivery, state: str) -> bool:
    return row.state.value == state
