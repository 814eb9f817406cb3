"""The dispatch catalogue 派单目录: category x place x feed -> the row that decides, and its units."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import product

from hub.citypack.model import CatalogueRow, Town, Unit, UnitLevel
from hub.citypack.places import fold
from hub.citypack.tree import Tree
from hub.contracts.fields import Feed

CATCH_ALL_ROW = "catch-all"
"""Id of the built-in row for everything that the catalogue does not name."""

OWN_TOWN = "{town}"
OWN_DISTRICT = "{district}"

_Asked = tuple[str | None, str | None, str | None, Feed | None]


def names_of_title(title: str) -> tuple[str, ...]:
    """What a row may call a title, folded: all of it, then its stem, the part before the first colon."""
    return tuple(dict.fromkeys((fold(title), fold(title.partition(":")[0]))))


def asked_by(row: CatalogueRow) -> tuple[str | None, _Asked]:
    """What a row asks of a signal: its category, then title, town, district and feed. Two alike are a tie."""
    return row.category, (None if row.title is None else fold(row.title), row.town, row.district, row.feed)


class Catalogue:
    """The rows of a catalogue, indexed.

    A row fits if everything it asks for holds; its category may be an ancestor of the signal's. Of the rows
    that fit the most specific decides: the deepest category first (a row without one comes last), then one
    with a title (all of the signal's before its stem), then with a town, a district, a feed. Two rows tie
    only by asking for exactly the same.
    """

    def __init__(
        self,
        rows: Iterable[CatalogueRow],
        tree: Tree,
        towns: Mapping[str, Town],
        units: Mapping[str, Unit],
        catch_all: str,
    ) -> None:
        self._tree = tree
        self._towns = towns
        self._catch_all_row = CatalogueRow(id=CATCH_ALL_ROW, lead=catch_all)
        self._catch_all = catch_all
        self._rows: dict[str | None, dict[_Asked, CatalogueRow]] = {}
        for row in rows:
            category, rest = asked_by(row)
            self._rows.setdefault(category, {}).setdefault(rest, row)
        self._titles = {rest[0] for known in self._rows.values() for rest in known if rest[0] is not None}
        self._town_unit = {u.town: u.id for u in units.values() if u.level is UnitLevel.TOWN and u.town}
        self._district_unit = {
            u.district: u.id for u in units.values() if u.level is UnitLevel.DISTRICT and u.district
        }
        self._chosen = lru_cache(maxsize=65_536)(self._choose)

    def choose(self, category: str, town: str, feed: Feed, title: str | None) -> CatalogueRow:
        """The row that decides; the built-in catch-all row if none fits."""
        titles = () if title is None else tuple(t for t in names_of_title(title) if t in self._titles)
        return self._chosen(category, town, feed, titles)

    def units(self, row: CatalogueRow, town: str) -> tuple[str, tuple[str, ...]]:
        """The lead and the assistants that a row names, for a signal of a town: each unit once."""
        lead = self._unit(row.lead, town) or self._catch_all
        helpers = (self._unit(name, town) for name in row.assist)
        return lead, tuple(dict.fromkeys(unit for unit in helpers if unit is not None and unit != lead))

    def _unit(self, name: str, town: str) -> str | None:
        if name == OWN_TOWN:
            return self._town_unit.get(town)
        if name == OWN_DISTRICT:
            return self._district_unit.get(self._towns[town].district) if town in self._towns else None
        return name

    def _choose(self, category: str, town: str, feed: Feed, titles: tuple[str, ...]) -> CatalogueRow:
        district = self._towns[town].district if town in self._towns else None
        for at in (*self._tree.policy(category).chain, None):
            rows = self._rows.get(at)
            if rows is None:
                continue
            for asked in product((*titles, None), (town, None), (district, None), (feed, None)):
                if asked in rows:
                    return rows[asked]
        return self._catch_all_row
