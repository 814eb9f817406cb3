"""What a loop written by hand does with a record: the hub's codec, no checks, headers put together as bytes.

Every engine in Python does its work by these two functions, so that engines are compared and not codecs. They
import nothing but the codec and the contracts: engines in environments of their own have little else.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from benchmarks.orders import order_of
from hub.contracts.feeds import HotlineTicket, ReadingPack
from hub.runtime.codec import decode_trusted, encode

_HEADERS: list[tuple[str, bytes]] = [("ce_type", b"hub.UnitOrder"), ("hub_version", b"1")]
_SENSORS = 200

Forwarded = tuple[str, bytes, bytes, list[tuple[str, bytes]]]
"""Town, key, value and headers."""

Means = npt.NDArray[np.float64]
"""State of a gateway: first how many readings each sensor had, then their mean."""


def forward(data: bytes) -> Forwarded:
    """Where a ticket goes."""
    order = order_of(cast(HotlineTicket, decode_trusted("HotlineTicket", 1, data)))
    stamp = f"{order.at.isoformat(timespec='milliseconds')[:-6]}Z".encode()
    headers = [("ce_id", order.case_id.encode()), ("ce_time", stamp), *_HEADERS]
    return order.town, order.unit.encode(), encode(order), headers


def no_means() -> Means:
    """The state of a gateway before its first pack."""
    return np.zeros((2, _SENSORS))


def means_of(data: bytes | None) -> Means:
    """The state that ``tobytes`` gave, to be changed; None gives that of a new gateway."""
    return no_means() if data is None else np.frombuffer(data).reshape(2, _SENSORS).copy()


def absorb(data: bytes, state: Means, high: float) -> bytes | None:
    """Take a pack into its gateway's state; a reading above ``high`` gives pack, slot, count and mean."""
    pack = cast(ReadingPack, decode_trusted("ReadingPack", 1, data))
    slots = np.frombuffer(pack.slots, "<u2")
    values = np.frombuffer(pack.values, "<f8")
    counts, means = state
    count = counts[slots] + 1
    counts[slots] = count
    means[slots] += (values - means[slots]) / count
    bad = values > high
    if not bad.any():
        return None
    slot = slots[bad.argmax()]
    return f"{pack.id} {slot} {counts[slot]:.0f} {float(means[slot])!r}".encode()
