"""Kill -9 of `send`, and what it leaves: an audit log that is whole or mended, no secret, no person where none may be.

The audit log may only be judged by the program; files are read as they lie there, right after the kill.
"""

import base64
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

from rkreport.run.setup.simulating import CONFIG_NAME
from tests.cli.test_privacy import personal_words
from tests.delivery.certificates import Certificates
from tests.delivery.scripted_smtp import Do, Offers, ScriptedSmtp, Step
from tests.faults.figures import Part
from tests.faults.workbench import Ended, Lms, Running, Workplace, workplace
from tests.simulator_fixture import made

_CLIENT_SECRET, _PASSWORD = "Canary/Lms+4711==", "Canary/Mail+4712 =="
_STORE_KEY = "Canary/Store+4713 =="
_MAILBOX = "canary-mailbox"
_READ_AFTER_SECONDS = 0.02  # the text
_LONGEST_START_SECONDS = 20
_AFTER_A_LINE_SECONDS = 0.05  # at most; then comes the next line of the log
_MOST_LINES = 30  # to wait for
_KILL_AFTER = (0.2, 1.0)  # of the time that an undisturbed sending takes here
_OTHERS = 0o077
_SETUP = frozenset({CONFIG_NAME, "managers.csv", "exceptions.csv", "ca.pem"})
_MAY_NAME_PEOPLE = ("reports/", "rkreport-data/store.sqlite3", "rkreport-data/sent/")
_ADDRESS = re.compile(rb"@[a-z0-9.]*contoh\.test", re.IGNORECASE)
_FALSE_ALARM = ("is not as rkreport left it", "is not what rkreport wrote")
_MENDED = "was not whole when rkreport was ended"


class _SlowSmtp(ScriptedSmtp):
    """A server that wants a login by TLS and takes a moment for each text, so that a kill finds some on their way."""

    def fault_at(self, step: Step, recipient: str = "") -> str | Do | None:
        if step is Step.TEXT:
            time.sleep(_READ_AFTER_SECONDS)
        return super().fault_at(step, recipient)


def kill_traces(folder: Path, kills: int, seed: int, *, people: int = 600) -> Part:
    """Kill `send` `kills` times in all, half of them at a random moment, half just after a line of the audit log."""
    part = Part(f"What kills during send leave behind (seed {seed})")
    certificates = Certificates()
    with Lms(made(people=people, courses=2, batches=6), client_secret=_CLIENT_SECRET) as lms:
        place = _place(folder / "traces", lms)
        offers = Offers(login=(_MAILBOX, _PASSWORD))
        with _SlowSmtp(offers=offers, certificates=certificates) as server:
            certificates.write_ca(place.folder / "ca.pem")
            config = place.folder / CONFIG_NAME
            text = config.read_text("utf-8").replace(
                "[mail]\n",
                f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "starttls"\n'
                f'ca_file = "ca.pem"\nusername = "{_MAILBOX}"\n'
                'allowed_domains = ["contoh.test"]\nmessages_per_minute = 1500\n',
            )
            config.write_text(f"{text}\n[privacy]\nencrypt_store = true\n", "utf-8")
            ended = place.run("run", "--quiet")
            part.must(ended.code == 0, f"the run before the sending ended with {ended.code}: {ended.said}")
            traces = _Traces(part, place, Random(seed), personal_words(lms.company, lms.simulator))  # noqa: S311 - reproducible, not secret
            while traces.kills < kills and not part.wrong:
                traces.send_and_kill()
            said = "\n".join(line for line, _ in server.commands).encode()
            part.must(any(each in said for each in _spellings(_PASSWORD)), "a secret would not be found")
            part.must(server.taken, "no message went")
        traces.show()
    return part


def _place(folder: Path, lms: Lms) -> Workplace:
    place = workplace(folder, lms)
    own = {name: place.folder / name for name in ("tmp", "home")}
    for each in own.values():
        each.mkdir()
    environment = {
        "RKREPORT_CLIENT_SECRET": _CLIENT_SECRET,
        "RKREPORT_SMTP_PASSWORD": _PASSWORD,
        "RKREPORT_STORE_KEY": _STORE_KEY,
        "TMPDIR": str(own["tmp"]),
        "HOME": str(own["home"]),
    }
    return Workplace(folder, environment=environment)


def _spellings(secret: str) -> set[bytes]:
    """A secret as it may stand somewhere: as it is, for an address, and in base64, alone and as logins have it."""
    logins = (secret, f"\0{_MAILBOX}\0{secret}", f"{_MAILBOX}:{secret}", f"demo:{secret}")
    return {secret.encode(), quote(secret, safe="").encode(), *(base64.b64encode(each.encode()) for each in logins)}


@dataclass(slots=True)
class _Found:
    """What must not be."""

    alarms: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    open_to_others: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)


class _Traces:
    def __init__(self, part: Part, place: Workplace, rng: Random, people: set[str]) -> None:
        self._part, self._place, self._rng = part, place, rng
        self._pristine = place.folder.with_name("pristine")
        for name in (place.data_dir.name, place.output_dir.name):
            shutil.copytree(place.folder / name, self._pristine / name)
        self._secrets = _spellings(_CLIENT_SECRET) | _spellings(_PASSWORD) | _spellings(_STORE_KEY)
        self._people = sorted(word.encode() for word in people)
        self._found = _Found()
        self.kills = self._in_the_log = self._mended = self._commands = self._files = self._named = 0
        started = time.monotonic()
        self._judge(place.run("send", "--quiet"))
        self._usual_seconds = time.monotonic() - started
        self._look()
        part.must(self._named, "a person would not be found")
        self._renew()

    def send_and_kill(self) -> None:
        """One kill, a look at what lies there, and the next command, which may be a sending or the check itself."""
        place, rng = self._place, self._rng
        size = self._log_size()
        running = place.start("send", "--quiet", "--retry-unknown")
        (self._wait_for_a_line if rng.random() < 0.5 else self._wait)(running)
        is_alive = running.process.poll() is None
        self._look_at_arguments(running)
        ended = running.kill()
        if is_alive and ended.code < 0:
            self.kills += 1
            self._in_the_log += self._log_size() > size
        self._judge(ended)
        self._look()
        if rng.random() < 0.5:
            self._judge(self._said("send", "--quiet", "--only", "M-001"))
        verified = self._said("audit", "--verify")
        self._judge(verified)
        if verified.code != 0:
            self._found.alarms.append(f"audit --verify ended with {verified.code}: {verified.said}")
        if not is_alive:  # all is sent: from the beginning, so that there is something to kill
            self._part.must(ended.code in {0, 6}, f"send ended with {ended.code}: {ended.said}")
            self._renew()

    def _renew(self) -> None:
        self._place.clear()
        shutil.copytree(self._pristine, self._place.folder, dirs_exist_ok=True)

    def _said(self, *words: str) -> Ended:
        self._commands += 1
        return self._place.run(*words)

    def _wait(self, running: Running) -> None:
        deadline = time.monotonic() + self._usual_seconds * self._rng.uniform(*_KILL_AFTER)
        while time.monotonic() < deadline and running.process.poll() is None:
            time.sleep(0.005)

    def _wait_for_a_line(self, running: Running) -> None:
        """Until the log has grown so many times, then a moment more."""
        lines, size = self._rng.randint(1, _MOST_LINES), self._log_size()
        deadline = time.monotonic() + _LONGEST_START_SECONDS
        while lines and time.monotonic() < deadline and running.process.poll() is None:
            now = self._log_size()
            lines, size = lines - (now != size), now
        time.sleep(self._rng.uniform(0, _AFTER_A_LINE_SECONDS))

    def _log_size(self) -> int:
        path = self._place.data_dir / "audit.jsonl"
        return path.stat().st_size if path.exists() else 0

    def _look_at_arguments(self, running: Running) -> None:
        with suppress(OSError):
            arguments = Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
            self._hold("the process list", arguments, may_name_people=False)

    def _judge(self, ended: Ended) -> None:
        self._hold("the screen", ended.said.encode(), may_name_people=False)
        self._mended += _MENDED in ended.said
        self._found.alarms += [ended.said for alarm in _FALSE_ALARM if alarm in ended.said]
        if ended.has_traceback:
            self._found.traces.append(ended.said)

    def _look(self) -> None:
        """Read every file in the folder, and its name."""
        folder = self._place.folder
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            inside = name.partition("/")[0]
            if inside in {"tmp", "home", "reports", "rkreport-data"} and path.lstat().st_mode & _OTHERS:
                self._is_open(name)
            self._hold("a file's name", name.encode(), may_name_people=False)
            if path.is_file():
                self._files += 1
                may = name in _SETUP or name.startswith(_MAY_NAME_PEOPLE)
                self._hold(name, path.read_bytes(), may_name_people=may)

    def _is_open(self, name: str) -> None:
        if name not in {"tmp", "home", "reports"}:  # made by the test, and the parent of private folders
            self._found.open_to_others.append(name)

    def _hold(self, where: str, content: bytes, *, may_name_people: bool) -> None:
        self._found.secrets += [where for secret in self._secrets if secret in content]
        if may_name_people:
            self._named += any(word in content for word in self._people)
        else:
            self._found.people += [f"{where}: {word!r}" for word in self._people if word in content]
            if where != "a file's name" and _ADDRESS.search(content):
                self._found.people.append(f"{where}: an address")

    def show(self) -> None:
        """The figures."""
        part = self._part
        part.figure("kills", self.kills)
        part.figure("of them after the sending had written into the audit log", self._in_the_log)
        part.figure("last lines that the next command wrote again", self._mended)
        part.figure("commands after them", self._commands)
        part.figure("files read", self._files)
        part.none_of("false alarms of the audit log", self._found.alarms)
        part.none_of("secrets found", self._found.secrets)
        part.none_of("people found where they must not be", self._found.people)
        part.none_of("files that others can read", self._found.open_to_others)
        part.none_of("tracebacks", self._found.traces)
