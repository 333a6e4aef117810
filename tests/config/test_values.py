"""Values of config.toml: each impossible one is refused by key, with what was found and what to write."""

from time import process_time

import pytest

from tests.config.workspace import COURSE, REPORT, SMALLEST, Workspace


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('page_size = "10"', 'page_size: must be a whole number without quotes, such as 10, found "10".'),
        ("page_size = 10.5", "page_size: must be a whole number without quotes, such as 10, found 10.5."),
        ("page_size = true", "page_size: must be a whole number without quotes, such as 10, found true."),
        ("page_size = 500", "page_size: must be at most 100, found 500."),
        ("page_size = 0", "page_size: must be at least 1, found 0."),
        ("requests_per_second = 0", "requests_per_second: must be more than 0, found 0."),
        ('requests_per_second = "10"', "requests_per_second: must be a number without quotes, such as 10, found"),
        ("requests_per_second = nan", "requests_per_second: must be at most 10000, found nan."),
        ("timeout_seconds = inf", "timeout_seconds: must be at most 600, found inf."),
        ("max_attempts = 99999999999999999999999", "max_attempts: must be at most 20, found 99999999999999999999999."),
    ],
)
def test_numbers(workspace: Workspace, line: str, sentence: str) -> None:
    """A number is neither guessed from a text nor taken when it is impossible."""
    assert workspace.refusal(f"{SMALLEST}[lms]\n{line}\n").startswith(f"config.toml: lms.{sentence}")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('language = "ID"', 'language: must be "id" or "en", found "ID".'),
        ('language = "fr"', 'language: must be "id" or "en", found "fr".'),
        ('timezone = "WIB"', 'timezone: is no time zone; write "Asia/Jakarta", "Asia/Makassar" or "Asia/Jayapura", f'),
        ('timezone = "Asia"', "timezone: is no time zone"),
        ('timezone = "../../etc/passwd"', "timezone: is no time zone"),
        ('timezone = ""', "timezone: is no time zone"),
        ('period = "2026-13"', 'period: must be "previous-month", "current-month" or a month such as "2026-10", found'),
        ('period = "0000-10"', "period: must be"),
        ('period = "\uff12\uff10\uff12\uff16-10"', "period: must be"),
        ("period = 2026-10-01", 'period: must be text in double quotes, such as "text", found 2026-10-01.'),
        ("target_percent = 101", "target_percent: must be at most 100, found 101."),
        ('output_dir = ""', 'output_dir: must not be empty, found "".'),
        ('output_dir = "a\\u0000b"', "output_dir: must be one line of text without control characters"),
        ('template = ""', "template: must not be empty"),
    ],
)
def test_report_values(workspace: Workspace, line: str, sentence: str) -> None:
    """Language, zone, period and folders are one of what is possible."""
    assert workspace.refusal(f"{REPORT}{line}\n{COURSE}").startswith(f"config.toml: report.{sentence}")


@pytest.mark.parametrize(
    ("company", "sentence"),
    [
        ('" "', 'must not be empty, found " ".'),
        ('"PT\\nContoh"', 'must be one line of text without control characters, found "PT\\nContoh".'),
        ("5", 'must be text in double quotes, such as "text", found 5.'),
        (f'"{"x" * 301}"', "must be at most 300 characters long, found"),
    ],
)
def test_company(workspace: Workspace, company: str, sentence: str) -> None:
    """The name is one line that fits a title; a very long one is not repeated in full."""
    refusal = workspace.refusal(f"[report]\ncompany = {company}\n{COURSE}")
    assert refusal.startswith(f"config.toml: report.company: {sentence}")
    assert len(refusal) < 200


@pytest.mark.parametrize(
    ("due", "found"),
    [
        ('"31-12-2026"', '"31-12-2026"'),
        ('"2026-12-31"', '"2026-12-31"'),
        ("20261231", "20261231"),
        ("2026-12-31T10:00:00", "2026-12-31 10:00:00"),
        ("2026-12-31T00:00:00Z", "2026-12-31 00:00:00+00:00"),
    ],
)
def test_due_is_a_date_without_quotes(workspace: Workspace, due: str, found: str) -> None:
    """A date in quotes, in another order or with a time is not guessed at."""
    sentence = workspace.refusal(f"{SMALLEST}due = {due}\n")
    assert sentence.startswith('config.toml: courses.1.due (course "COURSE-A"): must be a date without ')
    assert sentence.endswith(f"such as 2026-12-31, found {found}.")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('kind = "zoom"', '.kind (course "COURSE-A"): must be "webinar", "offline" or "online", found "zoom".'),
        ('attempts = "first"', '.attempts (course "COURSE-A"): must be "best" or "latest", found "first".'),
        ("batches = []", '.batches (course "COURSE-A"): must name at least one, or be left out.'),
        ('batches = "B-1"', '.batches (course "COURSE-A"): must be a list in square brackets, such as ["FIRST", "SEC'),
        ('batches = ["B-1", "B-2", "B-1"]', '.batches (course "COURSE-A"): names "B-1" twice; remove one of them.'),
        ("batches = [1]", '.batches.1 (course "COURSE-A"): must be text in double quotes'),
        ("valid_for_months = 0", '.valid_for_months (course "COURSE-A"): must be at least 1, found 0.'),
        (
            'kind = "online"\nbatches = ["B"]',
            ' (course "COURSE-A"): has batches, but kind = "online" has no batches',
        ),
        ('kind = "online"\ndue_days_after_session = 3', ' (course "COURSE-A"): has due_days_after_session, but kind'),
        ("due = 2026-12-31\ndue_days_after_session = 3", ' (course "COURSE-A"): has both due and due_days_after'),
        ("[courses.audience]", '.audience (course "COURSE-A"): names nobody; write organizations or tags, or leave'),
        ("audience = 3", '.audience (course "COURSE-A"): must be a section of its own that begins with [courses.aud'),
    ],
)
def test_course_values(workspace: Workspace, lines: str, sentence: str) -> None:
    """A wrong course is named by its number and its serial."""
    assert workspace.refusal(f"{SMALLEST}{lines}\n").startswith(f"config.toml: courses.1{sentence}")


def test_courses_are_blocks_and_each_stands_once(workspace: Workspace) -> None:
    """The second of two equal blocks would be judged by one of two rules: refused."""
    assert workspace.refusal(SMALLEST + COURSE) == (
        'config.toml: two [[courses]] blocks name the course "COURSE-A"; merge them.'
    )
    plan = '[[learning_plans]]\nserial = "P"\n'
    assert workspace.refusal(REPORT + plan * 2) == (
        'config.toml: two [[learning_plans]] blocks name the learning plan "P"; merge them.'
    )
    assert "such as [[courses]]" in workspace.refusal(REPORT + '[courses]\nserial = "A"\n')
    assert "that begins with [[courses]]" in workspace.refusal('courses = ["A"]\n' + REPORT)
    assert "that begins with [report]" in workspace.refusal('[[report]]\ncompany = "x"\n' + COURSE)


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('[mail]\nfrom = "hunter2"', "mail.from"),
        ('[mail]\nfrom = "Budi, hunter2 <a@b.test>"', "mail.from"),
        ('[mail]\nfrom = "hunter2\\u0007"', "mail.from"),
        ("[mail]\nfrom = 5", "mail.from"),
        ('[mail]\nreply_to = "hunter2@b"', "mail.reply_to"),
        ('[mail]\nusername = "hunter2\\n"\nreply_to = "\\u0000hunter2"', "mail.reply_to"),
        ('[managers]\nfallback_email = "hunter2.b.test"', "managers.fallback_email"),
        ('[managers]\nfallback_email = "hunter2@b.test, c@d.test"', "managers.fallback_email"),
        ('[[managers.list]]\nmanager_id = "M"\nemail = "hunter2"', "managers.list number 1, email"),
        ('[[managers.list]]\nmanager_id = "M"\nname = "hunter2\\u0007"', "managers.list.1.name"),
    ],
)
def test_wrong_addresses_are_named_and_not_shown(workspace: Workspace, lines: str, key: str) -> None:
    """An address or name is personal data: its key is said, it is not."""
    sentence = workspace.refusal(f"{SMALLEST}{lines}\n")
    assert sentence.startswith(f"config.toml: {key}: ")
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ('transport = "gmail"', 'mail.transport: must be "outbox" or "smtp", found "gmail".'),
        ('transport = "smtp"', 'mail: has transport = "smtp" but no host'),
        (
            'transport = "smtp"\nhost = "smtp.contoh.test"',
            'mail: has transport = "smtp" but no allowed_domains; add the mail domains of your managers, such as',
        ),
        ('host = "smtp.contoh.test"\nsecurity = "none"', 'mail: has security = "none", which would send the password'),
        ("allowed_domains = []", "mail.allowed_domains: must name at least one, or be left out."),
        (
            'allowed_domains = ["@contoh.test"]',
            "mail.allowed_domains.1: is no mail domain; write what stands after the",
        ),
        ('allowed_domains = ["contoh.test", "a b"]', "mail.allowed_domains.2: is no mail domain"),
        ("port = 70000", "mail.port: must be at most 65535, found 70000."),
    ],
)
def test_mail_values(workspace: Workspace, lines: str, sentence: str) -> None:
    """What would send to nobody, to anybody or in clear text is refused before anything is fetched."""
    assert workspace.refusal(f"{SMALLEST}[mail]\n{lines}\n").startswith(f"config.toml: {sentence}")


HOSTS = ("a..b", ".test", f"{'a' * 64}.test", "\u00fc" * 80, f"{'a' * 30}." * 9)


@pytest.mark.parametrize("host", HOSTS, ids=["empty", "empty first", "long part", "long when encoded", "long"])
@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('[lms]\nbase_url = "https://{}:8443/x"', "lms.base_url"),
        ('[mail]\nhost = "{}"', "mail.host"),
        ('[mail.oauth]\nurl = "https://{}/token"', "mail.oauth.url"),
        ('[build]\nscheduler = "tls://{}:8786"', "build.scheduler"),
    ],
)
def test_a_host_that_cannot_exist(workspace: Workspace, lines: str, key: str, host: str) -> None:
    """A name that a socket would not even look up is a mistake in the file, wherever it stands."""
    sentence = workspace.refusal(f"{SMALLEST}{lines.format(host)}\n")
    told = (
        "must be an address" if key == "mail.oauth.url" else "names a host that cannot exist: a part between its dots"
    )
    assert sentence.startswith(f"config.toml: {key}: {told}")


@pytest.mark.parametrize(
    "host", ["lms", "lms.contoh.test", "lms.contoh.test.", "a_b.test", f"{'a' * 63}.test", "10.0.0.1"]
)
def test_a_host_that_can_exist(workspace: Workspace, host: str) -> None:
    """A name without dots, with one at its end, or an address is taken."""
    lines = f'[lms]\nbase_url = "https://{host}"\n[mail]\nhost = "{host}"\n'
    settings = workspace.load(SMALLEST + lines).settings
    assert (settings.lms.base_url, settings.mail.host) == (f"https://{host}", host)


def test_very_many_courses_take_no_time(workspace: Workspace) -> None:
    """Each is looked up once for its like: 30,000 would take ten seconds if each were compared with each."""
    blocks = "".join(f'[[courses]]\nserial = "C-{number}"\n' for number in range(30_000))
    started = process_time()
    assert 'name the course "C-29999"' in workspace.refusal(f'{REPORT}{blocks}[[courses]]\nserial = "C-29999"\n')
    assert process_time() - started < 6


def test_mail_in_clear_text_stays_on_this_machine(workspace: Workspace) -> None:
    """`security = "none"` is taken for a mail server on loopback."""
    mail = '[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nsecurity = "none"\nallowed_domains = ["contoh.test"]\n'
    assert workspace.load(SMALLEST + mail).settings.mail.security == "none"


def test_a_switch_that_protects_data_is_one(workspace: Workspace) -> None:
    """It must not look as if it were on, or off."""
    assert workspace.load(SMALLEST + "[privacy]\nencrypt_workbooks = true\n").settings.privacy.encrypt_workbooks
    assert 'must be true or false, without quotes, found "yes"' in workspace.refusal(
        SMALLEST + '[privacy]\ninclude_phone = "yes"\n'
    )
