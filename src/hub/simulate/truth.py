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


class FaultKind(StrEnum):
    """How a sensor fails while it goes on sending."""

    STUCK = "stuck"
    MISSING = "missing"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Fault:
    """A sensor that told what is not so; a drift ends ``drifts_to`` times as far off as its nearest limit."""

    gateway: str
    slot: int
    sensor: str
    kind: FaultKind
    drifts_to: float
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something larger than one matter: a festival, a site, a storm. Its incidents name it.

    ``categories`` are the main ones of its incidents; ``cell`` is None where it has no one place.
    """

    id: str
    kind: str
    categories: tuple[str, ...]
    towns: tuple[str, ...]
    cell: str | None
    lon: float
    lat: float
    within_m: float
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Association:
    """Whether categories go together: with ``occasion`` they do, where those are; else by chance alone."""

    name: str
    categories: tuple[str, ...]
    occasion: str | None
    lift: float


@dataclass(slots=True)
class Incident:
    """One real thing: its signals belong together, and together with no other incident's.

    ``group`` is shared by matters of one place and kind that must nevertheless stay apart (households),
    ``occasion`` by all that a festival, a site or a storm brings.
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
    occasion: str | None = None
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
    occasions: list[Occasion] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    associations: tuple[Association, ...] = ()
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

    def record_shown(self, incidents: Iterable[Incident], end: datetime) -> None:
        """Note the incidents that sensors show before ``end``, whether or not anybody reports them."""
        for incident in incidents:
            if any(excursion.began < end for excursion in incident.excursions):
                self.incidents[incident.id] = incident

    def record_plan(
        self,
        occasions: Iterable[Occasion],
        silences: Iterable[Silence],
        faults: Iterable[Fault],
        end: datetime,
    ) -> None:
        """Note what else begins on a day before ``end``."""
        self.occasions.extend(occasion for occasion in occasions if occasion.began < end)
        self.silences.extend(silence for silence in silences if silence.began < end)
        self.faults.extend(fault for fault in faults if fault.began < end)

    def signals(self) -> dict[tuple[str, str], str]:
        """The incident of each signal, by source and id."""
        return {signal: incident.id for incident in self.incidents.values() for signal in incident.signals}


def lead_of(city: City, category: str, town: str, feed: Feed) -> str:
    """The right lead unit: what the catalogue says of the true category in the true town."""
    row = city.choose(category, town, feed, None)
    return city.resolve_units(row, Located(town, None, town))[0]
