"""Loads a city pack: a folder of CSV and YAML files, or the name of a packaged city."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, get_origin

from pydantic import ValidationError

from hub.citypack import check
from hub.citypack.calendar import Calendar
from hub.citypack.city import City, build_city
from hub.citypack.draft import Draft, Entry, Mistake, Sheet, meant, nearest_name
from hub.citypack.explain import explained
from hub.citypack.fields import PackModel
from hub.citypack.files import Raw, Record, Unreadable, read_csv, read_yaml_list, read_yaml_mapping
from hub.citypack.model import (
    CatalogueRow,
    Category,
    CellTown,
    Community,
    District,
    LimitRow,
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
from hub.errors import HubError

M = TypeVar("M", bound=PackModel)

TABLES = (
    "districts", "towns", "communities", "cells", "units", "categories", "catalogue", "limits",
    "sensor_kinds", "sensors",
)  # fmt: skip
OPTIONAL = frozenset({"communities", "cells", "limits", "sensor_kinds", "sensors"})
OPTIONAL_DOCUMENTS = ("patterns", "indicators", "repeats", "warnings")
DOCUMENTS = ("city", "calendar", "weights", *OPTIONAL_DOCUMENTS)
_KEYS = ("code", "id", "kind", "cell")
_SHOWN = 20


def packaged_cities() -> tuple[str, ...]:
    """The names of the cities that ship with the hub, sorted."""
    folder = files("hub") / "cities"
    if not folder.is_dir():
        return ()
    return tuple(sorted(each.name for each in folder.iterdir() if (each / "city.yaml").is_file()))


def find_pack(path_or_name: str | Path) -> Traversable:
    """The folder of a pack; a packaged name wins over a folder of that name. HubError if there is none."""
    names = packaged_cities()
    if isinstance(path_or_name, str) and path_or_name in names:
        return files("hub") / "cities" / path_or_name
    folder = Path(path_or_name)
    if folder.is_dir():
        return folder
    near = nearest_name(str(path_or_name), frozenset(names))
    hint = f"did you mean {near}? " if near else ""
    raise HubError(
        f"There is no city pack named {path_or_name}, and no folder of that name.",
        fix=f"{hint}Packaged cities: {', '.join(names) or 'none'}; or give the path of a pack's folder.",
    )


def read_pack(path_or_name: str | Path) -> tuple[City | None, tuple[Mistake, ...]]:
    """The city of a pack and no mistakes, or None and every mistake, by file and line."""
    reader = _Reader(find_pack(path_or_name))
    draft = reader.draft()
    mistakes = reader.mistakes if draft is None else [*reader.mistakes, *check.check_draft(draft)]
    if draft is None or mistakes:
        return None, tuple(sorted(set(mistakes)))
    city = build_city(draft.pack())
    mistakes = [*check.check_city(draft, city)]
    return (None, tuple(sorted(mistakes))) if mistakes else (city, ())


def load_city(path_or_name: str | Path) -> City:
    """The city of a pack; raises HubError that lists the mistakes if there are any."""
    city, mistakes = read_pack(path_or_name)
    if city is not None:
        return city
    shown = "\n".join(f"  {mistake}" for mistake in mistakes[:_SHOWN])
    more = f"\n  and {len(mistakes) - _SHOWN} more" if len(mistakes) > _SHOWN else ""
    raise HubError(
        f"The city pack {path_or_name} has {len(mistakes)} mistake(s):\n{shown}{more}",
        fix=f"hub city check {path_or_name} shows them all in a table; mend the lines that it names.",
    )


@dataclass
class _Reader:
    """Reads the files of one folder and collects the mistakes in them."""

    folder: Traversable
    mistakes: list[Mistake] = field(default_factory=list)

    def draft(self) -> Draft | None:
        """The pack's entries, or None where a file is missing or a document cannot be read."""
        self._refuse_strange_files()
        settings = self._document("city", PackSettings)
        calendar = self._document("calendar", Calendar)
        weights = self._document("weights", Weights)
        patterns = self._document_or("patterns", PatternRules())
        needs = self._document_or("indicators", NeedsTree())
        repeats = self._document_or("repeats", RepeatPolicy())
        warnings = self._document_or("warnings", WarningRules())
        districts = self._table("districts", District)
        towns = self._table("towns", Town)
        communities = self._table("communities", Community)
        cells = self._table("cells", CellTown)
        units = self._table("units", Unit)
        categories = self._table("categories", Category)
        catalogue = self._table("catalogue", CatalogueRow)
        limits = self._table("limits", LimitRow)
        kinds = self._table("sensor_kinds", SensorKind)
        sensors = self._table("sensors", Sensor)
        if settings is None or calendar is None or weights is None:
            return None
        if patterns is None or needs is None or repeats is None or warnings is None:
            return None
        if not (districts and towns and units and categories and catalogue):
            return None
        if communities is None or cells is None or limits is None or kinds is None or sensors is None:
            return None
        return Draft(
            settings, districts, towns, communities, cells, units, categories, catalogue, limits, kinds,
            sensors, calendar, weights, patterns, needs, repeats, warnings,
        )  # fmt: skip

    def _refuse_strange_files(self) -> None:
        known = frozenset({*(f"{name}.yaml" for name in DOCUMENTS), *_table_files()})
        for file in sorted(each.name for each in self.folder.iterdir()):
            if file.endswith((".csv", ".yaml", ".yml")) and file not in known:
                fix = meant(file, known, "remove or rename it")
                self.mistakes.append(Mistake(file, 0, "", "no pack has a file of this name", fix))

    def _document(self, name: str, model: type[M]) -> Entry[M] | None:
        """The one model of a YAML document, or None."""
        file = self.folder / f"{name}.yaml"
        if not file.is_file():
            self.mistakes.append(
                Mistake(file.name, 0, "", "the file is missing", "write it: see docs/city-packs.md")
            )
            return None
        entries = self._sheet(file, model).entries
        return entries[0] if entries else None

    def _document_or(self, name: str, otherwise: M) -> Entry[M] | None:
        """The one model of an optional document, what holds without it, or None if it cannot be read."""
        if (self.folder / f"{name}.yaml").is_file():
            return self._document(name, type(otherwise))
        return Entry(f"{name}.yaml", 0, otherwise)

    def _table(self, name: str, model: type[M]) -> Sheet[M] | None:
        """The entries of a table, empty if an optional one is absent; None if it cannot be read."""
        found = [
            file for file in (self.folder / f"{name}.csv", self.folder / f"{name}.yaml") if file.is_file()
        ]
        if not found and name in OPTIONAL:
            return Sheet(f"{name}.csv")
        if len(found) == 1:
            count = len(self.mistakes)
            sheet = self._sheet(found[0], model)
            return sheet if sheet.entries or sheet.broken or len(self.mistakes) == count else None
        problem = "the file is missing" if not found else f"{name}.yaml says the same"
        fix = "write it: see docs/city-packs.md" if not found else "keep one of the two"
        self.mistakes.append(Mistake(f"{name}.csv", 0, "", problem, fix))
        return None

    def _sheet(self, file: Traversable, model: type[M]) -> Sheet[M]:
        entries: list[Entry[M]] = []
        broken: set[str] = set()
        try:
            for record in _records(file):
                if isinstance(record, Mistake):
                    self.mistakes.append(record)
                    continue
                entry = self._entry(file.name, record, model)
                if entry is None:
                    broken.update(str(record.values[key]) for key in _KEYS if key in record.values)
                else:
                    entries.append(entry)
        except Unreadable as error:
            self.mistakes.append(error.mistake)
        return Sheet(file.name, tuple(entries), frozenset(broken))

    def _entry(self, file: str, record: Record, model: type[M]) -> Entry[M] | None:
        values = _split_lists(record.values, model) if file.endswith(".csv") else dict(record.values)
        try:
            built = model.model_validate(values)
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=True)
            self.mistakes.extend(explained(file, record, model, detail) for detail in details)
            return None
        lines = {str(path[0]): line for path, line in record.lines.items() if len(path) == 1}
        return Entry(file, record.line, built, lines)


def _table_files() -> Iterator[str]:
    return (f"{name}.{ending}" for name in TABLES for ending in ("csv", "yaml"))


def _records(file: Traversable) -> Iterator[Record | Mistake]:
    if file.name.endswith(".csv"):
        return read_csv(file)
    return read_yaml_mapping(file) if file.name.removesuffix(".yaml") in DOCUMENTS else read_yaml_list(file)


def _split_lists(values: Any, model: type[PackModel]) -> dict[str, Raw]:
    """The values of a CSV row, with "a|b" split in the columns whose field is a list."""
    split: dict[str, Raw] = dict(values)
    for name, info in model.model_fields.items():
        cell = split.get(name)
        if get_origin(info.annotation) is tuple and isinstance(cell, str):
            split[name] = [part.strip() for part in cell.split("|") if part.strip()]
    return split
