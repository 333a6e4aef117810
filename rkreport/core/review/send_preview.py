"""What `send` will do, in words and numbers. Knows the burst list and how messages leave, not the server's answers."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rkreport.core.mail.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.core.review.burst_list import BurstRow, Refusal, SendSettings, refusal_text
from rkreport.core.rollup import Tally
from rkreport.core.words import Words
from rkreport.sentence import Sentence, joined

DOMAINS_NAMED = 5
_DONE = frozenset({DeliveryState.SENT, DeliveryState.WRITTEN, DeliveryState.SENDING, DeliveryState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class SendPlan:
    """The messages that the next `send` delivers. `domains` counts a message once per domain, copies included.

    `minutes` is 0 without a rate limit. `refused` lists, by reason, the managers who get nothing.
    """

    messages: int
    domains: tuple[tuple[str, int], ...]
    minutes: int
    sent: int
    written: int
    unknown: int
    unchanged: int
    refused: tuple[tuple[Refusal, tuple[ManagerId, ...]], ...]
    sentences: tuple[str, ...]

    @property
    def not_sent(self) -> int:
        """How many managers get nothing."""
        return sum(len(managers) for _, managers in self.refused)


def send_preview(rows: Sequence[BurstRow], posting: SendSettings, words: Words) -> SendPlan:
    """Every row is in exactly one of: to be sent, sent or written already, unchanged, in doubt, refused."""
    states = Counter(row.state for row in rows)
    waiting = [row for row in rows if row.state not in _DONE and not row.is_unchanged]
    due = [row for row in waiting if row.refusal is None] if posting.has_sender else []
    domains = Counter(
        domain for row in due for domain in {address.rpartition("@")[2].lower() for address in (row.address, *row.cc)}
    )
    refused: dict[Refusal, list[ManagerId]] = {}
    for row in waiting:
        if row.refusal is not None:
            refused.setdefault(row.refusal, []).append(row.manager_id)
    plan = SendPlan(
        messages=len(due),
        domains=tuple(sorted(domains.items(), key=lambda each: (-each[1], each[0]))),
        minutes=math.ceil(len(due) / posting.messages_per_minute) if posting.channel.leaves else 0,
        sent=states[DeliveryState.SENT],
        written=states[DeliveryState.WRITTEN],
        unknown=states[DeliveryState.UNKNOWN] + states[DeliveryState.SENDING],
        unchanged=sum(row.is_unchanged for row in rows),
        refused=tuple((refusal, tuple(refused[refusal])) for refusal in Refusal if refusal in refused),
        sentences=(),
    )
    return replace(plan, sentences=tuple(_sentences(plan, posting, words)))


def _sentences(plan: SendPlan, posting: SendSettings, words: Words) -> Iterator[str]:
    count = words.number(plan.messages)
    if not posting.has_sender:
        yield words.text("plan.no_sender")
    elif not plan.messages:
        yield words.text("plan.nothing")
    elif not posting.channel.leaves:
        yield words.text("plan.outbox", count=count)
    else:
        yield words.text("plan.smtp", count=count, host=posting.host)
    if plan.messages:
        named = [
            Sentence("{domain} ({number})", domain=domain, number=words.number(number))
            for domain, number in plan.domains[:DOMAINS_NAMED]
        ]
        more = ["…"] if len(plan.domains) > DOMAINS_NAMED else []
        yield words.text("plan.domains", domains=joined(", ", [*named, *more]))
    if plan.minutes:
        per_minute = words.number(posting.messages_per_minute)
        yield words.text("plan.time", minutes=words.number(plan.minutes), per_minute=per_minute)
    not_due = (
        ("plan.sent", plan.sent),
        ("plan.written", plan.written),
        ("plan.unchanged", plan.unchanged),
        ("plan.unknown", plan.unknown),
    )
    yield from (words.text(key, count=words.number(number)) for key, number in not_due if number)
    for refusal, managers in plan.refused:
        yield words.text("plan.refused", why=refusal_text(refusal, words), count=words.number(len(managers)))


def trial_sample(
    people: Mapping[ManagerId, int], tallies: Mapping[ManagerId | None, Tally], count: int
) -> tuple[ManagerId, ...]:
    """At most `count` of the teams in `people`: the largest, the smallest, the one with the lowest rate, then others.

    The order of `people` decides between equals, and is the order of the others.
    """

    def share(manager_id: ManagerId) -> Fraction:
        rate = tallies[manager_id].rate
        return Fraction(1) if rate is None else rate

    orders: Sequence[list[ManagerId]] = (
        sorted(people, key=lambda one: -people[one]),
        sorted(people, key=lambda one: people[one]),
        sorted(people, key=share),
    )
    chosen: dict[ManagerId, None] = {}
    for order in (*orders, *([list(people)] * len(people))):
        nearest = next((one for one in order if one not in chosen), None)
        if nearest is not None:
            chosen[nearest] = None
    return tuple(chosen)[:count]
