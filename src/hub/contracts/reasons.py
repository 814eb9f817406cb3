"""Every reason of every decision: what the log, the metric, the unit and the citizen's clerk see."""

from enum import StrEnum

from hub.contracts.operations import Tally


class Reason(StrEnum):
    """Why something was done, or not done. A name is never reused for another meaning."""

    # accepted
    FORWARDED = "forwarded"
    NOTHING_FOUND = "nothing_found"
    OPENED_NEW = "opened_new"
    SOLVED_ON_SPOT = "solved_on_spot"
    JOINED_NEAR = "joined_near"
    JOINED_SITE = "joined_site"
    JOINED_ALARM = "joined_alarm"
    OBSERVED = "observed"
    DISPATCHED_BY_CATALOGUE = "dispatched_by_catalogue"
    DISPATCHED_TO_CATCH_ALL = "dispatched_to_catch_all"
    ALLOWED_MOVE = "allowed_move"
    CLOSED_BY_SOURCE = "closed_by_source"
    LAST_SIGNAL_CLOSED = "last_signal_closed"
    WARN_SHARE_REACHED = "warn_share_reached"
    LIMIT_PASSED = "limit_passed"
    NOTHING_HAPPENED = "nothing_happened"
    SIGNED_BY_NEXT = "signed_by_next"
    CAME_BACK = "came_back"
    NO_CALLBACK_WANTED = "no_callback_wanted"
    CALLBACK_MISSED = "callback_missed"
    SPLIT_FROM_CASE = "split_from_case"
    SENT_UP = "sent_up"
    SECOND_OBJECTION = "second_objection"
    ARRIVED_IN_TIME = "arrived_in_time"
    ARRIVED_LATE = "arrived_late"
    NOT_COME = "not_come"
    QUORUM_CAME = "quorum_came"
    QUORUM_MISSED = "quorum_missed"
    NOT_NEEDED = "not_needed"
    SILENCE_CONSENTS = "silence_consents"
    NOT_DONE = "not_done"
    SUSPENSION_OVER = "suspension_over"
    NO_RULING = "no_ruling"
    NOT_REACHED = "not_reached"
    UNREACHED = "unreached"
    CITIZEN_CONTENT = "citizen_content"
    CITIZEN_DISSATISFIED = "citizen_dissatisfied"
    NOT_SOLVED = "not_solved"
    RAISED_TO_ABOVE = "raised_to_above"
    REOPENED_ENOUGH = "reopened_enough"
    LOOK_BACK_SAMPLED = "look_back_sampled"
    LOOK_BACK_ALWAYS = "look_back_always"
    LOOK_BACK_PASSED = "look_back_passed"
    LOOK_BACK_FAILED = "look_back_failed"
    REINSPECTION_PASSED = "reinspection_passed"
    REINSPECTION_FAILED = "reinspection_failed"
    FAILED_TOO_OFTEN = "failed_too_often"
    MAJOR_HAZARD = "major_hazard"
    HAZARD_OVERDUE = "hazard_overdue"
    HAZARD_NEAR = "hazard_near"
    COMPLAINTS_NEAR = "complaints_near"
    SAME_APPELLANT = "same_appellant"
    SAME_PLACE = "same_place"
    NEEDS_HELP = "needs_help"
    KNOWN_TO_NEED_HELP = "known_to_need_help"
    TOWN_IN_REMEDIATION = "town_in_remediation"
    STANDING_KNOWN = "standing_known"
    DECIDED_ANEW = "decided_anew"
    CLOCK_MOVED = "clock_moved"
    FORGOTTEN = "forgotten"
    PACK_TAKEN = "pack_taken"
    ALARM_ACKED = "alarm_acked"
    SIGNAL_COUNTED = "signal_counted"
    NOTHING_TO_WARN_OF = "nothing_to_warn_of"
    WARNING_RAISED = "warning_raised"
    WARNING_HEIGHTENED = "warning_heightened"
    WARNING_JUDGED = "warning_judged"
    CAME_TRUE = "came_true"
    CAME_TO_NOTHING = "came_to_nothing"
    CASE_RESOLVED = "case_resolved"
    CASE_INVALID = "case_invalid"
    COUNTED = "counted"

    # duplicate and late
    DUPLICATE = "duplicate"
    OLDER_THAN_MEMORY = "older_than_memory"

    # rejected: readable, but not usable
    INVALID_FIELD = "invalid_field"
    HEADER_MISMATCH = "header_mismatch"
    AHEAD_OF_CLOCK = "ahead_of_clock"
    TOO_OLD = "too_old"
    NO_PLACE = "no_place"
    UNKNOWN_PLACE = "unknown_place"
    OUTSIDE_CITY = "outside_city"
    UNKNOWN_GATEWAY = "unknown_gateway"
    UNKNOWN_SLOT = "unknown_slot"
    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_ALARM = "unknown_alarm"
    UNKNOWN_SIGNAL = "unknown_signal"
    UNKNOWN_UNIT = "unknown_unit"
    NOT_THE_LEAD = "not_the_lead"
    STAGE_FORBIDS = "stage_forbids"
    ALREADY_CLOSED = "already_closed"
    OVERTAKEN = "overtaken"
    MISSING_TERMS = "missing_terms"
    AT_THE_TOP = "at_the_top"
    CALLBACK_FIRST = "callback_first"
    SAME_CASE = "same_case"
    OTHER_TOWN = "other_town"
    NOT_JOINED = "not_joined"
    LAST_SIGNAL = "last_signal"
    UNKNOWN_CATEGORY = "unknown_category"
    TOO_LATE_TO_OBJECT = "too_late_to_object"
    OBJECTION_EXHAUSTED = "objection_exhausted"
    SAME_UNIT = "same_unit"
    UNFIT_TERMS = "unfit_terms"
    OVER_CAP = "over_cap"
    TOO_LATE = "too_late"
    DONE_BEFORE = "done_before"
    STILL_PENDING = "still_pending"
    NOTHING_PENDING = "nothing_pending"

    # dead: not readable, or a fault of the hub
    MISSING_HEADER = "missing_header"
    UNKNOWN_CONTRACT = "unknown_contract"
    WRONG_CONTRACT = "wrong_contract"
    FUTURE_VERSION = "future_version"
    UNREADABLE = "unreadable"
    NO_VALUE = "no_value"
    TOO_LARGE = "too_large"
    WRONG_PARTITION = "wrong_partition"
    FAULT_IN_HANDLER = "fault_in_handler"
    DELIVERY_FAILED = "delivery_failed"


_DUPLICATE = frozenset({Reason.DUPLICATE})
_LATE = frozenset({Reason.OLDER_THAN_MEMORY})
_REJECTED = frozenset(
    {
        Reason.INVALID_FIELD,
        Reason.HEADER_MISMATCH,
        Reason.AHEAD_OF_CLOCK,
        Reason.TOO_OLD,
        Reason.NO_PLACE,
        Reason.UNKNOWN_PLACE,
        Reason.OUTSIDE_CITY,
        Reason.UNKNOWN_GATEWAY,
        Reason.UNKNOWN_SLOT,
        Reason.UNKNOWN_CASE,
        Reason.UNKNOWN_ALARM,
        Reason.UNKNOWN_SIGNAL,
        Reason.UNKNOWN_UNIT,
        Reason.NOT_THE_LEAD,
        Reason.STAGE_FORBIDS,
        Reason.ALREADY_CLOSED,
        Reason.OVERTAKEN,
        Reason.MISSING_TERMS,
        Reason.AT_THE_TOP,
        Reason.CALLBACK_FIRST,
        Reason.SAME_CASE,
        Reason.OTHER_TOWN,
        Reason.NOT_JOINED,
        Reason.LAST_SIGNAL,
        Reason.UNKNOWN_CATEGORY,
        Reason.TOO_LATE_TO_OBJECT,
        Reason.OBJECTION_EXHAUSTED,
        Reason.SAME_UNIT,
        Reason.UNFIT_TERMS,
        Reason.OVER_CAP,
        Reason.TOO_LATE,
        Reason.DONE_BEFORE,
        Reason.STILL_PENDING,
        Reason.NOTHING_PENDING,
    }
)
_DEAD = frozenset(
    {
        Reason.MISSING_HEADER,
        Reason.UNKNOWN_CONTRACT,
        Reason.WRONG_CONTRACT,
        Reason.FUTURE_VERSION,
        Reason.UNREADABLE,
        Reason.NO_VALUE,
        Reason.TOO_LARGE,
        Reason.WRONG_PARTITION,
        Reason.FAULT_IN_HANDLER,
        Reason.DELIVERY_FAILED,
    }
)


def tally_of(reason: Reason) -> Tally:
    """The column of the ledger that a reason counts in."""
    if reason in _DUPLICATE:
        return Tally.DUPLICATE
    if reason in _LATE:
        return Tally.LATE
    if reason in _REJECTED:
        return Tally.REJECTED
    if reason in _DEAD:
        return Tally.DEAD
    return Tally.ACCEPTED
