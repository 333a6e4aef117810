"""What a person should look at in the data: a code, how grave it is, and an example. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class FindingCode(StrEnum):
    """What a finding is about; each has its texts in the catalogue. Other programs read these words."""

    UNMATCHED_ASSIGNMENT = "unmatched_assignment"
    AMBIGUOUS_EMPLOYEE_ID = "ambiguous_employee_id"
    SHARED_EMPLOYEE_ID = "shared_employee_id"
    SHARED_ID_OTHER_NAME = "shared_id_other_name"
    USER_TWICE = "user_twice"
    USER_TWICE_DIFFERING = "user_twice_differing"
    LOOK_ALIKE_EMPLOYEE_IDS = "look_alike_employee_ids"
    SERIAL_AND_EMPLOYEE_ID_DISAGREE = "serial_and_employee_id_disagree"
    ID_OF_SEVERAL_NAMES = "id_of_several_names"
    EMPLOYEE_ID_CHANGED = "employee_id_changed"
    DUPLICATE_IN_BATCH = "duplicate_in_batch"
    UNKNOWN_ASSIGNMENT_STATUS = "unknown_assignment_status"
    UNKNOWN_POST_ACTIVITY = "unknown_post_activity"
    EMPTY_ASSIGNMENT_STATUS = "empty_assignment_status"
    CLEARED_WITHOUT_ATTENDANCE = "cleared_without_attendance"
    BATCH_WITHOUT_SESSION = "batch_without_session"
    SESSION_ENDS_BEFORE_START = "session_ends_before_start"
    TIME_UNUSABLE = "time_unusable"
    LISTED_TWICE = "listed_twice"
    FIELD_UNUSABLE = "field_unusable"
    TEXT_SHORTENED = "text_shortened"
    BATCH_UNKNOWN = "batch_unknown"
    FUTURE_SESSION_DECIDED = "future_session_decided"
    EXCEPTION_UNKNOWN_EMPLOYEE = "exception_unknown_employee"
    EXCEPTION_UNKNOWN_COURSE = "exception_unknown_course"
    EXCEPTION_EXPIRED = "exception_expired"
    EXCEPTION_AMBIGUOUS_EMPLOYEE = "exception_ambiguous_employee"
    LIST_CELL_ERROR = "list_cell_error"
    ROUTING_UNKNOWN_EMPLOYEE = "routing_unknown_employee"
    ROUTING_AMBIGUOUS_EMPLOYEE = "routing_ambiguous_employee"
    ROUTING_UNKNOWN_ORGANIZATION = "routing_unknown_organization"
    ROUTING_AMBIGUOUS_ORGANIZATION = "routing_ambiguous_organization"
    UNIT_RULE_WITHOUT_STRUCTURE = "unit_rule_without_structure"
    ROUTING_UNKNOWN_TAG = "routing_unknown_tag"
    ROUTING_CONFLICT = "routing_conflict"
    MANAGER_WITHOUT_PEOPLE = "manager_without_people"
    MANAGER_WITHOUT_EMAIL = "manager_without_email"
    ADDRESS_OUTSIDE_ALLOWED_DOMAINS = "address_outside_allowed_domains"
    ADDRESS_OF_SOMEBODY_ELSE = "address_of_somebody_else"
    MANY_WITHOUT_MANAGER = "many_without_manager"
    PEOPLE_WITHOUT_MANAGER = "people_without_manager"
    UNIT_NOT_IN_STRUCTURE = "unit_not_in_structure"
    UNIT_IN_SEVERAL_PLACES = "unit_in_several_places"
    LETTERS_LOST = "letters_lost"
    ID_WITH_UNSEEN_CHARACTERS = "id_with_unseen_characters"
    ID_OF_MIXED_LETTERS = "id_of_mixed_letters"
    LEARNER_WITHOUT_EMAIL = "learner_without_email"
    BLANK_NAME = "blank_name"
    ROW_SET_ASIDE = "row_set_aside"
    LIST_INCOMPLETE = "list_incomplete"
    LIST_MOVING = "list_moving"
    COMPLETED_WITHOUT_DATE = "completed_without_date"
    COMPLETION_DATES_MISSING = "completion_dates_missing"
    COMPLETION_CONTRADICTS = "completion_contradicts"
    COMPLETION_KEY_SHARED = "completion_key_shared"
    DUE_RULE_WITHOUT_SESSION = "due_rule_without_session"
    PLAN_USER_UNMATCHED = "plan_user_unmatched"
    PLAN_STATUS_UNKNOWN = "plan_status_unknown"
    PLAN_WITHOUT_ROWS = "plan_without_rows"


class Level(StrEnum):
    """How much a finding matters."""

    BLOCK = "block"
    CHECK = "check"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at: a code of the catalogue, and one occurrence of it.

    `example` may hold personal data: it goes into the master workbook, never into a log or on the terminal.
    """

    code: FindingCode
    level: Level
    example: str
