"""Fetches from the plain LMS into a snapshot, as the program does, with a clock that stands still."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from rkreport.core.findings import FindingCode
from rkreport.core.models import CourseKind, CourseSerial, PlanSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, ListReading, Snapshot, Traffic
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.transport import Meter
from tests.lms.test_fetch import Memory, client_of, silence
from tests.plain_lms import PlainLms, serving

NOW = datetime(2026, 11, 5, 3, 20, 7, 500, tzinfo=UTC)


@dataclass
class Fetch:
    """One fetch; `courses` are serials, or serials with their kind."""

    lms: PlainLms
    courses: tuple[str, ...] = ("C-1",)
    kinds: dict[str, CourseKind] = field(default_factory=dict)
    plans: tuple[str, ...] = ()
    dates: bool = False
    page_size: int = 100
    max_in_flight: int = 4
    timeout_seconds: float = 5
    store: Memory = field(default_factory=Memory)
    meter: Meter = field(default_factory=Meter)
    now: datetime = NOW

    async def run(self) -> Snapshot:
        """Fetch and assemble."""
        policies = tuple(CoursePolicy(CourseSerial(one), kind=self.kinds.get(one)) for one in self.courses)
        plans = tuple(map(PlanSerial, self.plans))
        plan = FetchPlan(policies, self.page_size, self.max_in_flight, plans=plans, completion_dates=self.dates)
        with serving(self.lms):
            limits = {"timeout_seconds": self.timeout_seconds, "utc_now": self.now}
            async with client_of(self.lms.base_url, self.meter, **limits) as client:  # type: ignore[arg-type]  # by name
                lists = await FetchEngine(plan, client, self.store, silence).run()
        record = FetchRecord("s", "h", self.now, self.now, lists, Traffic(self.meter.requests, self.meter.retries))
        return assemble(record, ((*place, self.store.pages[place]) for place in sorted(self.store.pages)))


def of_kind(snapshot: Snapshot, kind: ListKind) -> list[ListReading]:
    """The readings of a kind of list."""
    return [one for one in snapshot.lists if one.kind is kind]


def examples(snapshot: Snapshot, code: FindingCode) -> list[str]:
    """The examples of a kind of finding."""
    return [one.example for one in snapshot.findings if one.code is code]
