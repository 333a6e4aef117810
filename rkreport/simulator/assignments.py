"""The rows of one batch's list: who is in it and how it went, made from the batch, the place in the list and a seed.

Knows wire names of an assignment, people and schedule; no HTTP. Keys are places in the list as it was at the start;
greater keys are people who joined since.
"""

import json
from collections.abc import Iterator
from datetime import date
from zlib import crc32

from rkreport.simulator.chance import Shuffle, fraction, mix
from rkreport.simulator.people import Identity, People
from rkreport.simulator.schedule import Batch, Course, Phase, assigned_course_serial, start_of_day
from rkreport.simulator.vocabulary import ABSENT_REASONS, FEEDBACK

_WHOLE = 65_536


class Assignments:
    """The lazy list of the batch with this number in its course; its people come in `order`.

    `departed` is how many people have left the company and its user list.
    """

    def __init__(
        self, people: People, course: Course, number: int, *, order: Shuffle, departed: int, seed: int, today: date
    ) -> None:
        """Look up what all rows share; those who fail come again in the next batch, so it needs the neighbours."""
        self.course = course
        self.batch = course.batches[number]
        self._people = people
        self._order = order
        self._departed = departed
        self._seed = mix(seed, number)
        self._before = course.batches[number - 1] if number else None
        self._after = course.batches[number + 1] if number + 1 < len(course.batches) else None
        self._failed_before = self._before and _retake_order(self._before)
        self._failed_here = _retake_order(self.batch)
        self.assigned_course = assigned_course_serial(self.batch)
        has_post = course.topic.has_post_activity
        self._posts = ("NOT STARTED", "IN PROGRESS", "COMPLETED", "EXPIRED") if has_post else ("", "", "", "")
        self._cleared = round(course.topic.cleared * _WHOLE * (0.8 if self.batch.phase is Phase.ONGOING else 1.0))
        self._passing_score = course.topic.passing_score
        self._nothing_yet = self._result(is_attend=False, status="Ongoing", post=self._posts[0])
        cleared = self._result(is_attend=True, status="Cleared", post=self._posts[2])
        self._plain_clearance = cleared.split(self._tested(0, 0))  # what nearly all rows share
        # who passes does so at the end of the session or, where there is one, in the time of the post activity so far
        self._session_end = int(self.batch.ends_at.timestamp())
        last = min(self.batch.post_ends_at or self.batch.ends_at, start_of_day(today))
        self._clearing_seconds = max(0, int(last.timestamp()) - self._session_end)

    def __len__(self) -> int:
        """How many rows the list has at the start."""
        return self.batch.assignments

    def person(self, key: int) -> int:
        """Which person (place in the company) the row is about."""
        batch = self.batch
        listed = self._people.listed
        if key >= batch.assignments:
            return listed + self._departed + key - batch.assignments
        row = max(0, key - batch.is_doubled)
        if row < batch.fresh:
            return self._order.at(batch.first + row)
        row -= batch.fresh
        if row < batch.retaken and self._before and self._failed_before:
            return self._order.at(self._before.first + self._failed_before.at(row))
        return listed + (batch.first + row) % self._departed

    def identity(self, key: int) -> Identity:
        """The person of a row as the row shows them."""
        return self._people.assigned_as(self.person(key))

    def keys_of(self, row: int) -> Iterator[tuple[bool, int]]:
        """Where the fresh person with this number is: first here, then perhaps in the next batch's list (True)."""
        yield False, row + (self.batch.is_doubled if row else 0)
        if self._after is not None and self._failed_here.place_of(row) < self._after.retaken:
            yield True, self._after.is_doubled + self._after.fresh + self._failed_here.place_of(row)

    def record(self, key: int) -> str:
        """One item of the list, as JSON text."""
        person = self.person(key)
        user, bias = self._people.assigned(person)
        return f'{{"user":{user},{self._outcome(key, person, bias)}'

    def is_absence(self, key: int) -> bool:
        """Whether the person failed the batch by being absent."""
        row = json.loads(self.record(key))
        return row["userAssignedStatus"] == "Failed" and not row["isAttend"]

    def completed_at(self, key: int) -> int | None:
        """When the person passed, in seconds since 1970; None where they have not."""
        if self._is_before_the_session(key):
            return None
        person = self.person(key)
        oddity = self._people.oddities.get(person)
        if oddity and oddity.assigned_status:
            return None
        if self._comes_again(key) or not self._passes(mix(self._seed, person), self._people.bias(person)):
            return None
        # most do it soon: half of them in the first quarter of the time
        spread = fraction(mix(self._seed, 1 << 40), person) ** 2
        return self._session_end + int(spread * self._clearing_seconds)

    def _is_before_the_session(self, key: int) -> bool:
        return self.batch.phase is Phase.UPCOMING or key >= len(self) or (self.batch.is_doubled and key == 1)

    def _passes(self, bits: int, bias: int) -> bool:
        return (bits & 0xFFFF) < self._cleared + bias

    def _outcome(self, key: int, person: int, bias: int) -> str:
        if self._is_before_the_session(key):
            return self._nothing_yet
        oddity = self._people.oddities.get(person)
        if oddity and oddity.assigned_status:
            return self._result(is_attend=True, status=oddity.assigned_status, post=self._posts[0])
        bits = mix(self._seed, person)
        if self._comes_again(key):
            return self._shortfall(bits, (0, 3)[bits & 1])
        if self._passes(bits, bias):
            return self._clearance(bits)
        return self._shortfall(bits, (bits >> 20) & 7)

    def _clearance(self, bits: int) -> str:
        """The fields of a person who passed."""
        attempts = 2 if (bits >> 20) & 7 == 0 else 1
        quality = (bits >> 24) & 0xFF
        if (bits >> 16) & 15 == 0:
            feedback = FEEDBACK[(bits >> 40) % len(FEEDBACK)]
            return self._result(
                is_attend=True,
                status="Cleared",
                post=self._posts[2],
                feedback=feedback,
                attempts=attempts,
                quality=quality,
            )
        before, after = self._plain_clearance
        return f"{before}{self._tested(attempts, quality)}{after}"

    def _shortfall(self, bits: int, fate: int) -> str:
        """The fields without a pass. Fates: 0-2 absent, 3-4 failed the test, 5-6 unfinished, 7 absent, not judged."""
        is_over = self.batch.phase is Phase.COMPLETED
        not_started, in_progress, _, expired = self._posts
        if not is_over:
            fate = 5 + fate % 3
        if fate <= 2:  # noqa: PLR2004 - the fates of the docstring
            reason = ABSENT_REASONS[(bits >> 32) % len(ABSENT_REASONS)]
            return self._result(is_attend=False, status="Failed", post=not_started, reason=reason)
        if fate <= 4:  # noqa: PLR2004 - as above
            return self._result(is_attend=True, status="Failed", post=expired, attempts=3, quality=~(bits >> 24 & 31))
        if fate <= 6:  # noqa: PLR2004 - as above
            post = expired if is_over and fate == 5 else in_progress  # noqa: PLR2004 - as above
            return self._result(is_attend=True, status="Ongoing", post=post)
        return self._nothing_yet

    def _comes_again(self, key: int) -> bool:
        row = max(0, key - self.batch.is_doubled)
        return (
            self._after is not None and row < self.batch.fresh and self._failed_here.place_of(row) < self._after.retaken
        )

    def _result(
        self,
        *,
        is_attend: bool,
        status: str,
        post: str,
        reason: str = "",
        feedback: str = "",
        attempts: int = 0,
        quality: int = 0,
    ) -> str:
        """The fields after `user`, in the documented order. `quality` below 0 is a score below the mark."""
        return (
            f'"absentReason":"{reason}","assignedCourseSerial":"{self.assigned_course}","feedback":"{feedback}",'
            f'"isAttend":{"true" if is_attend else "false"},"userAssignedStatus":"{status}",'
            f'"postActivityStatus":"{post}",{self._tested(attempts, quality)},'
            f'"postTestPassingScore":{"null" if self._passing_score is None else self._passing_score}}}'
        )

    def _tested(self, attempts: int, quality: int) -> str:
        score = 0
        if self._passing_score is None:
            attempts = 0
        elif attempts:
            score = self._passing_score + (quality * (101 - self._passing_score) >> 8 if quality >= 0 else quality)
        return f'"postTestAttempt":{attempts},"postTestScore":{score}'


def _retake_order(batch: Batch) -> Shuffle:
    """The order in which the batch's fresh people are picked to fail and retake, spread over the list."""
    return Shuffle(max(1, batch.fresh), crc32(batch.serial.encode()))
