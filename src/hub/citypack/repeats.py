"""repeats.yaml: when appeals are a repeat 反复诉求, and whose need a plan 一人一策; without it: never."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Code, PackModel

_LONGEST_MONTH = timedelta(days=31)
"""Who was counted as needing help in a month must be known until it ends."""

Days = Annotated[int, Field(ge=1, le=180, description="Length of the window, days of event time")]


class Again(PackModel):
    """So many tickets of one appellant, of one kind of matter, within so many days are a repeat."""

    times: Annotated[int, Field(ge=2, le=20)]
    within_days: Days


class AgainAtPlace(Again):
    """As `Again`, of one exact place; tickets less than ``apart_h`` apart count once.

    Thirty neighbours who report one outage in an hour are a burst, not a place that comes back.
    """

    apart_h: Annotated[float, Field(ge=0, le=720, description="Hours")] = 0.0


class CategoryRepeats(PackModel):
    """What differs for a category and those below it; what it leaves out is as for all."""

    category: Code
    never: bool = False
    appellant: Again | None = None
    place: AgainAtPlace | None = None

    @model_validator(mode="after")
    def _say_something(self) -> Self:
        if self.never == (self.appellant is not None or self.place is not None):
            raise ValueError("say either never: true, or appellant or place")
        return self


class NeedsHelp(PackModel):
    """Whose appeals need a plan of their own: so many tickets, or so many unhappy callbacks, within days."""

    times: Annotated[int, Field(ge=2, le=30)]
    dissatisfied: Annotated[int, Field(ge=2, le=20)]
    within_days: Days


class RepeatPolicy(PackModel):
    """How a city treats those who appeal again and again; each part is off where it is left out."""

    appellant: Again | None = None
    place: AgainAtPlace | None = None
    categories: tuple[CategoryRepeats, ...] = ()
    help: NeedsHelp | None = None
    smallest_group: Annotated[
        int, Field(ge=2, le=100, description="Groups of fewer people are never shown (the k of k-anonymity)")
    ] = 5


class RepeatRules(NamedTuple):
    """What holds for one category."""

    appellant: Again | None
    place: AgainAtPlace | None


class RepeatTable:
    """The rules by category, a category's own before those of its ancestors; and how long to remember."""

    def __init__(self, policy: RepeatPolicy, chains: Mapping[str, tuple[str, ...]]) -> None:
        own = {row.category: row for row in policy.categories}
        self._rules = {code: _rules_of(policy, own, chain) for code, chain in chains.items()}
        self._otherwise = RepeatRules(policy.appellant, policy.place)
        every = (self._otherwise, *self._rules.values())
        self.person_memory = _longest((policy.help, *(rules.appellant for rules in every)))
        """How long a person's tickets are remembered; no time: not at all."""
        if policy.help is not None:
            self.person_memory = max(self.person_memory, _LONGEST_MONTH)
        self.place_memory = _longest(rules.place for rules in every)
        """How long a place's tickets are remembered; no time: not at all."""
        self.remembers = bool(self.person_memory or self.place_memory)
        """Whether any ticket is remembered."""

    def of(self, category: str) -> RepeatRules:
        """The rules of a category; for one that the tree does not know, those of all."""
        return self._rules.get(category, self._otherwise)


def _rules_of(policy: RepeatPolicy, own: Mapping[str, CategoryRepeats], chain: Iterable[str]) -> RepeatRules:
    row = next((own[code] for code in chain if code in own), None)
    if row is None:
        return RepeatRules(policy.appellant, policy.place)
    if row.never:
        return RepeatRules(None, None)
    return RepeatRules(row.appellant or policy.appellant, row.place or policy.place)


def _longest(rules: Iterable[Again | NeedsHelp | None]) -> timedelta:
    return timedelta(days=max((rule.within_days for rule in rules if rule is not None), default=0))
