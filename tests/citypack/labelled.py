"""A few labelled tickets, written down by what matters in a test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from hub.citypack.geometry import METRES_PER_DEGREE
from hub.citypack.learn.profile import Facts
from hub.citypack.learn.tickets import NEVER_CLOSED, NO_DUE, Path, Tickets

ORIGIN_LON, ORIGIN_LAT = 16.0, 0.0
"""On the equator a metre is as many degrees to the east as to the north."""

START = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """One ticket: hours since the start, metres north of the origin (None: no real point)."""

    hour: float = 0.0
    north: float | None = 0.0
    closed: float | None = None
    due: float | None = None
    path: Path = ("Works", "Roads", "Pothole")
    title: str = ""
    address: str = ""
    unit: str = "works"
    duplicate: bool = False
    town: str = "1"
    quarter: str = ""
    district: str = "A"


def table(*told: Told) -> Tickets:
    """The tickets as the learner sees them; their ids are their numbers."""
    opened = [round(one.hour * 3600) for one in told]
    start = int(START.timestamp())
    return Tickets(
        ids=tuple(str(number) for number in range(len(told))),
        paths=tuple(one.path for one in told),
        titles=tuple(one.title for one in told),
        lon=np.array([ORIGIN_LON for _ in told]),
        lat=np.array([ORIGIN_LAT + (one.north or 0.0) / METRES_PER_DEGREE for one in told]),
        real=np.array([one.north is not None for one in told]),
        addresses=tuple(one.address for one in told),
        opened=np.array([start + second for second in opened]),
        closed=np.array([NEVER_CLOSED if t.closed is None else start + round(t.closed * 3600) for t in told]),
        due=np.array([NO_DUE if one.due is None else start + round(one.due * 3600) for one in told]),
        months=tuple(f"{START + timedelta(seconds=second):%Y-%m}" for second in opened),
        units=tuple(one.unit for one in told),
        duplicate=np.array([one.duplicate for one in told]),
        towns=tuple(one.town for one in told),
        quarters=tuple(one.quarter for one in told),
        districts=tuple(one.district for one in told),
    )


FACTS = Facts.model_validate(
    {
        "code": "small",
        "name": "Small",
        "timezone": "UTC",
        "whole_city": {"code": "T00", "name": "All of it", "district": "ALL"},
        "towns": {"code": "T{key:0>2}", "name": "Ward {key}", "aliases": ["Ward {key}", "{key}"]},
        "districts": [{"code": "A", "name": "Old Town"}],
        "units": {"works": "Public works"},
        "top_unit": "mayor",
        "catch_all_unit": "desk",
        "cell_m": 101,
        "reach_m": 1000,
        "default_points": [{"lon": 16.5, "lat": 0.5}],
        "sources": [{"file": "all", "source": "made up", "licence": "none", "simulated": True}],
        "calendar": {},
        "weights": {"response": 0.2, "resolution": 0.4, "satisfaction": 0.4},
    }
)
