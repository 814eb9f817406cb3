"""Orders out of the records of a unit's topic."""

from __future__ import annotations

from hub.cli.view import decoded
from hub.contracts.orders import UnitOrder
from hub.runtime.headers import read_headers
from hub.runtime.record import Record
from hub.runtime.refused import Refused


def order_in(record: Record) -> tuple[str, UnitOrder] | None:
    """The id and the order of a record; None for one that can't be read."""
    try:
        body = decoded(record)
        identity = read_headers(record.headers).id
    except Refused:
        return None
    return (identity or "", body) if isinstance(body, UnitOrder) else None
