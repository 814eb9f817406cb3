"""What a board is made of: panels that ask Prometheus, in rows. Data; `build` makes Grafana's JSON of it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a panel shows what it asked for."""

    STAT = "one big number, now"
    LINES = "lines over time"
    STACK = "lines over time, one on the other"
    BARS = "a bar for each series, now"
    TABLE = "a row for each series, now"


@dataclass(frozen=True, slots=True)
class Query:
    """A question in PromQL, and how its series are called: ``{{label}}`` stands for a label's value."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """From a value on (None: from the lowest), a colour."""

    above: float | None
    colour: str


RISES = (Step(None, "green"), Step(1, "orange"))
"""Green at 0: one is too many."""

ALARMS = (Step(None, "green"), Step(1, "red"))
"""Green at 0, red from one on."""

SHARES = (Step(None, "red"), Step(0.8, "orange"), Step(0.9, "green"))
"""Shares that shall be high."""

NEUTRAL = (Step(None, "blue"),)
"""A figure that is neither good nor bad."""


def percentile(share: float, histogram: str, by: str = "", window: str = "5m") -> str:
    """The PromQL of a percentile of a histogram's observations in a window."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket[{window}])))"


def limits(warn: float, bad: float) -> tuple[Step, ...]:
    """Green, then orange, then red: for what shall be low."""
    return (Step(None, "green"), Step(warn, "orange"), Step(bad, "red"))


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel. ``width`` of 24, ``height`` in units of Grafana's grid.

    ``down_to`` is the board that a click opens, with the label of the same name as its choice.
    ``quiet`` says why a panel without data is good news; empty where it must have data.
    """

    kind: Kind
    zh: str
    about_zh: str
    about_en: str
    queries: tuple[Query, ...]
    unit: str = "short"
    steps: tuple[Step, ...] = NEUTRAL
    width: int = 6
    height: int = 8
    down_to: str = ""
    quiet: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading."""

    zh: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A list to choose from at the top of a board: values of a label, shown by another one."""

    name: str
    zh: str
    metric: str
    label: str
    shown: str


@dataclass(frozen=True, slots=True)
class Board:
    """One board; ``uid`` is its address and the name of its file."""

    uid: str
    zh: str
    about_zh: str
    about_en: str
    rows: tuple[Row, ...]
    choices: tuple[Choice, ...] = ()
    tags: tuple[str, ...] = ("hub",)
