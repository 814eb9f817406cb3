"""Judges alarms: of limits by what incidents show, of faults and silences by what was planted."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.contracts.sensing import Alarm, AlarmKind
from hub.evaluate.play import Played
from hub.simulate.truth import FaultKind

AFTERWARDS = timedelta(minutes=30)
"""How long after its end something may still be told: a window must pass first."""

_LIMITS = frozenset({AlarmKind.HIGH, AlarmKind.LOW})
_SILENT = frozenset({AlarmKind.SILENT})
_MISSING = frozenset({AlarmKind.MISSING, AlarmKind.SILENT})
_STUCK = frozenset({AlarmKind.STUCK})
_ANY = frozenset(AlarmKind)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was wrong with a sensor, and which kinds of alarm say so. ``must``: whether it can be known."""

    what: str
    sensor: str
    began: datetime
    ended: datetime
    kinds: frozenset[AlarmKind]
    must: bool


@dataclass(frozen=True, slots=True)
class JudgedWrong:
    """What was wrong and must be told; ``delay`` from its beginning, None where it was not told."""

    what: str
    delay: timedelta | None


@dataclass(frozen=True, slots=True)
class JudgedAlarm:
    """One alarm: of which kind, and whether something was wrong that it tells of."""

    kind: str
    right: bool


def judge_alarms(played: Played) -> tuple[list[JudgedWrong], list[JudgedAlarm]]:
    """What was wrong with sensors, and the alarms raised, from the judged days on."""
    since = played.setting.judged
    alarms: dict[str, list[Alarm]] = defaultdict(list)
    for alarm in sorted(played.heard.alarms.values(), key=lambda one: one.raised):
        alarms[alarm.sensor].append(alarm)
    wrongs = [*_excursions(played), *_faults(played), *_silences(played)]
    explained: dict[str, list[Wrong]] = defaultdict(list)
    for wrong in wrongs:
        explained[wrong.sensor].append(wrong)
    judged = [
        JudgedWrong(wrong.what, _delay(wrong, alarms[wrong.sensor]))
        for wrong in wrongs
        if wrong.began >= since and wrong.must
    ]
    told = [
        JudgedAlarm(alarm.kind.value, any(_tells(alarm, wrong) for wrong in explained[alarm.sensor]))
        for alarm in played.heard.alarms.values()
        if alarm.raised >= since
    ]
    return judged, told


def _tells(alarm: Alarm, wrong: Wrong) -> bool:
    return alarm.kind in wrong.kinds and wrong.began <= alarm.raised <= wrong.ended + AFTERWARDS


def _delay(wrong: Wrong, alarms: list[Alarm]) -> timedelta | None:
    return next((alarm.raised - wrong.began for alarm in alarms if _tells(alarm, wrong)), None)


def _excursions(played: Played) -> Iterator[Wrong]:
    for incident in played.truth.incidents.values():
        for one in incident.excursions:
            must = one.ended <= played.setting.end and one.ended - one.began > timedelta(minutes=15)
            yield Wrong("out of limits", one.sensor, one.began, one.ended, _LIMITS, must)


def _faults(played: Played) -> Iterator[Wrong]:
    """Faults: a stuck sensor must be told where its kind may not stay at one value; a drift need not be."""
    kinds = {
        sensor.id: played.city.kinds[sensor.kind]
        for gateway in played.city.gateways.values()
        for sensor in gateway.sensors
    }
    for fault in played.truth.faults:
        kind, lasts = kinds[fault.sensor], fault.ended - fault.began
        over = fault.ended <= played.setting.end
        match fault.kind:
            case FaultKind.STUCK:
                limit = kind.stuck_minutes
                long = limit is not None and lasts > timedelta(minutes=limit + 120)
                yield Wrong("stuck", fault.sensor, fault.began, fault.ended, _STUCK, over and long)
            case FaultKind.MISSING:
                long = lasts > timedelta(seconds=kind.silent_s) + AFTERWARDS
                yield Wrong("missing", fault.sensor, fault.began, fault.ended, _MISSING, over and long)
            case FaultKind.DRIFT:
                yield Wrong("drift", fault.sensor, fault.began, fault.ended, _ANY - _SILENT, False)


def _silences(played: Played) -> Iterator[Wrong]:
    for silence in played.truth.silences:
        gateway = played.city.gateways[silence.gateway]
        for slot, sensor in enumerate(gateway.sensors):
            if silence.slot in (slot, None):
                limit = timedelta(seconds=played.city.kinds[sensor.kind].silent_s)
                must = silence.ended <= played.setting.end and silence.ended - silence.began > limit * 1.5
                kinds = _SILENT | {AlarmKind.MISSING}
                yield Wrong("silent", sensor.id, silence.began, silence.ended, kinds, must)
