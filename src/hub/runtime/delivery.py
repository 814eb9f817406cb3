"""What delivery sends for an order: the order on its unit's own topic, with the same id, or a dead letter."""

from hub import topics
from hub.contracts.cases import Refusal
from hub.contracts.orders import UnitOrder
from hub.contracts.reasons import Reason
from hub.flow import Emit, Outcome
from hub.runtime.codec import decode_trusted, encode
from hub.runtime.headers import read_headers, write_headers
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.runtime.task import dead_letter

SOURCE = "hub:delivery"


def delivered(record: Record) -> Output:
    """An order, or the answer to an action, for the topic that its unit reads; else a dead letter.

    Keyed by case; an answer about no case that is known, by unit.
    """
    try:
        attributes = read_headers(record.headers)
        told = decode_trusted(attributes.type, attributes.version, record.value or b"")
        if not isinstance(told, UnitOrder | Refusal) or told.unit is None:
            raise Refused(Reason.WRONG_CONTRACT, f"{record.topic} takes hub.UnitOrder, hub.Refusal of a unit")
    except Refused as refused:
        return _letter(record, Outcome(refused.reason, detail=refused.detail))
    topic = topics.unit_orders(told.unit)
    emit = Emit(topic.name, told.case_id or told.unit, attributes.id, told.at, told, told.case_id)
    return _output(topic, emit, record, causation=attributes.id)


def undelivered(record: Record, topic: str) -> Output:
    """The dead letter of an order that its unit's topic does not take."""
    return _letter(record, Outcome(Reason.DELIVERY_FAILED, detail=f"{topic}: the topic takes no records"))


def _letter(record: Record, outcome: Outcome) -> Output:
    emit = dead_letter("delivery", record, outcome)
    return _output(topics.TOPICS[emit.topic], emit, record, causation=None)


def _output(topic: topics.Topic, emit: Emit, record: Record, causation: str | None) -> Output:
    headers = write_headers(topic, emit, source=SOURCE, causation=causation)
    return Output(topic.name, emit.key.encode(), encode(emit.value), tuple(headers), record.timestamp_ms)
