"""Every step is a pure function over its own partition, with one input where it keeps state."""

from __future__ import annotations

from functools import partial

from hub.citypack.load import load_city
from hub.contracts.registry import CONTRACTS
from hub.domain.privacy import Pseudonyms
from hub.flow import Edge, Step
from hub.runtime.task import CLOCK
from hub.runtime.topic_specs import topic_spec, wanted_topics
from hub.settings import Settings
from hub.topics import DEAD_LETTERS, LEDGER, TOPICS, changelog, unit_orders
from hub.topology import build_steps


def test_names_are_unique_and_in_city_words(boxes: tuple[Step | Edge, ...]) -> None:
    names = [box.name for box in boxes]
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)
    assert all(box.doc and not box.doc.endswith(".") for box in boxes)


def test_sources_and_sinks_are_topics_of_the_map(boxes: tuple[Step | Edge, ...]) -> None:
    known = {*TOPICS, unit_orders("<unit>").name}
    for box in boxes:
        assert {*box.sources, *box.sinks} <= known, box.name


def test_every_step_may_write_dead_letters_and_the_ledger(steps: tuple[Step, ...]) -> None:
    for step in steps:
        assert {DEAD_LETTERS, LEDGER} <= {*step.sinks}, step.name


def test_a_topic_is_the_input_of_one_step_of_a_worker_group_at_most(steps: tuple[Step, ...]) -> None:
    sources = [(step.worker, topic) for step in steps for topic in step.sources]
    assert len(sources) == len(set(sources))


def test_a_step_with_state_has_one_input_and_a_changelog_divided_as_it(steps: tuple[Step, ...]) -> None:
    settings = Settings(partitions=7)
    stateful = [step for step in steps if step.stateful]
    assert {step.name for step in stateful} == {"sensing", "cases", "scores", "totals", "warnings"}
    wanted = {
        spec.name: spec for spec in wanted_topics(load_city("boston"), [s.name for s in stateful], settings)
    }
    for step in stateful:
        (source,) = step.sources
        rows = changelog(step.name)
        assert rows.compacted
        assert rows.readers == (step.name,)
        assert wanted[rows.name].partitions == topic_spec(TOPICS[source], settings).partitions == 7


def test_steps_that_hand_on_by_key_have_as_many_partitions(steps: tuple[Step, ...]) -> None:
    assert all(TOPICS[topic].partitioned for step in steps for topic in (*step.sources, *step.sinks))


def test_rows_are_contracts_of_the_registry(steps: tuple[Step, ...]) -> None:
    tables = [CLOCK, *(table for step in steps for table in step.tables)]
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert CONTRACTS[table.row.__name__] is table.row


def test_indexes_stand_on_tables_of_their_own_step(steps: tuple[Step, ...]) -> None:
    for step in steps:
        tables = {table.name for table in step.tables}
        assert {index.table.name for index in step.groups} <= tables
        assert {index.table.name for index in step.dues} <= tables


def test_what_falls_due_is_fired_and_has_a_clock(steps: tuple[Step, ...]) -> None:
    for step in steps:
        assert bool(step.dues) == (step.fire is not None), step.name
        assert bool(step.dues) <= (step.clock is not None), step.name


def test_the_rules_of_a_step_are_functions_of_the_domain(steps: tuple[Step, ...]) -> None:
    for step in steps:
        for rule in (step.handle, step.fire):
            if rule is not None:
                assert isinstance(rule, partial)
                assert rule.func.__module__.startswith("hub.domain."), step.name


def test_the_map_is_the_same_for_every_city(steps: tuple[Step, ...]) -> None:
    other = build_steps(load_city("boston"), Pseudonyms(b""))
    assert [(s.name, s.sources, s.sinks, s.worker, [t.name for t in s.tables]) for s in other] == [
        (s.name, s.sources, s.sinks, s.worker, [t.name for t in s.tables]) for s in steps
    ]
