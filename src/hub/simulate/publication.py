"""One record of a simulated publisher, and the order in which such records arrive."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.contracts.fields import Contract

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publisher sends: ``time`` is the event's, ``arrived`` when the broker receives it (UTC).

    ``source`` and ``id`` are those of the value, for the CloudEvents headers.
    """

    topic: str
    key: str
    value: Contract
    source: str
    id: str
    time: datetime
    arrived: datetime


def by_arrival(publication: Publication) -> tuple[datetime, str, str, str]:
    """Sort key of the order in which publications arrive; the same for the same publications, always."""
    return publication.arrived, publication.topic, publication.source, publication.id


def moment(ms: int) -> datetime:
    """The time so many milliseconds after 1970-01-01 UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def millis(time: datetime) -> int:
    """Whole milliseconds from 1970-01-01 UTC to a time."""
    return (time - _EPOCH) // timedelta(milliseconds=1)
