"""Sends through a real Postfix with Dovecot's login, on this machine alone, and looks at what arrives.

    python -m tools.real_mail_server

Needs root, Debian's packages postfix and dovecot-core, and the extra `dev`; without them it says so and does nothing.
Not a part of the test suite: the scripted server there does what a good server never does, this one what it does.
"""

import asyncio
import email.policy
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import trustme

from rkreport.core.mail.addresses import Sender
from rkreport.core.mail.delivery import Outcome, OutcomeKind
from rkreport.core.mail.templates import Composed
from rkreport.delivery.mime import Attachment, Message, build_message
from rkreport.delivery.smtp import SmtpTransport
from rkreport.delivery.smtp_connection import PasswordLogin, SmtpSettings

POSTFIX, DOVECOT = "/usr/sbin/postfix", "/usr/sbin/dovecot"
USER, PASSWORD = "ld@contoh.test", "sandi-uji-coba"  # of a server that lives for seconds
LIMIT = 5_000_000
MANAGERS = 50
WORKBOOK = b"PK\x03\x04" + bytes(range(256)) * 300

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.contoh.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks =
message_size_limit = {limit}
mailbox_size_limit = 0
virtual_mailbox_limit = 0
virtual_mailbox_domains = contoh.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = regexp:{folder}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
transport_maps = regexp:{folder}/transport
smtputf8_enable = yes
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/server.pem
smtpd_tls_key_file = {folder}/server.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""
_MASTER_CF = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
error     unix - - n - - error
retry     unix - - n - - error
virtual   unix - n n - - virtual
proxymap  unix - - n - - proxymap
anvil     unix - - n - 1 anvil
nobody-there unix - n n - - pipe flags=R user=nobody argv=/bin/sh -c {{exit 67}}
postlog   unix-dgram n - n - 1 postlogd
"""
_MAILBOXES = r"""
/^m[0-9]+@contoh\.test$/   inbox/
/^bùdi@contoh\.test$/   utf8/
/^ld@contoh\.test$/     ld/
"""
_TRANSPORT = """
/@mantul\\.test$/  nobody-there:
"""
_DOVECOT_CONF = """
protocols =
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""


def main() -> int:
    """Run all checks; 0 when all hold or none can be made here."""
    if os.geteuid() != 0 or not all(Path(program).exists() for program in (POSTFIX, DOVECOT)):
        sys.stdout.write("Skipped: needs root, postfix and dovecot.\n")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="rkreport-postfix-"))
    folder.chmod(0o755)
    try:
        with _servers(folder) as port:
            checks = asyncio.run(_checks(folder, port))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for text, is_right in checks:
        sys.stdout.write(f"{'ok ' if is_right else 'NOT'} {text}\n")
    return 0 if all(is_right for _, is_right in checks) else 1


@contextmanager
def _servers(folder: Path) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    nobody, postfix = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    values = {"folder": folder, "port": port, "limit": LIMIT, "uid": nobody.pw_uid, "gid": nobody.pw_gid}
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.pem")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    for name in ("queue", "data", "mail", "dovecot"):
        (folder / name).mkdir()
    os.chown(folder / "data", postfix.pw_uid, postfix.pw_gid)
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    (folder / "main.cf").write_text(_MAIN_CF.format(**values))
    (folder / "master.cf").write_text(_MASTER_CF.format(**values))
    (folder / "mailboxes").write_text(_MAILBOXES)
    (folder / "transport").write_text(_TRANSPORT)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    (folder / "dovecot.conf").write_text(_DOVECOT_CONF.format(**values))
    dovecot = [DOVECOT, "-c", str(folder / "dovecot.conf")]
    _call(*dovecot)
    try:
        _call(POSTFIX, "-c", str(folder), "start")
        try:
            _wait_for(lambda: _listens(port))
            yield port
        finally:
            _call(POSTFIX, "-c", str(folder), "stop")
    finally:
        _call(*dovecot, "stop")


def _call(*command: str) -> None:
    """Run a command that may leave a daemon behind: it must not hold our output open."""
    subprocess.run(  # noqa: S603 - programs of this machine with our own arguments
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_for(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


def _message(number: int, recipient: str, *, workbook: bytes = WORKBOOK) -> Message:
    return build_message(
        Composed("Kepatuhan – Oktober", "Halo é\n.\n", "<p>Halo é</p>\n"),
        sender=Sender("L&D – Pelatihan", USER),
        reply_to=USER,
        recipient=recipient,
        cc=(),
        attachment=Attachment("M-001_2026-10_rev1.xlsx", workbook),
        message_id=f"<rk.2026-10.{number:032d}@contoh.test>",
        date=datetime(2026, 11, 2, 1, 30, tzinfo=UTC),
        language="id",
    )


async def _send(transport: SmtpTransport, *messages: Message) -> list[Outcome]:
    async with transport:
        return [await transport.deliver(one, USER, [_recipient_of(one)], lambda: None) for one in messages]


def _recipient_of(message: Message) -> str:
    parsed = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(message.content)
    return str(parsed["To"].addresses[0].addr_spec)


async def _checks(folder: Path, port: int) -> list[tuple[str, bool]]:
    settings = SmtpSettings("127.0.0.1", port, ca_file=folder / "ca.pem", timeout_seconds=30)
    good = PasswordLogin(USER, PASSWORD)
    found = await SmtpTransport(settings, good).check_login()
    checks = [(f"check of the login: {found}", "login accepted" in found)]
    started = time.monotonic()
    sent = await _send(
        SmtpTransport(settings, good), *(_message(one, f"m{one}@contoh.test") for one in range(MANAGERS))
    )
    seconds = time.monotonic() - started
    taken = sum(one.kind is OutcomeKind.TAKEN for one in sent)
    checks.append(
        (f"{taken} of {MANAGERS} messages taken over STARTTLS and AUTH in {seconds:.1f} s", taken == MANAGERS)
    )
    checks.append(_arrived(folder))
    to_m1 = [_message(number, "m1@contoh.test") for number in range(100, 105)]
    large = _message(105, "m1@contoh.test", workbook=os.urandom(LIMIT))
    at_once = SmtpSettings("127.0.0.1", port, "tls", folder / "ca.pem")
    other_name = SmtpSettings("localhost", port, ca_file=folder / "ca.pem")
    stop, refused = OutcomeKind.STOP, OutcomeKind.REFUSED
    cases = [
        ("wrong password", settings, PasswordLogin(USER, "salah"), to_m1[0], stop),
        ("no login", settings, None, to_m1[1], refused),
        ("authority unknown to the system", SmtpSettings("127.0.0.1", port), good, to_m1[2], stop),
        ("name not in the certificate", other_name, good, to_m1[3], stop),
        ("encrypted from the start on a STARTTLS port", at_once, good, to_m1[4], stop),
        ("larger than the server's SIZE", settings, good, large, refused),
        ("unknown mailbox", settings, good, _message(106, "siapa@contoh.test"), refused),
        ("address beyond ASCII", settings, good, _message(107, "bùdi@contoh.test"), OutcomeKind.TAKEN),
    ]
    for text, how, login, message, wanted in cases:
        (outcome,) = await _send(SmtpTransport(how, login), message)
        checks.append((f"{text}: {outcome.kind.value}: {outcome.reply}", outcome.kind is wanted))
    checks.append(("the address beyond ASCII got it", _wait_for(lambda: len(_mails(folder, "utf8")) == 1)))
    await _send(SmtpTransport(settings, good), _message(108, "m1@mantul.test"))
    checks.append(_bounced(folder))
    log = (folder / "mail.log").read_text("utf-8", "replace")
    checks.append(("no password in the server's log", PASSWORD not in log))
    return checks


def _mails(folder: Path, mailbox: str) -> list[Path]:
    return sorted((folder / "mail" / mailbox / "new").glob("*"))


def _read(path: Path) -> EmailMessage:
    return BytesParser(EmailMessage, policy=email.policy.default).parsebytes(path.read_bytes())


def _arrived(folder: Path) -> tuple[str, bool]:
    """Each message once, with our headers as we wrote them and the workbook byte for byte."""
    _wait_for(lambda: len(_mails(folder, "inbox")) >= MANAGERS)
    # The maildir ends lines as Unix does; the parts are the same.
    messages = [_read(path) for path in _mails(folder, "inbox")]
    ours = {f"<rk.2026-10.{number:032d}@contoh.test>" for number in range(MANAGERS)}
    is_right = (
        sorted(message["Message-ID"] for message in messages) == sorted(ours)
        and all(message["Delivered-To"] == message["To"] for message in messages)
        and {message["Subject"] for message in messages} == {"Kepatuhan – Oktober"}
        and {message["From"] for message in messages} == {f"L&D – Pelatihan <{USER}>"}
        and {message["Auto-Submitted"] for message in messages} == {"auto-generated"}
        and all(next(message.iter_attachments()).get_content() == WORKBOOK for message in messages)
        and all("with ESMTPSA" in message["Received"] for message in messages)
    )
    return f"{len(messages)} messages arrived, each once and whole, encrypted and logged in (ESMTPSA)", is_right


def _bounced(folder: Path) -> tuple[str, bool]:
    """The report of failure names our message and does not carry the workbook."""
    _wait_for(lambda: len(_mails(folder, "ld")) >= 1)
    reports = [path.read_text("utf-8", "replace") for path in _mails(folder, "ld")]
    wanted = f"Original-Envelope-Id: rk.2026-10.{108:032d}@contoh.test"
    is_right = len(reports) == 1 and wanted in reports[0] and "text/rfc822-headers" in reports[0]
    is_right = is_right and "UEsDB" not in reports[0]  # how a workbook begins in base64
    shown = textwrap.shorten(" ".join(line for line in "".join(reports).splitlines() if "Envelope-Id" in line), 90)
    return f"the report of a failure has headers only ({shown})", is_right


if __name__ == "__main__":
    sys.exit(main())
