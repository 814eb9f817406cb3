"""A city pack in memory: frozen models, no IO. A third city needs files, never code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.calendar import Calendar
from hub.citypack.case_policy import CasePolicy
from hub.citypack.fields import Code, Latitude, Longitude, Name, PackModel, Zone
from hub.citypack.needs import NeedsTree
from hub.citypack.pattern_rules import PatternRules
from hub.citypack.repeats import RepeatPolicy
from hub.citypack.warning_rules import WarningRules
from hub.contracts.cases import ClockKind
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Feed, Urgency


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


LimitHours = Annotated[float, Field(gt=0)]
"""Length of a limit, in hours of the calendar or of working time."""

WarnShare = Annotated[float, Field(gt=0, lt=1, description="Share of a limit after which it warns")]


class Limits(PackModel):
    """Limits 时限 of a category or urgency; null means that none runs."""

    sign_for_h: LimitHours | None = None
    resolve_h: LimitHours | None = None
    working: Annotated[bool, Field(description="Whether the hours are working hours")] = False
    warn_share: WarnShare = 0.75


class LimitRow(PackModel):
    """One row of limits.csv: a limit for cases of a category, urgency and level of the unit that holds them.

    What it leaves out it holds for all of. Without hours it says that no such limit runs.
    """

    kind: ClockKind
    category: Code | None = None
    urgency: Urgency | None = None
    level: UnitLevel | None = None
    hours: LimitHours | None = None
    working: Annotated[bool, Field(description="Whether the hours are working hours")] = False
    warn_share: WarnShare = 0.75
    note: Annotated[str, Field(max_length=300, description="Where the limit comes from")] = ""


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
    stuck_minutes: Annotated[
        int | None, Field(gt=0, description="Stuck after more minutes of one value; none if it may stay")
    ] = None
    stuck_above: Annotated[
        float | None, Field(description="Only values above it count as stuck: an instrument's floor may stay")
    ] = None
    missing_share: Annotated[
        float | None,
        Field(
            gt=0, lt=1, description="Highest share of missing values beside its gateway's most read sensor"
        ),
    ] = None
    category: Code
    silent_category: Code
    fault_category: Annotated[
        Code | None, Field(description="Of a stuck sensor and of missing values; silent_category if none")
    ] = None


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
    cases: CasePolicy = CasePolicy()
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
    limits: tuple[LimitRow, ...]
    kinds: tuple[SensorKind, ...]
    sensors: tuple[Sensor, ...]
    calendar: Calendar
    weights: Weights
    patterns: PatternRules = field(default_factory=PatternRules)
    needs: NeedsTree = field(default_factory=NeedsTree)
    repeats: RepeatPolicy = field(default_factory=RepeatPolicy)
    warnings: WarningRules = field(default_factory=WarningRules)
