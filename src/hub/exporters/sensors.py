"""Folds alarms into figures of sensors: alarms by state, towns' sensors that are silent or alarm. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.exporters.open_cases import frozen_counts

ACTIVE = frozenset({AlarmState.ACTIVE_UNACKED, AlarmState.ACTIVE_ACKED})


@dataclass(frozen=True, slots=True)
class AlarmFigures:
    """Alarms counted, the newest of each sensor and kind."""

    by_state: Mapping[tuple[AlarmState, AlarmKind], int]
    active: Mapping[tuple[AlarmKind, str], int]
    """Those that go on, by kind and town. A sensor has one of each kind at most."""


class AlarmFold:
    """Takes alarms in order; memory grows with the city's sensors."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str, AlarmKind], tuple[AlarmState, str]] = {}

    def take(self, alarm: Alarm) -> None:
        """One state of an alarm; it stands in place of the state before."""
        self._newest[alarm.gateway, alarm.sensor, alarm.kind] = (alarm.state, alarm.town)

    def figures(self) -> AlarmFigures:
        """The counts as they are now."""
        newest = self._newest.items()
        return AlarmFigures(
            by_state=frozen_counts(Counter((state, kind) for (*_, kind), (state, _) in newest)),
            active=frozen_counts(
                Counter((kind, town) for (*_, kind), (state, town) in newest if state in ACTIVE)
            ),
        )
