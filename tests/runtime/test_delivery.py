"""What becomes of an order: its unit's own record with the same id, or a dead letter. And what is safe."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.scenarios.orders import hall_order

from hub import topics
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.runtime.codec import decode
from hub.runtime.delivery import delivered, undelivered
from hub.runtime.delivery_loop import Lane, Order
from hub.runtime.headers import read_headers
from hub.runtime.outputs import Output
from hub.runtime.record import Record

CASE = "MILL-260302-0123456789"


def _order(offset: int = 7) -> Record:
    value, headers = hall_order(0, f"{CASE}/0/hall")
    return Record(topics.ORDERS, 0, offset, 0, b"hall", value, tuple(headers))


def _letter(output: Output) -> DeadLetter:
    assert output.topic == topics.DEAD_LETTERS
    attributes = read_headers(output.headers)
    body = decode(attributes.type, attributes.version, output.value)
    assert isinstance(body, DeadLetter)
    return body


def test_an_order_goes_to_its_units_own_topic_with_the_same_id_and_bytes() -> None:
    order = _order()
    output = delivered(order)
    assert (output.topic, output.key) == (topics.unit_orders("hall").name, CASE.encode())
    assert output.value == order.value
    assert read_headers(output.headers).id == f"{CASE}/0/hall"
    assert delivered(order) == output, "delivered again it is the same"


@pytest.mark.parametrize("value", [None, b"", b"\xff" * 9])
def test_what_is_no_order_becomes_a_dead_letter(value: bytes | None) -> None:
    letter = _letter(delivered(_order()._replace(value=value)))
    assert (letter.step, letter.offset) == ("delivery", 7)
    assert letter.reason is not Reason.DELIVERY_FAILED


def test_an_order_that_its_topic_does_not_take_is_kept_whole_in_a_dead_letter() -> None:
    order = _order()
    letter = _letter(undelivered(order, "unit.orders.hall"))
    assert (letter.reason, letter.value, letter.key) == (Reason.DELIVERY_FAILED, order.value, b"hall")
    assert "unit.orders.hall" in letter.detail


@pytest.mark.parametrize("ends", [*permutations(range(3))])
def test_what_is_done_early_is_settled_in_its_turn(ends: tuple[int, ...]) -> None:
    lane = Lane()
    orders = [Order(_order(offset), lane, "unit.orders.hall", 0.0) for offset in (4, 6, 9)]
    lane.orders.extend(orders)
    done: set[int] = set()
    for number in ends:
        done.add(number)
        orders[number].safe = True
        lane.settle()
        first_open = next((n for n in range(3) if n not in done), 3)
        assert lane.safe_to == (0, 5, 7, 10)[first_open]
        assert len(lane.orders) == 3 - first_open
