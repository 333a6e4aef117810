"""What an attack came to: figures for people, and whether all that must hold did. Knows no attack."""

from collections.abc import Iterable
from dataclasses import dataclass, field

_MOST_SHOWN = 10


@dataclass(slots=True)
class Part:
    """The figures of one attack. `wrong` is what must not be, in words; `skipped` is why it was not made."""

    name: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    skipped: str = ""

    def figure(self, name: str, value: object) -> None:
        """A figure that may be anything."""
        self.rows.append((name, f"{value:,}" if isinstance(value, int) else str(value)))

    def none_of(self, name: str, found: Iterable[object]) -> None:
        """A figure that must be 0."""
        listed = [f"{name}: {one}" for one in found]
        self.rows.append((name, f"{len(listed):,}"))
        self.wrong += listed

    def must(self, holds: object, what: str) -> None:
        """Something that must be so."""
        if not holds:
            self.wrong.append(what)


def table(parts: Iterable[Part]) -> str:
    """All figures, and what does not hold."""
    lines = []
    for part in parts:
        state = f"skipped: {part.skipped}" if part.skipped else "DOES NOT HOLD" if part.wrong else "holds"
        lines.append(f"\n{part.name} ({state})")
        lines += [f"  {name:<58}{value:>14}" for name, value in part.rows]
        lines += [f"  ! {what}" for what in part.wrong[:_MOST_SHOWN]]
        if len(part.wrong) > _MOST_SHOWN:
            lines.append(f"  ! and {len(part.wrong) - _MOST_SHOWN} more")
    return "\n".join(lines)
