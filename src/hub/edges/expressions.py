"""The small language in which a profile says where a field's value comes from; compiled once, run per row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from string import Formatter
from zoneinfo import ZoneInfo

from hub.edges.rows import Row, RowRefused, cell
from hub.errors import HubError

Value = Callable[[Row], object]
"""Takes a row, gives the value of a field, None where the row has none; raises RowRefused."""

ITEM = "item"
"""The column that ``each`` of a ``split`` reads: one part of the text."""

ISO = "iso"
"""Name of the time format ISO 8601, beside those of strptime."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a profile writes times: its usual format and the zone of times that state none."""

    zone: ZoneInfo
    format: str


def compile_value(spec: object, clock: Clock, where: str) -> Value:
    """The function that an expression stands for; ``where`` names the field, in HubError and RowRefused.

    A text is a column's name; otherwise a mapping: ``const``, ``template``, ``first``, ``time``, ``map``,
    ``split``, or ``object``.
    """
    match spec:
        case str(column):
            return _column(column)
        case {"column": str(column), "cut": str(pattern), **rest} if not rest:
            return _cut(_column(column), _regex(pattern, where))
        case {"const": value, **rest} if not rest:
            return lambda row: value
        case {"template": str(text), **options} if options.keys() <= {"lower"}:
            return _template(text, bool(options.get("lower", False)), where)
        case {"first": list(specs), **rest} if not rest:
            return _first([compile_value(one, clock, f"{where}.first.{n}") for n, one in enumerate(specs)])
        case {"time": of, **options} if options.keys() <= {"format"}:
            return _time(
                compile_value(of, clock, f"{where}.time"),
                clock.zone,
                str(options.get("format", clock.format)),
                where,
            )
        case {"map": of, "values": dict(values), **options} if options.keys() <= {"default"}:
            return _mapped(compile_value(of, clock, f"{where}.map"), values, options, where)
        case {"split": str(column), "by": str(mark), "each": each, **options} if options.keys() <= {"cut"}:
            cut = _regex(str(options["cut"]), where) if "cut" in options else None
            return _split(_column(column), mark, cut, compile_value(each, clock, f"{where}.each"))
        case {"object": dict(fields), **options} if options.keys() <= {"always"}:
            return compile_object(fields, clock, where, always=options.get("always") is True)
        case _:
            raise HubError(
                f"{where}: no such expression",
                fix="write a column's name, or one of const, template, first, time, map, split, object "
                "with its options (see docs/profiles.md)",
            )


def compile_object(
    fields: Mapping[str, object], clock: Clock, where: str = "", *, always: bool = False
) -> Callable[[Row], dict[str, object] | None]:
    """A function that makes a mapping of the fields that a row fills; of none, None (``always``: empty)."""
    prefix = f"{where}." if where else ""
    values = [(name, compile_value(spec, clock, prefix + name)) for name, spec in fields.items()]

    def make(row: Row) -> dict[str, object] | None:
        made: dict[str, object] = {}
        for name, value in values:
            found = value(row)
            if found is not None:
                made[name] = found
        return made if made or always else None

    return make


def _column(column: str) -> Value:
    return lambda row: cell(row, column)


def _cut(of: Value, pattern: re.Pattern[str]) -> Value:
    def cut(row: Row) -> object:
        found = of(row)
        return pattern.sub("", found).strip() or None if isinstance(found, str) else found

    return cut


def _template(text: str, lower: bool, where: str) -> Value:
    try:
        parts = [(literal, column, form or "") for literal, column, form, _ in Formatter().parse(text)]
        for _, _, form in parts:
            format("", form)
    except ValueError as error:
        raise HubError(f"{where}.template: {error}", fix="write {column} or {column:format}") from None

    def fill(row: Row) -> str | None:
        made, filled = [], False
        for literal, column, form in parts:
            made.append(literal)
            if column is not None:
                found = cell(row, column)
                filled = filled or found is not None
                made.append(format("" if found is None else str(found), form))
        joined = "".join(made)
        return None if not filled else joined.lower() if lower else joined

    return fill


def _first(values: Sequence[Value]) -> Value:
    def first(row: Row) -> object:
        return next((found for value in values if (found := value(row)) is not None), None)

    return first


def _time(of: Value, zone: ZoneInfo, form: str, where: str) -> Value:
    @lru_cache(maxsize=4096)
    def parse(text: str) -> datetime:
        time = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)  # noqa: DTZ007
        return time if time.tzinfo is not None else time.replace(tzinfo=zone)

    def at(row: Row) -> datetime | None:
        found = of(row)
        if found is None:
            return None
        try:
            return parse(str(found))
        except (ValueError, OverflowError):
            raise RowRefused(where, f"is no time of the form {form!r}") from None

    return at


def _mapped(
    of: Value, values: Mapping[object, object], options: Mapping[object, object], where: str
) -> Value:
    by_text = {str(key): value for key, value in values.items()}

    def mapped(row: Row) -> object:
        found = of(row)
        if found is not None and str(found) in by_text:
            return by_text[str(found)]
        if found is None or "default" in options:
            return options.get("default")
        raise RowRefused(where, "holds a value that the profile's map does not name")

    return mapped


def _split(of: Value, mark: str, cut: re.Pattern[str] | None, each: Value) -> Value:
    def parts(text: str) -> Iterable[str]:
        for part in text.split(mark):
            kept = (part if cut is None else cut.sub("", part)).strip()
            if kept:
                yield kept

    def split(row: Row) -> tuple[object, ...]:
        found = of(row)
        return () if found is None else tuple(each({**row, ITEM: part}) for part in parts(str(found)))

    return split


def _regex(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise HubError(f"{where}.cut: {error}", fix="write a regular expression of Python's re") from None
