"""Delivery: each unit's orders from the common topic to the unit's own, at least once, with the same ids.

A unit whose topic fails delays no other for long: after a few tries its order becomes a dead letter.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hub import topics
from hub.contracts.cases import UnitOrder
from hub.contracts.reasons import Reason
from hub.flow import Emit, Outcome
from hub.runtime.codec import decode_trusted, encode
from hub.runtime.headers import read_headers, write_headers
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.runtime.task import dead_letter

log = structlog.get_logger("hub.delivery")

TRIES = 3
TRY_SECONDS = 5.0

Headers = list[tuple[str, bytes]]
IN_HAND = 500
"""Orders on their way at once. One at a time, each waits for a round trip: some hundred a second."""

Send = Callable[[str, bytes, bytes, Headers], Awaitable[None]]
"""``await send(topic, key, value, headers)``: returns once the brokers have it, else raises."""


def case_of(record: Record) -> str:
    """The case of an order, whose id begins with it: a unit must read the orders about one case in order."""
    id = next((value for name, value in record.headers if name == "ce_id"), None) or b""
    return id.split(b"/")[0].decode("utf-8", "replace")


async def deliver(record: Record, send: Send, on_failure: Callable[[], None]) -> None:
    """Hand on one order; returns only once it, or its dead letter, is safe."""
    try:
        attributes = read_headers(record.headers)
        order = decode_trusted(attributes.type, attributes.version, record.value or b"")
        if not isinstance(order, UnitOrder):
            raise Refused(Reason.WRONG_CONTRACT, f"{record.topic} takes hub.UnitOrder")
    except Refused as refused:
        await _bury(record, Outcome(refused.reason, detail=refused.detail), send)
        return
    topic = topics.unit_orders(order.unit)
    emit = Emit(topic.name, order.case_id, attributes.id, order.at, order, order.case_id)
    headers = write_headers(topic, emit, source="hub:delivery", causation=attributes.id)
    for attempt in range(TRIES):
        try:
            async with asyncio.timeout(TRY_SECONDS):
                await send(topic.name, order.case_id.encode(), encode(order), headers)
            return
        except Exception as trouble:  # whatever the client raises, the order must not be lost
            log.warning("delivery_failed", unit=order.unit, attempt=attempt + 1, error=type(trouble).__name__)
            on_failure()
            await asyncio.sleep(2.0**attempt / 10)
    await _bury(
        record, Outcome(Reason.DELIVERY_FAILED, detail=f"{topic.name}: the topic takes no records"), send
    )


async def _bury(record: Record, outcome: Outcome, send: Send) -> None:
    """Write the dead letter; without it the record would be lost, so there is no giving up."""
    emit = dead_letter("delivery", record, outcome)
    headers = write_headers(topics.TOPICS[emit.topic], emit, source="hub:delivery", causation=None)
    while True:
        try:
            await send(emit.topic, emit.key.encode(), encode(emit.value), headers)
            return
        except Exception as trouble:
            log.error("dead_letter_failed", error=type(trouble).__name__)
            await asyncio.sleep(1.0)
