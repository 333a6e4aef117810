"""Kill -9 at random moments of `send`: nobody is mailed twice, nobody is forgotten, and the ledger tells the truth.

The judge is the mail server, which has what it takes on the disk before it says so. `--retry-unknown` is never said.
"""

import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NoReturn

from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.run.setup.simulating import CONFIG_NAME
from rkreport.store.ledger import Ledger
from tests.delivery.scripted_smtp import Do, ScriptedSmtp, Step
from tests.faults.figures import Part
from tests.faults.workbench import Ended, Lms, Running, Workplace, workplace
from tests.simulator_fixture import made

_KILL_AFTER = (0.3, 1.05)  # of the time that an undisturbed sending takes here, most of it to start
_LONGER = 1.02  # after each that was killed, until one ends by itself and tells how long it takes now
_STOP_AFTER_SECONDS = 6.0  # a run that only waits for the server is stopped with Ctrl-C, and said again
_MOST_TRIES = 60  # commands for one campaign
_PER_MINUTE = 1500
_READ_AFTER_SECONDS = 0.02  # the text; so that many a kill finds a message in flight

_FAULTS: tuple[tuple[Step, str | Do], ...] = (
    (Step.SENDER, Do.CUT),
    (Step.RECIPIENT, "450 4.7.1 Greylisted, try again in 1 seconds"),
    (Step.RECIPIENT, "550 5.1.1 No such user"),
    (Step.DATA, Do.CUT),
    (Step.DATA, "421 4.3.2 Closing, try again in 1 seconds"),
    (Step.TEXT, Do.CUT_DURING),
    (Step.TEXT, Do.CUT),
    (Step.TEXT, Do.TAKE_AND_CUT),
    (Step.TEXT, "451 4.3.0 Try again in 1 seconds"),
    (Step.TEXT, "554 5.6.0 Refused"),
)


class FlakySmtp(ScriptedSmtp):
    """A server at which each of the faults happens to 2 % of all messages or so."""

    def __init__(self, rng: Random, share: float, accept_log: Path) -> None:
        """`share` of the messages at each fault."""
        super().__init__(accept_log=accept_log)
        self._rng, self._share = rng, share
        self.happened: Counter[str] = Counter()

    def fault_at(self, step: Step, recipient: str = "") -> str | Do | None:
        """By chance."""
        if step is Step.TEXT:
            time.sleep(_READ_AFTER_SECONDS)
        for where, what in _FAULTS:
            if where is step and self._rng.random() < self._share:
                self.happened[f"{step}: {what if isinstance(what, str) else what.value}"] += 1
                return what
        return super().fault_at(step, recipient)


def kill_sends(folder: Path, kills: int, seed: int, *, people: int = 600, fault_share: float = 0.0) -> Part:
    """Kill `send` `kills` times in all; each campaign is said again until nothing is left but what is in doubt."""
    faults = f", {fault_share:.0%} of each fault" if fault_share else ""
    part = Part(f"Kills during send (seed {seed}{faults})")
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    log = folder / "accepted.txt"
    with Lms(made(people=people, courses=2, batches=6)) as lms:
        place = workplace(folder / "sends", lms)
        with FlakySmtp(rng, fault_share, log) as server:
            config = place.folder / CONFIG_NAME
            text = config.read_text("utf-8").replace(
                "[mail]\n",
                f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
                f'allowed_domains = ["contoh.test"]\nmessages_per_minute = {_PER_MINUTE}\n',
            )
            config.write_text(text, "utf-8")
            ended = place.run("run", "--quiet")
            part.must(ended.code == 0, f"the run before the sending ended with {ended.code}: {ended.said}")
            campaign = _Campaigns(part, place, rng, log, is_flaky=bool(fault_share))
            while campaign.kills < kills and not part.wrong:
                campaign.send_all(kills)
            campaign.show()
            for fault, count in sorted(server.happened.items()):
                part.figure(f"faults: {fault}", count)
    return part


@dataclass(slots=True)
class _Wrong:
    """What must not be."""

    twice: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)


class _Campaigns:
    def __init__(self, part: Part, place: Workplace, rng: Random, log: Path, *, is_flaky: bool) -> None:
        self._part, self._place, self._rng, self._log, self._is_flaky = part, place, rng, log, is_flaky
        self._pristine = place.folder / "pristine"
        for name in (place.data_dir.name, place.output_dir.name):
            shutil.copytree(place.folder / name, self._pristine / name)
        self.kills = self._campaigns = self._accepted = self._in_doubt = self._doubt_taken = self._stopped = 0
        self._managers = self._failed = self._killed_in_flight = 0
        self._in_flight: set[str] = set()
        started = time.monotonic()
        ended = place.run("send", "--quiet")
        part.must(ended.code in {0, 6}, f"the undisturbed sending ended with {ended.code}: {ended.said}")
        self._usual_seconds = min(time.monotonic() - started, _STOP_AFTER_SECONDS)
        self._wrong = _Wrong()

    def send_all(self, most_kills: int) -> None:
        """One edition, from nothing sent to nothing left."""
        place = self._place
        place.clear()
        for path in self._pristine.iterdir():
            shutil.copytree(path, place.folder / path.name)
        self._log.write_text("", "utf-8")
        self._campaigns += 1
        self._in_flight = set()
        for _ in range(_MOST_TRIES):
            ended = self._once(most_kills)
            self._look(was_killed=ended.code == -signal.SIGKILL)
            if ended.code not in {-signal.SIGKILL, -signal.SIGINT, 130, 0, 6}:  # Ctrl-C may come while Python ends
                self._part.must(False, f"send ended with {ended.code}: {ended.said}")  # noqa: FBT003 - reads as it is
                return
            self._part.must(not ended.has_traceback, ended.said)
            if ended.code in {0, 6} and not self._left():
                break
        else:
            self._part.must(False, f"a campaign did not end in {_MOST_TRIES} commands")  # noqa: FBT003 - as above
        self._settle()

    def _once(self, most_kills: int) -> Ended:
        running = self._place.start("send", "--quiet")
        if self.kills < most_kills:
            return self._killed(running)
        if self._is_flaky:
            try:
                running.process.wait(_STOP_AFTER_SECONDS)
            except subprocess.TimeoutExpired:
                running.process.send_signal(signal.SIGINT)
                self._stopped += 1
        return running.end()

    def _killed(self, running: Running) -> Ended:
        """Killed at a random moment of the time that a sending takes, which a busy machine makes longer."""
        started = time.monotonic()
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(self._usual_seconds * self._rng.uniform(*_KILL_AFTER))
            self._usual_seconds = time.monotonic() - started
        ended = running.kill()
        if ended.code == -signal.SIGKILL:
            self.kills += 1
            self._usual_seconds *= _LONGER
        return ended

    def _rows(self) -> tuple[Delivery, ...]:
        with self._place.store_copy() as database:
            return Ledger(database, _never).all()

    def _left(self) -> bool:
        """Whether a plain `send` would try anything; what failed is tried again, so that everybody gets theirs."""
        return any(row.state in {DeliveryState.PLANNED, DeliveryState.FAILED} for row in self._rows())

    def _taken(self) -> Counter[str]:
        return Counter(line.split()[0] for line in self._log.read_text("utf-8").splitlines())

    def _look(self, *, was_killed: bool) -> None:
        """Right after an end: what the ledger says is so, whoever was killed."""
        rows, taken = self._rows(), self._taken()
        in_flight = [row for row in rows if row.state is DeliveryState.SENDING]
        # Who dies before it has said what is in doubt leaves an earlier one's message in flight.
        self._killed_in_flight += sum(row.message_id not in self._in_flight for row in in_flight)
        self._in_flight = {row.message_id for row in in_flight}
        if len(in_flight) > was_killed:
            self._wrong.untrue.append(f"{len(in_flight)} messages in flight")
        for row in rows:
            if row.state is DeliveryState.SENT and not taken[row.message_id]:
                self._wrong.untrue.append(f"{row.manager_id} is sent, and the server has nothing")
            if row.state in {DeliveryState.PLANNED, DeliveryState.FAILED} and taken[row.message_id]:
                self._wrong.untrue.append(f"{row.manager_id} is {row.state}, and the server has it")

    def _settle(self) -> None:
        """Nothing is left to send: everybody was mailed once, or is in doubt and listed."""
        rows, taken = {row.message_id: row for row in self._rows()}, self._taken()
        managers = len(list(self._place.output_dir.glob("*/rev1/managers/*.xlsx")))
        self._managers += managers
        self._accepted += taken.total()
        self._wrong.twice += [f"{message_id} {count} times" for message_id, count in taken.items() if count > 1]
        self._wrong.untrue += [f"{message_id} is in no ledger" for message_id in taken if message_id not in rows]
        if len(rows) != managers:
            self._wrong.forgotten.append(f"{len(rows)} rows for {managers} managers")
        for message_id, row in rows.items():
            is_doubtful = row.state is DeliveryState.UNKNOWN
            self._in_doubt += is_doubtful
            self._doubt_taken += is_doubtful and taken[message_id]
            self._failed += row.state is DeliveryState.FAILED
            if not taken[message_id] and row.state not in {DeliveryState.UNKNOWN, DeliveryState.FAILED}:
                self._wrong.forgotten.append(f"{row.manager_id} is {row.state}")
        csv = next(self._place.output_dir.glob("*/rev1/ledger.csv")).read_text("utf-8-sig")
        if any(
            f",{row.state.value}," not in line for line, row in zip(csv.splitlines()[1:], rows.values(), strict=True)
        ):
            self._wrong.untrue.append("ledger.csv says otherwise than the store")

    def show(self) -> None:
        """The figures."""
        part = self._part
        part.figure("campaigns", self._campaigns)
        part.figure("kills", self.kills)
        part.figure("of them with a message in flight", self._killed_in_flight)
        if self._is_flaky:
            part.figure("commands stopped with Ctrl-C", self._stopped)
        part.figure("messages to send", self._managers)
        part.figure("messages the server took", self._accepted)
        part.none_of("taken twice", self._wrong.twice)
        part.none_of("forgotten", self._wrong.forgotten)
        part.none_of("states that are not so", self._wrong.untrue)
        part.figure("in doubt at the end, listed", self._in_doubt)
        part.figure("of them taken by the server", self._doubt_taken)


def _never() -> NoReturn:
    raise AssertionError("reading needs no clock")
