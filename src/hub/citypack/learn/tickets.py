"""A table of labelled tickets, by column: what the learner sees of a city's past. No IO."""

from dataclasses import dataclass, fields
from itertools import compress
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Path = tuple[str, ...]
"""A category as its levels, topmost first."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Seconds = NDArray[np.int64]

NEVER_CLOSED = 1 << 40
"""Closing time of a ticket that is still open, in seconds: later than every real one."""

NO_DUE = -1
"""Deadline of a ticket without one."""


@dataclass(frozen=True, slots=True, eq=False)
class Tickets:
    """Tickets in order of opening. All columns are equally long; blank text means unknown."""

    ids: tuple[str, ...]
    paths: tuple[Path, ...]
    titles: tuple[str, ...]
    lon: Floats
    """Degrees east, NaN where no point was given."""
    lat: Floats
    """Degrees north, NaN where no point was given."""
    real: Bools
    """Whether there is a point, and not one that a geocoder gives when it knows nothing."""
    addresses: tuple[str, ...]
    """Folded, so that equal places have equal texts."""
    opened: Seconds
    """Seconds since 1970 UTC."""
    closed: Seconds
    """Seconds since 1970 UTC, NEVER_CLOSED if open."""
    due: Seconds
    """The deadline in seconds since 1970 UTC, NO_DUE if the city set none."""
    months: tuple[str, ...]
    """Month of opening in local time, as "2015-01"."""
    units: tuple[str, ...]
    """The unit that really got it."""
    duplicate: Bools
    """Whether the unit said that it was a duplicate."""
    towns: tuple[str, ...]
    """Key of the town, in whatever spelling it was told."""
    quarters: tuple[str, ...]
    """Name of the part of the city, as people say it."""
    districts: tuple[str, ...]
    """Key of the district."""

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, rows: Bools) -> Self:
        """The tickets for which ``rows`` is true."""
        chosen: dict[str, Any] = {}
        for column in fields(self):
            values = getattr(self, column.name)
            kept = values[rows] if isinstance(values, np.ndarray) else tuple(compress(values, rows.tolist()))
            chosen[column.name] = kept
        return type(self)(**chosen)

    def in_month(self, month: str) -> Bools:
        """Which tickets were opened in a month, as "2015-01"."""
        return np.array([own == month for own in self.months], dtype=np.bool_)


def stem_of(title: str) -> str:
    """The part of a title before its first colon, in lower case: what titles of one matter share."""
    return " ".join(title.partition(":")[0].casefold().split())
