"""How many people need help 重点诉求人 in a month, told so that no group of few is ever shown (k-anonymity).

Counted from case.events alone, which know no person: the first case of each in a calendar month says so by
its reason. People are counted in each town that they appeal to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from hub.citypack.city import City
from hub.contracts.cases import CaseEvent, EventKind
from hub.contracts.reasons import Reason
from hub.domain.patterns.months import Month


class GroupBy(StrEnum):
    """What people are grouped by."""

    DISTRICT = "district"
    TOWN = "town"
    CATEGORY = "category"
    """Roots of the category tree, of the first case of the month."""


class Group(NamedTuple):
    """People of one subject and their cases in the month; None where they are not shown."""

    subject: str
    people: int | None
    cases: int | None


class People(NamedTuple):
    """People and their cases by town and by category, as counted: not to be shown as they are."""

    people: Mapping[tuple[str, str], int]
    cases: Mapping[tuple[str, str], int]
    """By town and root category."""


def people_in(city: City, events: Iterable[CaseEvent], month: Month) -> People:
    """Who needs help in a month of the city's time."""
    people: Counter[tuple[str, str]] = Counter()
    cases: dict[str, tuple[str, str]] = {}
    for event in events:
        reasons = [move.reason for move in event.moves if move.kind is EventKind.HELP_NEEDED]
        if reasons and Month.of(city.worktime.local(event.at).date()) == month:
            group = event.town, city.ancestors_of(event.category)[-1]
            people[group] += reasons.count(Reason.NEEDS_HELP)
            cases.setdefault(event.case_id, group)
    return People(people, Counter(cases.values()))


def shown_by(city: City, found: People, by: GroupBy) -> tuple[Group, ...]:
    """The groups of one kind, by subject; those of few people are not shown, nor what would tell of them.

    The figures of all kinds may be read side by side: no sum or difference of them is of few people either.
    """
    k = city.repeats.smallest_group
    hidden: frozenset[str]
    if by is GroupBy.CATEGORY:
        of = _category
        hidden = hidden_of(_sums(found.people, of), k)
    else:
        districts = hidden_of(_sums(found.people, lambda group: city.district_of(group[0])), k)
        of = _town if by is GroupBy.TOWN else lambda group: city.district_of(group[0])
        hidden = _hidden_towns(city, found, districts, k) if by is GroupBy.TOWN else districts
    people, cases = _sums(found.people, of), _sums(found.cases, of)
    return tuple(
        Group(subject, None, None) if subject in hidden else Group(subject, people[subject], cases[subject])
        for subject in sorted({*people, *cases})
    )


def hidden_of(people: Mapping[str, int], k: int) -> frozenset[str]:
    """The groups of fewer than k; and so many of the smallest others that those hidden are k together."""
    hidden = {subject for subject, count in people.items() if count < k}
    others = sorted((count, subject) for subject, count in people.items() if subject not in hidden)
    for _, subject in others:
        together = sum(people[one] for one in hidden)
        if not 0 < together < k:
            break
        hidden.add(subject)
    return frozenset(hidden)


def _hidden_towns(city: City, found: People, districts: frozenset[str], k: int) -> frozenset[str]:
    """All towns of hidden districts; of each other district what its sum would else tell of."""
    by_district: dict[str, dict[str, int]] = {}
    for town, count in _sums(found.people, _town).items():
        by_district.setdefault(city.district_of(town), {})[town] = count
    return frozenset(
        town
        for district, towns in by_district.items()
        for town in (towns if district in districts else hidden_of(towns, k))
    )


def _town(group: tuple[str, str]) -> str:
    return group[0]


def _category(group: tuple[str, str]) -> str:
    return group[1]


def _sums(counts: Mapping[tuple[str, str], int], of: Callable[[tuple[str, str]], str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for group, count in counts.items():
        found[of(group)] += count
    return found
