"""What every record of a feed says of itself, whatever its contract: identity, event time, key."""

from datetime import datetime

from hub.contracts.feeds import GridReport, HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.contracts.fields import Contract
from hub.contracts.proactive import ProactiveReport
from hub.contracts.sensing import AlarmAck

FEED_CONTRACTS = (HotlineTicket, GridReport, Inspection, ReadingPack, UnitAction, AlarmAck, ProactiveReport)

FeedRecord = HotlineTicket | GridReport | Inspection | ReadingPack | UnitAction | AlarmAck | ProactiveReport


def feed_record(value: Contract) -> FeedRecord:
    """The value as one of the contracts that publishers send; TypeError for any other."""
    if not isinstance(value, FEED_CONTRACTS):
        raise TypeError(f"{type(value).__name__} is not a contract of a feed")
    return value


def event_time(value: FeedRecord) -> datetime:
    """When it happened, as its publisher says."""
    match value:
        case HotlineTicket() | GridReport() | ProactiveReport():
            return value.reported_at
        case Inspection():
            return value.inspected_at
        case ReadingPack():
            return value.base_time
        case UnitAction() | AlarmAck():
            return value.at


def record_key(value: FeedRecord) -> str:
    """The Kafka key, which keeps together what must keep its order: gateway, site, case, else its own id."""
    match value:
        case ReadingPack() | AlarmAck():
            return value.gateway
        case Inspection():
            return value.site
        case UnitAction():
            return value.case_id or (value.signal.id if value.signal else value.id)
        case HotlineTicket() | GridReport() | ProactiveReport():
            return value.id
