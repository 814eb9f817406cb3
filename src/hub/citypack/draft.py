"""A pack as its files say it: every entry with its file and line, and the mistakes found so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, TypeVar

from hub.citypack.calendar import Calendar
from hub.citypack.fields import PackModel
from hub.citypack.model import (
    CatalogueRow,
    Category,
    CellTown,
    Community,
    District,
    LimitRow,
    Pack,
    PackSettings,
    Sensor,
    SensorKind,
    Town,
    Unit,
    Weights,
)
from hub.citypack.needs import NeedsTree
from hub.citypack.pattern_rules import PatternRules
from hub.citypack.repeats import RepeatPolicy
from hub.citypack.warning_rules import WarningRules

Model = TypeVar("Model", bound=PackModel, covariant=True)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong in a pack: where, what, and how to mend it. ``line`` 0 means the file as a whole."""

    file: str
    line: int
    field: str
    problem: str
    fix: str

    @property
    def where(self) -> str:
        """File and line, as editors open them."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        named = f" {self.field}" if self.field else ""
        return f"{self.where}{named}: {self.problem} ({self.fix})"


@dataclass(frozen=True, slots=True)
class Entry(Generic[Model]):
    """One model and where it was written; ``lines`` knows the line of a field where that differs."""

    file: str
    line: int
    model: Model
    lines: Mapping[str, int] = field(default_factory=dict)

    def mistake(self, name: str, problem: str, fix: str) -> Mistake:
        """A mistake in one field of this entry."""
        return Mistake(self.file, self.lines.get(name, self.line), name, problem, fix)


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Model]):
    """The entries of one file. ``broken`` holds the codes of rows that could not be read: they are known,
    so that one mistake is not reported again by everything that refers to it."""

    file: str
    entries: tuple[Entry[Model], ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def models(self) -> tuple[Model, ...]:
        """The models, in the order of the file."""
        return tuple(entry.model for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack that was read but not yet checked."""

    settings: Entry[PackSettings]
    districts: Sheet[District]
    towns: Sheet[Town]
    communities: Sheet[Community]
    cells: Sheet[CellTown]
    units: Sheet[Unit]
    categories: Sheet[Category]
    catalogue: Sheet[CatalogueRow]
    limits: Sheet[LimitRow]
    kinds: Sheet[SensorKind]
    sensors: Sheet[Sensor]
    calendar: Entry[Calendar]
    weights: Entry[Weights]
    patterns: Entry[PatternRules]
    needs: Entry[NeedsTree]
    repeats: Entry[RepeatPolicy]
    warnings: Entry[WarningRules]

    def pack(self) -> Pack:
        """The models without their lines."""
        return Pack(
            settings=self.settings.model,
            districts=self.districts.models,
            towns=self.towns.models,
            communities=self.communities.models,
            cells=self.cells.models,
            units=self.units.models,
            categories=self.categories.models,
            catalogue=self.catalogue.models,
            limits=self.limits.models,
            kinds=self.kinds.models,
            sensors=self.sensors.models,
            calendar=self.calendar.model,
            weights=self.weights.model,
            patterns=self.patterns.model,
            needs=self.needs.model,
            repeats=self.repeats.model,
            warnings=self.warnings.model,
        )


@lru_cache(maxsize=4096)
def nearest_name(name: str, known: frozenset[str]) -> str | None:
    """The known name that somebody may have meant, or None."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


def meant(name: str, known: frozenset[str], otherwise: str) -> str:
    """The fix for an unknown name: the nearest known one, else ``otherwise``."""
    near = nearest_name(name, known)
    return otherwise if near is None else f"did you mean {near}?"
