"""Codes stand once, and every reference between files finds what it names."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from hub.citypack.catalogue import OWN_DISTRICT, OWN_TOWN
from hub.citypack.draft import Draft, Entry, Mistake, Sheet, meant
from hub.citypack.fields import PackModel
from hub.citypack.places import fold
from hub.citypack.repeats import RepeatPolicy

M = TypeVar("M", bound=PackModel)

_TEMPLATES = frozenset({OWN_TOWN, OWN_DISTRICT})


def check(draft: Draft) -> Iterator[Mistake]:
    """Doubled codes and unknown references."""
    yield from _doubled(draft.districts, "code", lambda row: row.code)
    yield from _doubled(draft.towns, "code", lambda row: row.code)
    yield from _doubled(draft.communities, "code", lambda row: row.code)
    yield from _doubled(draft.cells, "cell", lambda row: row.cell)
    yield from _doubled(draft.units, "id", lambda row: row.id)
    yield from _doubled(draft.categories, "code", lambda row: row.code)
    yield from _doubled(draft.catalogue, "id", lambda row: row.id)
    yield from _doubled(draft.kinds, "kind", lambda row: row.kind)
    yield from _doubled(draft.sensors, "id", lambda row: row.id)
    yield from _named_twice(draft.repeats)
    yield from _unknown(draft)


def _doubled(sheet: Sheet[M], field: str, key: Callable[[M], str]) -> Iterator[Mistake]:
    first: dict[str, Entry[M]] = {}
    for entry in sheet.entries:
        code = key(entry.model)
        earlier = first.setdefault(fold(code), entry)
        if earlier is not entry:
            problem = f"{code} stands in line {earlier.line} already"
            yield entry.mistake(field, problem, "give it its own code, or remove one of the two")


def _named_twice(repeats: Entry[RepeatPolicy]) -> Iterator[Mistake]:
    for code, times in Counter(row.category for row in repeats.model.categories).items():
        if times > 1:
            yield repeats.mistake("categories", f"{code} stands {times} times", "keep one of them")


def _unknown(draft: Draft) -> Iterator[Mistake]:
    districts = _Known(draft.districts, lambda row: row.code)
    towns = _Known(draft.towns, lambda row: row.code)
    units = _Known(draft.units, lambda row: row.id)
    categories = _Known(draft.categories, lambda row: row.code)
    kinds = _Known(draft.kinds, lambda row: row.kind)

    for town in draft.towns.entries:
        yield from districts.missing(town, "district", town.model.district)
    for community in draft.communities.entries:
        yield from towns.missing(community, "town", community.model.town)
    for cell in draft.cells.entries:
        yield from towns.missing(cell, "town", cell.model.town)
    for unit in draft.units.entries:
        yield from units.missing(unit, "parent", unit.model.parent)
        yield from districts.missing(unit, "district", unit.model.district)
        yield from towns.missing(unit, "town", unit.model.town)
    for category in draft.categories.entries:
        yield from categories.missing(category, "parent", category.model.parent)
    for row in draft.catalogue.entries:
        yield from categories.missing(row, "category", row.model.category)
        yield from towns.missing(row, "town", row.model.town)
        yield from districts.missing(row, "district", row.model.district)
        for field, names in (("lead", (row.model.lead,)), ("assist", row.model.assist)):
            for name in names:
                yield from () if name in _TEMPLATES else units.missing(row, field, name)
    for limit in draft.limits.entries:
        yield from categories.missing(limit, "category", limit.model.category)
    for kind in draft.kinds.entries:
        yield from categories.missing(kind, "category", kind.model.category)
        yield from categories.missing(kind, "silent_category", kind.model.silent_category)
        if kind.model.fault_category is not None:
            yield from categories.missing(kind, "fault_category", kind.model.fault_category)
    for sensor in draft.sensors.entries:
        yield from kinds.missing(sensor, "kind", sensor.model.kind)
    settings = draft.settings
    yield from units.missing(settings, "catch_all_unit", settings.model.catch_all_unit)
    yield from categories.missing(settings, "unknown_category", settings.model.unknown_category)
    for code in (settings.model.cases.reviewer, *settings.model.cases.hazard_plan_units):
        yield from units.missing(settings, "cases", code)
    yield from _unknown_in_patterns(draft, categories)
    for point in settings.model.default_points:
        yield from towns.missing(settings, "default_points", point.town)
    for hazard in settings.model.score_hazards:
        yield from categories.missing(settings, "score_hazards", hazard.hazard)


def _unknown_in_patterns(draft: Draft, categories: "_Known") -> Iterator[Mistake]:
    for code in draft.patterns.model.topics.leave_out:
        yield from categories.missing(draft.patterns, "topics", code)
    for code in draft.patterns.model.remediation.categories:
        yield from categories.missing(draft.patterns, "remediation", code)
    for row in draft.repeats.model.categories:
        yield from categories.missing(draft.repeats, "categories", row.category)
    for code in draft.needs.model.leave_out:
        yield from categories.missing(draft.needs, "leave_out", code)
    for code in draft.warnings.model.leave_out:
        yield from categories.missing(draft.warnings, "leave_out", code)
    for need in draft.needs.model.needs:
        for indicator in need.indicators:
            for code in indicator.categories:
                yield from categories.missing(draft.needs, "needs", code)


class _Known:
    """The codes of one sheet, those of its broken rows included."""

    def __init__(self, sheet: Sheet[M], key: Callable[[M], str]) -> None:
        self._file = sheet.file
        self._codes = frozenset(key(model) for model in sheet.models)
        self._broken = sheet.broken

    def missing(self, entry: Entry[PackModel], field: str, code: str | None) -> Iterator[Mistake]:
        """A mistake if the code is in no row of the sheet."""
        if code is None or code in self._codes or code in self._broken:
            return
        fix = meant(code, self._codes, f"add it to {self._file}, or name another")
        yield entry.mistake(field, f"{code} is not in {self._file}", fix)
