"""How a learned city does on tickets: their place, the unit that got them, the case that they belong to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np

from hub.citypack.city import City, build_city
from hub.citypack.learn.join_policy import HOURS, METRES, Joined, score
from hub.citypack.learn.learned_pack import Learned, assemble
from hub.citypack.learn.nearby import Indices
from hub.citypack.learn.profile import Facts
from hub.citypack.learn.simulate import Past, Policy
from hub.citypack.learn.tickets import Bools, Tickets
from hub.contracts.fields import Feed, Point


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of tickets. Unit and town are judged where the tickets tell them."""

    tickets: int = 0
    placed: int = 0
    towns_told: int = 0
    towns_right: int = 0
    units_told: int = 0
    units_right: int = 0
    case_units_right: int = 0
    """Tickets whose case, opened by an earlier one perhaps, went to the unit that got the ticket."""
    joined: Joined = field(default_factory=Joined)

    def __add__(self, other: Self) -> "Verdict":
        return Verdict(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def judge(city: City, facts: Facts, tickets: Tickets, cases: Indices, rows: Bools) -> Verdict:
    """The verdict on the given tickets; ``cases`` says which of all tickets belong together."""
    leads = np.array(list(_leads(city, tickets)))
    units = np.array(tickets.units)
    told = rows & (units != "")
    located = [_town(city, facts, tickets, row) for row in np.flatnonzero(rows).tolist()]
    named = [
        (town, facts.towns.code.format(key=tickets.towns[row]))
        for row, town in zip(np.flatnonzero(rows).tolist(), located, strict=True)
        if tickets.real[row] and tickets.towns[row]
    ]
    return Verdict(
        tickets=int(rows.sum()),
        placed=sum(town is not None for town in located),
        towns_told=len(named),
        towns_right=sum(town == expected for town, expected in named),
        units_told=int(told.sum()),
        units_right=int((leads == units)[told].sum()),
        case_units_right=int((leads[cases] == units)[told].sum()),
        joined=score(tickets, cases, rows),
    )


def judge_later(city: City, facts: Facts, joins: Policy, everything: Tickets, since: int) -> Verdict:
    """The verdict on tickets opened since a moment (seconds since 1970), those before being played too."""
    cases = Past.of(everything, max(METRES), max(HOURS)).cases(joins)
    return judge(city, facts, everything, cases, everything.opened >= since)


def judge_by_month(learned: Learned, facts: Facts) -> Mapping[str, Verdict]:
    """The verdict on each month by what all other months teach, at the price learned from the whole."""
    past = learned.learner.past
    verdicts = {}
    for month in sorted(set(past.tickets.months)):
        rows = past.tickets.in_month(month)
        joins = learned.learner.learn(~rows, learned.price)
        city = build_city(assemble(past.tickets.select(~rows), facts, joins))
        verdicts[month] = judge(city, facts, past.tickets, past.cases(joins), rows)
    return verdicts


def _leads(city: City, tickets: Tickets) -> Iterator[str]:
    """The unit that the city's catalogue gives each ticket."""
    town = next(iter(city.towns))
    for path, title in zip(tickets.paths, tickets.titles, strict=True):
        name = "/".join(path)
        category = city.category_of(name) or city.category_above(name)
        code = category.code if category else city.settings.unknown_category
        yield city.choose(code, town, Feed.HOTLINE, title).lead


def _town(city: City, facts: Facts, tickets: Tickets, row: int) -> str | None:
    """The town where intake would put a ticket: by its real point, else by what it tells, else by default."""
    lon, lat = float(tickets.lon[row]), float(tickets.lat[row])
    if tickets.real[row]:
        located = city.locate(Point(lon=lon, lat=lat))
        if located is not None:
            return located.town
    for told in (tickets.towns[row], tickets.quarters[row]):
        by_name = city.located_by_code(told) if told else None
        if by_name is not None:
            return by_name.town
    if tickets.real[row] or np.isnan(lon) or np.isnan(lat):
        return None
    default = city.default_point(Point(lon=lon, lat=lat))
    return default.town if default else None
