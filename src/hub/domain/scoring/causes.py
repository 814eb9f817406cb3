"""Opens a figure down to its cases: which cases of a subject count for what in a period."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from hub.contracts.scores import ScoreBy, ScoreChange
from hub.domain.scoring.counts import by_name
from hub.domain.scoring.periods import Period

DENIED = {
    "not_contacted": ("asked", "contacted"),
    "unsolved": ("asked_solved", "solved"),
    "unsatisfied": ("asked_satisfied", "satisfied"),
    "hazards_open": ("hazards", "hazards_closed"),
}
"""What is no count of its own: the cases that a rate lacks, as whole and part."""

Place = tuple[str, str, str, str]
"""District, town, category and day that a change is of."""


def newest_changes(changes: Iterable[ScoreChange]) -> Iterable[ScoreChange]:
    """The newest change of each case in each place that it was in; give a case's changes in order."""
    found: dict[tuple[str, Place], ScoreChange] = {}
    for change in changes:
        place = (change.district, change.town, change.category, change.day)
        found[change.case_id, place] = change
    return found.values()


def cases_by_figure(
    changes: Iterable[ScoreChange],
    by: ScoreBy | None,
    subject: str,
    period: Period,
    district: str | None = None,
) -> Mapping[str, Mapping[str, int]]:
    """By figure the cases that count for it, each with how much; without figures that are 0.

    ``by`` None is the whole city, whatever the subject.
    """
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for change in newest_changes(changes):
        if not period.holds(change.day) or district not in (None, change.district):
            continue
        for name, count in _counted(change, by, subject).items():
            found[name][change.case_id] = found[name].get(change.case_id, 0) + count
    return {name: dict(sorted(cases.items())) for name, cases in found.items()}


def _counted(change: ScoreChange, by: ScoreBy | None, subject: str) -> Mapping[str, int]:
    """What a case counts for with a subject, but for what is 0."""
    places = {
        None: subject,
        ScoreBy.DISTRICT: change.district,
        ScoreBy.TOWN: change.town,
        ScoreBy.CATEGORY: change.category,
    }
    parts = change.after
    if by is ScoreBy.UNIT:
        parts = tuple(part for part in parts if part.unit == subject)
    elif places.get(by) != subject:
        return {}
    sums: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        for name, count in by_name(part.counts).items():
            sums[name] += count
    for name, (whole, answered) in DENIED.items():
        sums[name] = sums[whole] - sums[answered]
    return {name: count for name, count in sums.items() if count}
