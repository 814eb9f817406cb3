"""From evidence to a score: what the city pack gives for surge, size, urgency, alarms, hazards, repeats."""

from dataclasses import dataclass
from math import log10

from hub.citypack.warning_rules import EvidencePoints
from hub.contracts.fields import Urgency

_LEAST = 1e-300
_FEWEST_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a warning; ``p_value`` is None without a surge."""

    p_value: float | None
    limit: float
    """Below this p-value a count is a surge."""
    signals: int
    alarms: int
    hazards: int
    repeats: int
    urgency: Urgency


def score_of(points: EvidencePoints, evidence: Evidence) -> float:
    """The score, in points. Without a surge, signals and alarms must stand beside each other."""
    beside = evidence.signals > 0 and evidence.alarms > 0
    if evidence.p_value is None and not beside:
        return 0.0
    score = 0.0
    if evidence.p_value is not None:
        decades = log10(evidence.limit) - log10(max(evidence.p_value, _LEAST))
        score += points.surge + points.per_decade * min(max(decades, 0.0), points.most_decades)
    score += sum(1.0 for size in points.sizes if evidence.signals >= size)
    score += points.alarm if beside else 0.0
    score += points.hazard if evidence.hazards and evidence.signals else 0.0
    score += points.repeats if evidence.repeats >= _FEWEST_REPEATS else 0.0
    score += {Urgency.UTILITY: points.utility, Urgency.LIFE: points.life}.get(evidence.urgency, 0.0)
    return round(score, 2)
