"""Troubles: what somebody should be warned of: an incident, a festival, what a storm brings to a town."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.contracts.fields import Point
from hub.evaluate.play import Played
from hub.simulate.storms import KIND as STORM
from hub.simulate.truth import Incident


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that several people report: since when, where, in which groups, when each complaint came.

    ``shown`` says that a sensor was out of its limits because of it.
    """

    kind: str
    began: datetime
    towns: frozenset[str]
    groups: frozenset[str]
    cells: frozenset[str]
    complaints: tuple[datetime, ...]
    shown: bool

    @property
    def last(self) -> datetime:
        """The time of its last complaint, of its beginning where nobody complained."""
        return max(self.complaints, default=self.began)


def troubles_of(played: Played) -> list[Trouble]:
    """All troubles of a run. A storm is one in each town and group of categories that it hits."""
    found: dict[tuple[str, ...], list[Incident]] = defaultdict(list)
    for incident in played.truth.incidents.values():
        if incident.kind not in ("single", "household", "hazard"):
            found[_key(played, incident)].append(incident)
    return [_trouble(played, incidents) for incidents in found.values()]


def _key(played: Played, incident: Incident) -> tuple[str, ...]:
    if incident.occasion is None:
        return (incident.group or incident.id,)
    if incident.occasion.startswith(f"{STORM}/"):
        return (incident.occasion, incident.town, played.city.affinity_of(incident.category))
    return (incident.occasion,)


def _trouble(played: Played, incidents: Iterable[Incident]) -> Trouble:
    incidents = list(incidents)
    told = [
        played.told[signal] for incident in incidents for signal in incident.signals if signal in played.told
    ]
    first = incidents[0]
    storm = first.occasion is not None and first.occasion.startswith(f"{STORM}/")
    categories = {one.category for one in incidents} | {one.category for one in told}
    return Trouble(
        kind=STORM if storm else first.kind,
        began=min(one.began for one in incidents),
        towns=frozenset(one.town for one in incidents),
        groups=frozenset(map(played.city.affinity_of, categories)),
        cells=frozenset(cell for one in incidents if (cell := _cell(played, one))),
        complaints=tuple(sorted(one.time for one in told if one.complaint)),
        shown=any(one.excursions for one in incidents),
    )


def _cell(played: Played, incident: Incident) -> str | None:
    located = played.city.locate(Point(lon=incident.lon, lat=incident.lat))
    return located.cell if located else None
