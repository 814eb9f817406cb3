"""What the hub said while a city was played: the case of each signal, leads, alarms, warnings."""

from dataclasses import dataclass, field
from datetime import datetime

from hub import topics
from hub.contracts.cases import ENDED, CaseEvent, EventKind, Stage
from hub.contracts.fields import Contract, Feed
from hub.contracts.sensing import Alarm
from hub.contracts.warnings import Warning
from hub.domain.patterns.occurrences import Occurrences
from hub.flow import Step
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.task import Batch

SignalId = tuple[str, str]
"""Source and id of a signal."""

DONE = ENDED | {Stage.RESOLVED, Stage.COSIGNING}
"""Stages in which a case takes no more signals: what comes after the work was done is a new matter."""

_IN = frozenset({EventKind.OPENED, EventKind.JOINED})
_SAID = frozenset({topics.EVENTS, topics.ALARMS, topics.WARNINGS})


@dataclass(slots=True)
class LedCase:
    """One case: its first signal, who led it at first and at last, and when it took no more signals."""

    opened_by: SignalId
    first_lead: str | None = None
    lead: str | None = None
    done: list[tuple[datetime, bool]] = field(default_factory=list)
    """From when on it was done, or was not any more, in order of time."""

    def done_at(self, at: datetime) -> bool:
        """Whether it took no more signals at a time."""
        state = False
        for since, done in self.done:
            if since > at:
                break
            state = done
        return state


class Heard:
    """Hears what the steps say, batch by batch: of warnings and alarms the newest version."""

    def __init__(self, occurrences: Occurrences) -> None:
        self.occurrences = occurrences
        self.case_of: dict[SignalId, str] = {}
        self.cases: dict[str, LedCase] = {}
        self.alarms: dict[str, Alarm] = {}
        self.warnings: dict[str, Warning] = {}

    def hear(self, step: Step, batch: Batch) -> None:
        """Take what a step said in one batch."""
        for output in batch.outputs:
            if output.topic in _SAID and output.value is not None:
                attributes = read_headers(output.headers)
                self._take(decode_trusted(attributes.type, attributes.version, output.value))

    def _take(self, said: Contract) -> None:
        match said:
            case CaseEvent():
                self._case(said)
            case Alarm():
                self.alarms[said.alarm_id] = said
            case Warning():
                self.warnings[said.warning_id] = said

    def _case(self, event: CaseEvent) -> None:
        signal = (event.source, event.source_id)
        case = self.cases.get(event.case_id)
        if case is None:
            case = self.cases[event.case_id] = LedCase(signal)
        if event.feed is not Feed.UNKNOWN and any(move.kind in _IN for move in event.moves):
            self.case_of[signal] = event.case_id
        if event.lead_unit is not None:
            case.first_lead = case.first_lead or event.lead_unit
            case.lead = event.lead_unit
        self.occurrences.take_event(event, "cell")
        done = event.stage in DONE
        if done != (case.done[-1][1] if case.done else False):
            case.done.append((event.at, done))
