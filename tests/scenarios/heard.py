"""Everything that a city has said so far, decoded: what a story's expectations look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub import topics
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseState, Refusal
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry, Tally
from hub.contracts.orders import UnitOrder
from hub.contracts.sensing import Alarm, WindowSummary
from hub.contracts.warnings import Warning
from hub.replay.files import OUTPUT_TOPICS, Collected
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.record import Record

_FEEDS = frozenset(topic.name for topic in topics.TOPICS.values() if topic.feed)

SAID = (*(topic for topic in OUTPUT_TOPICS if topic not in _FEEDS), topics.LEDGER, topics.SIGNALS)
"""The topics that the hub alone writes."""

_PLACES = frozenset({"letter_id", "offset", "trace_id"})
"""Fields of a dead letter that tell where on its topic the record lay: transactions leave gaps there."""


@dataclass(slots=True)
class Heard:
    """The records of all topics that the hub writes, in the order of each partition."""

    records: list[Record] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    states: dict[str, CaseState] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    orders: list[UnitOrder] = field(default_factory=list)
    answers: list[Refusal] = field(default_factory=list)
    """What units read of their own actions that changed nothing."""
    alarms: list[Alarm] = field(default_factory=list)
    summaries: list[WindowSummary] = field(default_factory=list)
    warnings: dict[str, Warning] = field(default_factory=dict)
    """The newest of each early warning."""
    letters: list[DeadLetter] = field(default_factory=list)
    ends: Counter[tuple[str, Tally]] = field(default_factory=Counter)

    def hear(self, records: Iterable[Record]) -> None:
        """Take in what was said since the last time."""
        for record in records:
            self.records.append(record)
            self._sort(record.topic, _body(record))

    def case_of(self, signal_id: str) -> CaseState:
        """The newest state of the one case that a signal belongs to."""
        found = [state for state in self.states.values() if signal_id in _members(state)]
        if len(found) != 1:
            known = {case_id: _members(state) for case_id, state in self.states.items()}
            letters = [(letter.source_id, letter.reason, letter.detail) for letter in self.letters]
            raise AssertionError(f"{signal_id} has {len(found)} cases; all: {known}; dead letters: {letters}")
        return found[0]

    def openers(self) -> dict[str, str]:
        """What opened each case: its first signal, or the action that split it off."""
        return {event.case_id: event.source_id for event in self.events if event.seq == 0}

    def opened_by(self, cause: str) -> str:
        """The case that a signal or action opened, whatever became of it."""
        return next(case_id for case_id, opener in self.openers().items() if opener == cause)

    def life_of(self, signal_id: str) -> list[CaseEvent]:
        """The events of a signal's case, in order."""
        case_id = self.case_of(signal_id).case_id
        return [event for event in self.events if event.case_id == case_id]

    def _sort(self, topic: str, body: Contract) -> None:
        match body:
            case Refusal() if topic == topics.ORDERS:
                self.answers.append(body)
            case CaseEvent():
                self.events.append(body)
            case CaseState():
                self.states[body.case_id] = body
            case Refusal():
                self.refusals.append(body)
            case UnitOrder():
                self.orders.append(body)
            case Alarm():
                self.alarms.append(body)
            case WindowSummary():
                self.summaries.append(body)
            case Warning():
                self.warnings[body.warning_id] = body
            case DeadLetter():
                self.letters.append(body)
            case LedgerEntry():
                for count in body.counts:
                    self.ends[count.source, count.tally] += count.count


def written(heard: Heard, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What was said as a replay's files hold it, by topic, without places on topics."""
    collected = Collected()
    for record in heard.records:
        if record.topic != topics.SIGNALS:
            collected.add(record.topic, record.headers, record.value or b"")
    collected.write(folder, {}, 0, Counter())
    return {file.name: _lines(file) for file in sorted(folder.iterdir())}


def _lines(file: Path) -> list[dict[str, Any]]:
    import json

    text = file.read_text(encoding="utf-8")
    if file.suffix == ".json":
        return [json.loads(text)]
    lines = [json.loads(line) for line in text.splitlines()]
    if file.stem == topics.DEAD_LETTERS:
        return [_unplaced(line) for line in lines]
    return [_untimed(line) for line in lines]


def _untimed(line: dict[str, Any]) -> dict[str, Any]:
    """A line of a case that the hub itself may have reported: without when that report reached a broker."""
    proactive = CaseTag.PROACTIVE in line.get("tags", ())
    return {name: value for name, value in line.items() if not (proactive and name == "signal_time")}


def _unplaced(letter: dict[str, Any]) -> dict[str, Any]:
    """A dead letter without where its record lay; nor when it came, if the hub itself sent it."""
    left_out = {*_PLACES, "id", *(("arrived",) if letter["source"].startswith("hub:") else ())}
    return {name: letter[name] for name in letter if name not in left_out}


def _body(record: Record) -> Contract:
    """Read with all checks on, for the rules make what they write without."""
    attributes = read_headers(record.headers)
    return decode(attributes.type, attributes.version, record.value or b"")


def _members(state: CaseState) -> tuple[str, ...]:
    return tuple(member.source_id for member in state.members)
