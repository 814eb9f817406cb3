"""What a loop written by hand does with a ticket: the hub's codec, no checks, headers put together as bytes.

The hub's codec reads such a ticket in less time than fastavro's does; the hub itself also checks its fields.
"""

from __future__ import annotations

from typing import cast

from benchmarks.tickets import order_of
from hub.contracts.feeds import HotlineTicket
from hub.runtime.codec import decode_trusted, encode

_HEADERS: list[tuple[str, bytes]] = [("ce_type", b"hub.UnitOrder"), ("hub_version", b"1")]

Forwarded = tuple[str, bytes, bytes, list[tuple[str, bytes]]]
"""Town, key, value and headers."""


def forward(data: bytes) -> Forwarded:
    """Where a ticket goes."""
    order = order_of(cast(HotlineTicket, decode_trusted("HotlineTicket", 1, data)))
    stamp = f"{order.at.isoformat(timespec='milliseconds')[:-6]}Z".encode()
    headers = [("ce_id", order.case_id.encode()), ("ce_time", stamp), *_HEADERS]
    return order.town, order.unit.encode(), encode(order), headers
