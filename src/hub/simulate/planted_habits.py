"""Habits beyond the ordinary day: occasions, storms and faults of sensors, each planted at a stated rate."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from hub.citypack.fields import Code, PackModel

Share = Annotated[float, Field(ge=0, le=1)]
Range = tuple[float, float]


class Part(PackModel):
    """What one kind of complaint says of an occasion: at how many spots, how many reports of each.

    ``within_m`` is how far reports lie from their spot. With ``each_day`` a spot is a new matter every day,
    with ``apart`` every report is a matter of its own, with ``one_person`` the same citizen reports all.
    """

    category: str
    also: Mapping[str, Share] = Field(default_factory=dict)
    spots: tuple[int, int] = (1, 1)
    reports: tuple[int, int]
    within_m: Annotated[float, Field(gt=0)]
    hours: str = "even"
    each_day: bool = False
    apart: bool = False
    one_person: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """Every category that it names."""
        return (self.category, *self.also)


class OccasionHabit(PackModel):
    """Something that goes on at one place for hours or weeks and that people complain of in several ways.

    ``per_day`` begin a day at scale 1, besides the ordinary day; spots lie within ``within_m`` of its place.
    """

    kind: Code
    per_day: Annotated[float, Field(ge=0)]
    begins: str = "even"
    lasts_hours: Range
    within_m: Annotated[float, Field(ge=0)] = 0.0
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


class StormHabit(PackModel):
    """Weather that hits several towns at once: for some hours its stories and matters are ``times`` as many.

    ``per_day`` is how often a day one comes over the simulated towns, however many they are.
    """

    per_day: Annotated[float, Field(ge=0)] = 0.0
    radius_m: Range = (3000.0, 8000.0)
    lasts_hours: Range = (3.0, 8.0)
    times: Range = (4.0, 10.0)
    stories: tuple[Code, ...] = ()
    matters: tuple[str, ...] = ()


class FaultHabit(PackModel):
    """How often a sensor begins to fail, times a day, and for how many hours."""

    per_sensor_day: Annotated[float, Field(ge=0, le=1)] = 0.0
    lasts_hours: Range = (6.0, 48.0)


class FaultHabits(PackModel):
    """How sensors fail: one value again and again, no value at all, or slowly away from what is true.

    A drift ends between ``drifts_to`` times as far from what is true as the sensor's nearest limit.
    """

    stuck: FaultHabit = FaultHabit()
    missing: FaultHabit = FaultHabit()
    drift: FaultHabit = FaultHabit()
    drifts_to: Range = (0.6, 1.6)


class AssociationHabit(PackModel):
    """Categories of which somebody may say that they go together: what is true about it.

    With ``occasion`` they do, at the places of occasions of that kind; without, they only share hours.
    """

    name: Code
    categories: Annotated[tuple[str, ...], Field(min_length=2)]
    occasion: Code | None = None
    lift: Annotated[
        float, Field(gt=0, description="At least, by cell, day and six hours; 1 for independent ones")
    ] = 1.0
