"""The category tree has no circles, its names are unambiguous, its policies and limits make sense."""

from collections.abc import Callable, Iterator, Mapping

from hub.citypack.draft import Draft, Entry, Mistake
from hub.citypack.model import Category, Limits
from hub.citypack.places import fold
from hub.citypack.tree import path_of
from hub.contracts.fields import Urgency


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes in categories and limits."""
    by_code = {row.code: row for row in draft.categories.models}
    yield from _circles(draft, by_code)
    yield from _names(draft, by_code)
    for entry in draft.categories.entries:
        yield from _join(entry)
        if entry.model.limits is not None:
            yield from _limits("limits", entry.model.limits, entry.mistake)
    yield from _limits_by_urgency(draft)


def _circles(draft: Draft, by_code: Mapping[str, Category]) -> Iterator[Mistake]:
    for entry in draft.categories.entries:
        if comes_round(entry.model.code, lambda code: by_code[code].parent if code in by_code else None):
            fix = "let the topmost category have no parent"
            yield entry.mistake("parent", f"{entry.model.code} is its own ancestor", fix)


def comes_round(start: str, parent_of: Callable[[str], str | None]) -> bool:
    """Whether going up from a node leads back to it."""
    seen: set[str] = set()
    at = parent_of(start)
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = parent_of(at)
    return False


def _names(draft: Draft, by_code: Mapping[str, Category]) -> Iterator[Mistake]:
    """A code, path or alias stands for one category; spelling is compared as `City.category_of` does."""
    owner: dict[str, str] = {}
    for code in by_code:
        owner.setdefault(fold(code), code)
    for entry in draft.categories.entries:
        category = entry.model
        names = [("path", path_of(category.code, by_code)), *(("aliases", name) for name in category.aliases)]
        for field, name in names:
            holder = owner.setdefault(fold(name), category.code)
            if holder != category.code:
                problem = f"{name!r} stands for category {holder} already"
                yield entry.mistake(field, problem, "rename one of the two")


def _join(entry: Entry[Category]) -> Iterator[Mistake]:
    join = entry.model.join
    if join is None:
        return
    if join.never and (join.within_m or join.within_hours):
        yield entry.mistake("join", "never joins, but has a distance or time", "remove never, or the others")
    if not join.never and not join.within_hours:
        yield entry.mistake("join", "joins within no time at all", "write within_hours, or never: true")


def _limits(field: str, limits: Limits, mistake: Callable[[str, str, str], Mistake]) -> Iterator[Mistake]:
    if (
        limits.sign_for_h is not None
        and limits.resolve_h is not None
        and limits.sign_for_h > limits.resolve_h
    ):
        problem = f"sign_for_h {limits.sign_for_h:g} is longer than resolve_h {limits.resolve_h:g}"
        yield mistake(field, problem, "make sign_for_h the shorter one")


def _limits_by_urgency(draft: Draft) -> Iterator[Mistake]:
    settings = draft.settings
    for urgency in (Urgency.GENERAL, Urgency.UTILITY, Urgency.LIFE):
        limits = settings.model.limits_by_urgency.get(urgency)
        if limits is None:
            fix = f"add {urgency.value}: with sign_for_h and resolve_h"
            yield settings.mistake("limits_by_urgency", f"{urgency.value} is missing", fix)
        else:
            yield from _limits("limits_by_urgency", limits, settings.mistake)
