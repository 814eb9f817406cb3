"""A city as its rules see it: places, categories, units, catalogue and limits. Frozen, pure, no IO."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self, TypeVar

from hub.citypack import geometry
from hub.citypack.calendar import Calendar
from hub.citypack.catalogue import Catalogue
from hub.citypack.limits import LimitAnswer, LimitInForce, LimitTable
from hub.citypack.model import (
    CatalogueRow,
    Category,
    Community,
    DefaultPoint,
    District,
    Join,
    Limits,
    Pack,
    PackSettings,
    Repeat,
    ScoreHazard,
    Sensor,
    SensorKind,
    Town,
    Unit,
    UnitLevel,
    Weights,
)
from hub.citypack.needs import NeedsTree
from hub.citypack.pattern_rules import PatternRules
from hub.citypack.places import Located, Places
from hub.citypack.repeats import RepeatPolicy, RepeatTable
from hub.citypack.tree import Tree
from hub.citypack.warning_rules import WarningRules
from hub.citypack.worktime import WorkTime
from hub.contracts.cases import ClockKind
from hub.contracts.fields import Feed, Point, Urgency, to_millis_utc

__all__ = ["City", "Gateway", "Located", "build_city"]

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway and its sensors in slot order, from slot 0 without gaps."""

    id: str
    sensors: tuple[Sensor, ...]
    places: tuple[Located, ...]
    """Where each sensor stands, in slot order."""

    @property
    def located(self) -> Located:
        """Where the gateway stands: with its first sensor."""
        return self.places[0]

    @property
    def town(self) -> str:
        """Code of the gateway's town."""
        return self.places[0].town


@dataclass(frozen=True, eq=False)
class City:
    """One city. Mappings are by code and immutable; build it with `build_city`."""

    settings: PackSettings
    districts: Mapping[str, District]
    towns: Mapping[str, Town]
    communities: Mapping[str, Community]
    units: Mapping[str, Unit]
    categories: Mapping[str, Category]
    catalogue: tuple[CatalogueRow, ...]
    kinds: Mapping[str, SensorKind]
    calendar: Calendar
    weights: Weights
    patterns: PatternRules
    needs: NeedsTree
    warnings: WarningRules
    gateways: Mapping[str, Gateway]
    max_join_m: float
    """The longest distance at which signals of any category join, metres."""
    _places: Places = field(repr=False)
    _tree: Tree = field(repr=False)
    _dispatch: Catalogue = field(repr=False)
    _limits: LimitTable = field(repr=False)
    worktime: WorkTime = field(repr=False)
    """Its working time: the calendar in its time zone."""
    repeats: RepeatPolicy
    repeat_rules: RepeatTable = field(repr=False)
    """When appeals are a repeat, by category."""

    # places

    def locate(self, point: Point) -> Located | None:
        """The town, cell and owning town of a point, or None outside the city."""
        return self._places.locate(point)

    def located_by_code(self, code: str) -> Located | None:
        """The place of a cell id, a community or town code or a town's alias (any case); None if unknown.

        Only a cell id gives a cell. The owner of a place known by its town alone is that town.
        """
        return self._places.by_code(code)

    def default_point(self, point: Point) -> DefaultPoint | None:
        """The pack's entry for a point that a geocoder gives when it knows nothing; None for a real one."""
        return self._places.default_point(point)

    def is_default_point(self, point: Point) -> bool:
        """Whether a geocoder gives this point when it knows nothing: never a place to join by."""
        return self._places.default_point(point) is not None

    def points_of(self, town: str) -> tuple[Point, ...]:
        """The points that the pack knows to lie in a town: of its communities, or of its listed cells."""
        return self._places.points_of(town)

    def neighbours(self, cell: str, within_m: float) -> tuple[str, ...]:
        """The cell and all cells that can hold a point within so many metres of a point in it, sorted."""
        return self._places.neighbours(cell, within_m)

    def distance_m(self, a: Point, b: Point) -> float:
        """Distance of two points in metres."""
        return geometry.distance_m(a, b)

    def district_of(self, town: str) -> str:
        """Code of the district of a town of this city; KeyError for another."""
        return self.towns[town].district

    # categories

    def category_of(self, text: str) -> Category | None:
        """The category with this code, else path ("A/B/C"), else alias; case and spacing are free."""
        return self._tree.find(text)

    def category_above(self, text: str) -> Category | None:
        """The deepest category that an unknown path ("A/B/new") lies under, or None."""
        return self._tree.find_above(text)

    def ancestors_of(self, category: str) -> tuple[str, ...]:
        """The codes of a category and its ancestors, deepest first."""
        return self._tree.policy(category).chain

    def join_of(self, category: str) -> Join:
        """When its signals join, own or inherited; where nobody says, never."""
        return self._tree.policy(category).join

    def affinity_of(self, category: str) -> str:
        """The group of categories that may be about one thing, own or inherited; else its own code."""
        return self._tree.policy(category).affinity

    def urgency_of(self, category: str) -> Urgency:
        """Its urgency, own or inherited; where nobody says, general."""
        return self._tree.policy(category).urgency

    def repeat_of(self, category: str) -> Repeat | None:
        """How often a finding must come back before it is a case, own or inherited; None: at once."""
        return self._tree.policy(category).repeat

    def score_hazards(self, score: float | None) -> tuple[ScoreHazard, ...]:
        """The hazard that an inspection's score is in itself: the strictest that it falls under, or none."""
        under = [row for row in self.settings.score_hazards if score is not None and score < row.below]
        return (min(under, key=lambda row: row.below),) if under else ()

    def limits_of(self, category: str, urgency: Urgency) -> Limits:
        """The category's limits, own or inherited, else those of the urgency (if unknown, its own)."""
        return self._tree.limits(category, urgency)

    # clocks

    def limit_of(
        self, kind: ClockKind, category: str, urgency: Urgency, level: UnitLevel | None = None
    ) -> LimitInForce | None:
        """The limit for a case held by a unit of a level, and what said so (see `LimitTable`), or None."""
        return self._limits.answer(kind, category, urgency, level).limit

    def limit_answer(
        self, kind: ClockKind, category: str, urgency: Urgency, level: UnitLevel | None = None
    ) -> LimitAnswer:
        """As `limit_of`, with the row that answered, and with what said that none runs."""
        return self._limits.answer(kind, category, urgency, level)

    def due_after(self, start: datetime, limit: LimitInForce) -> datetime:
        """When a limit that starts now is over, in UTC to the millisecond; raises ValueError beyond 2100."""
        return self._after(start, limit, limit.millis)

    def warn_after(self, start: datetime, limit: LimitInForce) -> datetime:
        """When a limit that starts now warns: after its share of the same time that it runs in."""
        return self._after(start, limit, int(limit.millis * limit.warn_share))

    def _after(self, start: datetime, limit: LimitInForce, millis: int) -> datetime:
        if limit.working:
            return self.worktime.add_millis(start, millis)
        return to_millis_utc(start + timedelta(milliseconds=millis))

    # units

    def choose(self, category: str, town: str, feed: Feed, title: str | None) -> CatalogueRow:
        """The most specific catalogue row that fits (see `Catalogue`), else the built-in catch-all row."""
        return self._dispatch.choose(category, town, feed, title)

    def resolve_units(self, row: CatalogueRow, located: Located) -> tuple[str, tuple[str, ...]]:
        """The lead and the assistants of a row for a place, with ``{town}`` and ``{district}`` filled in."""
        return self._dispatch.units(row, located.town)

    def with_catalogue(self, rows: tuple[CatalogueRow, ...]) -> Self:
        """The same city with another dispatch catalogue."""
        dispatch = Catalogue(rows, self._tree, self.towns, self.units, self.settings.catch_all_unit)
        return replace(self, catalogue=rows, _dispatch=dispatch)

    def superiors_of(self, unit: str) -> tuple[str, ...]:
        """The units above one, nearest first: the way up that escalation takes."""
        found: dict[str, None] = {}
        at = self.units[unit].parent if unit in self.units else None
        while at is not None and at in self.units and at not in found:
            found[at] = None
            at = self.units[at].parent
        return tuple(found)


def build_city(pack: Pack) -> City:
    """The city of a checked pack. Sensors outside the city are left out; the check reports them."""
    tree = Tree(pack.categories, pack.settings.limits_by_urgency)
    towns = _by(lambda town: town.code, pack.towns)
    units = _by(lambda unit: unit.id, pack.units)
    places = Places(
        pack.settings.grid, pack.towns, pack.communities, pack.cells, pack.settings.default_points
    )
    return City(
        settings=pack.settings,
        districts=_by(lambda district: district.code, pack.districts),
        towns=towns,
        communities=_by(lambda community: community.code, pack.communities),
        units=units,
        categories=tree.categories,
        catalogue=pack.catalogue,
        kinds=_by(lambda kind: kind.kind, pack.kinds),
        calendar=pack.calendar,
        weights=pack.weights,
        patterns=pack.patterns,
        needs=pack.needs,
        warnings=pack.warnings,
        gateways=_gateways(pack.sensors, places),
        max_join_m=tree.farthest_join_m,
        _places=places,
        _tree=tree,
        _dispatch=Catalogue(pack.catalogue, tree, towns, units, pack.settings.catch_all_unit),
        _limits=LimitTable(pack.limits, tree),
        worktime=WorkTime(pack.calendar, pack.settings.timezone),
        repeats=pack.repeats,
        repeat_rules=RepeatTable(pack.repeats, {code: tree.policy(code).chain for code in tree.categories}),
    )


def _by(key: Callable[[Model], str], models: Iterable[Model]) -> Mapping[str, Model]:
    return MappingProxyType({key(model): model for model in models})


def _gateways(sensors: Iterable[Sensor], places: Places) -> Mapping[str, Gateway]:
    grouped: dict[str, list[tuple[Sensor, Located]]] = {}
    for sensor in sorted(sensors, key=lambda sensor: (sensor.gateway, sensor.slot)):
        located = places.locate(Point(lon=sensor.lon, lat=sensor.lat))
        if located is not None:
            grouped.setdefault(sensor.gateway, []).append((sensor, located))
    return MappingProxyType(
        {
            gateway: Gateway(gateway, tuple(s for s, _ in rows), tuple(place for _, place in rows))
            for gateway, rows in grouped.items()
        }
    )
