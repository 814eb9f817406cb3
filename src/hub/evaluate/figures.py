"""Rows of figures from what was judged: by kind, by seed and in total, each with its interval."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from hub.contracts.warnings import Verdict
from hub.evaluate.associated import JudgedAssociation
from hub.evaluate.dispatch import LedRight
from hub.evaluate.interval import Interval, counted, middle_of, share
from hub.evaluate.joins import JoinedIncident
from hub.evaluate.judged import Judged
from hub.evaluate.sensed import JudgedAlarm, JudgedWrong
from hub.evaluate.warned import JudgedTrouble, JudgedWarning

T = TypeVar("T")

MINUTE = timedelta(minutes=1)
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a kind, a seed or the total, how many things it is of, and their figures."""

    section: str
    name: str
    count: int
    figures: Mapping[str, Interval]


def rows_of(runs: Sequence[Judged]) -> Iterator[Row]:
    """Every section's rows: its kinds over all seeds, each seed over all kinds, the total."""
    yield from _section("joins", runs, lambda run: run.incidents, lambda one: one.kind, joins)
    yield from _section("dispatch", runs, lambda run: run.cases, lambda one: one.kind, dispatch)
    yield from _section("troubles warned of", runs, lambda run: run.troubles, lambda one: one.kind, troubles)
    yield from _section(
        "warnings raised", runs, lambda run: run.warnings, lambda one: one.kind or "no trouble", warnings
    )
    yield from _section("sensors", runs, lambda run: run.wrongs, lambda one: one.what, sensors)
    yield from _section(
        "associations", runs, lambda run: run.associations, lambda one: one.pair, associations
    )
    yield from _section("alarms", runs, lambda run: run.alarms, lambda one: one.kind, alarms)


def joins(incidents: Sequence[JoinedIncident]) -> dict[str, Interval]:
    """Pairs: precision, recall and F1, strictly and without what cannot be known."""
    joined = [float(one.joined) for one in incidents]
    pairs = [float(one.pairs) for one in incidents]
    wrong = [one.wrong for one in incidents]
    fair = [float(one.fair_joined) for one in incidents]
    fair_pairs = [float(one.fair_pairs) for one in incidents]
    return {
        "precision": share(joined, _sums(joined, wrong)),
        "recall": share(joined, pairs),
        "F1": share([2 * one for one in joined], _sums(joined, pairs, wrong)),
        "fair recall": share(fair, fair_pairs),
        "fair F1": share([2 * one for one in fair], _sums(fair, fair_pairs, wrong)),
    }


def dispatch(cases: Sequence[LedRight]) -> dict[str, Interval]:
    """Shares of cases led by the right unit."""
    return {
        "right at first": counted([one.at_first for one in cases]),
        "right finally": counted([one.finally_ for one in cases]),
    }


def troubles(judged: Sequence[JudgedTrouble]) -> dict[str, Interval]:
    """Recall of troubles, delay from their beginning, lead before their tenth complaint."""
    return {
        "recall": counted([one.delay is not None for one in judged]),
        "delay, min": middle_of([one.delay / MINUTE for one in judged if one.delay is not None]),
        "lead, min": middle_of([one.lead / MINUTE for one in judged if one.lead is not None]),
    }


def warnings(judged: Sequence[JudgedWarning]) -> dict[str, Interval]:
    """Precision, and how often the hub's own verdict, where it has one, is the truth's."""
    told = [one for one in judged if one.verdict is not Verdict.UNKNOWN]
    return {
        "precision": counted([one.fairly for one in judged]),
        "strict precision": counted([one.strictly for one in judged]),
        "verdict agrees": counted([(one.verdict is Verdict.RIGHT) == one.fairly for one in told]),
    }


def sensors(judged: Sequence[JudgedWrong]) -> dict[str, Interval]:
    """Recall of what was wrong with sensors, and how long after it began."""
    return {
        "recall": counted([one.delay is not None for one in judged]),
        "delay, min": middle_of([one.delay / MINUTE for one in judged if one.delay is not None]),
    }


def alarms(judged: Sequence[JudgedAlarm]) -> dict[str, Interval]:
    """Precision of alarms."""
    return {"precision": counted([one.right for one in judged])}


def associations(judged: Sequence[JudgedAssociation]) -> dict[str, Interval]:
    """Planted pairs found, and of those found the share that is true."""
    return {
        "planted found": counted([one.found for one in judged if one.must]),
        "precision": counted([one.true for one in judged if one.found]),
    }


def _section(
    name: str,
    runs: Sequence[Judged],
    of: Callable[[Judged], Sequence[T]],
    kind: Callable[[T], str],
    figures: Callable[[Sequence[T]], dict[str, Interval]],
) -> Iterator[Row]:
    everything = [one for run in runs for one in of(run)]
    for found in sorted({kind(one) for one in everything}):
        of_kind = [one for one in everything if kind(one) == found]
        yield Row(name, found, len(of_kind), figures(of_kind))
    for run in runs:
        yield Row(name, f"seed {run.seed}", len(of(run)), figures(of(run)))
    yield Row(name, TOTAL, len(everything), figures(everything))


def _sums(*columns: Iterable[float]) -> list[float]:
    return [sum(row) for row in zip(*columns, strict=True)]
