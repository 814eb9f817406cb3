"""What delivery sends for an order: the order on its unit's own topic, with the same id, or a dead letter."""

from hub import topics
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
    """An order for the topic that its unit reads, keyed by case; a dead letter where it is no order."""
    try:
        attributes = read_headers(record.headers)
        order = decode_trusted(attributes.type, attributes.version, record.value or b"")
        if not isinstance(order, UnitOrder):
            raise Refused(Reason.WRONG_CONTRACT, f"{record.topic} takes hub.UnitOrder")
    except Refused as refused:
        return _letter(record, Outcome(refused.reason, detail=refused.detail))
    emit = Emit(
        topics.unit_orders(order.unit).name, order.case_id, attributes.id, order.at, order, order.case_id
    )
    return _output(topics.unit_orders(order.unit), emit, record, causation=attributes.id)


def undelivered(record: Record, topic: str) -> Output:
    """The dead letter of an order that its unit's topic does not take."""
    return _letter(record, Outcome(Reason.DELIVERY_FAILED, detail=f"{topic}: the topic takes no records"))


def _letter(record: Record, outcome: Outcome) -> Output:
    emit = dead_letter("delivery", record, outcome)
    return _output(topics.TOPICS[emit.topic], emit, record, causation=None)


def _output(topic: topics.Topic, emit: Emit, record: Record, causation: str | None) -> Output:
    headers = write_headers(topic, emit, source=SOURCE, causation=causation)
    return Output(topic.name, emit.key.encode(), encode(emit.value), tuple(headers), record.timestamp_ms)
