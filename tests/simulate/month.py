"""A simulated month of a city and its units, watched record by record, and folded again in other ways."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.verify.hearing_scores import ScoreFiles

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import ENDED, CaseEvent, EventKind, Refusal
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.task import Batch
from hub.simulate.city_life import simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.unit_model import UnitModel
from hub.topology import build_steps
from hub.verify.accountability import CaseLives
from hub.verify.scores import Comparison
from hub.verify.violations import Violation

KEY = b"a key for simulations"
AFTERWARDS = timedelta(days=45)
"""How long units go on once nothing new is reported: longer than any of them waits."""

_SAID = (
    topics.STATE, topics.REFUSALS, topics.ORDERS, topics.LEDGER, topics.DEAD_LETTERS, topics.SCORES_DAILY,
    topics.WARNINGS,
)  # fmt: skip
_PASSING = (topics.EVENTS, topics.SCORE_CASES)


@dataclass
class Month:
    """What a month came to, heard while it went on."""

    log: Sequence[Record] = ()
    """The town logs, all on one partition."""
    published: Counter[str] = field(default_factory=Counter)
    """By topic, what warnings report among it."""
    ended: Counter[str] = field(default_factory=Counter)
    """By tally, of the published records that the ledger counts."""
    moves: Counter[EventKind] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    wrong: list[Violation] = field(default_factory=list)
    unaccountable: int = 0
    """The highest number of open cases that nobody answered for, after any event."""
    newest: dict[str, CaseEvent] = field(default_factory=dict)
    hours: dict[str, list[float]] = field(default_factory=dict)
    """Of each case the hours from opening to every closing."""
    digest: str = ""
    scores: tuple[Comparison, ...] = ()
    """The cells and rates that were told against those recomputed, if that was asked for."""

    @property
    def open(self) -> list[CaseEvent]:
        """The newest events of cases that are not over."""
        return [event for event in self.newest.values() if event.stage not in ENDED]


class Watch:
    """Hears what the steps say, batch by batch."""

    def __init__(self, scores: ScoreFiles | None = None) -> None:
        self.month = Month()
        self._scores = scores
        self._lives = CaseLives()
        self._opened: dict[str, datetime] = {}
        self._hash = hashlib.sha256()

    def hear(self, step: Step, batch: Batch) -> None:
        """Take what a step said in one batch."""
        for output in batch.outputs:
            if output.topic in (topics.EVENTS, topics.REFUSALS, topics.LEDGER, topics.DEAD_LETTERS):
                self._take(output, _value_of(output))
            elif output.topic == topics.PROACTIVE:
                self.month.published[output.topic] += 1
            elif output.topic == topics.SCORES_DAILY and self._scores:
                self._scores.hear(output)
        self.month.digest = self._hash.hexdigest()

    def _take(self, output: Output, value: Contract) -> None:
        month = self.month
        match value:
            case CaseEvent():
                self._hash.update(output.key + output.value)
                month.wrong += self._lives.take(value)
                month.newest[value.case_id] = value
                month.moves.update(move.kind for move in value.moves)
                self._time(value)
                if self._scores:
                    self._scores.hear_event(value)
                if not value.lead_unit and value.stage not in ENDED:
                    month.unaccountable += 1
            case Refusal():
                month.refused[value.reason] += 1
            case LedgerEntry():
                for count in value.counts:
                    month.ended[count.tally] += count.count
            case DeadLetter():
                month.letters += 1

    def _time(self, event: CaseEvent) -> None:
        kinds = [move.kind for move in event.moves]
        if EventKind.OPENED in kinds:
            self._opened[event.case_id] = event.at
        if EventKind.CLOSED in kinds and event.case_id in self._opened:
            took = (event.at - self._opened[event.case_id]) / timedelta(hours=1)
            self.month.hours.setdefault(event.case_id, []).append(took)


def live_a_month(
    city: City, seed: int, start: datetime, days: float, scale: float, scores: ScoreFiles | None = None
) -> Month:
    """A city reports for so many days, and its units work until nothing is left to do."""
    watch = Watch(scores)
    steps = build_steps(replace(city, gateways={}), Pseudonyms(KEY))
    loop = ClosedLoop(
        steps, UnitModel(city, seed).react, on_batch=watch.hear, heard_only=_SAID, passing=_PASSING
    )
    reports = simulate(replace(city, gateways={}), seed, start, days, scale)
    for sent in loop.play(reports, start, start + timedelta(days=days) + AFTERWARDS):
        watch.month.published[sent.topic] += 1
    watch.month.log = loop.hub.records(topics.SIGNALS)
    if scores is not None:
        watch.month.scores = scores.compare(city)
    return watch.month


def fold_again(city: City, log: Iterable[Record], batch: int, crashes: int, seed: int) -> str:
    """The digest of case events that the same log gives in other batches, with crashes amid them."""
    steps = build_steps(replace(city, gateways={}), Pseudonyms(KEY))
    cases = [step for step in steps if step.name == "cases"]
    watch, chance = Watch(), random.Random(seed)
    said = (*_SAID, topics.EVENTS)
    runner = MemoryRunner(cases, 1, batch=batch, on_batch=watch.hear, heard_only=said)
    records = list(log)
    stops = sorted(chance.sample(range(1, len(records)), crashes)) if crashes else []
    for first, last in zip([0, *stops], [*stops, len(records)], strict=True):
        for record in records[first:last]:
            arrived = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
            runner.publish_raw(record.topic, record.key, record.value, record.headers, arrived=arrived)
        runner.crash("cases", while_handling=chance.randrange(batch))
        runner.run()
    return watch.month.digest


def _value_of(output: Output) -> Contract:
    attributes = read_headers(output.headers)
    return decode_trusted(attributes.type, attributes.version, output.value)
