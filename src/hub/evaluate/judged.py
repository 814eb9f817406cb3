"""All that is judged of one run, small enough to keep and to send from one process to another."""

from dataclasses import dataclass

from hub.evaluate.associated import JudgedAssociation, judge_associations
from hub.evaluate.dispatch import LedRight, judge_dispatch
from hub.evaluate.joins import JoinedIncident, judge_joins
from hub.evaluate.play import Played
from hub.evaluate.sensed import JudgedAlarm, JudgedWrong, judge_alarms
from hub.evaluate.warned import JudgedTrouble, JudgedWarning, judge_warnings


@dataclass(frozen=True, slots=True)
class Judged:
    """One seed's verdicts: incidents joined, cases led, troubles warned of, sensors, what goes together."""

    seed: int
    records: int
    incidents: tuple[JoinedIncident, ...]
    cases: tuple[LedRight, ...]
    warnings: tuple[JudgedWarning, ...]
    troubles: tuple[JudgedTrouble, ...]
    wrongs: tuple[JudgedWrong, ...]
    alarms: tuple[JudgedAlarm, ...]
    associations: tuple[JudgedAssociation, ...]


def judge(played: Played) -> Judged:
    """Judge a city that was played."""
    warnings, troubles = judge_warnings(played)
    wrongs, alarms = judge_alarms(played)
    return Judged(
        seed=played.setting.seed,
        records=played.records,
        incidents=tuple(judge_joins(played)),
        cases=tuple(judge_dispatch(played)),
        warnings=tuple(warnings),
        troubles=tuple(troubles),
        wrongs=tuple(wrongs),
        alarms=tuple(alarms),
        associations=tuple(judge_associations(played)),
    )
