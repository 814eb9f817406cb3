"""Rows of any number of open cases as the cases step writes them: those of a simulated city, made many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from hub.citypack.load import load_city
from hub.contracts.cases import ENDED
from hub.domain.privacy import Pseudonyms
from hub.domain.tables import CASES, SEEN
from hub.flow import Step
from hub.runtime.changelog import row_key
from hub.runtime.codec import decode_row
from hub.runtime.keys import partition_of
from hub.runtime.state import RowKey
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.simulate.city_life import simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.unit_model import UnitModel
from hub.topology import build_steps

CITY = "beijing"
SEED = 7
START = datetime(2026, 3, 2, tzinfo=UTC)
LIVED = timedelta(days=1, hours=10)
TICKETS_A_DAY = 1_500
REAL_TICKETS_A_DAY = 66_000

_NUMBERED = 10
"""The last characters of a case's id, which its number replaces."""
_COUNTED = 7
"""The last digits of a signal's id, which the case's number replaces."""


class LoggedRow(NamedTuple):
    """A record of the changelog."""

    partition: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class _Pattern:
    """All rows of one case of the simulated city, and what of them is its own."""

    town: bytes
    case_id: bytes
    signals: tuple[bytes, ...]
    sites: tuple[bytes, ...]
    rows: tuple[tuple[bytes, bytes], ...]


def cases_step() -> Step:
    """The cases step of the packaged city."""
    city = replace(load_city(CITY), gateways={})
    steps = build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    return next(step for step in steps if step.name == "cases")


def open_cases(numbers: Iterable[int], partitions: int) -> Iterator[LoggedRow]:
    """The rows of open cases by their numbers: of each the case, and each action that was taken on it."""
    patterns = _patterns()
    for number in numbers:
        pattern = patterns[number % len(patterns)]
        partition = partition_of(pattern.town, partitions)
        for key, value in _made_of(pattern, number):
            yield LoggedRow(partition, key, value)


def _made_of(pattern: _Pattern, number: int) -> Iterator[tuple[bytes, bytes]]:
    """A pattern's rows with ids of their own; lengths stay as they are, so the rows stay readable."""
    own = f"{number:0{_NUMBERED}x}".encode()
    counted = f"{number:0{_COUNTED}d}".encode()[-_COUNTED:]
    for key, value in pattern.rows:
        for id, new in (
            (pattern.case_id, pattern.case_id[:-_NUMBERED] + own),
            *((id, id[:-_COUNTED] + counted) for id in pattern.signals),
            *((site, own + site[_NUMBERED:]) for site in pattern.sites),
        ):
            key, value = key.replace(id, new), value.replace(id, new)
        yield key, value


def _lived_rows() -> dict[RowKey, bytes]:
    """The rows of the simulated city after some days, its units at work."""
    city = replace(load_city(CITY), gateways={})
    loop = ClosedLoop(build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode())), UnitModel(city, SEED).react)
    stream = simulate(city, SEED, START, LIVED.days + 1, TICKETS_A_DAY / REAL_TICKETS_A_DAY)
    for _ in loop.play(stream, START, START + LIVED):
        pass
    return loop.hub.logged("cases")


@cache
def _patterns() -> tuple[_Pattern, ...]:
    rows = _lived_rows()
    actions: defaultdict[str, list[tuple[bytes, bytes]]] = defaultdict(list)
    for (table, key), value in rows.items():
        if table == SEEN.name:
            case_id = decode_row(SEEN.row, value).case_id
            actions[case_id or ""].append((row_key(table, key), value))
    patterns = []
    for (table, key), value in rows.items():
        if table == CASES.name:
            case = decode_row(CASES.row, value)
            if case.stage in ENDED:
                continue
            patterns.append(
                _Pattern(
                    town=key.split("-")[0].encode(),
                    case_id=key.encode(),
                    signals=tuple({member.source_id.encode() for member in case.members}),
                    sites=tuple({member.site.encode() for member in case.members if member.site}),
                    rows=((row_key(table, key), value), *actions[key]),
                )
            )
    return tuple(patterns)
