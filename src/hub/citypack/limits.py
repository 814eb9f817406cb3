"""Limits in force 时限: how long a case has for each thing, and what said so. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hub.citypack.model import LimitRow, Limits, UnitLevel
from hub.citypack.tree import Tree
from hub.citypack.worktime import millis_of
from hub.contracts.cases import ClockKind
from hub.contracts.fields import LimitLayer, Urgency

_KEPT = 65_536
"""How many answers are kept: all that a city of some thousand categories asks for."""

LIMIT_KINDS = tuple(kind for kind in ClockKind if kind not in (ClockKind.UNKNOWN, ClockKind.ARCHIVE))
"""The kinds that a pack limits; how long a closed case is kept is ``cases.return_days`` of city.yaml."""

DEFAULT_HOURS: Mapping[ClockKind, float] = {
    ClockKind.OBJECT: 4,
    ClockKind.REVIEW: 8,
    ClockKind.CONSULT: 48,
    ClockKind.ARRIVE: 2,
    ClockKind.COSIGN: 24,
    ClockKind.SUSPEND: 360,
    ClockKind.EXTENSION: 8,
    ClockKind.EXCLUSION: 72,
    ClockKind.CALLBACK: 24,
    ClockKind.REMIND: 72,
    ClockKind.LOOK_BACK: 720,
}
"""Calendar hours of the kinds of which a pack says nothing; sign_for and resolve then have no limit."""

WARN_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """How long something may take: milliseconds of the calendar or of working time, and what said so."""

    millis: int
    working: bool
    warn_share: float
    """Share of the limit after which it warns."""
    layer: LimitLayer

    @property
    def hours(self) -> float:
        """The limit in hours."""
        return self.millis / 3_600_000


@dataclass(frozen=True, slots=True)
class LimitAnswer:
    """What answered the question for a limit; ``limit`` is None if none runs."""

    layer: LimitLayer
    limit: LimitInForce | None
    row: LimitRow | None = None
    """The row of limits.csv that answered, if one did."""


_Selector = tuple[ClockKind, str | None, Urgency | None, UnitLevel | None]


class LimitTable:
    """All limits of a city. The first of these that says anything answers:

    1. the category of the case, then its parent, and so on to the top of the tree; at each of them
       rows of limits.csv for it with urgency and level, with urgency, with level, with neither,
       then its own ``limits`` in categories (only sign_for and resolve; what they leave out does not run);
    2. rows of limits.csv for the urgency and the level, then for the urgency;
    3. ``limits_by_urgency`` of city.yaml (only sign_for and resolve; what they leave out is left to others);
    4. rows of limits.csv for the level, then those for the kind alone;
    5. the built-in default of the kind, `DEFAULT_HOURS`.

    An unknown urgency is that of the category. Without a level only rows without a level fit.
    """

    def __init__(self, rows: Iterable[LimitRow], tree: Tree) -> None:
        self._tree = tree
        self._rows: dict[_Selector, LimitRow] = {}
        for row in rows:
            self._rows.setdefault((row.kind, row.category, row.urgency, row.level), row)
        self.answer = lru_cache(maxsize=_KEPT)(self._find)
        """The answer for a kind, category, urgency and level, found once."""

    def _find(self, kind: ClockKind, category: str, urgency: Urgency, level: UnitLevel | None) -> LimitAnswer:
        asked = self._tree.policy(category).urgency if urgency is Urgency.UNKNOWN else urgency
        return next(self._answers(kind, category, asked, level))

    def _answers(
        self, kind: ClockKind, category: str, urgency: Urgency, level: UnitLevel | None
    ) -> Iterator[LimitAnswer]:
        for code in self._tree.policy(category).chain:
            yield from self._by_row(kind, code, urgency, level)
            yield from self._by_row(kind, code, urgency, None)
            yield from self._by_row(kind, code, None, level)
            yield from self._by_row(kind, code, None, None)
            yield from _by_limits(kind, self._tree.own_limits(code), LimitLayer.CATEGORY)
        yield from self._by_row(kind, None, urgency, level)
        yield from self._by_row(kind, None, urgency, None)
        by_urgency = [*_by_limits(kind, self._tree.limits_by_urgency(urgency), LimitLayer.URGENCY)]
        yield from (answer for answer in by_urgency if answer.limit is not None)
        yield from self._by_row(kind, None, None, level)
        yield from self._by_row(kind, None, None, None)
        yield _built_in(kind)

    def _by_row(
        self, kind: ClockKind, category: str | None, urgency: Urgency | None, level: UnitLevel | None
    ) -> Iterator[LimitAnswer]:
        row = self._rows.get((kind, category, urgency, level))
        if row is not None:
            layer = layer_of(row)
            yield LimitAnswer(layer, _in_force(row.hours, row.working, row.warn_share, layer), row)


def layer_of(row: LimitRow) -> LimitLayer:
    """The layer of a row of limits.csv, by what it names."""
    match (row.category is not None, row.urgency is not None, row.level is not None):
        case (True, True, True):
            return LimitLayer.CATEGORY_URGENCY_LEVEL_ROW
        case (True, True, False):
            return LimitLayer.CATEGORY_URGENCY_ROW
        case (True, False, True):
            return LimitLayer.CATEGORY_LEVEL_ROW
        case (True, False, False):
            return LimitLayer.CATEGORY_ROW
        case (False, True, True):
            return LimitLayer.URGENCY_LEVEL_ROW
        case (False, True, False):
            return LimitLayer.URGENCY_ROW
        case (False, False, True):
            return LimitLayer.LEVEL_ROW
        case _:
            return LimitLayer.KIND_ROW


def _by_limits(kind: ClockKind, limits: Limits | None, layer: LimitLayer) -> Iterator[LimitAnswer]:
    if limits is not None and kind in (ClockKind.SIGN_FOR, ClockKind.RESOLVE):
        hours = limits.sign_for_h if kind is ClockKind.SIGN_FOR else limits.resolve_h
        yield LimitAnswer(layer, _in_force(hours, limits.working, limits.warn_share, layer))


def _built_in(kind: ClockKind) -> LimitAnswer:
    limit = _in_force(DEFAULT_HOURS.get(kind), False, WARN_SHARE, LimitLayer.DEFAULT)
    return LimitAnswer(LimitLayer.DEFAULT, limit)


def _in_force(
    hours: float | None, working: bool, warn_share: float, layer: LimitLayer
) -> LimitInForce | None:
    return None if hours is None else LimitInForce(millis_of(hours), working, warn_share, layer)
