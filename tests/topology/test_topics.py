"""Every topic says what it holds, whose it is, who reads it, who may see it; and what it says is true."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from hub.cli import answers
from hub.contracts.fields import Grade
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.exporters import fold
from hub.flow import Edge, Step
from hub.topics import TOPICS, Envelope, Topic, changelog, unit_orders
from hub.topology import EDGES
from hub.verify import cluster

OUTSIDE_READERS = frozenset({"subscribers", "units"})
"""Readers that are no part of the hub: departments' own programs, and units beside their own topics."""

ALL = (*TOPICS.values(), unit_orders("water-works"), changelog("cases"))


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_a_topic_has_owner_readers_grade_and_purpose(topic: Topic) -> None:
    assert topic.owner
    assert topic.readers
    assert topic.key
    assert topic.purpose[0].isupper()
    assert not topic.purpose.endswith(".")
    assert topic.grade is not Grade.UNKNOWN
    assert re.fullmatch(r"[a-z0-9.-]+", topic.name)


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_a_topic_holds_contracts_of_the_registry(topic: Topic) -> None:
    assert topic.contracts
    for contract in topic.contracts:
        assert CONTRACTS[contract.__name__] is contract
        assert VERSIONS[contract.__name__] >= 1


def test_names_say_where_a_topic_is_found_by() -> None:
    assert all(name == topic.name for name, topic in TOPICS.items())


def test_every_declared_reader_exists(boxes: tuple[Step | Edge, ...]) -> None:
    reads = {(box.name, topic) for box in boxes for topic in box.sources}
    told = {(reader, topic.name) for topic in TOPICS.values() for reader in topic.readers}
    assert {pair for pair in told if pair[0] not in OUTSIDE_READERS} == reads


def test_every_topic_is_written_by_somebody(boxes: tuple[Step | Edge, ...]) -> None:
    written = {topic for box in boxes for topic in box.sinks}
    assert written == {*TOPICS, unit_orders("<unit>").name}


def test_topics_that_people_of_other_houses_read_carry_all_headers() -> None:
    for topic in ALL:
        outside = (
            topic.feed or bool(OUTSIDE_READERS & {*topic.readers}) or topic.name.startswith("unit.orders.")
        )
        assert (topic.envelope is Envelope.PUBLIC) is outside, topic.name


def test_personal_data_stays_on_restricted_topics() -> None:
    personal = {"HotlineTicket", "GridReport", "UnitAction", "DeadLetter"}
    for topic in TOPICS.values():
        if personal & {contract.__name__ for contract in topic.contracts}:
            assert topic.grade is Grade.RESTRICTED, topic.name
            assert topic.retention_days is not None, topic.name


@pytest.mark.parametrize(
    ("edge", "module"),
    [("clerks", answers), ("verifier", cluster), ("exporter", fold)],
    ids=["answers", "verify", "fold"],
)
def test_an_edge_touches_the_topics_that_the_map_says(edge: str, module: ModuleType) -> None:
    declared = next(found for found in EDGES if found.name == edge)
    values = [*vars(module).values()]
    named = {value for value in values if isinstance(value, str)}
    named |= {name for value in values if isinstance(value, tuple) for name in value if isinstance(name, str)}
    assert named & {*TOPICS} == {*declared.sources, *declared.sinks}
