"""Plays a story on a runner, and afterwards looks whether what holds for every story held."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Protocol

from tests.scenarios.brook import KEY, PARTITIONS, steps
from tests.scenarios.heard import SAID, Heard
from tests.scenarios.language import Expect, Report, Sent, Story, Tick
from tests.scenarios.reports import ID_NUMBER, NAME, PHONE, STREET

from hub import topics
from hub.contracts.cases import Stage
from hub.contracts.feeds import UnitAction
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason
from hub.contracts.registry import VERSIONS
from hub.domain.privacy import Pseudonyms
from hub.domain.warnings.tables import SOURCE
from hub.runtime.codec import decode
from hub.runtime.memory import MemoryRunner
from hub.runtime.record import Record
from hub.runtime.refused import Refused

PERSONAL = tuple(text.encode() for text in (NAME, PHONE, ID_NUMBER, STREET))

PSEUDONYM = Pseudonyms(KEY.encode()).of("appellant", PHONE).encode()
"""Who all stories' tickets are of, unless they say otherwise: known on the towns' log alone."""


class Runner(Protocol):
    """A city that runs: takes records, lets time pass, and says what came of it."""

    def publish(self, sent: Sent) -> None:
        """Take one record."""

    def tick(self, at: datetime) -> None:
        """Move every clock to at least this time: those of towns first, then those of gateways."""

    def settle(self) -> list[Record]:
        """Work until nothing is left to do; what was said since the last time."""


class MemoryCity:
    """The city in the memory runner."""

    def __init__(self) -> None:
        self._runner = MemoryRunner(steps(), PARTITIONS)
        self._next: Counter[tuple[str, int]] = Counter()

    def publish(self, sent: Sent) -> None:
        self._runner.publish_raw(
            sent.topic, sent.key, sent.value, sent.headers, arrived=sent.arrived, partition=sent.partition
        )

    def tick(self, at: datetime) -> None:
        self._runner.tick(at)

    def settle(self) -> list[Record]:
        self._runner.run()
        news = [
            record
            for topic in SAID
            for record in self._runner.records(topic)
            if record.offset >= self._next[topic, record.partition]
        ]
        for record in news:
            self._next[record.topic, record.partition] = record.offset + 1
        return news

    def records(self, topic: str) -> list[Record]:
        """Everything that was said on a topic."""
        return self._runner.records(topic)


def play(story: Story, runner: Runner) -> Heard:
    """Tell the story; what the city said. Raises AssertionError where it is not what the story expects."""
    heard = Heard()
    received: Counter[str] = Counter()
    for step in story.steps:
        match step:
            case Report(time, told):
                sent = told(time, heard)
                if sent.topic != topics.SIGNALS:  # what the hub says of towns comes on no feed
                    received[_publisher(sent)] += 1
                promised = _promised(heard, sent)
                runner.publish(sent)
                heard.hear(runner.settle())
                if promised:
                    _promise_kept(heard, promised)
            case Tick(time):
                runner.tick(time)
                heard.hear(runner.settle())
            case Expect(check):
                check(heard)
    _nothing_is_lost(heard, received)
    _nobody_is_named(heard)
    _every_open_case_is_somebodys(heard)
    _units_are_answered(heard)
    _lives_have_no_gaps(heard)
    return heard


def _publisher(sent: Sent) -> str:
    return (dict(sent.headers).get("ce_source") or b"unknown").decode()


def _promised(heard: Heard, sent: Sent) -> UnitAction | None:
    """The action, where the newest order about its case allows it to its unit and nothing came since."""
    attributes = dict(sent.headers)
    if sent.topic != topics.ACTIONS or attributes.get("ce_type") != UnitAction.__name__.encode():
        return None
    try:
        action = decode(UnitAction.__name__, VERSIONS[UnitAction.__name__], sent.value or b"")
    except Refused:
        return None
    assert isinstance(action, UnitAction)
    state = heard.states.get(action.case_id or "")
    orders = [one for one in heard.orders if (one.unit, one.case_id) == (action.unit, action.case_id)]
    if state is None or not orders or orders[-1].seq != state.seq:
        return None
    return action if action.kind in orders[-1].allowed else None


def _promise_kept(heard: Heard, action: UnitAction) -> None:
    for refusal in heard.refusals:
        if (refusal.source, refusal.source_id) == (action.source, action.id):
            assert refusal.reason not in (Reason.STAGE_FORBIDS, Reason.NOT_THE_LEAD), (
                f"an order allowed {action.kind} to {action.unit}, and it was refused: {refusal.detail}"
            )


def _nothing_is_lost(heard: Heard, received: Counter[str]) -> None:
    reports = sum(warning.report is not None for warning in heard.warnings.values())
    received = received + Counter({SOURCE: reports})
    ended: Counter[str] = Counter()
    for (source, tally), count in heard.ends.items():
        assert tally is not Tally.UNKNOWN
        ended[source] += count
    assert ended == received, f"the ledger says {dict(ended)}, received were {dict(received)}"


def _nobody_is_named(heard: Heard) -> None:
    for record in heard.records:
        if record.topic != topics.DEAD_LETTERS:
            whole = b"\n".join(
                (record.key or b"", record.value or b"", *(value or b"" for _, value in record.headers))
            )
            named = [text for text in PERSONAL if text in whole]
            assert not named, f"{record.topic} holds personal data: {named}"
            assert record.topic == topics.SIGNALS or PSEUDONYM not in whole, (
                f"{record.topic} holds a pseudonym"
            )


def _every_open_case_is_somebodys(heard: Heard) -> None:
    for state in heard.states.values():
        assert state.lead_unit or state.stage is Stage.CLOSED, f"{state.case_id} is nobody's"
        assert state.lead_unit not in state.assist_units


def _units_are_answered(heard: Heard) -> None:
    refused = Counter(refusal for refusal in heard.refusals if refusal.unit is not None)
    assert Counter(heard.answers) == refused, "a unit reads each refusal of its own, and no other's"


def _lives_have_no_gaps(heard: Heard) -> None:
    for case_id in heard.states:
        numbers = [event.seq for event in heard.events if event.case_id == case_id]
        assert numbers == list(range(len(numbers))), f"{case_id} has events {numbers}"
