"""Learns the dispatch catalogue: who got most of each category, and of the titles that went elsewhere."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hub.citypack.learn.category_tree import codes_of, nodes_of
from hub.citypack.learn.tickets import Path, Tickets, stem_of
from hub.citypack.model import CatalogueRow

FEWEST_TITLES = 10
"""A title must have come so often before it may say otherwise than its category."""

LEAST_SHARE = 0.6
"""Share of a title's tickets that must have gone to one unit."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Majority:
    """The unit that got most of something; among equals the first by name."""

    unit: str
    count: int
    total: int


def majorities(pairs: Iterable[tuple[Key, str]]) -> Mapping[Key, Majority]:
    """The majority of each key among pairs of key and unit."""
    counts: dict[Key, Counter[str]] = {}
    for key, unit in pairs:
        counts.setdefault(key, Counter())[unit] += 1
    found = {}
    for key, units in counts.items():
        unit, count = min(units.items(), key=lambda item: (-item[1], item[0]))
        found[key] = Majority(unit, count, units.total())
    return found


def learn_catalogue(tickets: Tickets, catch_all: str) -> tuple[CatalogueRow, ...]:
    """The rows of a catalogue, each category's before those of its titles; only rows that say something new.

    A category goes to the unit that got most of it. It has a row if that is another one than the category
    above it has, and a title has one if most of its tickets went to another unit than its category's.
    """
    codes = codes_of(tickets.paths)
    known = [(path, title, unit) for path, title, unit in _labelled(tickets) if unit]
    leads = _leads(
        codes, majorities((node, unit) for path, _, unit in known for node in nodes_of([path])), catch_all
    )
    by_title = majorities(((path, stem_of(title)), unit) for path, title, unit in known)
    told = {
        (*path, stem): most.unit
        for (path, stem), most in by_title.items()
        if stem and _speaks(most) and most.unit != leads[path]
    }
    ids = codes_of([*codes, *told])
    rows = {
        path: CatalogueRow(id=ids[path], category=code, lead=leads[path])
        for path, code in codes.items()
        if leads[path] != leads.get(path[:-1])
    }
    for path, unit in told.items():
        rows[path] = CatalogueRow(id=ids[path], category=codes[path[:-1]], title=path[-1], lead=unit)
    return tuple(rows[path] for path in sorted(rows))


def _leads(codes: Iterable[Path], by_node: Mapping[Path, Majority], catch_all: str) -> Mapping[Path, str]:
    """The unit of every node, parents before children: its majority, else that of the node above."""
    leads: dict[Path, str] = {}
    for node in codes:
        leads[node] = by_node[node].unit if node in by_node else leads.get(node[:-1], catch_all)
    return leads


def _labelled(tickets: Tickets) -> Iterator[tuple[Path, str, str]]:
    return zip(tickets.paths, tickets.titles, tickets.units, strict=True)


def _speaks(most: Majority) -> bool:
    return most.total >= FEWEST_TITLES and most.count / most.total >= LEAST_SHARE
