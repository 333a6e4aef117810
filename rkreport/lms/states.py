"""The meaning of the LMS's words for states. Pure; knows no rows."""

from functools import lru_cache

from rkreport.core.models import AssignmentStatus, PostActivity, Stated

_STATUSES = {
    "": AssignmentStatus.NONE,
    "ONGOING": AssignmentStatus.ONGOING,
    "CLEARED": AssignmentStatus.CLEARED,
    "FAILED": AssignmentStatus.FAILED,
}
_ONLINE_STATUSES = {
    "": AssignmentStatus.NONE,
    "NOT_STARTED": AssignmentStatus.NOT_STARTED,
    "IN_PROGRESS": AssignmentStatus.IN_PROGRESS,
    "COMPLETED": AssignmentStatus.CLEARED,
    "FAILED": AssignmentStatus.FAILED,
    "EXPIRED": AssignmentStatus.EXPIRED,
}
NO_ACTIVITY = Stated(PostActivity.NONE, "")
_ACTIVITIES = {
    "": PostActivity.NONE,
    "NOT_STARTED": PostActivity.NOT_STARTED,
    "IN_PROGRESS": PostActivity.IN_PROGRESS,
    "COMPLETED": PostActivity.COMPLETED,
    "EXPIRED": PostActivity.EXPIRED,
}


@lru_cache(maxsize=1024)  # a handful of words; each row has one
def assignment_status(word: str) -> Stated[AssignmentStatus]:
    """Return the meaning of a `userAssignedStatus`."""
    return Stated(_STATUSES.get(folded(word), AssignmentStatus.UNKNOWN), word)


@lru_cache(maxsize=1024)
def online_status(word: str) -> Stated[AssignmentStatus]:
    """Return the meaning of an online course's `status`."""
    return Stated(_ONLINE_STATUSES.get(folded(word), AssignmentStatus.UNKNOWN), word)


@lru_cache(maxsize=1024)
def post_activity(word: str) -> Stated[PostActivity]:
    """Return the meaning of a `postActivityStatus`."""
    return Stated(_ACTIVITIES.get(folded(word), PostActivity.UNKNOWN), word)


def folded(word: str) -> str:
    """Fold case, blanks and underscores, in which the documentation's five spellings of a value differ."""
    return "_".join(word.replace("_", " ").split()).upper()
