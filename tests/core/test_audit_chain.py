"""The chain of the audit log: whatever is done to its lines is found and named."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.audit_chain import (
    BEGINNING,
    Actor,
    AuditEntry,
    AuditEvent,
    Damage,
    Head,
    damage_of,
    digest_of,
    entry_of,
    line_of,
    link_of,
)

NOON = datetime(2026, 11, 10, 5, 0, tzinfo=UTC)


def entry(
    number: int = 1, *, before: str = BEGINNING, about: Mapping[str, str] = MappingProxyType({}), result: str = ""
) -> AuditEntry:
    """One valid entry."""
    actor = Actor("sari", "ld-01")
    return AuditEntry(
        number, NOON, actor, "send", AuditEvent.SENDING_BEGUN, about=dict(about), result=result, before=before
    )


def chain(length: int) -> tuple[list[bytes], Head]:
    """The lines of a log, and its end."""
    lines, head = list[bytes](), Head()
    for number in range(1, length + 1):
        lines.append(line_of(entry(number, before=head.sha256, about={"manager_id": f"M-{number:03}"})))
        head = Head(number, digest_of(lines[-1]))
    return lines, head


def found(lines: list[bytes], head: Head) -> Damage:
    """What is found in these lines."""
    return damage_of([link_of(line) for line in lines], head)


def test_a_line_says_what_its_entry_says() -> None:
    """There and back, in ASCII on one line, with what is invisible or too long left out."""
    said = entry(about={"manager_id": "M-1"}, result="3 messages")
    assert entry_of(line_of(said)) == said
    odd = line_of(entry(about={"manager_id": "M\n-1\x1b[2J\u202e é"}, result="x" * 999))
    assert odd.isascii()
    assert not {10, 13, 27} & set(odd)
    assert (read := entry_of(odd)) is not None
    assert (read.about, len(read.result)) == ({"manager_id": "M -1[2J é"}, 201)


def test_an_untouched_chain_is_whole() -> None:
    """Also one without a line."""
    assert not found(*chain(12))
    assert not found([], Head())


def test_each_kind_of_damage_is_named() -> None:
    """By the number that the line had, or by its place where it is none of ours."""
    lines, head = chain(9)
    changed = lines[3].replace(b"M-004", b"M-999")
    assert (
        found([*lines[:3], changed, *lines[4:]], head).sentence()
        == "line 4 was changed, lines 1 to 3 are no longer proven"
    )
    assert (
        found([*lines[:3], *lines[6:]], head).sentence()
        == "lines 4 to 6 are missing, lines 1 to 3 are no longer proven"
    )
    assert found(lines[1:], head).sentence() == "line 1 is missing"
    assert found(lines[:-2], head).sentence() == "lines 8 to 9 are missing, lines 1 to 7 are no longer proven"
    assert found([], head).sentence() == "lines 1 to 9 are missing"
    assert found([*lines[:2], lines[7], *lines[2:]], head).sentence() == "the 3. line of the file is not rkreport's"
    swapped = [*lines[:2], lines[3], lines[2], *lines[4:]]
    assert found(swapped, head).sentence() == "the 4. line of the file was moved"
    both = found([*lines[:1], *lines[2:4], changed, *lines[5:]], head)
    assert (both.missing, both.foreign) == (((2, 2), (5, 5)), (4,))


def test_lines_that_a_damaged_store_claims_cost_nothing() -> None:
    """Billions of them are one span, wherever the lines are that are there."""
    lines, head = chain(9)
    most = 2**62
    assert found(lines, Head(most, head.sha256)).sentence() == f"lines 1 to {most - 9} are missing"
    assert found(lines, Head(most, "0" * 64)).missing == ((10, most),)
    assert found([], Head(most, head.sha256)).missing == ((1, most),)
    gap = line_of(entry(most // 2, before="1" * 64))
    assert found([*lines, gap], Head(most, "0" * 64)).missing == ((10, most // 2 - 1), (most // 2 + 1, most))


def test_a_line_of_another_age_is_none_of_ours() -> None:
    """No clock of ours can show its moment."""
    for at in ("9999-12-31T23:59:59.000+00:00", "0001-01-01T00:00:00.000+14:00", "2026-11-10T05:00:00.000"):
        line = line_of(entry())
        other = line.replace(b"2026-11-10T05:00:00.000+00:00", at.encode())
        assert (entry_of(line) is not None, other != line, entry_of(other)) == (True, True, None)


def test_a_chain_that_was_forged_to_its_end_is_not_the_store_s() -> None:
    """Whoever makes all digests after a change anew is found at the last line; none before it is proven."""
    _, head = chain(9)
    forged, _ = chain(8)
    last = line_of(entry(9, before=digest_of(forged[-1]), result="nothing happened"))
    assert found([*forged, last], head).sentence() == "line 9 was changed, lines 1 to 8 are no longer proven"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_every_manipulation_is_found(data: st.DataObject) -> None:
    """Lines changed by a byte, dropped, doubled, swapped, made up or cut off, several at once: none goes unseen."""
    before, head = chain(data.draw(st.integers(1, 12), label="length"))
    lines = list(before)
    for _ in range(data.draw(st.integers(1, 4), label="manipulations")):
        place = data.draw(st.integers(0, max(len(lines) - 1, 0)), label="place")
        kind = data.draw(st.sampled_from(["change", "drop", "double", "swap", "make up", "cut"]), label="kind")
        if kind == "make up" or not lines:
            lines.insert(place, data.draw(st.binary(max_size=40).filter(lambda text: b"\n" not in text)))
        elif kind == "change":
            at = data.draw(st.integers(0, max(len(lines[place]) - 1, 0)))
            flipped = bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != 10))])
            lines[place] = lines[place][:at] + flipped + lines[place][at + 1 :]
        elif kind == "drop":
            del lines[place]
        elif kind == "double":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[place])
        elif kind == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            del lines[place:]
    damage = found(lines, head)
    assert bool(damage) == (lines != before)
    assert bool(damage.sentence()) == bool(damage)
    assert len(damage.sentence()) < 400
