"""The language of stories: what a city is told, minute by minute, and what must come of it.

A story begins at minute 0, which is START. ``at(1, ...)`` publishes records that arrive in minute 1, each
only after everything that came of the one before is done; ``tick(30)`` lets time pass; ``expect(...)`` looks
at what the city has said so far, and ``by(30, ...)`` does both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.scenarios.heard import Heard

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def minute(number: float) -> datetime:
    """The time of a minute of the story."""
    return START + timedelta(minutes=number)


def hours(number: float) -> float:
    """So many hours, in minutes."""
    return number * 60


def days(number: float) -> float:
    """So many days, in minutes."""
    return number * 24 * 60


def just_after(number: float) -> float:
    """One millisecond later: when a limit that ends in a minute is passed."""
    return number + 1 / 60_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as its publisher sends it; the broker receives it at ``arrived``."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    arrived: datetime
    partition: int | None = None


Told = Callable[[datetime, Heard], Sent]
"""Makes a record when its time has come: knows when that is, and what the city has said by then."""

Check = Callable[[Heard], None]
"""Raises AssertionError where the city has not said what it should."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something is told to the city."""

    time: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes everywhere."""

    time: datetime


@dataclass(frozen=True, slots=True)
class Expect:
    """Something must have come of it."""

    check: Check


Step = Report | Tick | Expect


@dataclass(frozen=True, slots=True)
class Story:
    """A story, told step by step."""

    name: str
    steps: tuple[Step, ...]


def story(name: str, *parts: tuple[Step, ...]) -> Story:
    """A story out of what ``at``, ``tick``, ``expect`` and ``by`` give."""
    return Story(name, tuple(step for part in parts for step in part))


def at(number: float, *told: Told) -> tuple[Step, ...]:
    """Records that arrive in a minute, one after the other."""
    return tuple(Report(minute(number), one) for one in told)


def tick(number: float) -> tuple[Step, ...]:
    """Time passes until a minute."""
    return (Tick(minute(number)),)


def expect(*checks: Check) -> tuple[Step, ...]:
    """What must be so now."""
    return tuple(Expect(check) for check in checks)


def by(number: float, *checks: Check) -> tuple[Step, ...]:
    """What must be so once time has passed until a minute."""
    return (*tick(number), *expect(*checks))
