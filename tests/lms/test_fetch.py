"""The engine against a behaving server: everything once, nothing twice, and what is broken is named."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest

from rkreport.core.models import BatchSerial, CourseKind, CourseSerial
from rkreport.core.rules import CoursePolicy
from rkreport.core.snapshot import ListKind, Snapshot, Traffic, Verdict
from rkreport.errors import ConfigError, LmsError, LoginRefused
from rkreport.lms.assemble import FetchRecord, assemble
from rkreport.lms.auth import RenewedToken
from rkreport.lms.client import LmsClient, fetch_token
from rkreport.lms.fetch import FetchEngine, FetchPlan
from rkreport.lms.pacing import Gate
from rkreport.lms.transport import LmsSettings, Meter, Transport
from tests.simulator_fixture import StartSimulator, made


class Memory:
    """A store in memory that refuses to keep a page twice."""

    def __init__(self) -> None:
        """Empty."""
        self.pages: dict[tuple[str, int, int], bytes] = {}

    def is_stored(self, name: str, pass_number: int, page: int) -> bool:
        """Whether it is kept."""
        return (name, pass_number, page) in self.pages

    async def read(self, name: str, pass_number: int, page: int) -> bytes | None:
        """What is kept."""
        return self.pages.get((name, pass_number, page))

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a page."""
        assert (name, pass_number, page) not in self.pages
        self.pages[name, pass_number, page] = body


def silence(_name: str, _unit: str) -> Callable[[int, int], None]:
    """A progress that nobody looks at; never more is done than known."""

    def page_read(done: int, known: int) -> None:
        assert done <= known

    return page_read


@asynccontextmanager
async def client_of(
    base_url: str,
    meter: Meter,
    *,
    secret: str = "demo-secret",
    attempts: int = 6,
    timeout_seconds: float = 5,
    utc_now: datetime | None = None,
) -> AsyncIterator[LmsClient]:
    """A client that does not wait; it is always `utc_now`."""

    async def no_sleep(_seconds: float) -> None:
        return

    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0  # every look at the clock finds the gate open
        return now

    settings = LmsSettings(base_url, timeout_seconds, max_attempts=attempts)
    async with aiohttp.ClientSession() as session:
        transport = Transport(
            settings,
            session,
            Gate(1000, clock=clock, sleep=no_sleep),
            lambda: 0.0,
            lambda: utc_now or datetime.now(UTC),
            no_sleep,
            meter=meter,
        )
        tokens = RenewedToken(lambda: fetch_token(transport, "demo", secret), time.monotonic)
        yield LmsClient(transport, tokens)


async def fetched(
    base_url: str, policies: tuple[CoursePolicy, ...], *, store: Memory | None = None, secret: str = "demo-secret"
) -> tuple[Snapshot, Meter]:
    """Fetch everything and assemble it."""
    store, meter = store or Memory(), Meter()
    async with client_of(base_url, meter, secret=secret) as client:
        lists = await FetchEngine(FetchPlan(policies, 100, 8), client, store, silence).run()
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    record = FetchRecord("s", "h", moment, moment, lists, Traffic(meter.requests, meter.retries))
    return assemble(record, ((*place, store.pages[place]) for place in sorted(store.pages))), meter


def policies_of(*serials: str) -> tuple[CoursePolicy, ...]:
    """Courses without further rules."""
    return tuple(CoursePolicy(CourseSerial(serial)) for serial in serials)


@pytest.mark.parametrize("serial_in_users", [True, False])
async def test_everything_is_read_exactly_once(simulator: StartSimulator, *, serial_in_users: bool) -> None:
    """Users, batches and assignments are those of the server, with and without serials in user records."""
    company = made(people=620, courses=3, batches=9, serial_in_users=serial_in_users)
    running = await simulator(company=company)
    truth = company.overview()
    snapshot, _ = await fetched(running.base_url, policies_of(*truth.courses))
    assert len(snapshot.learners) == truth.users
    assert len(snapshot.assignments) == truth.assignments
    assert {batch.serial for batch in snapshot.batches} == {batch.batch for batch in truth.batches}
    assert all((learner.serial is not None) is serial_in_users for learner in snapshot.learners)
    assert snapshot.is_complete
    assert {reading.verdict for reading in snapshot.lists} <= {Verdict.PROVEN, Verdict.CHECKED}


class SlowDisk(Memory):
    """A store that takes its time."""

    def __init__(self) -> None:
        """Nobody waits."""
        super().__init__()
        self.waiting = self.most_waiting = 0

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a page, later."""
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await asyncio.sleep(0.02)
        self.waiting -= 1
        await super().commit(name, pass_number, page, body)


async def test_no_more_pages_wait_for_the_disk_than_requests_may_be_in_flight(simulator: StartSimulator) -> None:
    """A page keeps its turn until it is on the disk, so that a slow disk holds the requests up."""
    company = made(people=2_500, courses=1, batches=2)
    running = await simulator(company=company)
    disk = SlowDisk()
    snapshot, _ = await fetched(running.base_url, policies_of(*company.overview().courses), store=disk)
    assert snapshot.is_complete
    assert disk.most_waiting == 8


FAULTS = "429=0.05,429-bare=0.02,5xx=0.05,cut=0.05,cut-json=0.05,html=0.02,token=0.02"


async def test_faults_change_nothing_but_the_number_of_requests(simulator: StartSimulator) -> None:
    """A quarter of the requests fail one way or the other; the snapshot is the same as without."""
    company = made(people=620, courses=2, batches=6)
    serials = policies_of(*company.overview().courses)
    calm, _ = await fetched((await simulator(company=company)).base_url, serials)
    rough, meter = await fetched((await simulator(FAULTS, company=company)).base_url, serials)
    assert meter.retries > 0
    assert (rough.learners, rough.batches, rough.units) == (calm.learners, calm.batches, calm.units)
    assert rough.assignments == calm.assignments
    assert rough.is_complete


async def test_what_the_store_has_is_not_asked_for_again(simulator: StartSimulator) -> None:
    """A second engine over the same store asks nothing, and gives the same."""
    company = made(people=620, courses=2, batches=6)
    running, store = await simulator(company=company), Memory()
    serials = policies_of(*company.overview().courses)
    first, _ = await fetched(running.base_url, serials, store=store)
    second, meter = await fetched(running.base_url, serials, store=store)
    assert meter.requests == 0
    assert (second.learners, second.assignments, second.lists) == (first.learners, first.assignments, first.lists)


async def test_listed_batches_are_read_and_no_others(simulator: StartSimulator) -> None:
    """`batches` in the config limits what is fetched."""
    company = made(people=120, courses=2, batches=6)
    wanted = company.overview().batches[1]
    policy = CoursePolicy(CourseSerial(wanted.course), batches=(BatchSerial(wanted.batch),))
    snapshot, _ = await fetched((await simulator(company=company)).base_url, (policy,))
    assert {one.batch_serial for one in snapshot.assignments} == {wanted.batch}
    assert len(snapshot.assignments) == wanted.assignments


async def test_a_batch_of_the_other_kind_is_found(simulator: StartSimulator) -> None:
    """The platform tells offline from webinar; the config's `kind` wins over that, and may be wrong."""
    company = made(people=120, courses=2, batches=6)
    truth = company.overview()
    base_url = (await simulator(company=company)).base_url
    kinds = {batch.kind for batch in truth.batches}
    assert kinds == {"webinar", "offline"}
    wrong = next(batch for batch in truth.batches if batch.kind == "offline")
    policy = CoursePolicy(CourseSerial(wrong.course), kind=CourseKind.WEBINAR)
    snapshot, _ = await fetched(base_url, (policy,))
    broken = [one for one in snapshot.lists if one.verdict is Verdict.INCOMPLETE]
    assert {one.reason.code for one in broken if one.reason} == {"not_found"}
    assert {one.kind for one in broken} == {ListKind.ASSIGNMENTS}


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (CoursePolicy(CourseSerial("COURSE-NONE")), "no course with this serial"),
        (CoursePolicy(CourseSerial("COURSE-K3DASAR"), batches=(BatchSerial("BATCH-NONE"),)), "no batch BATCH-NONE"),
    ],
)
async def test_what_the_lms_does_not_have_is_said_before_the_long_lists(
    simulator: StartSimulator, policy: CoursePolicy, sentence: str
) -> None:
    """A typing error in the config costs seconds, not an hour."""
    running = await simulator(company=made(people=620, courses=6, batches=12))
    with pytest.raises(ConfigError, match=sentence):
        await fetched(running.base_url, (policy,))
    assert "GET users" not in str(running.stats["by_endpoint"])
    by_endpoint = running.stats["by_endpoint"]
    assert isinstance(by_endpoint, dict)
    assert "users" not in by_endpoint


async def test_a_near_miss_is_suggested(simulator: StartSimulator) -> None:
    """The serial that was probably meant is in the sentence."""
    running = await simulator(company=made(people=60, courses=6, batches=12))
    with pytest.raises(ConfigError, match='did you mean "COURSE-K3DASAR"'):
        await fetched(running.base_url, policies_of("COURSE-K3DASSAR"))


async def test_a_wrong_secret_ends_at_once(simulator: StartSimulator) -> None:
    """One login, one sentence."""
    running = await simulator(company=made(people=60, courses=1, batches=1))
    with pytest.raises(LoginRefused):
        await fetched(running.base_url, policies_of("COURSE-K3DASAR"), secret="wrong")


async def test_a_server_that_only_fails_is_given_up() -> None:
    """Nothing listens: the fetch ends with a sentence that names the host."""
    with pytest.raises(LmsError, match=r"No connection to 127\.0\.0\.1:9"):
        await fetched("http://127.0.0.1:9", policies_of("COURSE-K3DASAR"))


@pytest.mark.parametrize("spec", ["total=+3", "total=-3", "total=missing", "repeat-page"])
async def test_lists_that_do_not_add_up_are_named(simulator: StartSimulator, spec: str) -> None:
    """Totals that lie and pages that repeat never end in a quiet wrong number."""
    company = made(people=250, courses=1, batches=2)
    snapshot, meter = await fetched(
        (await simulator(spec, company=company)).base_url, policies_of(*company.overview().courses)
    )
    assert not snapshot.is_complete
    users = next(one for one in snapshot.lists if one.kind is ListKind.USERS)
    assert users.verdict is Verdict.INCOMPLETE
    assert users.reason is not None
    assert meter.requests < 200


async def test_totals_sent_as_text_are_numbers(simulator: StartSimulator) -> None:
    """`"totalItems": "250"` counts as 250."""
    company = made(people=250, courses=1, batches=2)
    base_url = (await simulator("total=string", company=company)).base_url
    snapshot, _ = await fetched(base_url, policies_of(*company.overview().courses))
    assert (len(snapshot.learners), snapshot.is_complete) == (250, True)


async def test_errors_under_http_200_lose_nothing(simulator: StartSimulator) -> None:
    """An expired token that is told with HTTP 200 is renewed, and every row is read."""
    company = made(people=250, courses=2, batches=4)
    base_url = (await simulator("error-200,token=0.05", company=company)).base_url
    snapshot, _ = await fetched(base_url, policies_of(*company.overview().courses))
    assert (len(snapshot.learners), len(snapshot.assignments)) == (250, company.overview().assignments)
    assert snapshot.is_complete


async def test_a_redirect_is_not_followed(simulator: StartSimulator) -> None:
    """The token goes nowhere but to the LMS."""
    with pytest.raises(LmsError, match="another address"):
        await fetched(
            (await simulator("redirect", company=made(people=60, courses=1, batches=1))).base_url, policies_of("X")
        )
