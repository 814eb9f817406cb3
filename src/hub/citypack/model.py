"""A city pack in memory: frozen models, no IO. A third city needs files, never code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Feed, Urgency


class PackModel(BaseModel):
    """Base of what a pack holds: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")]
"""A code: letters, digits, dot, hyphen, underscore."""


Longitude = Annotated[float, Field(ge=-180, le=180)]
"""Degrees east, WGS-84."""

Latitude = Annotated[float, Field(ge=-85, le=85)]
"""Degrees north, WGS-84; no city lies at a pole."""


Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A name as people say it."""


class Zone(StrEnum):
    """Functional zone of a place 功能区; targets differ by zone."""

    CORE = "core"
    URBAN = "urban"
    NEW_TOWN = "new_town"
    ECOLOGICAL = "ecological"


class District(PackModel):
    """A district 区 of the city."""

    code: Code
    name: Name
    zone: Zone = Zone.URBAN


class Town(PackModel):
    """A town 街乡镇: street office, township or ward; key of everything that happens in it."""

    code: Code
    name: Name
    district: Code
    residents: Annotated[int, Field(ge=0, description="Residents, 0 if unknown")] = 0
    aliases: tuple[str, ...] = ()


class Community(PackModel):
    """A community 社区/村 with the point that stands for it."""

    code: Code
    name: Name
    town: Code
    lon: Longitude | None = None
    lat: Latitude | None = None


class DefaultPoint(PackModel):
    """A point that geocoders give when they know nothing: never a place to join by.

    ``town`` takes what has this point and no code; without it such a record is rejected.
    """

    lon: Longitude
    lat: Latitude
    town: Code | None = None
    note: str = ""


class Grid(PackModel):
    """The rule that makes cells of a city 万米单元网格, and where a point's town comes from."""

    origin_lon: Longitude
    origin_lat: Latitude
    cell_m: Annotated[float, Field(ge=1, description="Side of a cell in metres")] = 100.0
    town_from: Annotated[str, Field(pattern=r"^(nearest_community|cell_table)$")]
    reach_m: Annotated[
        float, Field(gt=0, description="Farthest that a cell may lie from a known place, metres")
    ] = 5000.0
    border_cells: Annotated[
        int, Field(ge=1, le=20, description="How many cells to each side of a border share an owner town")
    ] = 1


class CellTown(PackModel):
    """The town of one cell, where a pack lists cells."""

    cell: Annotated[str, Field(pattern=r"^\d{4}-\d{4}$")]
    town: Code


class UnitLevel(StrEnum):
    """Where a unit stands; escalation climbs it."""

    COMMUNITY = "community"
    TOWN = "town"
    DISTRICT = "district"
    CITY = "city"


class Unit(PackModel):
    """A unit 承办单位 that answers for cases."""

    id: Code
    name: Name
    level: UnitLevel
    parent: Code | None = None
    district: Code | None = None
    town: Code | None = None


class Join(PackModel):
    """When signals of a category are about the same thing: an open case near enough in space and time.

    ``never`` forbids joining. With ``within_m`` 0 only signals of the same exact site join. ``related``
    lets a signal join cases of its category's affinity group, otherwise only those of its own category.
    """

    never: bool = False
    related: bool = True
    within_m: Annotated[float, Field(ge=0, le=2000, description="Distance in metres")] = 0.0
    within_hours: Annotated[float, Field(ge=0, description="Since the last signal of the case, hours")] = 0.0


NEVER = Join(never=True)
"""The policy of a category for which nobody stated one: each signal is a case of its own."""


class Repeat(PackModel):
    """A finding that opens a case only when it comes back at the same site."""

    times: Annotated[int, Field(ge=2)]
    within_days: Annotated[int, Field(ge=1)]


class Limits(PackModel):
    """Limits of a category in calendar hours; null means that none runs."""

    sign_for_h: Annotated[float, Field(gt=0)] | None = None
    resolve_h: Annotated[float, Field(gt=0)] | None = None
    warn_share: Annotated[float, Field(gt=0, lt=1)] = 0.75


class Category(PackModel):
    """A node of the category tree; what it leaves out comes from its parent."""

    code: Code
    name: Name
    parent: Code | None = None
    path: str = ""
    aliases: tuple[str, ...] = ()
    urgency: Urgency | None = None
    affinity: Code | None = None
    join: Join | None = None
    limits: Limits | None = None
    repeat: Repeat | None = None


class CatalogueRow(PackModel):
    """One row of the dispatch catalogue 派单目录: the most specific row that fits decides.

    ``title`` fits a signal whose whole title it is, or the part before the title's first colon; case and
    spacing are free. ``lead`` and ``assist`` name units, or ``{town}`` and ``{district}`` for the unit of the
    signal's place.
    """

    id: Code
    category: Code | None = None
    title: str | None = None
    town: Code | None = None
    district: Code | None = None
    feed: Feed | None = None
    lead: str
    assist: tuple[str, ...] = ()


class ScoreHazard(PackModel):
    """An inspection score that is a hazard in itself."""

    below: float
    hazard: Code
    grade: HazardGrade


class SensorKind(PackModel):
    """A kind of sensor: unit, limits with hysteresis, when it counts as silent, what an alarm is about."""

    kind: Code
    unit: str
    high: float | None = None
    high_clear: float | None = None
    low: float | None = None
    low_clear: float | None = None
    silent_s: Annotated[int, Field(gt=0, description="Silent after so many seconds without a value")] = 3600
    category: Code
    silent_category: Code


class Sensor(PackModel):
    """One sensor: its gateway, its slot in the gateway's packs, its kind, where it stands."""

    id: Code
    gateway: Code
    slot: Annotated[int, Field(ge=0, lt=65536)]
    kind: Code
    lon: Longitude
    lat: Latitude


class Sources(PackModel):
    """Who published the facts that a file of the pack holds, and which are simulated."""

    file: str
    source: str
    licence: str
    simulated: bool


class Holiday(PackModel):
    """A day off by law, weekday or not."""

    day: date
    name: Name


class Calendar(PackModel):
    """Working time 工作日历: hours of a working day, days off, and weekend days that are worked 调休."""

    work_start: time = time(9)
    work_end: time = time(18)
    weekend: Annotated[tuple[int, ...], Field(description="Days off each week, 1 = Monday to 7 = Sunday")] = (
        6,
        7,
    )
    years: Annotated[tuple[int, ...], Field(description="Years whose holidays are listed in full")] = ()
    holidays: tuple[Holiday, ...] = ()
    workdays: Annotated[tuple[date, ...], Field(description="Weekend days that are worked")] = ()

    @model_validator(mode="after")
    def _hours_and_days_make_sense(self) -> Self:
        if self.work_end <= self.work_start:
            raise ValueError("work_end must be later than work_start")
        if not set(self.weekend) <= set(range(1, 8)) or len(set(self.weekend)) == 7:
            raise ValueError("weekend must be days from 1 (Monday) to 7 (Sunday), not all of them")
        both = {holiday.day for holiday in self.holidays} & set(self.workdays)
        if both:
            raise ValueError(f"{min(both)} is both a holiday and a workday")
        return self

    def works_on(self, day: date) -> bool:
        """Whether a local day is a working day."""
        if day in self.workdays:
            return True
        return day.isoweekday() not in self.weekend and all(holiday.day != day for holiday in self.holidays)


class Unreached(StrEnum):
    """How a callback that reached nobody counts."""

    LEFT_OUT = "left_out"
    UNSOLVED = "unsolved"


class Weights(PackModel):
    """How much each rate counts in a unit's score; together 1."""

    response: Annotated[float, Field(ge=0, le=1)]
    resolution: Annotated[float, Field(ge=0, le=1)]
    satisfaction: Annotated[float, Field(ge=0, le=1)]
    unreached: Unreached = Unreached.LEFT_OUT
    fewest_assessed: Annotated[int, Field(ge=1, description="Units with fewer cases are not ranked")] = 1

    @model_validator(mode="after")
    def _add_up_to_one(self) -> Self:
        total = self.response + self.resolution + self.satisfaction
        if abs(total - 1) > 1e-9:
            raise ValueError(f"response + resolution + satisfaction must be 1, not {total:g}")
        return self


class PackSettings(PackModel):
    """What the pack says of the whole city."""

    code: Code
    name: Name
    timezone: str
    catch_all_unit: Code
    unknown_category: Code
    catalogue_version: Code
    windows_s: Annotated[int, Field(gt=0, description="Length of a sensing window, seconds")] = 3600
    ahead_s: Annotated[
        int, Field(ge=0, description="How far ahead of its arrival an event may lie, seconds")
    ] = 300
    limits_by_urgency: Mapping[Urgency, Limits]
    score_hazards: tuple[ScoreHazard, ...] = ()
    grid: Grid
    default_points: tuple[DefaultPoint, ...] = ()
    sources: tuple[Sources, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """The models of one pack, as its files list them. ``cells`` may be empty."""

    settings: PackSettings
    districts: tuple[District, ...]
    towns: tuple[Town, ...]
    communities: tuple[Community, ...]
    cells: tuple[CellTown, ...]
    units: tuple[Unit, ...]
    categories: tuple[Category, ...]
    catalogue: tuple[CatalogueRow, ...]
    kinds: tuple[SensorKind, ...]
    sensors: tuple[Sensor, ...]
    calendar: Calendar
    weights: Weights
