"""Habits of a city: how often what is reported, when and in which words. Data, one file for each city."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Code, PackModel
from hub.simulate.planted_habits import AssociationHabit, FaultHabits, OccasionHabit, StormHabit

Share = Annotated[float, Field(ge=0, le=1)]
Range = tuple[float, float]


class HourProfile(PackModel):
    """How a day's events spread over its 24 local hours: weights, of any size."""

    workday: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]
    day_off: Annotated[tuple[float, ...], Field(min_length=24, max_length=24)]


class Matter(PackModel):
    """Something that one citizen or one grid worker reports; ``tickets`` and ``reports`` are weights."""

    category: str
    tickets: Annotated[float, Field(ge=0)] = 0.0
    reports: Annotated[float, Field(ge=0)] = 0.0
    hours: str = "day"
    months: tuple[int, ...] = ()


class Signature(PackModel):
    """How an incident shows on a sensor: with which chance, on which side of its limits, for how long."""

    kind: Code
    limit: Annotated[str, Field(pattern="^(high|low)$")]
    share: Share = 1.0
    within_m: Annotated[float, Field(ge=0)] = 60.0
    hours: Range = (1.0, 4.0)


class Story(PackModel):
    """An incident that several people report, or with ``apart`` matters alike that must stay apart.

    The first of ``categories`` is what it is; several mean that each happens as often. ``also`` are other
    words that citizens use for it, with the share of reports that do. Distances in metres, times in hours.
    """

    kind: Code
    categories: Annotated[tuple[str, ...], Field(min_length=1)]
    also: Mapping[str, Share] = Field(default_factory=dict)
    grid: str | None = None
    grid_share: Share = 0.0
    per_day: Annotated[float, Field(ge=0)]
    reports: tuple[int, int]
    within_m: Annotated[float, Field(gt=0)]
    within_hours: Annotated[float, Field(gt=0)]
    hours: str = "even"
    months: tuple[int, ...] = ()
    apart: bool = False
    sensor: Signature | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Every category that it names."""
        return (*self.categories, *self.also, *((self.grid,) if self.grid else ()))


class SensorHabit(PackModel):
    """What a kind of sensor reads on a quiet day, in its unit: middle, daily swing, noise at most."""

    base: float
    daily: Annotated[float, Field(ge=0)] = 0.0
    noise: Annotated[float, Field(ge=0)] = 0.0


class Hazard(PackModel):
    """What inspectors find: how often of all findings (a weight), and how often it is major."""

    category: str
    weight: Annotated[float, Field(gt=0)] = 1.0
    major: Share = 0.05


class Words(PackModel):
    """Templates of titles and texts; ``by_category`` holds texts of a category and all below it."""

    language: Annotated[str, Field(pattern="^(zh|en)$")] = "en"
    title: str = "{category}, {place}"
    text: tuple[str, ...] = ("{category} at {place}.",)
    report: tuple[str, ...] = ("Seen on patrol: {category}, {place}.",)
    solved: str = "Solved on the spot."
    by_category: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    personal: tuple[str, ...] = ("My name is {name}, call me on {phone}.",)
    title_personal: str = "{title} ({phone})"


class Habits(PackModel):
    """All habits of one city; numbers a day are at scale 1."""

    tickets_per_day: Annotated[float, Field(gt=0)]
    workday_share: Annotated[
        float, Field(gt=0, description="Tickets of a working day, the mean day is 1")
    ] = 1.1
    day_off_share: Annotated[float, Field(gt=0)] = 0.75
    reports_per_ticket: Share = 0.33
    report_hours: Annotated[str, Field(description="Hours at which grid workers report")] = "even"
    solved_on_spot: Share = 0.4
    inspections_per_day: Annotated[float, Field(ge=0)] = 0.0
    sites_per_town: Annotated[int, Field(ge=1)] = 40
    rest: Annotated[Share, Field(description="Share of tickets about what `matters` leaves out")] = 0.05
    components: tuple[str, ...] = ()
    hours: Mapping[str, HourProfile]
    matters: tuple[Matter, ...] = ()
    stories: tuple[Story, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    sensors: Mapping[str, SensorHabit] = Field(default_factory=dict)
    occasions: tuple[OccasionHabit, ...] = ()
    storms: StormHabit = StormHabit()
    faults: FaultHabits = FaultHabits()
    associations: tuple[AssociationHabit, ...] = ()
    words: Words = Words()

    @model_validator(mode="after")
    def _hours_are_known(self) -> Self:
        asked = (
            {one.hours for one in self.matters} | {one.hours for one in self.stories} | {self.report_hours}
        )
        for occasion in self.occasions:
            asked |= {occasion.begins, *(part.hours for part in occasion.parts)}
        unknown = sorted(asked - self.hours.keys())
        if unknown or not {"day", "even"} <= self.hours.keys():
            raise ValueError(f"hours: no profile is named {', '.join(unknown) or 'day and even'}")
        return self

    @model_validator(mode="after")
    def _what_is_planted_is_known(self) -> Self:
        stories = {story.kind for story in self.stories}
        if unknown := sorted(set(self.storms.stories) - stories):
            raise ValueError(f"storms: no story is named {', '.join(unknown)}")
        occasions = {occasion.kind for occasion in self.occasions}
        if taken := sorted(occasions & stories):
            raise ValueError(f"occasions: a story is named {', '.join(taken)}")
        if unknown := sorted({a.occasion for a in self.associations if a.occasion} - occasions):
            raise ValueError(f"associations: no occasion is named {', '.join(unknown)}")
        return self
