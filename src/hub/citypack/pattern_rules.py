"""How a city looks for patterns 主动治理: its month's topic, effects of plans, towns under remediation."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Code, PackModel

Share = Annotated[float, Field(ge=0, le=1)]
"""A share of a whole, 0 to 1."""

Counted = Annotated[int, Field(ge=1)]
"""A number of appeals, cases or months that is enough."""


class TopicWeights(PackModel):
    """How much each figure counts in the ranking of topics 每月一题; together 1."""

    volume: Share = 0.3
    growth: Share = 0.3
    breadth: Share = 0.1
    repeats: Share = 0.15
    unsolved: Share = 0.15

    @model_validator(mode="after")
    def _add_up_to_one(self) -> Self:
        total = self.volume + self.growth + self.breadth + self.repeats + self.unsolved
        if abs(total - 1) > 1e-9:
            raise ValueError(f"volume + growth + breadth + repeats + unsolved must be 1, not {total:g}")
        return self


class TopicRules(PackModel):
    """Which categories can be the month's topic, and what speaks for one."""

    level: Annotated[int, Field(ge=1, le=12, description="Depth of the groups that are ranked; roots: 1")] = 2
    leave_out: Annotated[
        tuple[Code, ...], Field(description="Categories that are no topic, nor those below")
    ] = ()
    fewest: Annotated[
        Counted, Field(description="Categories with fewer appeals in the month are not ranked")
    ] = 20
    growth_prior: Annotated[float, Field(gt=0, description="Appeals that growth is shrunk by")] = 20.0
    rate_prior: Annotated[float, Field(gt=0, description="Cases that a rate is shrunk by")] = 20.0
    weights: TopicWeights = TopicWeights()


class EffectRules(PackModel):
    """What makes a category comparable when the effect of a topic's plan is measured."""

    windows_before: Annotated[
        int, Field(ge=1, le=12, description="Windows before the plan that are compared")
    ] = 3
    fewest_a_week: Annotated[float, Field(gt=0, description="Appeals a week before, of every category")] = 5.0
    fewest_controls: Annotated[int, Field(ge=4, le=50, description="Comparable categories at least")] = 6
    most_controls: Annotated[int, Field(ge=4, le=200, description="Comparable categories at most")] = 25
    parallel_p: Annotated[float, Field(gt=0, lt=1, description="Below it a trend is not parallel")] = 0.05


class RemediationRules(PackModel):
    """When a town comes under remediation 治理类街乡镇, and when it leaves.

    It meets the criteria in a month in which it has many appeals (by number, per 10,000 residents, or per
    resident against the whole city; any one that is stated) and solves too few. It enters in the first such
    month and leaves after so many months in a row without.
    """

    appeals: Annotated[int | None, Field(ge=1, description="Appeals in the month, from here on many")] = None
    per_10k: Annotated[float | None, Field(gt=0, description="Per 10,000 residents, from here on many")] = (
        None
    )
    times_city: Annotated[
        float | None, Field(gt=0, description="Times the city's appeals per resident, from here on many")
    ] = 1.5
    solved_below: Annotated[Share, Field(description="Share that citizens call solved, below it too few")] = (
        0.9
    )
    fewest_asked: Annotated[Counted, Field(description="Towns with fewer answers are not judged")] = 30
    leave_months: Annotated[int, Field(ge=1, le=24, description="Months in a row without, to leave")] = 3
    categories: Annotated[
        tuple[Code, ...],
        Field(
            description="New cases of these and below are dispatched one level higher meanwhile; none: all"
        ),
    ] = ()

    def covers(self, chain: Iterable[str]) -> bool:
        """Whether a case is dispatched higher whose category has these ancestors, itself among them."""
        return not self.categories or not frozenset(self.categories).isdisjoint(chain)


class TogetherRules(PackModel):
    """When categories go together 关联分析: how slots are cut, and what is too little to speak of."""

    hours: Annotated[int, Field(description="Length of a band of hours; a divisor of 24")] = 6
    first_hour: Annotated[
        int, Field(ge=0, lt=24, description="When the first band begins; hours before are of the day before")
    ] = 3
    fewest: Annotated[Counted, Field(description="Categories in fewer slots are not tested")] = 20
    fewest_together: Annotated[Counted, Field(description="Slots in which all occurred, at least")] = 10
    fewest_places: Annotated[Counted, Field(description="Places in which all occurred, at least")] = 3
    least_lift: Annotated[float, Field(ge=1, description="Times as often as by chance, at least")] = 2.0
    false_share: Annotated[
        float, Field(gt=0, lt=1, description="Share of what is found that may be false by expectation")
    ] = 0.001
    lasting_days: Annotated[
        int, Field(ge=0, le=60, description="Days over which a matter that lasts is told again")
    ] = 21

    @model_validator(mode="after")
    def _bands_fill_the_day(self) -> Self:
        if self.hours < 1 or 24 % self.hours:
            raise ValueError(f"hours must be a divisor of 24, not {self.hours}")
        return self


class PatternRules(PackModel):
    """The document patterns.yaml; each part and field has a default."""

    topics: TopicRules = TopicRules()
    effect: EffectRules = EffectRules()
    remediation: RemediationRules = RemediationRules()
    together: TogetherRules = TogetherRules()
