"""Seven haves, five natures 七有五性: what people need, as a tree of indicators over categories."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Code, Name, PackModel, Zone

Weight = Annotated[float, Field(ge=0, le=100)]
"""How much something counts beside others."""


class Measure(StrEnum):
    """What an indicator counts of its categories."""

    APPEALS = "appeals"
    """Appeals, by resident and day."""
    SOLVED = "solved"
    """Share of citizens asked who say that it is solved."""
    SATISFIED = "satisfied"
    """Share of citizens asked who are satisfied."""
    REPEATS = "repeats"
    """Share of assessed cases that are repeat appeals."""


class Direction(StrEnum):
    """Which way an indicator is better."""

    LOWER = "lower"
    HIGHER = "higher"


class Indicator(PackModel):
    """One indicator: its categories with all below them, what is counted, and which way is better."""

    code: Code
    name: Name
    categories: Annotated[tuple[Code, ...], Field(min_length=1)]
    measure: Measure = Measure.APPEALS
    direction: Direction = Direction.LOWER
    weight: Weight = 1.0
    zones: Annotated[Mapping[Zone, Weight], Field(description="Weight in a zone, instead of weight")] = {}

    @model_validator(mode="after")
    def _say_which_way(self) -> Self:
        fixed = {Measure.SOLVED: Direction.HIGHER, Measure.SATISFIED: Direction.HIGHER}
        fixed[Measure.REPEATS] = Direction.LOWER
        if self.direction is not fixed.get(self.measure, self.direction):
            raise ValueError(
                f"{self.measure} is better {fixed[self.measure]}: write direction: {fixed[self.measure]}"
            )
        return self

    def weight_in(self, zone: Zone) -> float:
        """How much it counts in a district of a zone."""
        return self.zones.get(zone, self.weight)


class Need(PackModel):
    """One need, such as schooling or safety, with its indicators."""

    code: Code
    name: Name
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]


class NeedsTree(PackModel):
    """The document indicators.yaml: the needs, and when one is weak."""

    needs: tuple[Need, ...] = ()
    leave_out: Annotated[
        tuple[Code, ...], Field(description="Categories, with those below, that are about no need")
    ] = ()
    fewest: Annotated[float, Field(ge=1, description="An indicator expected to have fewer is not judged")] = (
        30.0
    )
    prior: Annotated[
        float, Field(gt=0, description="Appeals, or others counted, that an indicator is shrunk by")
    ] = 5.0
    weak_times: Annotated[
        float, Field(gt=1, description="So many times worse than its zone a district is weak in a need")
    ] = 1.25

    @model_validator(mode="after")
    def _name_each_once(self) -> Self:
        indicators = [indicator.code for need in self.needs for indicator in need.indicators]
        codes = [*(need.code for need in self.needs), *indicators]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"the code {twice[0]} stands twice, give every need and indicator its own")
        return self
