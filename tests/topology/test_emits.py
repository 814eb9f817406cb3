"""What a step really sends is what it declares: seen in a run that makes each step say all that it can."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from hub import topics
from hub.citypack.load import load_city
from hub.contracts.cases import CaseEvent, CaseState, Stage
from hub.contracts.feeds import ActionKind, GridReport, HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.contracts.fields import Contract
from hub.contracts.proactive import ProactiveReport
from hub.contracts.sensing import Alarm
from hub.flow import Step
from hub.pages.moves_page import FIRST_STAGE
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.task import Batch

EXAMPLES = Path(__file__).resolve().parents[2] / "schemas"
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class City:
    """A memory runner that remembers which step sent to which topics."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.sent: defaultdict[str, set[str]] = defaultdict(set)
        self.runner = MemoryRunner(steps, partitions=2, on_batch=self._hear)

    def _hear(self, step: Step, batch: Batch) -> None:
        self.sent[step.name].update(output.topic for output in batch.outputs)

    def publish(
        self,
        topic: str,
        value: HotlineTicket | GridReport | Inspection | UnitAction | ReadingPack | ProactiveReport,
        at: datetime = START,
    ) -> None:
        key = value.gateway if isinstance(value, ReadingPack) else value.id
        self.runner.publish(topic, key, value, source=value.source, id=value.id, time=at, arrived=at)

    def bodies(self, topic: str) -> Iterator[Contract]:
        for record in self.runner.records(topic):
            if record.headers:  # else it is rubbish
                attributes = read_headers(record.headers)
                yield decode(attributes.type, attributes.version, record.value or b"")


def example(contract: type[Contract], name: str) -> Contract:
    text = (EXAMPLES / contract.__name__ / "examples" / f"{name}.json").read_text(encoding="utf-8")
    return contract.model_validate(json.loads(text))


def action(number: int, kind: ActionKind, case_id: str, unit: str) -> UnitAction:
    return UnitAction(source="units", id=f"A{number}", kind=kind, at=START, unit=unit, case_id=case_id)


def pack(number: int, gateway: str, value: float, at: datetime) -> ReadingPack:
    return ReadingPack(
        source=gateway,
        id=f"P{number}",
        gateway=gateway,
        base_time=at,
        slots=np.array([0], "<u2").tobytes(),
        values=np.array([value], "<f8").tobytes(),
    )


@pytest.fixture(scope="module")
def city(steps: tuple[Step, ...]) -> City:
    """A morning in which everything happens once, and rubbish comes on every feed."""
    city = City(steps)
    city.publish(
        topics.HOTLINE, HotlineTicket.model_validate(example(HotlineTicket, "street-light").model_dump())
    )
    city.publish(
        topics.GRID, GridReport.model_validate(example(GridReport, "solved-on-the-spot").model_dump())
    )
    city.publish(
        topics.INSPECTIONS,
        Inspection.model_validate(example(Inspection, "two-findings-one-rectified").model_dump()),
    )
    city.publish(
        topics.PROACTIVE,
        ProactiveReport.model_validate(example(ProactiveReport, "open-manhole-on-camera").model_dump()),
    )
    gateway = next(g for g in load_city("beijing").gateways.values() if g.sensors[0].kind == "pm25")
    city.publish(topics.READINGS, pack(1, gateway.id, 900.0, START))
    city.runner.run()
    state = next(
        s for s in city.bodies(topics.STATE) if isinstance(s, CaseState) and s.stage is Stage.DISPATCHED
    )
    alarm = next(a for a in city.bodies(topics.ALARMS) if isinstance(a, Alarm))
    lead = state.lead_unit or ""
    city.publish(topics.ACTIONS, action(1, ActionKind.SIGN_FOR, state.case_id, lead))
    city.publish(topics.ACTIONS, action(2, ActionKind.ACK_ALARM, alarm.alarm_id, lead))
    for topic in sorted({source for step in steps for source in step.sources}):
        city.runner.publish_raw(topic, b"k", b"\x00rubbish", (), arrived=START)
    city.runner.run()
    for number, at in enumerate([START, *[START + timedelta(days=3)] * 12]):
        changed = {"id": f"again-{number}", "category": "road.light.out", "reported_at": at}
        again = example(HotlineTicket, "street-light").model_copy(update=changed)
        city.publish(topics.HOTLINE, HotlineTicket.model_validate(again.model_dump()), at)
        city.runner.run()
    city.runner.run()
    city.runner.tick(START + timedelta(days=40))
    city.runner.run()
    return city


def test_each_step_sends_to_all_that_it_declares_and_to_nothing_else(
    city: City, steps: tuple[Step, ...]
) -> None:
    assert dict(city.sent) == {step.name: {*step.sinks} for step in steps}


def test_records_are_of_the_contracts_that_their_topic_declares(city: City) -> None:
    for topic in topics.TOPICS.values():
        for record in city.runner.records(topic.name):
            if record.headers:
                declared = {contract.__name__ for contract in topic.contracts}
                assert read_headers(record.headers).type in declared, topic.name


def test_a_case_is_first_seen_in_the_stage_that_the_page_of_moves_says(city: City) -> None:
    firsts = [e for e in city.bodies(topics.EVENTS) if isinstance(e, CaseEvent) and e.seq == 0]
    assert FIRST_STAGE in {event.stage for event in firsts}
    assert {event.stage for event in firsts} <= {FIRST_STAGE, Stage.CLOSED}
