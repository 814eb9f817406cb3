"""Sets the metrics of open cases, moves, sensors and warnings; labels are those of the city pack."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TypeVar

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import ClockKind
from hub.contracts.feeds import HazardGrade
from hub.contracts.sensing import AlarmKind
from hub.contracts.warnings import Colour
from hub.exporters.known import OTHER, KnownNames, Named
from hub.exporters.open_cases import OpenFigures, Risk
from hub.exporters.sensors import AlarmFigures
from hub.exporters.shown import Labels, ShownCounter, ShownGauge
from hub.exporters.totals import CityTotals
from hub.metrics import HubMetrics

_BY_DISTRICT = (CaseTag.REPEAT, CaseTag.REMEDIATION, CaseTag.PROACTIVE)
_CLOCKS = frozenset(ClockKind)
_ALARMS = tuple(kind for kind in AlarmKind if kind is not AlarmKind.UNKNOWN)
_COLOURS = tuple(colour for colour in Colour if colour is not Colour.UNKNOWN)
_GRADES = (HazardGrade.GENERAL, HazardGrade.MAJOR)

Key = TypeVar("Key")


class MissionGauges:
    """The metrics of one city's mission; ``show`` sets them."""

    def __init__(self, metrics: HubMetrics, known: KnownNames) -> None:
        self._known = known
        districts, units = sorted(known.districts), sorted(known.units)
        towns = [known.town(town) for town in sorted(known.towns)]
        tops = sorted(set(known.tops.values()))
        self._by_unit = ShownGauge(metrics.unit_open_cases, product(units, Risk))
        self._by_town = ShownGauge(
            metrics.town_open_cases, ((*town, risk) for town, risk in product(towns, Risk))
        )
        self._by_category = ShownGauge(metrics.category_open_cases, product(tops, districts))
        self._tagged = ShownGauge(metrics.tagged_open_cases, product(_BY_DISTRICT, districts))
        self._tagged_in_city = ShownGauge(metrics.city_tagged_open_cases, ((tag,) for tag in _BY_DISTRICT))
        self._hazards = ShownGauge(metrics.open_hazards, product(_GRADES, districts))
        self._limits = ShownGauge(metrics.limits_at_risk)
        self._sensors = ShownGauge(metrics.sensors)
        self._alarms = ShownGauge(metrics.active_alarms, product(_ALARMS, districts))
        self._warned = ShownGauge(metrics.active_warnings, product(_COLOURS, districts))
        self._judged = ShownGauge(metrics.recent_warnings)
        self._moves = ShownCounter(metrics.case_moves)
        self._opened = ShownCounter(metrics.cases_opened)
        self._show_names(metrics)

    def show(self, totals: CityTotals) -> None:
        """Set them to these figures."""
        known = self._known
        self._show_open(totals.open)
        self._show_alarms(totals.alarms)
        self._warned.show(_sum(totals.warnings.active, lambda key: (key[0], known.district(key[1]))))
        self._judged.show(_sum(totals.warnings.recent, lambda key: (*key[:2], known.district(key[2]))))
        self._moves.show(_sum(totals.moves, lambda key: (key[0], known.district(key[1]))))
        self._opened.show(_sum(totals.opened, lambda key: (known.top(key[0]), known.district(key[1]))))

    def _show_names(self, metrics: HubMetrics) -> None:
        names = self._known.names
        for code, name in names.get(Named.DISTRICT, {}).items():
            metrics.district_info.labels(code, name).set(1)
        for code, name in names.get(Named.TOWN, {}).items():
            metrics.town_info.labels(*self._known.town(code), name).set(1)
        for code, name in names.get(Named.UNIT, {}).items():
            metrics.unit_info.labels(code, name).set(1)
        for code, name in names.get(Named.CATEGORY, {}).items():
            metrics.category_info.labels(code, name).set(1)

    def _show_open(self, figures: OpenFigures) -> None:
        known = self._known
        self._by_unit.show(_sum(figures.by_unit, lambda key: (known.unit(key[0]), key[1])))
        self._by_town.show(_sum(figures.by_town, lambda key: (*known.town(key[1]), key[2])))
        self._by_category.show(
            _sum(figures.by_category, lambda key: (known.top(key[0]), known.district(key[1])))
        )
        told = {key: count for key, count in figures.tagged.items() if key[0] in _BY_DISTRICT}
        self._tagged.show(_sum(told, lambda key: (key[0], known.district(key[1]))))
        in_need = sum(count for (tag, _), count in figures.tagged.items() if tag is CaseTag.HELP)
        in_city = _sum(told, lambda key: (key[0],))
        self._tagged_in_city.show(
            {**in_city, (CaseTag.HELP,): in_need} if in_need >= known.smallest_group else in_city
        )
        self._hazards.show(_sum(figures.hazards, lambda key: (key[0], known.district(key[1]))))
        self._limits.show(_sum(figures.limits, lambda key: (_clock(key[0]), key[1], known.district(key[2]))))

    def _show_alarms(self, figures: AlarmFigures) -> None:
        known = self._known
        self._alarms.show(_sum(figures.active, lambda key: (key[0], known.town(key[1])[0])))
        heard: dict[Labels, float] = {}
        for town, there in known.sensors.items():
            silent = min(there, figures.active.get((AlarmKind.SILENT, town), 0))
            heard["online", *known.town(town)] = there - silent
            heard["silent", *known.town(town)] = silent
        self._sensors.show(heard)


def _clock(kind: str) -> str:
    return kind if kind in _CLOCKS else OTHER


def _sum(counts: Mapping[Key, int], labels: Callable[[Key], Iterable[str]]) -> dict[Labels, float]:
    """Figures by their labels; what has the same labels is added."""
    sums: Counter[Labels] = Counter()
    for key, count in counts.items():
        sums[tuple(labels(key))] += count
    return dict(sums)
