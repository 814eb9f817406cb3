"""The steps behind the towns' log on real Kafka, fed from a tape: core loops on topics of this run's own."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hub import topics
from hub.errors import HubError
from hub.flow import Step
from hub.replay.files import OUTPUT_TOPICS, Collected
from hub.replay.front import Sent
from hub.runtime.admin import TopicAdmin
from hub.runtime.cluster import running_cluster
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.lag import LagReader
from hub.runtime.offsets import committed_offsets, end_offsets
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.topic_specs import topic_spec
from hub.settings import Settings

UNFINISHED = "unfinished.json"
SLOT = "replay"
POLL_S = 0.2


class KafkaRunner:
    """Plays a tape through Kafka. A run of the same work interrupted in its folder is taken up where it was.

    ``work`` names what is replayed, e.g. the files. Raises HubError where the folder's run was of other work.
    """

    def __init__(self, settings: Settings, out: Path, work: Sequence[str]) -> None:
        self._settings = settings
        self._note = out / UNFINISHED
        self._work = list(work)

    def __call__(
        self,
        steps: Sequence[Step],
        sent: Iterator[Sent],
        partitions: int,
        into: Collected,
        progress: Callable[[int], None],
    ) -> int:
        """Feed the towns' log, run the core loops over it, collect what they committed."""
        with running_cluster(self._settings) as brokers:
            prefix = self._prefix()
            own = {"topic_prefix": prefix, "partitions": partitions, "simulated_time": True}
            settings = self._settings.model_copy(update=own)
            admin = TopicAdmin(brokers)
            names = [topics.SIGNALS, *OUTPUT_TOPICS, topics.LEDGER]
            logs = [topics.changelog(step.name) for step in steps]
            wanted = [topic_spec(topic, settings) for topic in (*map(_topic, names), *logs)]
            admin.apply(wanted)
            with ExitStack() as stack:
                cores = [
                    stack.enter_context(_core(group, brokers, prefix, partitions)) for group in _groups(steps)
                ]
                ends = self._feed(brokers, prefix, partitions, sent, into)
                _wait(cores, brokers, prefix, ends, progress)
                _wait_behind(cores, brokers, prefix, steps)
            for record in read_whole(brokers, [*OUTPUT_TOPICS, topics.LEDGER], prefix=prefix):
                into.add(record.topic, record.headers, record.value or b"")
            admin.delete(spec.name for spec in wanted)
        self._note.unlink()
        return sum(ends.values())

    def _prefix(self) -> str:
        """The prefix of this run's topics, or of the interrupted run in the same folder."""
        if self._note.exists():
            note = json.loads(self._note.read_text(encoding="utf-8"))
            if note["work"] != self._work:
                raise HubError(
                    f"{self._note.parent} holds an unfinished replay of other files or settings",
                    fix=f"finish that one as it was begun, or remove {self._note}",
                )
            return str(note["prefix"])
        prefix = f"{self._settings.topic_prefix}replay-{uuid.uuid4().hex[:8]}."
        self._note.parent.mkdir(parents=True, exist_ok=True)
        note = {"prefix": prefix, "work": self._work}
        self._note.write_text(json.dumps(note) + "\n", encoding="utf-8")
        return prefix

    def _feed(
        self, brokers: str, prefix: str, partitions: int, sent: Iterator[Sent], into: Collected
    ) -> dict[int, int]:
        """Publish the tape. A partition always holds a beginning of it, so what is there is passed over."""
        there = end_offsets(brokers, prefix + topics.SIGNALS, range(partitions))
        at = dict.fromkeys(range(partitions), 0)
        with Publisher(brokers, prefix=prefix) as publisher:
            for item in sent:
                output = item.output
                if output.topic != topics.SIGNALS:
                    into.add(output.topic, output.headers, output.value)
                    continue
                if at[item.partition] >= there[item.partition]:
                    publisher.publish_raw(
                        output.topic,
                        output.key,
                        output.value,
                        list(output.headers),
                        timestamp=datetime.fromtimestamp(output.timestamp_ms / 1000, UTC),
                        partition=item.partition,
                    )
                at[item.partition] += 1
        return at


@contextmanager
def _core(steps: Sequence[Step], brokers: str, prefix: str, partitions: int) -> Iterator[threading.Thread]:
    """A group's core loop in a thread; at the end it finishes its batch, commits and leaves."""
    group = steps[0].worker
    loop = CoreLoop(steps, CoreConfig(brokers, group, SLOT, prefix, partitions))
    thread = threading.Thread(target=loop.run, name=f"core-{group}", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        loop.stop()
        thread.join()


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps by worker, in the order of the map."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.worker, []).append(step)
    return list(groups.values())


def _wait(
    cores: Sequence[threading.Thread],
    brokers: str,
    prefix: str,
    ends: Mapping[int, int],
    progress: Callable[[int], None],
) -> None:
    """Until the whole towns' log is committed."""
    done = 0
    while True:
        group = f"{prefix}hub-city"
        committed = committed_offsets(brokers, group, prefix + topics.SIGNALS, ends)
        progress(sum(committed.values()) - done)
        done = sum(committed.values())
        if committed == ends:
            return
        _must_live(cores)
        time.sleep(POLL_S)


def _wait_behind(cores: Sequence[threading.Thread], brokers: str, prefix: str, steps: Sequence[Step]) -> None:
    """Until each step has committed all that those before it have said, in the order of the map."""
    reader = LagReader(brokers, prefix)
    try:
        for step in steps:
            while _is_behind(reader, step):
                _must_live(cores)
                time.sleep(POLL_S)
    finally:
        reader.close()


def _is_behind(reader: LagReader, step: Step) -> bool:
    """Whether a record waits for a step; the end marks of transactions are none."""
    positions = reader.positions(step.worker, step.sources)
    return any(
        position.waiting and reader.anything_waits(topic, partition, position)
        for (topic, partition), position in positions.items()
    )


def _must_live(cores: Sequence[threading.Thread]) -> None:
    if not all(core.is_alive() for core in cores):
        raise HubError("A core loop ended before the replay did", fix="see the log above; report it")


def _topic(name: str) -> topics.Topic:
    return topics.TOPICS[name]
