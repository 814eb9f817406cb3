"""Looks at a deployment from outside, twice some seconds apart: is all as it should be, and does it move?"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta

from hub import topics
from hub.runtime import doctor_rules as rules
from hub.runtime.checks import Deployment, check
from hub.runtime.cluster_facts import GroupFacts, Partition, StepFacts
from hub.runtime.cluster_look import ClusterLook
from hub.runtime.findings import Finding
from hub.runtime.lag import LagReader, Position
from hub.runtime.recent_letters import recent_letters
from hub.runtime.stable_ends import StableEnds

LETTERS_OF = timedelta(hours=1)
DELIVERY = "delivery"
EDGES = "edges"


def examine(deployment: Deployment, seconds: float) -> Iterator[Finding]:
    """Every check that asks the cluster, in the order in which trouble spreads, each as soon as it is made.

    Takes ``seconds`` and a little more. Raises HubError where the cluster does not answer any more.
    """
    steps = steps_by_source(deployment)
    with ClusterLook(deployment.brokers) as look:
        yield from check(deployment, look)
        there = look.topics()
        wanted = [spec.name for spec in deployment.wanted]
        families = (f"{topics.ORDERS}.", "hub.")
        yield rules.judge_strangers(there, wanted, deployment.prefix, families)
        ours = [
            (one.topic, one.partition) for one in look.partitions(_read_topics(deployment, there)) if one.led
        ]
        first = StableEnds.look(deployment.brokers, ours)
        facts = _watch_steps(deployment, look, steps, seconds)
        held_up = first.held_up(StableEnds.look(deployment.brokers, ours))
        open_now = look.open_transactions(deployment.prefix)
    yield rules.judge_open_transactions(open_now, held_up)
    yield from map(rules.judge_step, facts)
    yield _letters(deployment, there)


def steps_by_source(deployment: Deployment) -> dict[str, dict[str, str]]:
    """For each group of steps, and delivery, the step that reads each topic."""
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for step in deployment.steps:
        groups[step.worker] |= dict.fromkeys(step.sources, step.name)
    groups[EDGES] = {topics.ORDERS: DELIVERY}
    return dict(groups)


def compare_looks(
    before: Mapping[Partition, Position], after: Mapping[Partition, Position]
) -> dict[Partition, Position]:
    """The partitions on which something waits and nothing was committed between two looks."""
    return {
        at: position
        for at, position in after.items()
        if position.waiting and at in before and before[at].waiting
        if before[at].committed == position.committed
    }


def _read_topics(deployment: Deployment, there: Sequence[str]) -> list[str]:
    """The topics that the hub itself reads: elsewhere an open transaction keeps only others waiting."""
    read = {topic for by_topic in steps_by_source(deployment).values() for topic in by_topic}
    read |= {topics.changelog(step.name).name for step in deployment.steps if step.stateful}
    return sorted({deployment.prefix + topic for topic in read}.intersection(there))


def _watch_steps(
    deployment: Deployment, look: ClusterLook, steps: Mapping[str, Mapping[str, str]], seconds: float
) -> list[StepFacts]:
    sources = {group: tuple(by_topic) for group, by_topic in steps.items()}
    with closing(LagReader(deployment.brokers, deployment.prefix)) as reader:
        started = time.monotonic()
        before = {group: reader.positions(group, read) for group, read in sources.items()}
        time.sleep(seconds)
        after = {group: reader.positions(group, read) for group, read in sources.items()}
        took = time.monotonic() - started
        still = {group: compare_looks(before[group], after[group]) for group in sources}
        stuck = {
            group: {at for at, position in stands.items() if reader.anything_waits(*at, position)}
            for group, stands in still.items()
        }
    groups = look.groups(f"{deployment.prefix}hub-{group}" for group in steps)
    facts = []
    for group, by_topic in steps.items():
        then, now = before[group], after[group]
        passed = still[group].keys() - stuck[group]
        for step in dict.fromkeys(by_topic.values()):
            mine = [at for at in now if by_topic.get(at[0]) == step and at not in passed]
            facts.append(
                StepFacts(
                    step,
                    groups.get(f"{deployment.prefix}hub-{group}", GroupFacts(group, "Dead", 0)),
                    sum(then[at].waiting for at in mine if at in then),
                    sum(now[at].waiting for at in mine),
                    took,
                    frozenset(stuck[group].intersection(mine)),
                    frozenset(at for at in mine if now[at].committed > now[at].end),
                )
            )
    return facts


def _letters(deployment: Deployment, there: Sequence[str]) -> Finding:
    since = None if deployment.settings.simulated_time else datetime.now(UTC) - LETTERS_OF
    if deployment.prefix + topics.DEAD_LETTERS not in there:
        return rules.judge_letters({}, "as there is no topic of them")
    found = recent_letters(deployment.brokers, deployment.prefix, since)
    return rules.judge_letters(found, "in the last hour" if since else "at all")
