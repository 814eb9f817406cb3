"""Records through a step in C and in Python: whatever comes, both say the same, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.domain import pack_log
from tests.domain.pack_log import EVENTS, Event
from tests.runtime.town_log import HAPPENINGS, Happening, cases_task, log_of

from hub import topics
from hub.contracts import trusted
from hub.contracts.fields import EARLIEST, LATEST, Contract
from hub.contracts.reasons import Reason
from hub.contracts.sensing import GatewayState
from hub.contracts.signals import ClockTick
from hub.flow import Emit, Origin, Outcome, Step, Table
from hub.runtime import door as doors
from hub.runtime import outputs
from hub.runtime.at_once import Readable
from hub.runtime.codec import encode
from hub.runtime.door import Door
from hub.runtime.headers import write_headers
from hub.runtime.outputs import Output, Writer
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.runtime.task import Batch, PartitionTask

COMPILED = doors.NATIVE and outputs.NATIVE and trusted.NATIVE
needs_native = pytest.mark.skipif(
    not COMPILED, reason="no native modules: install a C compiler, then the hub again"
)

NOON = datetime(2026, 3, 1, 12, 0, 0, 123_000, tzinfo=UTC)
ROWS = Table("rows", GatewayState)
ZONES = st.sampled_from([UTC, UTC, timezone(timedelta(hours=8))])
TIMES = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001 the zone follows
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
STAMPS = st.sampled_from((-1, 0, 1_772_366_400_123, 2**53)) | st.integers(
    round(EARLIEST.timestamp() * 1000) - 2, round(LATEST.timestamp() * 1000) + 2
)
TAKEN = {contract: topic for topic in topics.TOPICS.values() for contract in topic.contracts}


def test_all_are_in_use_where_there_is_a_compiler() -> None:
    assert shutil.which("cc") is None or COMPILED, "install the hub again: it has native modules of before"


def _step(topic: str, *, keyed: bool) -> Step:
    return Step("a step", (topic,), (), lambda *_: Outcome(Reason.NOTHING_FOUND), "a test", (ROWS,) * keyed)


@st.composite
def _records(draw: st.DrawFn) -> Record:
    """A record of any contract on its topic, with something changed now and then."""
    body = draw(st.sampled_from(sorted(TAKEN, key=lambda contract: contract.__name__)).flatmap(st.from_type))
    topic, key, id = TAKEN[type(body)], draw(TEXTS), draw(TEXTS.filter(str.isprintable).filter(bool))
    emit = Emit(topic.name, key, id, draw(st.just(NOON) | TIMES), body)
    headers = write_headers(topic, emit, source=draw(st.sampled_from(("s", "x" * 250))), causation=None)
    value = draw(st.just(encode(body)) | st.sampled_from((None, b"", b"\xff", encode(body) + b"\0")))
    named: list[tuple[str, bytes | None]] = [
        (name, draw(st.sampled_from((b"", b"\x01", b"\xff", None))))
        if draw(st.integers(0, 20)) == 20
        else (name, said)
        for name, said in headers
    ]
    raw_key = draw(st.sampled_from((key.encode(), b"\xff\xfe", None)))
    return Record(topic.name, draw(st.integers(0, 1)), 7, draw(STAMPS), raw_key, value, tuple(named))


def _read(read: Callable[[Record], object], record: Record) -> object:
    try:
        return read(record)
    except Refused as refused:
        return refused.reason, refused.detail


@needs_native
@settings(max_examples=300)
@given(_records(), st.booleans())
def test_what_comes_in_is_read_alike(record: Record, keyed: bool) -> None:
    door = Door(_step(record.topic, keyed=keyed), record.topic, 2)
    assert repr(_read(door.read, record)) == repr(_read(door._read_any, record))
    assert repr(door.readable([record])) == repr([door._readable(record)])


@needs_native
@pytest.mark.parametrize("keyed", [True, False])
def test_what_the_hub_writes_is_read_in_c(keyed: bool) -> None:
    (tick,) = _outputs_of_a_ticket()
    record = tick.record(0, 1)
    door = Door(_step(record.topic, keyed=keyed), record.topic, 1)
    assert door._native is not None
    assert door._native.read(record) is not None
    assert door._native.readable(record) == door._readable(record)
    assert door._native.readable(record._replace(value=None)) is None


def _outputs_of_a_ticket() -> list[Output]:
    log = log_of([Happening("ticket", 0, 0, 0, 0, 0)])
    return [Output(one.topic, one.key or b"", one.value or b"", one.headers, one.timestamp_ms) for one in log]


@needs_native
@given(
    st.from_type(Contract),
    st.sampled_from(sorted(topics.TOPICS)),
    st.tuples(TEXTS, TEXTS, st.none() | TEXTS, st.none() | TEXTS),
    TIMES,
)
@example(ClockTick(at=NOON), "unknown topic", ("", "", None, None), NOON)
def test_what_is_said_is_written_alike(
    body: Contract, topic: str, said: tuple[str, str, str | None, str | None], time: datetime
) -> None:
    key, id, case_id, causation = said
    emit, writer = Emit(topic, key, id, time, body, case_id), Writer("hub:a step")
    assert _written(writer.output, emit, causation) == _written(writer._any, emit, causation)


def _written(write: Callable[[Emit, str | None], Output], emit: Emit, causation: str | None) -> object:
    try:
        return write(emit, causation)
    except KeyError as wrong:
        return repr(wrong)


OUTCOMES = st.lists(
    st.tuples(
        st.sampled_from((Reason.FORWARDED, Reason.FORWARDED, Reason.DUPLICATE, Reason.TOO_OLD)),
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(("a", "b")),
        st.sampled_from((0, 0, 59, 60, 24 * 60, 31 * 24 * 60, 365 * 24 * 60)),
        st.booleans(),
    ),
    max_size=12,
)


@needs_native
@given(OUTCOMES)
def test_many_are_settled_as_one_by_one(
    decided: Sequence[tuple[Reason, int, bool, str, int, bool]],
) -> None:
    records, outcomes = [], []
    (given_,) = _outputs_of_a_ticket()
    for offset, (reason, emits, terminal, source, minutes, counted) in enumerate(decided):
        record = given_.record(0, offset)
        body, arrival = Door(_step(record.topic, keyed=False), record.topic, 1).read(record)
        arrived = NOON + timedelta(minutes=minutes)
        records.append(Readable(record, body, arrival, Origin("feed", source, arrived, counted), None))
        said = tuple(Emit(topics.EVENTS, "k", f"{offset}/{n}", NOON, body) for n in range(emits))
        outcomes.append(Outcome(reason, said, terminal=terminal))
    native, plain = _settled(records, outcomes, True), _settled(records, outcomes, False)
    assert native == plain


def _settled(records: Sequence[Readable], outcomes: Sequence[Outcome], compiled: bool) -> Batch:
    with _in_python(not compiled):
        step = replace(_step(topics.SIGNALS, keyed=False), handle_many=lambda *_: outcomes)
        task = PartitionTask(step, topics.SIGNALS, 0, 1)
        task.door = _Given(records)  # type: ignore[assignment]  # hands out what is given
        batch = task.process([one.record for one in records])
    batch.seconds = 0.0
    return batch


class _Given:
    def __init__(self, records: Sequence[Readable]) -> None:
        self._records = records

    def readable(self, _: object) -> Sequence[Readable]:
        return self._records


@needs_native
@settings(max_examples=20)
@given(HAPPENINGS)
def test_a_log_of_towns_says_the_same(happenings: list[Happening]) -> None:
    log = log_of(happenings)
    with _in_python():
        wanted = cases_task().process(log)
    assert _said(cases_task().process(log)) == _said(wanted)


@needs_native
@settings(max_examples=20)
@given(EVENTS)
def test_a_log_of_gateways_says_the_same(events: list[Event]) -> None:
    log = pack_log.log_of(events)
    with _in_python():
        wanted = _sensing_task().process(log)
    assert _said(_sensing_task().process(log)) == _said(wanted)


def _sensing_task() -> PartitionTask:
    return PartitionTask(pack_log.sensing_step(), topics.READINGS, 0, 1)


def _said(batch: Batch) -> tuple[object, ...]:
    return batch.outputs, batch.changes, batch.reasons, batch.records


@contextmanager
def _in_python(wanted: bool = True) -> Iterator[None]:
    """As where no C compiler was at hand."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (doors, outputs, trusted) if wanted else ():
            patch.setattr(module, "NATIVE", False)
        yield


@needs_native
def test_a_rule_makes_contracts_alike() -> None:
    (output,) = _outputs_of_a_ticket()
    record = output.record(0, 1)
    body, _ = Door(_step(record.topic, keyed=False), record.topic, 1).read(record)
    fields = dict(body.__dict__)
    with _in_python():
        wanted = trusted.trusted(type(body))(**fields)
    made = trusted.trusted(type(body))(**fields)
    assert (repr(made), made, made.model_fields_set) == (repr(wanted), wanted, wanted.model_fields_set)
    assert trusted.altered(made, id="other") != made
    assert made == wanted, "a copy leaves the original alone"
    with pytest.raises(TypeError, match="wrong fields"):
        trusted.trusted(type(body))(**fields, nothing=1)
