"""Sets the metrics of scores: rates, handling times, appeals per resident, of subjects of the pack."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hub.contracts.scores import ScoreBy
from hub.domain.scoring.merging import Merged
from hub.domain.scoring.rates import Rates, rates
from hub.exporters.known import KnownNames
from hub.exporters.score_windows import CITY, Scope
from hub.exporters.shown import ShownGauge
from hub.metrics import HubMetrics


class _Told(NamedTuple):
    """What one scope comes to: its labels by, subject, district; its days; its figures."""

    place: tuple[str, str, str]
    days: str
    assessed: int
    answered: int
    rates: Rates


class ScoreGauges:
    """The metrics of scores of one city; ``show`` sets them."""

    def __init__(self, metrics: HubMetrics, known: KnownNames) -> None:
        self._known = known
        self._ratio = ShownGauge(metrics.score_ratio)
        self._handling = ShownGauge(metrics.score_handling_seconds)
        self._cases = ShownGauge(metrics.score_cases)
        self._answers = ShownGauge(metrics.score_answers)
        self._appeals = ShownGauge(metrics.score_appeals_per_resident)
        self._figures: Mapping[Scope, Merged] = {}
        self._told: dict[Scope, _Told] = {}

    def show(self, figures: Mapping[Scope, Merged]) -> None:
        """Set them to these sums; what nothing is known of, or the pack does not know, has no series."""
        if figures is self._figures:
            return
        before, self._figures = self._figures, figures
        self._told = {
            scope: self._told[scope] if before.get(scope) is merged else self._tell(scope, merged)
            for scope, merged in figures.items()
            if self._knows(scope)
        }
        told = self._told.values()
        self._ratio.show({(*t.place, name, t.days): share for t in told for name, share in _shares(t.rates)})
        self._handling.show({(*t.place, share, t.days): s for t in told for share, s in _times(t.rates)})
        self._cases.show({(*t.place, t.days): t.assessed for t in told})
        self._answers.show({(*t.place, t.days): t.answered for t in told})
        self._appeals.show(
            {(*t.place, t.days): t.rates.per_10k / 10_000 for t in told if t.rates.per_10k is not None}
        )

    def _knows(self, scope: Scope) -> bool:
        match scope.by:
            case ScoreBy.DISTRICT:
                return scope.subject in self._known.districts
            case ScoreBy.TOWN:
                return scope.subject in self._known.towns
            case ScoreBy.UNIT:
                return scope.subject in self._known.units
            case _:
                return scope.by == CITY

    def _tell(self, scope: Scope, merged: Merged) -> _Told:
        known = self._known
        district, residents = "", None
        match scope.by:
            case ScoreBy.DISTRICT:
                district = scope.subject
                residents = sum(
                    known.residents.get(town, 0) for town, of in known.towns.items() if of == district
                )
            case ScoreBy.TOWN:
                district, residents = known.towns[scope.subject], known.residents.get(scope.subject)
            case ScoreBy.UNIT:
                district = known.districts_of_units.get(scope.subject, "")
            case _:
                residents = sum(known.residents.values())
        place = (scope.by, scope.subject, district)
        counts = merged.counts
        told = rates(merged, known.weights, residents)
        return _Told(place, str(scope.days), counts.assessed, counts.asked_solved, told)


def _shares(told: Rates) -> Iterator[tuple[str, float]]:
    """The rates that are shares of 1, and the score as one."""
    shares = {
        "response": told.response,
        "resolution": told.resolution,
        "satisfaction": told.satisfaction,
        "overdue": told.overdue,
        "repeat": told.repeat,
        "reopening": told.reopening,
        "overturn": told.overturn,
        "arrival": told.arrival,
        "hazard_closure": told.hazard_closure,
        "score": None if told.score is None else told.score / 100,
    }
    return ((name, share) for name, share in shares.items() if share is not None)


def _times(told: Rates) -> Iterator[tuple[str, float]]:
    times = {"0.5": told.median_s, "0.9": told.p90_s}
    return ((share, seconds) for share, seconds in times.items() if seconds is not None)
