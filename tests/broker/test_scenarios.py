"""Every story on real Kafka, intake and all: it comes true, and gives what the memory runner gives."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from kafka import KafkaProducer
from tests.scenarios.brook import PARTITIONS, mill
from tests.scenarios.check_garbage import feed_garbage
from tests.scenarios.heard import Heard, written
from tests.scenarios.kafka_city import KafkaCity
from tests.scenarios.language import Story, minute
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.reports import ticket
from tests.scenarios.stories import STORIES

from hub import topics
from hub.domain.warnings.tables import SOURCE

AT_ONCE = 3
"""Stories told side by side, each under its own prefix: most of a story's time is waiting for the broker."""

Telling = Mapping[str, "Future[Heard]"]


@pytest.fixture(scope="module")
def telling(broker: str, request: pytest.FixtureRequest) -> Iterator[Telling]:
    """The chosen stories by name, being told ahead of their tests."""
    items = [cast("pytest.Function", item) for item in request.session.items if item.path == request.path]
    chosen = [cast(Story, item.callspec.params["told"]) for item in items if hasattr(item, "callspec")]
    pool = ThreadPoolExecutor(AT_ONCE)
    yield {told.name: pool.submit(_tell, broker, told) for told in chosen}
    pool.shutdown(cancel_futures=True)


def _tell(broker: str, told: Story) -> Heard:
    with KafkaCity(broker, f"story-{uuid.uuid4().hex[:8]}.") as city:
        return play(told, city)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.name)
def test_story(told: Story, telling: Telling, tmp_path: Path) -> None:
    kafka, memory = telling[told.name].result(), play(told, MemoryCity())
    assert written(kafka, tmp_path / "kafka") == written(memory, tmp_path / "memory")
    for partition in range(PARTITIONS):
        assert _log(kafka, partition) == _log(memory, partition)


def _log(heard: Heard, partition: int) -> list[tuple[bytes | None, bytes | None, bytes | None]]:
    """What lies on a partition of the towns' log, in order; of the hub's own reports that they are there.

    When those reached the broker is its own clock's, not the story's.
    """
    records = [r for r in heard.records if (r.topic, r.partition) == (topics.SIGNALS, partition)]
    own = SOURCE.encode()
    return [(r.key, None if own in (r.value or b"") else r.value, dict(r.headers)["ce_id"]) for r in records]


@pytest.mark.timeout(180)
def test_garbage_in_every_feed(broker: str) -> None:
    with KafkaCity(broker, f"garbage-{uuid.uuid4().hex[:8]}.") as city:
        feed_garbage(city)


class _NotText(str):
    """A header's name that another client sends as bytes which are no UTF-8."""

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe\x00"


@pytest.mark.timeout(180)
def test_a_header_name_that_is_not_text_stops_no_worker(broker: str) -> None:
    prefix = f"names-{uuid.uuid4().hex[:8]}."
    bad, good = (ticket(id, "noise", mill())(minute(0), Heard()) for id in ("T-1", "T-2"))
    with KafkaCity(broker, prefix) as city:
        producer = KafkaProducer(bootstrap_servers=broker)
        headers = [*bad.headers, (_NotText("x"), b"1")]
        producer.send(prefix + bad.topic, bad.value, bad.key, headers).get(timeout=20)
        producer.close()
        city.published_elsewhere(bad.topic)
        city.publish(good)
        heard = Heard()
        heard.hear(city.settle())
    assert [state.members[0].source_id for state in heard.states.values()] == ["T-2"]
    (letter,) = heard.letters
    assert (letter.reason, letter.key, letter.value) == ("missing_header", bad.key, bad.value)
    assert letter.detail == "headers: write the names of all headers in UTF-8"
