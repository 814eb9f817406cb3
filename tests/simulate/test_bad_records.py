"""Spoiled records of every feed end in dead letters for the very reason, while good records flow."""

from tests.scenarios.brook import steps
from tests.simulate.conftest import START

from hub import topics
from hub.citypack.city import City
from hub.contracts.operations import DeadLetter
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.simulate.bad_records import bad_records
from hub.simulate.city_life import simulate


def test_each_mistake_is_refused_for_its_reason_and_good_records_flow(brook: City) -> None:
    hub = MemoryRunner(steps(), 1)
    for sent in simulate(brook, 7, START, 1, 5):
        identity = {"source": sent.source, "id": sent.id}
        hub.publish(sent.topic, sent.key, sent.value, **identity, time=sent.time, arrived=sent.arrived)
    expected = {}
    for bad in bad_records(brook, 7, START, 1, 120):
        expected[bad.topic, len(hub.records(bad.topic))] = bad.reason
        hub.publish_raw(bad.topic, bad.key, bad.value, bad.headers, arrived=bad.arrived)
    hub.run()
    found = {}
    for record in hub.records(topics.DEAD_LETTERS):
        attributes = read_headers(record.headers)
        letter = decode_trusted(attributes.type, attributes.version, record.value or b"")
        assert isinstance(letter, DeadLetter)
        found[letter.topic, letter.offset] = letter.reason
    assert found == expected


def test_every_feed_and_every_mistake_comes_in_turn(brook: City) -> None:
    bad = list(bad_records(brook, 1, START, 2, 60))
    assert len(bad) == 120
    assert [one.arrived for one in bad] == sorted(one.arrived for one in bad)
    kinds = {(one.topic, one.mistake) for one in bad}
    assert len(kinds) > 70
    assert {topic for topic, _ in kinds} == {name for name, topic in topics.TOPICS.items() if topic.feed}
    assert bad == list(bad_records(brook, 1, START, 2, 60))
