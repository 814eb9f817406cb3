"""What a city's warnings came to: the newest of each, and how many of each colour were right."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hub.contracts.warnings import Colour, Verdict, Warning


def newest_of(told: Iterable[Warning]) -> list[Warning]:
    """The newest version of each warning, those raised last first."""
    newest: dict[str, Warning] = {}
    for warning in told:
        known = newest.get(warning.warning_id)
        if known is None or known.seq < warning.seq:
            newest[warning.warning_id] = warning
    return sorted(newest.values(), key=lambda one: (one.raised, one.warning_id), reverse=True)


def verdicts_by_colour(warnings: Iterable[Warning]) -> Mapping[tuple[Colour, Verdict], int]:
    """How many warnings there are of each colour and verdict."""
    return Counter((warning.colour, warning.verdict) for warning in warnings)


def precision(counts: Mapping[tuple[Colour, Verdict], int], colour: Colour) -> float | None:
    """The share of a colour's judged warnings that were right; None where none is judged."""
    right = counts.get((colour, Verdict.RIGHT), 0)
    judged = right + counts.get((colour, Verdict.WRONG), 0)
    return right / judged if judged else None
