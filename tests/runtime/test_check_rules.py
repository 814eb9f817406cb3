"""What a worker relies on is judged from facts, each rule seen to fail for its own reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.runtime import check_rules as rules
from hub.runtime.cluster_facts import BrokerFacts, ClusterFacts, PartitionFacts
from hub.runtime.findings import Finding, Result, listed
from hub.runtime.topic_specs import FoundTopic, TopicSpec, compare

BROKERS = tuple(BrokerFacts(id, f"10.0.0.{id}:9092", (4, 1)) for id in (1, 2, 3))
SOUND = ClusterFacts(BROKERS, 1, 2)
SPEC = TopicSpec("hotline.tickets", 4, 3, (("min.insync.replicas", "2"), ("retention.ms", "-1")))
FOUND = FoundTopic(4, dict(SPEC.config))


def judged(finding: Finding, result: Result, *words: str) -> None:
    """It is this result, it tells these words, and where it is not well it says what to do."""
    assert finding.result is result, finding
    assert all(word in finding.found for word in words), finding
    assert bool(finding.fix) == (result is not Result.OK), finding


def with_version(*versions: tuple[int, int] | None) -> ClusterFacts:
    brokers = tuple(replace(one, version=v) for one, v in zip(BROKERS, versions, strict=True))
    return replace(SOUND, brokers=brokers)


@pytest.mark.parametrize(
    ("facts", "result", "words"),
    [
        (SOUND, Result.OK, ("3 of Kafka 4.1", "controller 1")),
        (with_version((2, 4), (4, 1), (4, 1)), Result.WRONG, ("2.4", "2.5")),
        (with_version((3, 9), (4, 1), (4, 1)), Result.WARNING, ("3.9, 4.1",)),
        (with_version((4, 1), None, (4, 1)), Result.WARNING, ("2 at 10.0.0.2:9092",)),
        (replace(SOUND, controller=None), Result.WRONG, ("no controller",)),
    ],
)
def test_brokers(facts: ClusterFacts, result: Result, words: tuple[str, ...]) -> None:
    judged(rules.judge_brokers(facts), result, *words)


def test_transactions_of_the_first_kind_degrade_and_the_fix_fits_the_brokers() -> None:
    judged(rules.judge_transactions_protocol(SOUND), Result.OK)
    switched_off = rules.judge_transactions_protocol(replace(SOUND, transaction_version=1))
    judged(switched_off, Result.WARNING, "protocol 1")
    assert "kafka-features.sh" in switched_off.fix
    old = replace(with_version((3, 9), (3, 9), (3, 9)), transaction_version=0)
    assert "upgrade the brokers" in rules.judge_transactions_protocol(old).fix


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({}, ("missing: hotline.tickets",)),
        ({SPEC.name: replace(FOUND, partitions=3)}, ("hotline.tickets 3 not 4",)),
        (
            {SPEC.name: FoundTopic(4, {"min.insync.replicas": "1", "retention.ms": "-1"})},
            ("hotline.tickets min.insync.replicas=1 not 2",),
        ),
    ],
)
def test_topics_that_differ_are_named(found: dict[str, FoundTopic], words: tuple[str, ...]) -> None:
    judged(rules.judge_topics(compare([SPEC], found), 1), Result.WRONG, *words)


def test_topics_as_wanted() -> None:
    judged(rules.judge_topics(compare([SPEC], {SPEC.name: FOUND}), 1), Result.OK, "1 as the map wants")


def test_a_changelog_has_the_partitions_of_its_source() -> None:
    logs = {"city.signals": "hub.cases.changelog"}
    found = {"city.signals": FoundTopic(4, {}), "hub.cases.changelog": FoundTopic(4, {})}
    judged(rules.judge_changelogs(logs, found), Result.OK)
    found["hub.cases.changelog"] = FoundTopic(8, {})
    judged(rules.judge_changelogs(logs, found), Result.WRONG, "hub.cases.changelog has 8, city.signals 4")


@pytest.mark.parametrize(
    ("partition", "result", "words"),
    [
        (PartitionFacts(SPEC.name, 0, True, 3, 3), Result.OK, ("1 partitions",)),
        (PartitionFacts(SPEC.name, 0, True, 3, 2), Result.WARNING, ("2 of 3",)),
        (PartitionFacts(SPEC.name, 0, True, 1, 1), Result.WRONG, ("1 in sync, 2 needed",)),
        (PartitionFacts(SPEC.name, 0, True, 2, 2), Result.WARNING, ("HUB_REPLICATION", "2 of 3")),
        (PartitionFacts(SPEC.name, 7, False, 3, 0), Result.WRONG, ("no leader: hotline.tickets 7",)),
    ],
)
def test_copies(partition: PartitionFacts, result: Result, words: tuple[str, ...]) -> None:
    judged(rules.judge_replicas([partition], {SPEC.name: FOUND}, [SPEC]), result, *words)


def test_a_worker_waits_for_what_passes_and_for_nothing_else() -> None:
    refusing = PartitionFacts(SPEC.name, 0, True, 1, 1)
    assert rules.judge_replicas([refusing], {SPEC.name: FOUND}, [SPEC]).passing
    assert rules.judge_brokers(replace(SOUND, controller=None)).passing
    assert not rules.judge_brokers(with_version((2, 4), (4, 1), (4, 1))).passing
    assert not rules.judge_clock(3_600.0).passing


def test_no_copy_leads_that_lacks_records() -> None:
    judged(rules.judge_elections({SPEC.name: FOUND}), Result.OK)
    unclean = FoundTopic(4, {"unclean.leader.election.enable": "true"})
    judged(rules.judge_elections({SPEC.name: unclean}), Result.WRONG, SPEC.name)


def test_schemas() -> None:
    judged(rules.judge_schemas([], 22), Result.OK)
    judged(rules.judge_schemas(["Alarm/v1.avsc differs from its model"], 22), Result.WRONG, "Alarm/v1.avsc")


@pytest.mark.parametrize(
    ("skew", "result", "words"),
    [
        (None, Result.OK, ("simulated",)),
        (0.4, Result.OK, ("0.4 s ahead",)),
        (-3.0, Result.WARNING, ("3.0 s behind",)),
        (3600.0, Result.WRONG, ("3600.0 s ahead",)),
        (-30.0, Result.WRONG, ("30.0 s behind",)),
    ],
)
def test_a_clock_that_is_off_is_told_with_a_number(
    skew: float | None, result: Result, words: tuple[str, ...]
) -> None:
    judged(rules.judge_clock(skew), result, *words)


@pytest.mark.parametrize(
    ("free", "result"),
    [(None, Result.WRONG), (1 << 20, Result.WRONG), (1 << 30, Result.WARNING), (1 << 40, Result.OK)],
)
def test_the_data_folder_has_room(free: int | None, result: Result) -> None:
    judged(rules.judge_room("/var/lib/hub", free), result, "/var/lib/hub")


def test_long_lists_are_cut_and_counted() -> None:
    assert listed(["c", "a", "b"]) == "a, b, c"
    assert listed(str(n) for n in range(1_004)) == "0, 1, 10 and 1,001 more"
