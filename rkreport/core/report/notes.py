"""The last sheet: what every word and number means, written from the rules that were used. Knows rules, no people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, tzinfo

from rkreport.core.compliance import Edition, Period
from rkreport.core.models import Counts, CourseKind, CourseSerial, MatchedBy, Requirement, Status
from rkreport.core.percent import percent_of, target_of
from rkreport.core.period import month_after
from rkreport.core.report.labels import NO_VALUE, status_cell
from rkreport.core.report.sheets import DERIVED_MARK, NotesSection, NotesSheet
from rkreport.core.rules import Attempts, CoursePolicy, Rules
from rkreport.core.words import Words

_MANY = 10  # courses with the same rules, which stand once for all of them


def master_notes(
    rules: Rules,
    course_names: Mapping[CourseSerial, str],
    zone: tzinfo,
    words: Words,
    requirements: Iterable[Requirement] = (),
    *,
    sign_off: NotesSection | None = None,
) -> NotesSheet:
    """All definitions; the completion dates of the requirements are counted by their source. `sign_off` comes last."""
    return NotesSheet(
        key="notes",
        title=words.text("sheet.notes.title"),
        sections=(
            _rate_section(rules, words, words.text("notes.rate.live")),
            _status_section(rules, words),
            _counts_section(words),
            *_course_section(rules, course_names, words),
            _date_section(zone, words, requirements),
            _matching_section(words),
            NotesSection(
                words.text("notes.reading.heading"),
                (
                    ("", words.text("notes.reading.scores")),
                    ("", words.text("notes.reading.raw")),
                    ("", words.text("notes.reading.rows")),
                    ("", words.text("notes.reading.order")),
                ),
            ),
            NotesSection(words.text("notes.privacy.heading"), (("", words.text("notes.privacy.master")),)),
            *((sign_off,) if sign_off else ()),
        ),
        continued=words.text("notes.continued", heading="{heading}"),
    )


def sign_off_section(edition: Edition, contact: str, words: Words) -> NotesSection:
    """Whom to ask, when the next report can be made, and lines to sign on."""
    following = month_after(edition.period, edition.as_of.tzinfo or UTC)
    due = edition.period if edition.is_interim else Period(following[0].year, following[0].month)
    ready = month_after(due, edition.as_of.tzinfo or UTC)[0].date()
    lines = (
        (words.text("notes.sign_off.contact_term"), contact or NO_VALUE),
        (
            words.text("notes.sign_off.next_term"),
            words.text("notes.sign_off.next", month=words.month(due.year, due.month), day=words.date(ready)),
        ),
        (words.text("notes.sign_off.prepared_term"), words.text("notes.sign_off.line")),
        (words.text("notes.sign_off.checked_term"), words.text("notes.sign_off.line")),
    )
    return NotesSection(words.text("notes.sign_off.heading"), lines)


def team_notes(
    rules: Rules,
    course_names: Mapping[CourseSerial, str],
    zone: tzinfo,
    words: Words,
    requirements: Iterable[Requirement] = (),
) -> NotesSheet:
    """What a manager needs: what to type, what the words mean, and what to do with a file that is not for them."""
    return NotesSheet(
        key="notes",
        title=words.text("sheet.notes.title"),
        sections=(
            NotesSection(
                words.text("notes.typing.heading"),
                (("", words.text("notes.typing.text")), ("", words.text("notes.typing.back"))),
            ),
            _rate_section(rules, words),
            _status_section(rules, words),
            _counts_section(words),
            *_course_section(rules, course_names, words),
            _date_section(zone, words, requirements),
            NotesSection(
                words.text("notes.privacy.heading"),
                (("", words.text("notes.privacy.team")), ("", words.text("notes.privacy.wrong_recipient"))),
            ),
        ),
        continued=words.text("notes.continued", heading="{heading}"),
    )


def _rate_section(rules: Rules, words: Words, more: str = "") -> NotesSection:
    target = target_of(rules.target_percent)
    return NotesSection(
        words.text("notes.rate.heading"),
        (
            (words.text("tally.compliant"), words.text("notes.rate.compliant")),
            (words.text("tally.counted"), words.text("notes.rate.counted")),
            (words.text("tally.rate"), f"{words.text('notes.rate.requirement')} {more}".rstrip()),
            (words.text("tally.person_rate"), words.text("notes.rate.person")),
            (
                words.text("trend.target"),
                words.text("notes.rate.target", target=words.percent(percent_of(target, target))),
            ),
        ),
    )


def _status_section(rules: Rules, words: Words) -> NotesSection:
    """The statuses in the order in which the rules try them."""
    definitions = {
        Status.EXEMPT: words.text("notes.status.exempt"),
        Status.EXPIRED: words.text("notes.status.expired"),
        Status.EXPIRING: words.text("notes.status.expiring", days=rules.expiring_days),
        Status.COMPLETED: words.text("notes.status.completed"),
        Status.OVERDUE: words.text("notes.status.overdue"),
        Status.FAILED: words.text("notes.status.failed"),
        Status.DUE_SOON: words.text("notes.status.due_soon", days=rules.due_soon_days),
        Status.IN_PROGRESS: words.text("notes.status.in_progress"),
        Status.NOT_STARTED: words.text("notes.status.not_started"),
        Status.NOT_ASSIGNED: words.text("notes.status.not_assigned"),
    }
    return NotesSection(
        words.text("notes.status.heading"),
        (
            ("", words.text("notes.status.order")),
            *((status_cell(status, words), definitions[status]) for status in Status),
        ),
    )


def _counts_section(words: Words) -> NotesSection:
    definitions = {
        Counts.YES: words.text("notes.counts.yes"),
        Counts.SUPERSEDED: words.text("notes.counts.superseded"),
        Counts.NOT_BEGUN: words.text("notes.counts.not_begun"),
        Counts.INACTIVE: words.text("notes.counts.inactive"),
        Counts.UNMATCHED: words.text("notes.counts.unmatched"),
        Counts.NOT_IN_AUDIENCE: words.text("notes.counts.not_in_audience"),
        Counts.EXEMPT: words.text("notes.counts.exempt"),
    }
    return NotesSection(
        words.text("notes.counts.heading"),
        tuple((words.text(f"counts.{counts.name.lower()}"), definitions[counts]) for counts in Counts),
    )


def _matching_section(words: Words) -> NotesSection:
    definitions = {
        MatchedBy.SERIAL: words.text("notes.matched.serial"),
        MatchedBy.EMPLOYEE_ID: words.text("notes.matched.employee_id"),
        MatchedBy.UNMATCHED: words.text("notes.matched.unmatched"),
    }
    return NotesSection(
        words.text("notes.matched.heading"),
        tuple((words.text(f"matched.{way.value}"), definitions[way]) for way in MatchedBy),
    )


def _date_section(zone: tzinfo, words: Words, requirements: Iterable[Requirement]) -> NotesSection:
    dated = [each.is_date_derived for each in requirements if each.completed_on]
    given, derived = words.number(dated.count(False)), words.number(dated.count(True))
    return NotesSection(
        words.text("notes.dates.heading"),
        (
            (words.text("notes.dates.from_lms_term"), words.text("notes.dates.from_lms", count=given)),
            (
                words.text("notes.dates.derived_term", mark=DERIVED_MARK),
                words.text("notes.dates.derived", count=derived, mark=DERIVED_MARK),
            ),
            (words.text("detail.first_completed_on"), words.text("notes.dates.first")),
            (words.text("column.valid_until"), words.text("notes.dates.valid_until")),
            (words.text("detail.due_date"), words.text("notes.dates.due")),
            (words.text("notes.dates.zone_term"), words.text("notes.dates.zone", zone=str(zone))),
        ),
    )


def _course_section(rules: Rules, course_names: Mapping[CourseSerial, str], words: Words) -> Iterator[NotesSection]:
    """The rules of each course that is reported, and once those that many share; nothing without a course."""
    told = {each.serial: course_rule(each, words) for each in rules.courses if each.serial in course_names}
    if not told:
        return
    usual, many = Counter(told.values()).most_common(1)[0]
    if many < _MANY:
        usual, many = "", 0
    lines = [(course_names[serial], rule) for serial, rule in told.items() if rule != usual]
    if many:
        term = words.text("notes.course.others" if lines else "notes.course.all", count=words.number(many))
        lines.append((term, usual))
    yield NotesSection(words.text("notes.course.heading"), tuple(lines))


def course_rule(policy: CoursePolicy, words: Words) -> str:
    """The rules of one course in sentences: due date, validity, attempts, audience, batches."""
    is_online = policy.kind is CourseKind.ONLINE
    if policy.due:
        due = words.text("notes.course.due", due=words.date(policy.due))
    elif policy.due_days_after_session is not None and not is_online:
        due = words.text("notes.course.due_after", days=policy.due_days_after_session)
    elif is_online:
        due = words.text("notes.course.due_none")
    else:
        due = words.text("notes.course.due_post_activity")
    months = policy.valid_for_months
    validity = words.text("notes.course.valid", months=months) if months else words.text("notes.course.valid_forever")
    if is_online:
        return " ".join((due, validity, _audience(policy, words), words.text("notes.course.online")))
    attempts = (
        words.text("notes.course.best") if policy.attempts is Attempts.BEST else words.text("notes.course.latest")
    )
    return " ".join((due, validity, attempts, _audience(policy, words), _batches(policy, words)))


def _audience(policy: CoursePolicy, words: Words) -> str:
    if policy.audience is None and policy.plans:
        plans = "; ".join(words.text("notes.course.plan", name=name) for name in policy.plans)
        return words.text("notes.course.audience", audience=plans)
    if policy.audience is None:
        return words.text("notes.course.assigned")
    units = (words.text("notes.course.unit", name=name) for name in policy.audience.organizations)
    tags = (words.text("notes.course.tag", name=name) for name in policy.audience.tags)
    return words.text("notes.course.audience", audience="; ".join((*units, *tags)))


def _batches(policy: CoursePolicy, words: Words) -> str:
    if policy.batches is None:
        return words.text("notes.course.all_batches")
    return words.text("notes.course.batches", count=words.number(len(policy.batches)))
