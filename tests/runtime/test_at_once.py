"""A step that handles many records at once: clocks, faults and rubbish amid them are as one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import topics
from hub.contracts.feeds import ReadingPack
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.sensing import GatewayState
from hub.flow import Arrival, Change, DueIndex, Emit, Outcome, Put, State, Step, Table, by_due, put
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record
from hub.runtime.task import Batch, PartitionTask

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
TALES = Table("gateways", GatewayState)
"""By gateway, in ``recent_ids``, what happened to it and in which order."""

Item = tuple[Contract, Arrival]


def _clock(body: Contract, _: Arrival) -> datetime | None:
    return body.base_time if isinstance(body, ReadingPack) else None


def _handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """A pack rings after as many seconds as it has readings; none if it has none."""
    assert isinstance(body, ReadingPack)
    if body.id.startswith("bad"):
        raise ValueError("no pack like this")
    row = state.get(TALES, body.gateway)
    rings = now + timedelta(seconds=len(body.values) // 8) if body.values else None
    return _told(body.gateway, row, f" {body.id}", rings, Reason.PACK_TAKEN)


def _fire(state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    return _told(key, state.get(TALES, key), f" rang{(due - START).seconds}", None, Reason.LIMIT_PASSED)


def _told(key: str, row: GatewayState | None, more: str, due: datetime | None, why: Reason) -> Outcome:
    tale = ("" if row is None else row.recent_ids) + more
    after = GatewayState(
        last_pack=START, recent_ids=tale, window_start=START, window_packs=0, next_due=due, slots=b""
    )
    return Outcome(why, (), (put(TALES, key, after),))


@dataclass
class _Ahead:
    """A state with the changes of one who looks ahead."""

    state: State
    rows: dict[str, Contract]

    def get(self, table: Table[Contract], key: str) -> Contract | None:
        return self.rows[key] if key in self.rows else self.state.get(table, key)


def _handle_many(state: State, items: Sequence[Item], nows: Sequence[datetime]) -> Sequence[Outcome]:
    """Packs in order up to one whose id begins with "stop"; all rows that are not replaced are told last."""
    ahead, outcomes = _Ahead(state, {}), list[Outcome]()
    last: dict[str, Change] = {}
    for (body, arrival), now in zip(items, nows, strict=True):
        if arrival.id.startswith("stop"):
            break
        (change,) = _handle(ahead, body, arrival, now).changes  # type: ignore[arg-type]
        assert isinstance(change, Put)
        before = last.get(change.key)
        if isinstance(before, Put) and (due := before.row.next_due) and due <= nows[-1]:  # type: ignore[attr-defined]
            return []
        last[change.key], ahead.rows[change.key] = change, change.row
        outcomes.append(Outcome(Reason.PACK_TAKEN))
    if outcomes:
        outcomes[-1] = Outcome(Reason.PACK_TAKEN, (), tuple(last.values()))
    return outcomes


STEP = Step(
    name="tales",
    sources=(topics.READINGS,),
    sinks=(topics.DEAD_LETTERS, topics.LEDGER),
    handle=_handle,
    doc="Tells what happened to gateways",
    tables=(TALES,),
    dues=by_due(DueIndex(TALES, lambda row: row.next_due)),
    fire=_fire,
    clock=_clock,
    handle_many=_handle_many,
)

Sent = tuple[str, str, int, int]
"""How a pack's id begins, its gateway, seconds after the one before, how many seconds later it rings."""

LOGS = st.lists(
    st.tuples(
        st.sampled_from(("ok", "ok", "ok", "ok", "ok", "ok", "bad", "stop", "rubbish")),
        st.sampled_from("abc"),
        st.sampled_from((0, 0, 1, 2, -3)),
        st.sampled_from((0, 1, 3, 10, 50)),
    ),
    max_size=40,
)


def _log(sent: Sequence[Sent]) -> list[Record]:
    log, seconds = [], 0
    for offset, (kind, gateway, gap, rings) in enumerate(sent):
        seconds = max(seconds + gap, 0)
        time = START + timedelta(seconds=seconds)
        pack = ReadingPack(
            source="gateways",
            id=f"{kind}{offset}",
            gateway=gateway,
            base_time=time,
            slots=bytes(2 * rings),
            values=bytes(8 * rings),
        )
        emit = Emit(topics.READINGS, gateway, pack.id, time, pack)
        headers = tuple(
            write_headers(topics.TOPICS[topics.READINGS], emit, source=pack.source, causation=None)
        )
        value = b"\xff" if kind == "rubbish" else encode(pack)
        stamp = round(time.timestamp() * 1000)
        log.append(Record(topics.READINGS, 0, offset, stamp, gateway.encode(), value, headers))
    return log


def _process(step: Step, log: Sequence[Record]) -> Batch:
    return PartitionTask(step, topics.READINGS, 0, 1).process(log)


def _said(batch: Batch) -> tuple[object, ...]:
    """All but where in the code a fault was."""
    outputs = [output for output in batch.outputs if output.topic != topics.DEAD_LETTERS]
    letters = [output.headers for output in batch.outputs if output.topic == topics.DEAD_LETTERS]
    return outputs, letters, batch.changes, batch.reasons, batch.records


@settings(max_examples=150)
@given(LOGS)
def test_it_says_what_one_by_one_would_say(sent: list[Sent]) -> None:
    log = _log(sent)
    assert _said(_process(STEP, log)) == _said(_process(replace(STEP, handle_many=None), log))


def test_one_bad_record_is_one_dead_letter() -> None:
    log = _log([("ok", "a", 0, 0)] * 20 + [("bad", "b", 0, 0)] + [("ok", "c", 0, 0)] * 20)
    batch = _process(STEP, log)
    assert batch.reasons == {Reason.PACK_TAKEN: 40, Reason.FAULT_IN_HANDLER: 1}
    assert sum(output.topic == topics.DEAD_LETTERS for output in batch.outputs) == 1


def test_what_no_clock_divides_is_one_call() -> None:
    sizes: list[int] = []

    def heard(state: State, items: Sequence[Item], nows: Sequence[datetime]) -> Sequence[Outcome]:
        sizes.append(len(items))
        return _handle_many(state, items, nows)

    _process(replace(STEP, handle_many=heard), _log([("ok", "a", 1, 0), ("ok", "b", 1, 0)] * 50))
    assert sizes == [100]


def test_a_row_that_comes_due_amid_a_call_rings_in_its_turn() -> None:
    log = _log([("ok", "a", 0, 3), *[("ok", "b", 1, 0)] * 6])
    (_, row), *_ = sorted(_rows(log))
    assert row == " ok0 rang3"


@pytest.mark.parametrize("many", [True, False])
def test_a_ring_lies_between_the_packs_before_and_after_it(many: bool) -> None:
    log = _log([("ok", "a", 0, 3), ("ok", "b", 2, 0), ("ok", "a", 2, 3)])
    step = STEP if many else replace(STEP, handle_many=None)
    assert _rows(log, step) == [("a", " ok0 rang3 ok2"), ("b", " ok1")]


def _rows(log: Sequence[Record], step: Step = STEP) -> list[tuple[str, str]]:
    task = PartitionTask(step, topics.READINGS, 0, 1)
    task.process(log)
    return [(key, row.recent_ids) for key, row in task.state.rows(TALES)]
