"""Change files: rows that a dispatch catalogue shall have, as CSV, with the evidence for them beside."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from pydantic import ValidationError

from hub.citypack.catalogue import OWN_DISTRICT, OWN_TOWN, asked_by
from hub.citypack.city import City
from hub.citypack.draft import Mistake
from hub.citypack.files import Record, Unreadable, read_csv
from hub.citypack.model import CatalogueRow
from hub.errors import HubError
from hub.replay.mining import Proposal

_ROW = ("id", "category", "title", "town", "district", "feed", "lead", "assist")
EVIDENCE = ("was", "cases", "overturned", "agreed")
"""Columns that tell why a row is proposed; a dry run passes over them."""

_FIX = "write it as catalogue.csv of a city pack is written; hub catalogue mine writes one"


def change_text(proposals: Iterable[Proposal]) -> str:
    """The text of a change file."""
    text = StringIO()
    writer = csv.DictWriter(text, (*_ROW, *EVIDENCE), lineterminator="\n")
    writer.writeheader()
    for one in proposals:
        row = one.row.model_dump(mode="json", exclude_none=True)
        evidence = {
            "was": one.was, "cases": one.cases, "overturned": one.overturned, "agreed": one.agreed,
        }  # fmt: skip
        writer.writerow({**row, "assist": "|".join(one.row.assist), **evidence})
    return text.getvalue()


def read_change(city: City, path: Path) -> tuple[CatalogueRow, ...]:
    """The rows of a change file. Raises HubError that names the line and field of the first mistake."""
    try:
        rows = tuple(_row(city, path, found) for found in read_csv(path))
    except OSError as error:
        raise HubError(f"can't read {path}: {error.strerror}", fix="check its name") from None
    except Unreadable as error:
        raise HubError(str(error), fix=_FIX) from None
    if not rows:
        raise HubError(f"{path} changes nothing: it has no rows", fix=_FIX)
    return rows


def changed(city: City, rows: tuple[CatalogueRow, ...]) -> City:
    """The city with a change made: a row takes the place of one that asks the same, or of the same id."""
    asked, ids = {asked_by(row) for row in rows}, {row.id for row in rows}
    kept = (row for row in city.catalogue if asked_by(row) not in asked and row.id not in ids)
    return city.with_catalogue((*rows, *kept))


def _row(city: City, path: Path, found: Record | Mistake) -> CatalogueRow:
    if isinstance(found, Mistake):
        raise HubError(str(found), fix=_FIX)
    values = {name: value for name, value in found.values.items() if name not in EVIDENCE}
    assist = values.get("assist")
    if isinstance(assist, str):
        values["assist"] = [name.strip() for name in assist.split("|") if name.strip()]
    try:
        row = CatalogueRow.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "row"
        raise HubError(f"{path} line {found.line}: {field}: {first['msg']}", fix=_FIX) from None
    for field, name, known in _references(city, row):
        if name is not None and name not in known:
            raise HubError(
                f"{path} line {found.line}: {field}: the city pack has no {name}", fix="check its spelling"
            )
    return row


def _references(city: City, row: CatalogueRow) -> Iterable[tuple[str, str | None, frozenset[str]]]:
    units = frozenset(city.units) | {OWN_TOWN, OWN_DISTRICT}
    yield "category", row.category, frozenset(city.categories)
    yield "town", row.town, frozenset(city.towns)
    yield "district", row.district, frozenset(city.districts)
    yield "lead", row.lead, units
    for name in row.assist:
        yield "assist", name, units
