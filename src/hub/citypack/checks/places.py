"""Districts have towns, towns have points, names stand for one place, and the grid covers the city."""

from collections.abc import Iterator
from math import ceil

from hub.citypack.draft import Draft, Entry, Mistake
from hub.citypack.geometry import LAST_INDEX, Lattice, cell_indices
from hub.citypack.model import Community, PackSettings
from hub.citypack.places import anchors_of, fold
from hub.citypack.tree import Tree


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes in districts, towns, communities and the grid."""
    yield from _empty_districts(draft)
    yield from _towns_without_point(draft)
    yield from _half_points(draft)
    yield from _names(draft)
    yield from _grid(draft)
    yield from _reach_of_joins(draft)


def _empty_districts(draft: Draft) -> Iterator[Mistake]:
    used = {town.district for town in draft.towns.models}
    for entry in draft.districts.entries:
        if entry.model.code not in used and not draft.towns.broken:
            yield entry.mistake("code", f"{entry.model.code} has no town", "add its towns, or remove it")


def _towns_without_point(draft: Draft) -> Iterator[Mistake]:
    if draft.settings.model.grid.town_from != "nearest_community":
        if not draft.cells.entries:
            fix = "add cells.csv with cell and town, or set grid.town_from: nearest_community"
            yield draft.settings.mistake("grid", "town_from is cell_table but no cell is listed", fix)
        return
    with_point = {row.town for row in draft.communities.models if row.lon is not None and row.lat is not None}
    for entry in draft.towns.entries:
        if entry.model.code not in with_point and entry.model.code not in draft.communities.broken:
            fix = f"give a community of town {entry.model.code} lon and lat in {draft.communities.file}"
            yield entry.mistake("code", "no community of the town has a point: no point can lie in it", fix)


def _half_points(draft: Draft) -> Iterator[Mistake]:
    for entry in draft.communities.entries:
        row = entry.model
        if (row.lon is None) != (row.lat is None):
            missing = "lon" if row.lon is None else "lat"
            yield entry.mistake(missing, "a point needs lon and lat", f"write {missing}, or leave both out")
        elif _on_default_point(row, draft.settings.model):
            fix = "find its real point, or leave lon and lat out"
            yield entry.mistake("lon", "stands on a default point of city.yaml", fix)


def _on_default_point(row: Community, settings: PackSettings) -> bool:
    return any((row.lon, row.lat) == (known.lon, known.lat) for known in settings.default_points)


def _names(draft: Draft) -> Iterator[Mistake]:
    """Codes and aliases of towns and communities share one space of names."""
    owner: dict[str, str] = {}
    for town in draft.towns.entries:
        owner.setdefault(fold(town.model.code), town.model.code)
    for town in draft.towns.entries:
        if cell_indices(town.model.code) is not None:
            yield town.mistake("code", f"{town.model.code} looks like a cell", "use another code")
        for alias in town.model.aliases:
            holder = owner.setdefault(fold(alias), town.model.code)
            if holder != town.model.code:
                yield town.mistake("aliases", f"{alias!r} stands for town {holder} already", "remove one")
            if cell_indices(alias) is not None:
                yield town.mistake("aliases", f"{alias!r} looks like a cell", "write another alias")
    for community in draft.communities.entries:
        code = community.model.code
        if fold(code) in owner:
            problem = f"{code} stands for town {owner[fold(code)]} already"
            yield community.mistake("code", problem, "give the community its own code")
        if cell_indices(code) is not None:
            yield community.mistake("code", f"{code} looks like a cell", "use another code")


def _grid(draft: Draft) -> Iterator[Mistake]:
    """The grid must begin south-west of every known place, and its cells must be few enough to number."""
    settings: Entry[PackSettings] = draft.settings
    grid = settings.model.grid
    anchors = [point for point, _ in anchors_of(grid, draft.communities.models, draft.cells.models)]
    if not anchors:
        return
    lattice = Lattice.of(grid.origin_lon, grid.origin_lat, grid.cell_m)
    west, south = min(p.lon for p in anchors), min(p.lat for p in anchors)
    east, north = max(p.lon for p in anchors), max(p.lat for p in anchors)
    if min(lattice.indices_of(west, south)) < 0:
        fix = f"set origin_lon below {west:g} and origin_lat below {south:g}"
        yield settings.mistake("grid", "the origin must lie south-west of every community and cell", fix)
    if max(lattice.indices_of(east, north)) > LAST_INDEX:
        fix = "choose an origin nearer to the city, or a larger cell_m"
        yield settings.mistake("grid", f"the city is more than {LAST_INDEX} cells across", fix)


def _reach_of_joins(draft: Draft) -> Iterator[Mistake]:
    """Signals on both sides of a border meet only if the strip with one owner is as wide as they may join."""
    settings = draft.settings.model
    longest = Tree(draft.categories.models, settings.limits_by_urgency).farthest_join_m
    covered = settings.grid.border_cells * settings.grid.cell_m
    if longest > covered:
        problem = f"signals join over {longest:g} m, but borders are covered for {covered:g} m only"
        needed = ceil(longest / settings.grid.cell_m)
        fix = f"set grid.border_cells: {needed}, or shorten join.within_m in {draft.categories.file}"
        yield draft.settings.mistake("grid", problem, fix)
