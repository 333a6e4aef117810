"""What `send` will do, in words and numbers."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.mail import delivery
from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.core.review.burst_list import BurstRow, DeliveryStatus, Refusal, SendSettings, burst_rows
from rkreport.core.review.send_preview import SendPlan, send_preview
from rkreport.core.rollup import by_team
from rkreport.locale import load_words
from tests.core.companies import company, team
from tests.core.reviews import POSTING, now_of

EN, ID = load_words("en"), load_words("id")
OUTBOX = replace(POSTING, channel=delivery.OUTBOX, host="")


def row(number: int, **overrides: object) -> BurstRow:
    """One team's row."""
    run = company((), (team(number, (), email=f"m{number}@contoh.test"),))
    (made,) = burst_rows(
        run,
        now_of(run),
        tallies=by_team((), run.teams),
        workbooks={},
        posted=DeliveryStatus(),
        posting=POSTING,
        moved={},
        words=EN,
    )
    return replace(made, **overrides)  # type: ignore[arg-type]  # overrides fit by name


def plan(*rows: BurstRow, posting: SendSettings = POSTING) -> SendPlan:
    """The plan for rows."""
    return send_preview(rows, posting, EN)


def test_by_mail() -> None:
    """How many, through which server, to which domains, how long."""
    rows = [row(number) for number in range(26)]
    made = plan(*rows, row(98, cc=("a@lain.test", "b@LAIN.test")))
    assert (made.messages, made.minutes) == (27, 2)
    assert made.domains == (("contoh.test", 27), ("lain.test", 1))
    assert made.sentences == (
        "Messages sent through smtp.contoh.test: 27, each to one manager with that team's workbook only.",
        "Messages by recipient domain: contoh.test (27), lain.test (1).",
        "At 25 messages per minute this takes about 2 min.",
    )


def test_into_the_outbox() -> None:
    """Nothing leaves, and nothing takes time."""
    made = plan(row(1), posting=OUTBOX)
    assert made.minutes == 0
    assert made.sentences[0] == ("Messages written as files to the outbox folder: 1. Nothing leaves this computer.")


def test_what_is_not_sent_and_why() -> None:
    """Refused by reason with their ids, and none of them among the messages."""
    made = plan(
        row(1),
        row(2, refusal=Refusal.NO_ADDRESS),
        row(3, refusal=Refusal.NOT_ALLOWED),
        row(4, refusal=Refusal.NO_ADDRESS),
    )
    assert (made.messages, made.not_sent) == (1, 3)
    assert made.refused == ((Refusal.NO_ADDRESS, ("M-002", "M-004")), (Refusal.NOT_ALLOWED, ("M-003",)))
    assert "Not sent (no email address): 2." in made.sentences


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"state": DeliveryState.PLANNED}, {"messages": 1}),
        ({"state": DeliveryState.FAILED}, {"messages": 1}),
        ({"state": DeliveryState.SENT}, {"sent": 1}),
        ({"state": DeliveryState.UNKNOWN}, {"unknown": 1}),
        ({"state": DeliveryState.SENDING}, {"unknown": 1}),
        ({"is_unchanged": True}, {"unchanged": 1}),
        ({"refusal": Refusal.NOT_ALLOWED}, {"not_sent": 1}),
    ],
)
def test_nothing_goes_twice(changes: Mapping[str, object], counts: Mapping[str, int]) -> None:
    """What was sent, is in doubt, or says the same as before is not among the messages; what was refused is again."""
    made = plan(row(1, **changes))
    found = {name: getattr(made, name) for name in ("messages", "sent", "unknown", "unchanged", "not_sent")}
    assert {name: count for name, count in found.items() if count} == counts


def test_nobody_to_send_from() -> None:
    """Without a sender no message goes, and the plan says why."""
    made = plan(row(1), posting=replace(POSTING, has_sender=False))
    assert (made.messages, made.minutes, made.domains) == (0, 0, ())
    assert made.sentences == ("Nothing can be sent, because the configuration names no address in mail.from.",)


def test_nothing_left() -> None:
    """When all are sent, that is said."""
    made = send_preview([row(1, state=DeliveryState.SENT)], POSTING, ID)
    assert made.sentences == (
        "Tidak ada pesan yang masih harus dikirim.",
        "1 pesan sudah terkirim dan tidak dikirim lagi.",
    )


@given(
    st.lists(
        st.tuples(st.sampled_from([None, *DeliveryState]), st.sampled_from([None, *Refusal]), st.booleans()),
        max_size=8,
    )
)
def test_every_row_is_somewhere_once(kinds: list[tuple[DeliveryState | None, Refusal | None, bool]]) -> None:
    """Messages, sent, written, in doubt, unchanged and refused are all rows, whatever the ledger says."""
    rows = [
        replace(
            BASE, manager_id=ManagerId(f"M-{number}"), state=state, refusal=refusal, is_unchanged=same and not state
        )
        for number, (state, refusal, same) in enumerate(kinds)
    ]
    made = plan(*rows)
    assert made.messages + made.sent + made.written + made.unknown + made.unchanged + made.not_sent == len(rows)


BASE = row(1)
