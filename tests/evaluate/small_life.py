"""A run of Beijing written down by hand: incidents, what was told of them, what the hub said."""

from datetime import UTC, datetime, timedelta

from hub.citypack.city import City
from hub.contracts.fields import Point
from hub.evaluate.heard import LedCase, SignalId
from hub.evaluate.play import Played, Setting, Told
from hub.simulate.truth import Incident

START = datetime(2026, 3, 2, tzinfo=UTC)
HERE = Point(lon=116.4, lat=39.92)
CATEGORY = "power.supply.outage"


def at(hours: float) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


def empty(city: City) -> Played:
    """Two days of which everything is judged, and nothing has happened."""
    return Played(city, Setting(seed=1, start=START, days=2, judge_from=0))


def happens(
    played: Played, name: str, hours: list[float], *, kind: str = "power-cut", category: str = CATEGORY
) -> Incident:
    """An incident here that citizens complain of at these hours; the first hour is its beginning."""
    located = played.city.locate(HERE)
    assert located is not None
    incident = Incident(name, kind, category, located.town, "right", HERE.lon, HERE.lat, at(hours[0]))
    for number, hour in enumerate(hours):
        signal = ("hotline", f"{name}-{number}")
        incident.signals.append(signal)
        played.told[signal] = Told(category, at(hour), at(hour), HERE, None, complaint=True)
    played.truth.incidents[name] = incident
    return incident


def case(played: Played, name: str, *signals: SignalId, lead: str = "right") -> LedCase:
    """A case of these signals, in this order."""
    led = LedCase(signals[0], lead, lead)
    played.heard.cases[name] = led
    for signal in signals:
        played.heard.case_of[signal] = name
    return led
