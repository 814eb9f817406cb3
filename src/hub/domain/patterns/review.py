"""The monthly review of towns under remediation 治理类街乡镇: who enters, stays and leaves, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.citypack.pattern_rules import RemediationRules
from hub.contracts.standing import Standing
from hub.domain.patterns.months import Month, whole_months
from hub.domain.patterns.tallies import NONE, Daily, Tally, sums, total
from hub.domain.remediation import announcements
from hub.flow import Emit

SOURCE = "remediation-review"
"""Who decides, as the records on the towns' logs have it."""

_PER = 10_000


class Verdict(StrEnum):
    """What a review says of a town."""

    ENTERS = "enters"
    STAYS = "stays"
    LEAVES = "leaves"
    OUT = "out"


class TownMonth(NamedTuple):
    """A town's figures of a month."""

    appeals: int
    per_10k: float | None
    """Appeals per 10,000 residents; None where residents are unknown."""
    times_city: float | None
    """That against the whole city's."""
    asked: int
    solved: float | None
    """Share that citizens call solved; None where nobody was asked."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a month's review says of one town."""

    town: str
    verdict: Verdict
    since: Month | None
    """The month with which it came under remediation; None for one that is not."""
    without: int
    """Months in a row in which it did not meet the criteria, while under remediation."""
    figures: TownMonth
    why: str


class _Held(NamedTuple):
    """A town under remediation between two reviews."""

    since: Month
    without: int


def review(city: City, days: Sequence[Daily], month: Month) -> tuple[Review, ...]:
    """The review of a month, by town: the reviews of all months known whole until then, one after another.

    Empty where the month itself is not known whole.
    """
    known = [one for one in whole_months(day.day for day in days) if one <= month]
    if not known or known[-1] != month:
        return ()
    by_month: dict[Month, list[Daily]] = {one: [] for one in known}
    for day in days:
        if (of := Month.of(day.day)) in by_month:
            by_month[of].append(day)
    held: dict[str, _Held] = {}
    found: tuple[Review, ...] = ()
    for one in known:
        figures = figures_of(city, by_month[one])
        found = tuple(
            _of_town(city.patterns.remediation, town, one, figures[town], held.get(town))
            for town in sorted(city.towns)
        )
        held = {
            each.town: _Held(each.since, each.without)
            for each in found
            if each.since is not None and each.verdict is not Verdict.LEAVES
        }
    return found


def figures_of(city: City, days: Iterable[Daily]) -> Mapping[str, TownMonth]:
    """Each town's figures, of the days of one month."""
    tallies = sums(days, lambda one: one.subject)
    residents = {code: town.residents for code, town in city.towns.items()}
    everywhere = _per_10k(
        total(tally for town, tally in tallies.items() if residents.get(town)).appeals,
        sum(residents.values()),
    )
    return {town: _figures(tallies.get(town, NONE), residents[town], everywhere) for town in city.towns}


def _figures(tally: Tally, residents: int, everywhere: float | None) -> TownMonth:
    per_10k = _per_10k(tally.appeals, residents)
    return TownMonth(
        tally.appeals,
        per_10k,
        per_10k / everywhere if per_10k is not None and everywhere else None,
        tally.asked_solved,
        tally.solved / tally.asked_solved if tally.asked_solved else None,
    )


def _per_10k(appeals: int, residents: int) -> float | None:
    return appeals * _PER / residents if residents else None


def _of_town(
    rules: RemediationRules, town: str, month: Month, figures: TownMonth, held: _Held | None
) -> Review:
    many = tuple(_many(rules, figures))
    judged = figures.asked >= rules.fewest_asked
    few_solved = judged and figures.solved is not None and figures.solved < rules.solved_below
    why = "; ".join((*(many or ("few appeals",)), _solved(rules, figures, judged)))
    if many and few_solved:
        verdict = Verdict.STAYS if held else Verdict.ENTERS
        return Review(town, verdict, held.since if held else month, 0, figures, why)
    if held is None:
        return Review(town, Verdict.OUT, None, 0, figures, why)
    # Many appeals and too few answers say neither the one nor the other.
    without = held.without if many and not judged else held.without + 1
    verdict = Verdict.LEAVES if without >= rules.leave_months else Verdict.STAYS
    why = f"{without} of {rules.leave_months} months without: {why}"
    return Review(town, verdict, held.since, without, figures, why)


def _many(rules: RemediationRules, figures: TownMonth) -> Iterator[str]:
    """Each criterion by which a town has many appeals, as a clerk reads it."""
    if rules.appeals is not None and figures.appeals >= rules.appeals:
        yield f"{figures.appeals:,} appeals ({rules.appeals:,} are many)"
    if rules.per_10k is not None and figures.per_10k is not None and figures.per_10k >= rules.per_10k:
        yield f"{figures.per_10k:.1f} per 10,000 residents ({rules.per_10k:g} are many)"
    if (
        rules.times_city is not None
        and figures.times_city is not None
        and figures.times_city >= rules.times_city
    ):
        yield f"{figures.times_city:.2f} times the city's per resident ({rules.times_city:g} is many)"


def _solved(rules: RemediationRules, figures: TownMonth, judged: bool) -> str:
    if figures.solved is None or not judged:
        return f"{figures.asked} citizens asked, fewer than {rules.fewest_asked}"
    verdict = "too few" if figures.solved < rules.solved_below else "enough"
    due = f"{verdict}, {rules.solved_below:.0%} are due"
    return f"{figures.solved:.1%} of {figures.asked:,} call it solved ({due})"


def statuses(city: City, month: Month, reviews: Iterable[Review]) -> tuple[Emit, ...]:
    """What must be published of a review: for each town that enters, stays or leaves, on each log concerned.

    Ids and times derive from town and month, so that the same again is known as the same.
    """
    decided = datetime(*month.plus(1), 1, tzinfo=ZoneInfo(city.settings.timezone))
    return tuple(
        emit
        for each in reviews
        if each.verdict is not Verdict.OUT
        for emit in announcements(
            city,
            source=SOURCE,
            id=f"{each.town}/{month}",
            town=each.town,
            standing=Standing.NORMAL if each.verdict is Verdict.LEAVES else Standing.REMEDIATION,
            at=decided,
            why=each.why,
        )
    )
