"""The working calendar 工作日历 of a city, as its pack writes it."""

from collections.abc import Mapping
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.citypack.fields import Name, PackModel


class Holiday(PackModel):
    """A day off by law, weekday or not."""

    day: date
    name: Name


class WorkHours(PackModel):
    """A stretch of a working day in local time; an end of 00:00 is the midnight after it."""

    start: time
    end: time

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.end != time(0) and self.end <= self.start:
            raise ValueError(f"end {self.end:%H:%M} must be later than start {self.start:%H:%M}")
        return self


class Calendar(PackModel):
    """Working time 工作日历: hours of a working day, days off, and weekend days that are worked 调休.

    A working day has the hours of its weekday in ``weekday_hours``, else ``hours``, else those from
    ``work_start`` to ``work_end``.
    """

    work_start: time = time(9)
    work_end: time = time(18)
    hours: Annotated[tuple[WorkHours, ...], Field(description="Hours of work, with breaks between")] = ()
    weekday_hours: Annotated[
        Mapping[int, tuple[WorkHours, ...]], Field(description="Other hours by weekday, 1 = Monday")
    ] = {}
    weekend: Annotated[tuple[int, ...], Field(description="Days off each week, 1 = Monday to 7 = Sunday")] = (
        6,
        7,
    )
    years: Annotated[tuple[int, ...], Field(description="Years whose holidays are listed in full")] = ()
    holidays: tuple[Holiday, ...] = ()
    workdays: Annotated[tuple[date, ...], Field(description="Weekend days that are worked")] = ()
    ends_at_opening: Annotated[
        bool, Field(description="Whether a limit that ends with a stretch of work runs to the next opening")
    ] = False

    @model_validator(mode="after")
    def _hours_and_days_make_sense(self) -> Self:
        if self.work_end <= self.work_start:
            raise ValueError("work_end must be later than work_start")
        if self.hours and {"work_start", "work_end"} & self.model_fields_set:
            raise ValueError("hours say it all: leave out work_start and work_end")
        if not set(self.weekday_hours) <= set(range(1, 8)) or not all(self.weekday_hours.values()):
            raise ValueError("weekday_hours must name days from 1 (Monday) to 7 (Sunday), each with hours")
        for stretches in (self.hours, *self.weekday_hours.values()):
            _refuse_overlap(stretches)
        if not set(self.weekend) <= set(range(1, 8)) or len(set(self.weekend)) == 7:
            raise ValueError("weekend must be days from 1 (Monday) to 7 (Sunday), not all of them")
        both = {holiday.day for holiday in self.holidays} & set(self.workdays)
        if both:
            raise ValueError(f"{min(both)} is both a holiday and a workday")
        return self

    def hours_on(self, weekday: int) -> tuple[WorkHours, ...]:
        """The stretches of a working day that falls on a weekday, 1 = Monday to 7 = Sunday."""
        usual = self.hours or (WorkHours(start=self.work_start, end=self.work_end),)
        return self.weekday_hours.get(weekday, usual)


def _refuse_overlap(stretches: tuple[WorkHours, ...]) -> None:
    for earlier, later in pairwise(stretches):
        if earlier.end == time(0) or later.start < earlier.end:
            raise ValueError(f"{later.start:%H:%M} begins before the stretch above it has ended")
