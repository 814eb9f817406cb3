"""Proposed changes of the dispatch catalogue 派单目录, mined from dispatches that rulings overturned."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hub.citypack.catalogue import OWN_DISTRICT, OWN_TOWN
from hub.citypack.city import City
from hub.citypack.model import CatalogueRow, UnitLevel
from hub.contracts.fields import Feed
from hub.replay.dispatches import Dispatched

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a category's dispatches are overturned often enough to propose another unit."""

    support: int = 10
    """So many overturned dispatches at least."""
    share: float = 0.5
    """They are so large a share of all dispatches of the category there."""
    agreement: float = 0.6
    """So large a share of them went to one and the same unit in the end."""


class _Asks(NamedTuple):
    """What a proposed row asks of a signal."""

    category: str
    district: str | None = None
    town: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row that the catalogue should have, and the evidence for it."""

    row: CatalogueRow
    was: str
    """Who was asked, mostly."""
    cases: int
    overturned: int
    agreed: int
    """Of those overturned, how many went to the row's unit."""
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """How the dispatches of a category, or of a unit, fared."""

    name: str
    cases: int
    objections: int
    overturned: int


def tried_by(dispatches: Iterable[Dispatched], *, unit: bool) -> tuple[Tried, ...]:
    """Cases, objections and overturned dispatches by category or by the unit asked first, worst first."""
    cases: Counter[str] = Counter()
    objections: Counter[str] = Counter()
    overturned: Counter[str] = Counter()
    for one in dispatches:
        name = one.lead if unit else one.category
        cases[name] += 1
        objections[name] += one.objections
        overturned[name] += one.overturned
    rows = (Tried(name, cases[name], objections[name], overturned[name]) for name in cases)
    return tuple(sorted(rows, key=lambda row: (-row.overturned, -row.objections, row.name)))


def propose(city: City, dispatches: Iterable[Dispatched], wanted: Thresholds) -> tuple[Proposal, ...]:
    """For each category the widest places whose dispatches are overturned often enough.

    The whole city where it happens in more than one district, else a district where it happens in more than
    one town, else the town.
    """
    by_category: defaultdict[str, list[Dispatched]] = defaultdict(list)
    for one in dispatches:
        by_category[one.category].append(one)
    found = (_of_category(city, category, by_category[category], wanted) for category in sorted(by_category))
    return tuple(proposal for proposals in found for proposal in proposals)


def _of_category(
    city: City, category: str, cases: list[Dispatched], wanted: Thresholds
) -> Iterator[Proposal]:
    whole = _proposal(city, _Asks(category), cases, wanted)
    if whole is not None and len({one.district for one in cases if one.overturned}) > 1:
        yield whole
        return
    for district in sorted({one.district for one in cases}):
        inside = [one for one in cases if one.district == district]
        proposal = _proposal(city, _Asks(category, district=district), inside, wanted)
        if proposal is not None and len({one.town for one in inside if one.overturned}) > 1:
            yield proposal
            continue
        for town in sorted({one.town for one in inside}):
            of_town = [one for one in inside if one.town == town]
            small = _proposal(city, _Asks(category, town=town), of_town, wanted)
            if small is not None:
                yield small


def _proposal(city: City, asks: _Asks, cases: list[Dispatched], wanted: Thresholds) -> Proposal | None:
    overturned = [one for one in cases if one.overturned]
    if len(overturned) < max(1, wanted.support) or len(overturned) < wanted.share * len(cases):
        return None
    takers = Counter(_named(city, one.taker or "", one.town, one.district) for one in overturned)
    lead, agreed = _most(takers)
    if agreed < wanted.agreement * len(overturned):
        return None
    was, _ = _most(Counter(_named(city, one.lead, one.town, one.district) for one in overturned))
    present = city.choose(asks.category, cases[0].town, Feed.UNKNOWN, None)
    row = CatalogueRow(
        id="-".join(("mined", *(part for part in asks if part)))[:60],
        category=asks.category,
        town=asks.town,
        district=asks.district,
        lead=lead,
        assist=tuple(name for name in present.assist if name != lead),
    )
    examples = tuple(sorted(one.case_id for one in overturned)[:_EXAMPLES])
    return Proposal(row, was, len(cases), len(overturned), agreed, examples)


def _most(names: Counter[str]) -> tuple[str, int]:
    return min(names.items(), key=lambda found: (-found[1], found[0]))


def _named(city: City, unit: str, town: str, district: str) -> str:
    """A unit as a row may name it for any place: that of the case's own town, or district."""
    known = city.units.get(unit)
    if known is not None and known.level is UnitLevel.TOWN and known.town == town:
        return OWN_TOWN
    if known is not None and known.level is UnitLevel.DISTRICT and known.district == district:
        return OWN_DISTRICT
    return unit
