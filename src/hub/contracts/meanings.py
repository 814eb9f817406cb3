"""What each reason means, in one line for a clerk or an operator."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.reasons import Reason

MEANINGS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.FORWARDED: "Usable: sent on to the log of the town that decides",
        Reason.NOTHING_FOUND: "An inspection without findings and without re-inspections: nothing to do",
        Reason.OPENED_NEW: "No open case fits the signal: a new case was opened",
        Reason.SOLVED_ON_SPOT: "A grid worker had solved it already: the case was counted and closed at once",
        Reason.JOINED_NEAR: "Same or related category, near enough in space and time to a signal of the case",
        Reason.JOINED_SITE: "Same or related category at the same exact place as a signal of the case",
        Reason.JOINED_ALARM: "A sensor's alarm that fits an open case in category, space and time",
        Reason.OBSERVED: "A finding that becomes a case only when it comes back at its site: remembered",
        Reason.DISPATCHED_BY_CATALOGUE: "A row of the dispatch catalogue for the category named the units",
        Reason.DISPATCHED_TO_CATCH_ALL: "No row names the category: the row for all else named the units",
        Reason.ALLOWED_MOVE: "The action is allowed in this stage and to this unit: the case moved",
        Reason.CLOSED_BY_SOURCE: "The publisher of a signal closed it",
        Reason.LAST_SIGNAL_CLOSED: "The last open signal of the case was closed, and the case with it",
        Reason.WARN_SHARE_REACHED: "The share of a limit at which it warns has passed",
        Reason.LIMIT_PASSED: "A limit has passed: a clock of a case, a sensor's silence, the end of a window",
        Reason.CLOCK_MOVED: "A tick: the clock of the partition moved, nothing else",
        Reason.FORGOTTEN: "A memory (a closed case's signals, an action, an observation) reached its age",
        Reason.PACK_TAKEN: "The readings of a pack were taken in",
        Reason.ALARM_ACKED: "Somebody knows of the alarm",
        Reason.DUPLICATE: "The same publisher sent the same id before: changed nothing",
        Reason.OLDER_THAN_MEMORY: "Too old to tell from a repetition: changed nothing",
        Reason.INVALID_FIELD: "A field breaks a limit of its contract; the detail names every such field",
        Reason.HEADER_MISMATCH: "The body names another source, id or key than the record's headers and key",
        Reason.AHEAD_OF_CLOCK: "Its time lies minutes after its arrival: a wrong clock or time zone",
        Reason.TOO_OLD: "Its time lies years before its arrival: a wrong date",
        Reason.NO_PLACE: "Neither a usable point nor a code",
        Reason.UNKNOWN_PLACE: "The code names no cell, community or town of the city pack",
        Reason.OUTSIDE_CITY: "The point lies outside the city",
        Reason.UNKNOWN_GATEWAY: "The city pack has no such gateway",
        Reason.UNKNOWN_SLOT: "The gateway has no sensor at this slot",
        Reason.UNKNOWN_CASE: "No case has this id, or it was closed long ago",
        Reason.UNKNOWN_ALARM: "No alarm has this id now",
        Reason.UNKNOWN_SIGNAL: "No open case has this signal",
        Reason.UNKNOWN_UNIT: "The city pack has no such unit, or the action names none",
        Reason.NOT_THE_LEAD: "The unit does not lead the case, nor help with it where that is enough",
        Reason.STAGE_FORBIDS: "The action is not allowed in the stage that the case is in",
        Reason.ALREADY_CLOSED: "The case, or the signal in it, is closed",
        Reason.MISSING_HEADER: "A header is absent or unusable; the detail names it",
        Reason.UNKNOWN_CONTRACT: "The type is none of the hub's contracts",
        Reason.WRONG_CONTRACT: "A contract of the hub, but not one that this topic takes",
        Reason.FUTURE_VERSION: "A version of the contract that this hub does not know yet",
        Reason.UNREADABLE: "The body is not one whole Avro record of the stated contract and version",
        Reason.NO_VALUE: "The record has no value",
        Reason.TOO_LARGE: "The value is larger than a step takes",
        Reason.WRONG_PARTITION: "The key belongs to another partition: the publisher does not use murmur2",
        Reason.FAULT_IN_HANDLER: "A fault of the hub on this one record; the detail says where",
        Reason.DELIVERY_FAILED: "The unit's own topic took no records",
    }
)
"""One line for every reason."""
