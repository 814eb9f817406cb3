"""Judges a run from its topics alone: what lies on each is held against what must come of its input.

How records of several feeds interleave on the towns' log is not determined, so the run is judged step by
step: each step's committed input, as it lies on Kafka, is done again in memory, and what it gives is compared
byte for byte (key, value, headers) and in order with what was committed. Nothing here looks at the workers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from tests.broker.faults.workers import FaultCity
from tests.scenarios.language import Sent

from hub import topics
from hub.contracts.cases import CaseEvent
from hub.contracts.operations import LedgerEntry
from hub.flow import Step
from hub.runtime.changelog import parse_row_key
from hub.runtime.codec import decode_trusted
from hub.runtime.keys import partition_of
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.state import RowKey
from hub.runtime.task import PartitionTask
from hub.verify.cluster import Cluster, verify_cluster

Place = tuple[str, int]
Content = tuple[bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]
"""Key, value and headers of a record."""
Counts = Counter[tuple[object, ...]]

_AT_ONCE = 500
_EXAMPLES = 5


@dataclass(slots=True)
class Verdict:
    """What became of a run, in records. ``foreign`` ones should not exist at all."""

    records: int = 0
    lost: int = 0
    doubled: int = 0
    foreign: int = 0
    disordered: int = 0
    rows_wrong: int = 0
    ledger_wrong: int = 0
    redelivered: int = 0
    """Orders that lie more than once on their unit's topic: allowed, readers know them by their id."""
    moved: int = 0
    """Case events that came of units' actions: without them the run would prove little."""
    findings: list[str] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        """Whether everything is there, once, in order."""
        wrong = (self.lost, self.doubled, self.foreign, self.disordered, self.rows_wrong, self.ledger_wrong)
        return not any(wrong)

    def must_be_exact(self) -> None:
        """AssertionError with the first findings of each kind."""
        assert self.exact, "\n".join((str(self.figures()), *self.findings))

    def figures(self) -> dict[str, int]:
        """Every count by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "findings"}


def judge(city: FaultCity, sent: Iterable[Sent]) -> Verdict:
    """Compare a city that has done its work; ``sent`` is all that its publishers sent and committed."""
    verdict = Verdict()
    found = _Found(city)
    made = _Made(city, sent, found)
    for topic in made.written:
        for at in range(city.partitions_of(topic)):
            compare_place(verdict, (topic, at), made.at(topic, at), found.defined_at(topic, at))
            verdict.records += len(found.at(topic, at))
    _compare_ledger(verdict, made, found)
    for step in (step for step in city.steps() if step.stateful):
        _compare_rows(verdict, step, made, found)
    for unit in found.units():
        _check_delivery(verdict, unit, found)
    verdict.moved = _moved(found)
    return verdict


class _Found:
    """What lies on the city's topics, committed, in order per partition."""

    def __init__(self, city: FaultCity) -> None:
        self._city = city
        self._records: dict[str, dict[int, list[Record]]] = {}

    def at(self, topic: str, partition: int) -> list[Record]:
        return self._of(topic).get(partition, [])

    def defined_at(self, topic: str, partition: int) -> list[Record]:
        """Of sums of scores the newest of each key: a batch leaves out what its own later records replace."""
        found = self.at(topic, partition)
        if topic != topics.SCORES_DAILY:
            return found
        newest = {record.key: record for record in found}
        return [record for record in found if newest[record.key] is record]

    def whole(self, topic: str) -> Iterator[Record]:
        for records in self._of(topic).values():
            yield from records

    def cluster(self) -> Cluster:
        """The city, for the verifier."""
        return Cluster(self._city.brokers, self._city.prefix)

    def units(self) -> list[str]:
        prefix = f"{topics.ORDERS}."
        return [name.removeprefix(prefix) for name in self._city.topics() if name.startswith(prefix)]

    def _of(self, topic: str) -> dict[int, list[Record]]:
        if topic not in self._records:
            by_partition: defaultdict[int, list[Record]] = defaultdict(list)
            for record in read_whole(self._city.brokers, [topic], prefix=self._city.prefix):
                by_partition[record.partition].append(record)
            self._records[topic] = by_partition
        return self._records[topic]


class _Made:
    """What must come of the committed input of every step: queues of records for each place, by origin."""

    def __init__(self, city: FaultCity, sent: Iterable[Sent], found: _Found) -> None:
        self._city = city
        self._queues: defaultdict[Place, list[list[Content]]] = defaultdict(list)
        self.rows: dict[Place, dict[RowKey, bytes]] = {}
        self.tallies: Counts = Counter()
        self._add_sent(sent)
        for step in city.steps():
            for topic in step.sources:
                for at in range(city.partitions):
                    self._do_again(step, topic, at, found.at(topic, at))
        sinks = {sink for step in city.steps() for sink in step.sinks} - {topics.LEDGER}
        self.written = sorted(sinks | {topic for topic, _ in self._queues})

    def _add_sent(self, sent: Iterable[Sent]) -> None:
        queues: defaultdict[Place, list[Content]] = defaultdict(list)
        for one in sent:
            home = (
                partition_of(one.key or b"", self._city.partitions)
                if one.partition is None
                else one.partition
            )
            queues[one.topic, home].append((one.key, one.value, one.headers))
        for place, queue in queues.items():
            self._queues[place].append(queue)

    def at(self, topic: str, partition: int) -> list[list[Content]]:
        queues = self._queues.get((topic, partition), [])
        return [_newest(queue) for queue in queues] if topic == topics.SCORES_DAILY else queues

    def _do_again(self, step: Step, topic: str, partition: int, records: list[Record]) -> None:
        task = PartitionTask(step, topic, partition, self._city.partitions)
        rows: dict[RowKey, bytes] = {}
        queues: defaultdict[Place, list[Content]] = defaultdict(list)
        for first in range(0, len(records), _AT_ONCE):
            batch = task.process(records[first : first + _AT_ONCE])
            for key, data in batch.changes:
                if data is None:
                    rows.pop(key, None)
                else:
                    rows[key] = data
            for output in batch.outputs:
                if output.topic == topics.LEDGER:
                    self.tallies += _tallies(output.value)
                    continue
                home = partition_of(output.key, self._city.partitions)
                queues[output.topic, home].append((output.key, output.value, output.headers))
        if step.stateful:
            self.rows[step.name, partition] = rows
        for place, queue in queues.items():
            self._queues[place].append(queue)


def _newest(queue: list[Content]) -> list[Content]:
    newest = {content[0]: content for content in queue}
    return [content for content in queue if newest[content[0]] is content]


def compare_place(verdict: Verdict, place: Place, made: list[list[Content]], found: list[Record]) -> None:
    """Count what is missing, too often there, written by nobody of ours, or out of order."""
    contents = [(record.key, record.value, record.headers) for record in found]
    wanted = Counter(content for queue in made for content in queue)
    there = Counter(contents)
    lost, more = wanted - there, there - wanted
    doubled = Counter({content: count for content, count in more.items() if content in wanted})
    foreign = more - doubled
    verdict.lost += lost.total()
    verdict.doubled += doubled.total()
    verdict.foreign += foreign.total()
    for kind, those in (("lost", lost), ("doubled", doubled), ("foreign", foreign)):
        for content in list(those)[:_EXAMPLES]:
            verdict.findings.append(f"{kind} on {place[0]}/{place[1]}: {_named(content)}")
    if not lost and not more and place[0] != topics.SCORES_DAILY:
        _compare_order(verdict, place, made, contents)


def _compare_order(verdict: Verdict, place: Place, made: list[list[Content]], found: list[Content]) -> None:
    """Records of one origin must lie in the order in which it made them; repeated ones may lie anywhere."""
    times = Counter(found)
    position = {content: number for number, content in enumerate(found)}
    for queue in made:
        numbers = [(position[content], content) for content in queue if times[content] == 1]
        for (before, _), (after, content) in pairwise(numbers):
            if after < before:
                verdict.disordered += 1
                verdict.findings.append(f"out of order on {place[0]}/{place[1]}: {_named(content)}")


def _compare_ledger(verdict: Verdict, made: _Made, found: _Found) -> None:
    """Sums by source and hour as done again in memory; ranges of offsets as the verifier sees them."""
    told: Counts = Counter()
    for record in found.whole(topics.LEDGER):
        told += _tallies(record.value or b"")
    for name, difference in (("missing", made.tallies - told), ("too many", told - made.tallies)):
        verdict.ledger_wrong += difference.total()
        verdict.findings += [f"ledger, {name}: {key} {count}" for key, count in difference.most_common(5)]
    for violation in verify_cluster(found.cluster()).violations:
        verdict.ledger_wrong += 1
        verdict.findings.append(f"verifier: {violation}")


def _compare_rows(verdict: Verdict, step: Step, made: _Made, found: _Found) -> None:
    """The newest rows of a step's changelog against the rows of the same work in memory."""
    newest: defaultdict[int, dict[RowKey, bytes]] = defaultdict(dict)
    for record in found.whole(topics.changelog(step.name).name):
        key = parse_row_key(record.key or b"")
        if record.value is None:
            newest[record.partition].pop(key, None)
        else:
            newest[record.partition][key] = record.value
    for (name, at), rows in made.rows.items():
        if name == step.name:
            there = newest[at]
            wrong = sorted(key for key in rows.keys() | there.keys() if rows.get(key) != there.get(key))
            verdict.rows_wrong += len(wrong)
            verdict.findings += [f"row of {name}/{at}: {key}" for key in wrong[:_EXAMPLES]]


def _check_delivery(verdict: Verdict, unit: str, found: _Found) -> None:
    """Each order on its unit's topic at least once, and no other; each id's records are the same order."""
    made = [record for record in found.whole(topics.ORDERS) if (record.key or b"").decode() == unit]
    wanted = {_id(record): record.value for record in made}
    there = list(found.whole(topics.unit_orders(unit).name))
    ids = Counter(_id(record) for record in there)
    lost, foreign = wanted.keys() - ids.keys(), ids.keys() - wanted.keys()
    verdict.lost += len(lost)
    verdict.foreign += len(foreign) + sum(wanted.get(_id(one), one.value) != one.value for one in there)
    verdict.doubled += len(made) - len(wanted)
    verdict.redelivered += ids.total() - len(ids)
    for kind, those in (("lost", lost), ("foreign", foreign)):
        verdict.findings += [f"{kind} for {unit}: {name!r}" for name in list(those)[:_EXAMPLES]]


def _moved(found: _Found) -> int:
    events = (decode_trusted("CaseEvent", 1, record.value or b"") for record in found.whole(topics.EVENTS))
    return sum(isinstance(event, CaseEvent) and "/" in event.source_id for event in events)


def _tallies(entry: bytes) -> Counts:
    body = decode_trusted("LedgerEntry", 1, entry)
    assert isinstance(body, LedgerEntry)
    ends: Counts = Counter({(body.step, "records"): body.records})
    for count in body.counts:
        ends[body.step, count.feed, count.source, count.hour, count.tally] += count.count
    return ends


def _id(record: Record) -> bytes | None:
    return dict(record.headers)["ce_id"]


def _named(content: Content) -> str:
    headers = dict(content[2])
    return f"{headers.get('ce_type')!r} {headers.get('ce_id')!r}"
