"""Ground truth: what really happened in the simulated city, to judge the hub by. The hub never sees it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from hub.citypack.city import City, Located
from hub.contracts.fields import Feed
from hub.simulate.publication import Publication


class Delivery(StrEnum):
    """How a publication reached the hub."""

    NORMAL = "normal"
    LATE = "late"
    TOO_LATE = "too_late"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Excursion:
    """A sensor out of its limits because of an incident: ``limit`` is "high" or "low"."""

    gateway: str
    slot: int
    sensor: str
    limit: str
    value: float
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """A sensor that sent nothing; with ``slot`` None, its whole gateway."""

    gateway: str
    slot: int | None
    began: datetime
    ended: datetime


@dataclass(slots=True)
class Incident:
    """One real thing: its signals belong together, and together with no other incident's.

    ``group`` is shared by matters of one place and kind that must nevertheless stay apart (households).
    """

    id: str
    kind: str
    category: str
    town: str
    lead_unit: str
    lon: float
    lat: float
    began: datetime
    group: str | None = None
    excursions: tuple[Excursion, ...] = ()
    signals: list[tuple[str, str]] = field(default_factory=list)


class Tell(NamedTuple):
    """That a publication tells of an incident, under this signal id."""

    incident: Incident
    signal_id: str


class Planned(NamedTuple):
    """A publication together with what is true about it."""

    publication: Publication
    tells: tuple[Tell, ...] = ()
    delivery: Delivery = Delivery.NORMAL
    solved: bool = False


Begun = tuple[int, tuple[Planned, ...]]
"""What begins at a time (ms since 1970): publications that arrive then or later."""


@dataclass(slots=True)
class GroundTruth:
    """What was really published, and what it was about; filled as publications are taken from the stream."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    repeated: list[Publication] = field(default_factory=list)
    late: list[Publication] = field(default_factory=list)
    too_late: list[Publication] = field(default_factory=list)
    solved_on_spot: list[tuple[str, str]] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    published: dict[str, int] = field(default_factory=dict)

    def record(self, planned: Planned) -> None:
        """Note what a publication is about, once it is published."""
        sent = planned.publication
        self.published[sent.topic] = self.published.get(sent.topic, 0) + 1
        if planned.delivery is Delivery.REPEATED:
            self.repeated.append(sent)
            return
        if planned.delivery is Delivery.LATE:
            self.late.append(sent)
        elif planned.delivery is Delivery.TOO_LATE:
            self.too_late.append(sent)
        for tell in planned.tells:
            self.incidents.setdefault(tell.incident.id, tell.incident)
            tell.incident.signals.append((sent.source, tell.signal_id))
        if planned.solved:
            self.solved_on_spot.append((sent.source, sent.id))

    def record_plan(self, incidents: Iterable[Incident], silences: Iterable[Silence], end: datetime) -> None:
        """Note what sensors show of a day before ``end``: incidents, and silences."""
        for incident in incidents:
            if any(excursion.began < end for excursion in incident.excursions):
                self.incidents[incident.id] = incident
        self.silences.extend(silence for silence in silences if silence.began < end)

    def signals(self) -> dict[tuple[str, str], str]:
        """The incident of each signal, by source and id."""
        return {signal: incident.id for incident in self.incidents.values() for signal in incident.signals}


def lead_of(city: City, category: str, town: str, feed: Feed) -> str:
    """The right lead unit: what the catalogue says of the true category in the true town."""
    row = city.choose(category, town, feed, None)
    return city.resolve_units(row, Located(town, None, town))[0]
