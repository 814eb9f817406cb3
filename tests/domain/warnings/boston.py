"""Boston's half year of 2015 as the warnings step hears it: each request a signal with a case of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.feeds import HotlineTicket
from hub.contracts.signals import Signal
from hub.contracts.warnings import Warning
from hub.domain import intake_feeds
from hub.domain.case_ids import case_id_of
from hub.domain.intake import Intake
from hub.domain.privacy import Pseudonyms
from hub.edges.profiles import load_profile
from hub.edges.rows import RowRefused, read_rows
from hub.flow import Arrival, Emit
from hub.runtime.codec import decode_trusted, encode
from hub.runtime.headers import read_headers, write_headers
from hub.runtime.record import Record
from hub.runtime.task import PartitionTask
from hub.topology import build_steps

_MOVES = (CaseMove(kind=EventKind.OPENED, reason="opened_new"),)
_BATCH = 500


def warnings_of(city: City, file: Path) -> dict[str, Warning]:
    """The newest version of each warning of a file of requests, by id."""
    pseudonyms = Pseudonyms(b"a key for tests only")
    step = next(step for step in build_steps(city, pseudonyms) if step.name == "warnings")
    task = PartitionTask(step, topics.EVENTS, 0, 1)
    found: dict[str, Warning] = {}
    records = [*_records(city, pseudonyms, file)]
    for start in range(0, len(records), _BATCH):
        for output in task.process(records[start : start + _BATCH]).outputs:
            if output.topic == topics.WARNINGS:
                attributes = read_headers(output.headers)
                body = decode_trusted(attributes.type, attributes.version, output.value)
                assert isinstance(body, Warning)
                found[body.warning_id] = body
            assert output.topic != topics.DEAD_LETTERS
    return found


def _records(city: City, pseudonyms: Pseudonyms, file: Path) -> Iterator[Record]:
    signals = sorted(_signals(city, pseudonyms, file), key=lambda signal: (signal.time, signal.id))
    for offset, signal in enumerate(signals):
        case_id = case_id_of(signal.key_town, signal.time, signal.source, signal.id)
        event = CaseEvent(
            case_id=case_id, seq=0, at=signal.time, source=signal.source, source_id=signal.id,
            feed=signal.feed, moves=_MOVES, stage=Stage.DISPATCHED, lead_unit=None,
            district=city.towns[signal.town].district, town=signal.town, category=signal.category,
            cell=signal.cell, happened=signal.time, signal_category=signal.category,
        )  # fmt: skip
        emit = Emit(topics.EVENTS, signal.key_town, f"{case_id}/0", signal.time, event)
        headers = write_headers(topics.TOPICS[topics.EVENTS], emit, source="hub:cases", causation=None)
        stamp = round(signal.time.timestamp() * 1000)
        yield Record(topics.EVENTS, 0, offset, stamp, signal.key_town.encode(), encode(event), tuple(headers))


def _signals(city: City, pseudonyms: Pseudonyms, file: Path) -> Iterator[Signal]:
    profile, intake = load_profile("boston311"), Intake(city, pseudonyms)
    for _, row in read_rows(file):
        try:
            made = profile.records(row)
        except RowRefused:
            continue
        for one in made:
            if isinstance(one.value, HotlineTicket):
                ticket = one.value
                arrival = Arrival(
                    topics.HOTLINE, ticket.source, ticket.id, one.key, ticket.reported_at,
                    ticket.reported_at + timedelta(minutes=1),
                )  # fmt: skip
                for emit in intake_feeds.hotline(intake, ticket, arrival).emits:
                    assert isinstance(emit.value, Signal)
                    yield emit.value
