"""What the hub decided about a record or a case, and why, as lines that a clerk can read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import CaseEvent, CaseState, Refusal
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.contracts.orders import UnitOrder
from hub.contracts.sensing import Alarm, WindowSummary
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.contracts.standing import TownStatus
from hub.domain.privacy import Pseudonyms
from hub.edges.identity import event_time, feed_record
from hub.edges.profiles import Made
from hub.errors import HubError
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.topology import build_steps


@dataclass(frozen=True, slots=True)
class Line:
    """One decision: when, which step made it, what it was, why."""

    at: str
    step: str
    what: str
    why: str


def story_of_records(city: City, pseudonyms: Pseudonyms, records: Iterable[Made]) -> Iterator[Line]:
    """What an empty city would do with records, decision by decision. Free of personal data."""
    # one partition, so that what a topic holds is in the order in which it was said
    runner = MemoryRunner(build_steps(city, pseudonyms), partitions=1)
    seen: dict[str, int] = {}
    for made in records:
        value = feed_record(made.value)
        runner.publish(
            made.topic,
            made.key,
            value,
            source=value.source,
            id=value.id,
            time=event_time(value),
            arrived=made.arrival,
        )
        yield Line(told_at(made.arrival), "publisher", f"{made.topic} takes {value.source} {value.id}", "")
        runner.run()
        for name in (
            topics.SIGNALS,
            topics.DEAD_LETTERS,
            topics.REFUSALS,
            topics.EVENTS,
            topics.ORDERS,
            topics.ALARMS,
        ):
            records_there = runner.records(name)
            for record in records_there[seen.get(name, 0) :]:
                attributes = read_headers(record.headers)
                body = decode(attributes.type, attributes.version, record.value or b"")
                if not (name == topics.ORDERS and isinstance(body, Refusal)):  # told already
                    yield from _lines(body)
            seen[name] = len(records_there)


def story_of_case(events: Iterable[CaseEvent], case_id: str) -> Iterator[Line]:
    """The life of a case, move by move. Raises HubError where no event has that case."""
    mine = sorted((event for event in events if event.case_id == case_id), key=lambda event: event.seq)
    if not mine:
        raise HubError(f"No event of a case {case_id}", fix="check the id; hub tail case.events lists them")
    for event in mine:
        yield from _lines(event)


Said = TypeVar("Said", bound=Contract)


def events_of_replay(folder: Path) -> Iterator[CaseEvent]:
    """The case events that a replay wrote."""
    return said_in(folder, topics.EVENTS, CaseEvent)


def said_in(folder: Path, topic: str, contract: type[Said], *, holding: str = "") -> Iterator[Said]:
    """What a replay wrote of a topic, all of one contract, of lines that hold a text.

    Raises HubError where it wrote no such file.
    """
    path = folder / f"{topic}.jsonl"
    if not path.exists():
        raise HubError(f"{path} is not there", fix="give the --out folder of a hub replay")
    with path.open(encoding="utf-8") as file:
        for line in file:
            if holding not in line:
                continue
            fields = json.loads(line)
            yield contract.model_validate(
                {name: fields[name] for name in contract.model_fields if name in fields}
            )


def _lines(body: Contract) -> Iterator[Line]:
    match body:
        case Signal():
            what = f"signal for {body.key_town}, category {body.category}, urgency {body.urgency}"
            yield Line(told_at(body.time), "intake", what, "; ".join(body.trace))
        case CaseAction():
            about = body.case_id or (body.signal.id if body.signal else "")
            yield Line(told_at(body.at), "intake", f"{body.kind} for {body.key_town}", f"about {about}")
        case DeadLetter():
            yield Line(told_at(body.arrived), body.step, f"dead letter: {body.reason}", body.detail)
        case Refusal():
            yield Line(told_at(body.at), "cases", f"refused: {body.reason}", body.detail)
        case CaseEvent():
            for move in body.moves:
                what = f"{move.kind} ({body.case_id}), stage {body.stage}, lead {body.lead_unit}"
                cause = body.actor or body.source
                yield Line(told_at(body.at), "cases", what, f"{move.reason}: {move.detail or cause}")
        case UnitOrder():
            limit = f", resolve by {told_at(body.resolve_by)}" if body.resolve_by else ""
            yield Line(
                told_at(body.at), "orders", f"{body.kind} to {body.unit} ({body.role}){limit}", body.reason
            )
        case Alarm():
            value = "" if body.value is None else f" at {body.value:g} (limit {body.limit:g})"
            yield Line(
                told_at(body.changed),
                "sensing",
                f"alarm {body.alarm_id} is {body.state}",
                f"{body.kind}{value}",
            )
        case TownStatus():
            what = f"{body.town} is {body.standing}, said to {body.key_town}"
            yield Line(told_at(body.at), body.source, what, body.why)
        case CaseState() | ClockTick() | LedgerEntry() | WindowSummary():
            return
        case _:
            raise TypeError(f"no line for {type(body).__name__}")


def told_at(at: object) -> str:
    """A time as the lines tell it, UTC to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S}"
