"""Rankings 排名: by score, ties share a place, and who has too few cases has none, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.domain.scoring.merging import Merged
from hub.domain.scoring.rates import Rates

TIE_DIGITS = 9
"""Scores that agree to so many decimals tie: the last bits of a sum depend on its order."""


class Unranked(StrEnum):
    """Why a subject has no place."""

    TOO_FEW = "too_few"
    """Fewer assessed cases than the city asks for: one more answer would turn the order over."""
    NO_SCORE = "no_score"
    """One of the three rates is unknown: no citizen has said anything of it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A subject with its sums and rates, and its place from 1, or why it has none."""

    subject: str
    sums: Merged
    rates: Rates
    place: int | None = None
    unranked: Unranked | None = None


def ranking(sums: Mapping[str, Merged], rates: Mapping[str, Rates], fewest: int) -> tuple[Scored, ...]:
    """Subjects by score, best first, those without a place behind them by code.

    Places are those of a competition: 1, 2, 2, 4.
    """
    reasons = {subject: _unranked(sums[subject], rates[subject], fewest) for subject in sums}
    scores = {subject: _rounded(rates[subject]) for subject, reason in reasons.items() if reason is None}
    ranked = sorted(scores, key=lambda subject: (-scores[subject], subject))
    first_of: dict[float, int] = {}
    for number, subject in enumerate(ranked, start=1):
        first_of.setdefault(scores[subject], number)
    others = sorted(subject for subject, reason in reasons.items() if reason is not None)
    return (
        *(Scored(one, sums[one], rates[one], place=first_of[scores[one]]) for one in ranked),
        *(Scored(one, sums[one], rates[one], unranked=reasons[one]) for one in others),
    )


def _unranked(sums: Merged, rates: Rates, fewest: int) -> Unranked | None:
    if sums.counts.assessed < fewest:
        return Unranked.TOO_FEW
    return Unranked.NO_SCORE if rates.score is None else None


def _rounded(rates: Rates) -> float:
    assert rates.score is not None, "who has no score is not ranked"
    return round(rates.score, TIE_DIGITS)
