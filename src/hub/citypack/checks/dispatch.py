"""Every unit answers to the city, and the catalogue finds one row and one unit for every leaf category."""

from collections import Counter
from collections.abc import Iterator

from hub.citypack.catalogue import OWN_DISTRICT, OWN_TOWN, asked_by
from hub.citypack.checks.categories import comes_round
from hub.citypack.draft import Draft, Entry, Mistake
from hub.citypack.model import CatalogueRow, Unit, UnitLevel
from hub.citypack.tree import chain_of

_RANK = {UnitLevel.COMMUNITY: 0, UnitLevel.TOWN: 1, UnitLevel.DISTRICT: 2, UnitLevel.CITY: 3}


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes in units and the catalogue."""
    yield from _parents(draft)
    yield from _unit_places(draft)
    yield from _ties(draft)
    yield from _row_places(draft)
    yield from _templates(draft)
    yield from _leaves(draft)


def _parents(draft: Draft) -> Iterator[Mistake]:
    by_id = {unit.id: unit for unit in draft.units.models}
    for entry in draft.units.entries:
        unit = entry.model
        if comes_round(unit.id, lambda code: by_id[code].parent if code in by_id else None):
            yield entry.mistake("parent", f"{unit.id} is above itself", "let the city's unit have no parent")
        elif unit.parent is None and unit.level is not UnitLevel.CITY:
            problem = f"a unit of level {unit.level.value} has nobody above it"
            yield entry.mistake("parent", problem, "name its parent, up to a unit of level city")
        elif unit.parent in by_id and not _is_above(by_id[unit.parent], unit):
            above = by_id[unit.parent]
            problem = f"{above.id} of level {above.level.value} is not above level {unit.level.value}"
            yield entry.mistake("parent", problem, "name a unit of a higher level")


def _is_above(parent: Unit, unit: Unit) -> bool:
    same_city = parent.level is unit.level is UnitLevel.CITY
    return same_city or _RANK[parent.level] > _RANK[unit.level]


def _unit_places(draft: Draft) -> Iterator[Mistake]:
    """Each town and each district has at most one unit that stands for it, and places agree."""
    district_of = {town.code: town.district for town in draft.towns.models}
    for entry in draft.units.entries:
        unit = entry.model
        lies_in = district_of.get(unit.town or "")
        if lies_in is not None and unit.district not in (None, lies_in):
            problem = f"town {unit.town} lies in district {lies_in}"
            yield entry.mistake("district", problem, f"write {lies_in}, or leave it out")
        if unit.level is UnitLevel.TOWN and unit.town is None:
            yield entry.mistake("town", "a unit of level town needs its town", "write the town's code")
        if unit.level is UnitLevel.DISTRICT and unit.district is None:
            yield entry.mistake("district", "a unit of level district needs its district", "write its code")
    for level, field in ((UnitLevel.TOWN, "town"), (UnitLevel.DISTRICT, "district")):
        first: dict[str, Entry[Unit]] = {}
        for entry in draft.units.entries:
            place = entry.model.town if level is UnitLevel.TOWN else entry.model.district
            if entry.model.level is not level or place is None:
                continue
            earlier = first.setdefault(place, entry)
            if earlier is not entry:
                problem = f"{earlier.model.id} is the unit of {field} {place} already"
                yield entry.mistake(field, problem, f"only one unit of level {field} may stand for it")


def _ties(draft: Draft) -> Iterator[Mistake]:
    first: dict[object, Entry[CatalogueRow]] = {}
    for entry in draft.catalogue.entries:
        earlier = first.setdefault(asked_by(entry.model), entry)
        if earlier is not entry:
            problem = f"asks for exactly the same as row {earlier.model.id} in line {earlier.line}"
            yield entry.mistake("category", problem, "make one more specific, or remove it")


def _row_places(draft: Draft) -> Iterator[Mistake]:
    district_of = {town.code: town.district for town in draft.towns.models}
    for entry in draft.catalogue.entries:
        row = entry.model
        lies_in = district_of.get(row.town or "")
        if lies_in is not None and row.district not in (None, lies_in):
            problem = f"never fits: town {row.town} lies in district {lies_in}"
            yield entry.mistake("district", problem, "leave the district out")
        if row.title is not None and not row.title.strip():
            yield entry.mistake("title", "is blank", "write it, or leave it out")
        if row.lead in row.assist:
            yield entry.mistake("assist", f"{row.lead} leads already", "leave it out")
        for name, count in Counter(row.assist).items():
            if count > 1:
                yield entry.mistake("assist", f"{name} stands twice", "leave one out")


def _templates(draft: Draft) -> Iterator[Mistake]:
    """Where a row says {town} or {district}, every place that it can fit needs its unit."""
    towns = {unit.town for unit in draft.units.models if unit.level is UnitLevel.TOWN}
    districts = {unit.district for unit in draft.units.models if unit.level is UnitLevel.DISTRICT}
    reported: set[str] = set()
    for entry in draft.catalogue.entries:
        row = entry.model
        named = {row.lead, *row.assist} & {OWN_TOWN, OWN_DISTRICT}
        for town in draft.towns.models if named else ():
            if row.town not in (None, town.code) or row.district not in (None, town.district):
                continue
            for template, place, known in (
                (OWN_TOWN, town.code, towns),
                (OWN_DISTRICT, town.district, districts),
            ):
                if template in named and place not in known and place not in reported:
                    reported.add(place)
                    fix = f"add the unit of {place} to {draft.units.file}, or name a unit"
                    yield entry.mistake("lead", f"{template} has no unit for {place}", fix)


def _leaves(draft: Draft) -> Iterator[Mistake]:
    """A leaf category without a row for everything would silently fall to the catch-all unit."""
    by_code = {row.code: row for row in draft.categories.models}
    parents = {row.parent for row in draft.categories.models}
    plain = (None, None, None, None)
    covered = {category for category, rest in map(asked_by, draft.catalogue.models) if rest == plain}
    if None in covered or draft.catalogue.broken:
        return
    for entry in draft.categories.entries:
        code = entry.model.code
        if code in parents or code == draft.settings.model.unknown_category:
            continue
        if not any(node.code in covered for node in chain_of(code, by_code)):
            fix = f"add a row for {code}, or for a category above it, to {draft.catalogue.file}"
            yield entry.mistake("code", f"{code} has no row in {draft.catalogue.file}", fix)
