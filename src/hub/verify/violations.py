"""What can be wrong with what the hub wrote, by name."""

from dataclasses import dataclass
from enum import StrEnum


class ViolationKind(StrEnum):
    """The rule that was broken."""

    # ledger
    RECORDS_LOST = "records_lost"
    RECORDS_DOUBLED = "records_doubled"
    RANGES_OVERLAP = "ranges_overlap"
    RANGE_IMPOSSIBLE = "range_impossible"
    RANGE_MISCOUNTED = "range_miscounted"
    RECORD_SKIPPED = "record_skipped"

    # cases
    LIFE_NOT_BEGUN = "life_not_begun"
    SEQ_GAP = "seq_gap"
    SEQ_REPEATED = "seq_repeated"
    NO_LEAD = "no_lead"
    NO_DEADLINE = "no_deadline"
    LEAD_ALSO_ASSISTS = "lead_also_assists"
    LEAD_CHANGED_SILENTLY = "lead_changed_silently"
    STAGE_FORBIDDEN = "stage_forbidden"
    STAGE_UNEXPLAINED = "stage_unexplained"
    MOVED_AFTER_CLOSE = "moved_after_close"
    TIME_WENT_BACK = "time_went_back"

    # states
    STATE_WITHOUT_EVENT = "state_without_event"
    STATE_DIFFERS = "state_differs"
    STATE_MISSING = "state_missing"

    # clocks
    RANG_EARLY = "rang_early"
    RANG_LATE = "rang_late"
    RANG_TWICE = "rang_twice"

    # dead letters
    LETTER_MISSING = "letter_missing"
    LETTER_DOUBLED = "letter_doubled"
    LETTER_DIFFERS = "letter_differs"

    # orders
    ORDER_DOUBLED = "order_doubled"
    ORDER_DIFFERS = "order_differs"
    ORDER_FROM_NOWHERE = "order_from_nowhere"

    # privacy
    PERSONAL_DATA = "personal_data"

    # files
    LINE_UNREADABLE = "line_unreadable"
    LINES_MISSING = "lines_missing"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: which, where, and what was found there. Free of personal data."""

    kind: ViolationKind
    where: str
    found: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.found}"
