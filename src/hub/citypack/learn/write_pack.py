"""Writes a pack as the files that `hub.citypack.load` reads: CSV tables and YAML documents."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from hub.citypack.fields import PackModel
from hub.citypack.model import Pack
from hub.errors import HubError

_WRITTEN = "# Written by `hub city {command}`. Change the profile or the rules, and write it again.\n"


def write_pack(pack: Pack, folder: Path) -> tuple[Path, ...]:
    """Write all files of a pack into a folder and name them. Files of empty tables are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pack_texts(pack)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


def pack_texts(pack: Pack) -> Mapping[str, str]:
    """The text of each file of a pack, by name."""
    tables: dict[str, Sequence[PackModel]] = {
        "districts": pack.districts,
        "towns": pack.towns,
        "communities": pack.communities,
        "cells": pack.cells,
        "units": pack.units,
        "categories": pack.categories,
        "catalogue": pack.catalogue,
        "limits": pack.limits,
        "sensor_kinds": pack.kinds,
        "sensors": pack.sensors,
    }
    documents = {"city": pack.settings, "calendar": pack.calendar, "weights": pack.weights}
    texts = {f"{name}.yaml": document_text(model, "learn") for name, model in documents.items()}
    return texts | {f"{name}.csv": table_text(rows) for name, rows in tables.items() if rows}


def document_text(model: PackModel, command: str) -> str:
    """A YAML document that says which command of `hub city` wrote it."""
    values = model.model_dump(mode="json", exclude_unset=True)
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=110)
    return _WRITTEN.format(command=command) + text


def table_text(models: Sequence[PackModel]) -> str:
    """A table with the columns that any row has something in, in the order of the model's fields."""
    rows = [_flat(model.model_dump(mode="json", exclude_unset=True)) for model in models]
    fields = list(type(models[0]).model_fields)
    filled = dict.fromkeys(name for row in rows for name, text in row.items() if text)
    columns = sorted(filled, key=lambda name: fields.index(name.partition(".")[0]))
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(values: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a row: lists as "a|b", mappings as columns "outer.inner"."""
    cells: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            cells |= {f"{name}.{inner}": text for inner, text in _flat(value).items()}
        elif isinstance(value, list):
            cells[name] = _list(name, [str(item) for item in value])
        else:
            cells[name] = _text(value)
    return cells


def _list(name: str, items: Sequence[str]) -> str:
    for item in items:
        if "|" in item:
            raise HubError(
                f"{name}: {item!r} holds a '|', which parts the entries of a list.",
                fix="leave it out in the source, or by the profile's pattern",
            )
    return "|".join(items)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)
