"""Sensor online rate 在线率: the share of sensor-hours in which no sensor was silent, told by alarms."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.scores import ScoreBy
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState

_ACTIVE = frozenset({AlarmState.ACTIVE_ACKED, AlarmState.ACTIVE_UNACKED})
_HOUR = timedelta(hours=1)


def online_rates(
    city: City, alarms: Iterable[Alarm], by: ScoreBy | None, first: datetime, end: datetime
) -> Mapping[str, float]:
    """1 - silent sensor-hours / sensor-hours from ``first`` until ``end``, by district, town or (None) city.

    ``alarms`` are the states that alarms went through, or their newest ones; an alarm that is still active
    lasts. Other kinds of subject, and those without sensors, are left out. Empty where no time has passed.
    """
    places = _towns(city, by)
    hours = (end - first) / _HOUR
    if not places or hours <= 0:
        return {}
    sensors = Counter(places[place.town] for gateway in city.gateways.values() for place in gateway.places)
    silent: defaultdict[str, float] = defaultdict(float)
    for alarm in _newest(alarms):
        until = end if alarm.state in _ACTIVE else min(alarm.changed, end)
        silent[places[alarm.town]] += max((until - max(alarm.raised, first)) / _HOUR, 0.0)
    return {subject: 1 - silent[subject] / (number * hours) for subject, number in sorted(sensors.items())}


def _towns(city: City, by: ScoreBy | None) -> Mapping[str, str]:
    """The subject that each town belongs to."""
    match by:
        case None:
            return dict.fromkeys(city.towns, city.settings.code)
        case ScoreBy.DISTRICT:
            return {code: town.district for code, town in city.towns.items()}
        case ScoreBy.TOWN:
            return {code: code for code in city.towns}
        case _:
            return {}


def _newest(alarms: Iterable[Alarm]) -> Iterable[Alarm]:
    """The newest state of each silence; of two of one time the one that is over."""
    found: dict[str, Alarm] = {}
    for alarm in alarms:
        if alarm.kind is AlarmKind.SILENT:
            known = found.get(alarm.alarm_id)
            if known is None or _age(alarm) >= _age(known):
                found[alarm.alarm_id] = alarm
    return found.values()


def _age(alarm: Alarm) -> tuple[datetime, bool]:
    return alarm.changed, alarm.state not in _ACTIVE
