"""Learns where things are: the town of every cell that had a ticket, and what people call each town."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor

from hub.citypack.geometry import Lattice, cell_id
from hub.citypack.learn.dispatch_catalogue import majorities
from hub.citypack.learn.profile import Facts
from hub.citypack.learn.tickets import Tickets
from hub.citypack.model import CellTown, District, Grid, Town
from hub.errors import HubError

_MARGIN_DEG = 0.02
"""How far beyond the outermost ticket the grid begins, so that new places nearby have a cell too."""


@dataclass(frozen=True, slots=True)
class LearnedPlaces:
    """The places of a city, each table by code."""

    districts: tuple[District, ...]
    towns: tuple[Town, ...]
    cells: tuple[CellTown, ...]
    grid: Grid


def learn_places(tickets: Tickets, facts: Facts, farthest_join_m: float) -> LearnedPlaces:
    """Towns and their districts as most tickets of a town say, and cells as most tickets of a cell say."""
    district_of = _most(zip(tickets.towns, tickets.districts, strict=True))
    quarter_in = _most(zip(tickets.quarters, tickets.towns, strict=True))
    towns = [facts.whole_city]
    for key in sorted({town for town in tickets.towns if town}):
        quarters = tuple(sorted(name for name, town in quarter_in.items() if town == key))
        towns.append(facts.towns.town(key, district_of.get(key, facts.whole_city.district), quarters))
    towns.sort(key=lambda town: town.code)
    grid = _lay_grid(tickets, facts, farthest_join_m)
    return LearnedPlaces(
        districts=_name_districts({town.district for town in towns}, facts),
        towns=tuple(towns),
        cells=_cells(tickets, facts, Lattice.of(grid.origin_lon, grid.origin_lat, grid.cell_m)),
        grid=grid,
    )


def _most(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """What goes most often with each key; blanks say nothing."""
    told = majorities((key, value) for key, value in pairs if key and value)
    return {key: most.unit for key, most in told.items()}


def _name_districts(used: set[str], facts: Facts) -> tuple[District, ...]:
    """The districts that have a town, named where the profile knows a name."""
    known = {district.code: district for district in facts.districts}
    return tuple(known.get(code) or District(code=code, name=code) for code in sorted(used))


def _lay_grid(tickets: Tickets, facts: Facts, farthest_join_m: float) -> Grid:
    """A grid that begins south-west of every ticket, its border strips as wide as tickets may join."""
    lon, lat = tickets.lon[tickets.real], tickets.lat[tickets.real]
    if not len(lon):
        raise HubError("No ticket has a real point.", fix="check the columns lon and lat of the profile")
    origin_lon = floor((float(lon.min()) - _MARGIN_DEG) * 100) / 100
    origin_lat = floor((float(lat.min()) - _MARGIN_DEG) * 100) / 100
    lattice = Lattice.of(origin_lon, origin_lat, facts.cell_m)
    farthest = max(abs(float(lat.min())), abs(float(lat.max()))) + _MARGIN_DEG
    narrowest = min(facts.cell_m, lattice.width_m(farthest))
    return Grid(
        origin_lon=origin_lon,
        origin_lat=origin_lat,
        cell_m=facts.cell_m,
        town_from="cell_table",
        reach_m=facts.reach_m,
        border_cells=max(1, ceil(farthest_join_m / narrowest)),
    )


def _cells(tickets: Tickets, facts: Facts, lattice: Lattice) -> tuple[CellTown, ...]:
    """The town that most tickets of each cell name; cells without any are left to the nearest one listed."""
    points = zip(
        tickets.real.tolist(), tickets.lon.tolist(), tickets.lat.tolist(), tickets.towns, strict=True
    )
    inside = majorities(
        (lattice.indices_of(lon, lat), town) for real, lon, lat, town in points if real and town
    )
    return tuple(
        CellTown(cell=cell_id(*index), town=facts.towns.code.format(key=most.unit))
        for index, most in sorted(inside.items())
    )
