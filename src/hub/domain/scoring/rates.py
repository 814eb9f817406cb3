"""Rates, handling times and the score of a sum of cells; what nothing is known of is None, never 0."""

from dataclasses import dataclass

from hub.citypack.model import Weights
from hub.domain.scoring.handling import quantile
from hub.domain.scoring.merging import Merged


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates from 0 to 1; per_10k are appeals, median_s and p90_s seconds, score is from 0 to 100."""

    response: float | None
    """响应率: citizens contacted in time, of those who said."""
    resolution: float | None
    """解决率: solved, of those who said."""
    satisfaction: float | None
    """满意率: satisfied, of those who said."""
    overdue: float | None
    repeat: float | None
    reopening: float | None
    overturn: float | None
    """Objections upheld, of those ruled on."""
    arrival: float | None
    """Whistles answered in time, of those that came to an end."""
    hazard_closure: float | None
    per_10k: float | None
    """万人诉求比: appeals per 10,000 residents."""
    median_s: float | None
    p90_s: float | None
    score: float | None


def rates(sums: Merged, weights: Weights, residents: int | None = None) -> Rates:
    """What sums come to. Without residents (None or 0: unknown) there are no appeals per 10,000 of them."""
    c = sums.counts
    response = _share(c.contacted, c.asked)
    resolution = _share(c.solved, c.asked_solved)
    satisfaction = _share(c.satisfied, c.asked_satisfied)
    return Rates(
        response=response,
        resolution=resolution,
        satisfaction=satisfaction,
        overdue=_share(c.overdue, c.assessed),
        repeat=_share(c.repeat, c.assessed),
        reopening=_share(c.reopened, c.assessed),
        overturn=_share(c.upheld, c.upheld + c.rejected),
        arrival=_share(c.arrived - c.arrived_late, c.summoned),
        hazard_closure=_share(c.hazards_closed, c.hazards),
        per_10k=c.appeals * 10_000 / residents if residents else None,
        median_s=quantile(sums.handling, 0.5),
        p90_s=quantile(sums.handling, 0.9),
        score=score(response, resolution, satisfaction, weights),
    )


def score(
    response: float | None, resolution: float | None, satisfaction: float | None, weights: Weights
) -> float | None:
    """100 x the weighted mean of the three rates; None unless all three are known."""
    if response is None or resolution is None or satisfaction is None:
        return None
    weighted = (
        weights.response * response + weights.resolution * resolution + weights.satisfaction * satisfaction
    )
    return 100 * weighted / (weights.response + weights.resolution + weights.satisfaction)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
