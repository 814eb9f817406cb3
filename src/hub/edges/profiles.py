"""Profiles: how the rows of somebody else's file become our records, stated as data, never as code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from hub.contracts.fields import Contract
from hub.edges.expressions import ISO, Clock, compile_object, compile_value
from hub.edges.identity import FeedRecord, event_time, feed_record, record_key
from hub.edges.profile_file import (
    Condition,
    ProfileSpec,
    RecordSpec,
    contract_of,
    profile_names,
    read_profile,
)
from hub.edges.readings import SensorSlot, pack_columns, senml_packs
from hub.edges.rows import Row, RowRefused, cell, read_rows
from hub.errors import HubError
from hub.topics import READINGS

__all__ = ["Made", "Profile", "RowRefused", "SensorSlot", "load_profile", "profile_names", "read_rows"]

ARRIVED = "arrived"
"""Where a row is a contract itself, this column beside its fields may say when it arrived (ISO 8601)."""

_MOST_PROBLEMS = 10

Maker = Callable[[Row], Sequence["Made"]]


@dataclass(frozen=True, slots=True)
class Made:
    """One record made of a row: where it goes, its key, and when it arrived (or would have)."""

    topic: str
    key: str
    value: Contract
    arrival: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """A loaded profile; ``topics`` are those it makes records for."""

    name: str
    about: str
    topics: tuple[str, ...]
    _makers: tuple[Callable[[Row], Sequence[Made]], ...]

    def records(self, row: Row | RowRefused) -> list[Made]:
        """The records of one row, in the profile's order; raises RowRefused, which holds no personal data."""
        if isinstance(row, RowRefused):
            raise row
        return [made for maker in self._makers for made in maker(row)]


def load_profile(name_or_path: str, sensors: Mapping[str, SensorSlot] | None = None) -> Profile:
    """A shipped profile by name, or one from a YAML file; ``sensors`` are the city's, by name (SenML only).

    Raises HubError that names the profile, the place in it, and the fix.
    """
    name, spec = read_profile(name_or_path)
    if spec.shape == "senml":
        return Profile(name, spec.about, (READINGS,), (_senml_maker(spec.source, sensors or {}),))
    try:
        clock = Clock(ZoneInfo(spec.zone), spec.time_format)
    except (ZoneInfoNotFoundError, ValueError):
        raise HubError(
            f"profile {name}: no time zone {spec.zone}", fix="use a name like Asia/Shanghai"
        ) from None
    makers = []
    for number, record in enumerate(spec.records):
        try:
            makers.append(_maker(spec, record, clock))
        except HubError as error:
            raise HubError(f"profile {name}: records.{number}.{error.message}", fix=error.fix) from None
    return Profile(name, spec.about, tuple(dict.fromkeys(r.topic for r in spec.records)), tuple(makers))


def _maker(spec: ProfileSpec, record: RecordSpec, clock: Clock) -> Maker:
    contract = contract_of(record, spec.source)
    applies = _condition(record.when)
    value = _whole(contract) if record.whole else _filled(contract, spec, record, clock)
    arrival = _arrival(record, clock)

    def make(row: Row) -> Sequence[Made]:
        if not applies(row):
            return ()
        made = value(row)
        return (Made(record.topic, record_key(made), made, arrival(row, made)),)

    return make


def _filled(
    contract: type[Contract], spec: ProfileSpec, record: RecordSpec, clock: Clock
) -> Callable[[Row], FeedRecord]:
    source = {"source": {"const": spec.source}} if spec.source else {}
    fields = compile_object({**source, **record.fields}, clock)
    columns = pack_columns(record.slots, record.absent) if record.slots else None

    def fill(row: Row) -> FeedRecord:
        made = fields(row) or {}
        return _checked(contract, made if columns is None else made | columns(row))

    return fill


def _whole(contract: type[Contract]) -> Callable[[Row], FeedRecord]:
    return lambda row: _checked(contract, {name: row[name] for name in row if name != ARRIVED})


def _checked(contract: type[Contract], fields: Mapping[str, object]) -> FeedRecord:
    try:
        return feed_record(contract.model_validate(fields))
    except ValidationError as error:
        raise _refused(error) from None


def _refused(error: ValidationError) -> RowRefused:
    problems = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_PROBLEMS]
    names = [".".join(map(str, problem["loc"])) or "record" for problem in problems]
    texts = [problem["msg"].removeprefix("Value error, ") for problem in problems]
    if len(names) == 1:
        return RowRefused(names[0], texts[0])
    return RowRefused(
        ", ".join(names), "; ".join(f"{name}: {text}" for name, text in zip(names, texts, strict=True))
    )


def _arrival(record: RecordSpec, clock: Clock) -> Callable[[Row, FeedRecord], datetime]:
    """When a record came: as the profile says, else at its event time, but never before ``not_before``."""
    if record.whole:
        stated = _time_of(ARRIVED, Clock(clock.zone, ISO), "arrival")
        return lambda row, made: (stated(row) if ARRIVED in row else None) or event_time(made)
    own, floor = _time_of(record.arrival, clock, "arrival"), _time_of(record.not_before, clock, "not_before")

    def arrival(row: Row, made: FeedRecord) -> datetime:
        arrived, earliest = own(row) or event_time(made), floor(row)
        return arrived if earliest is None else max(arrived, earliest)

    return arrival


def _time_of(spec: object, clock: Clock, where: str) -> Callable[[Row], datetime | None]:
    """A time expression, or a column that holds a time; None in the profile is None for every row."""
    if spec is None:
        return lambda row: None
    value = compile_value({"time": spec} if isinstance(spec, str) else spec, clock, where)

    def time(row: Row) -> datetime | None:
        found = value(row)
        if found is None or isinstance(found, datetime):
            return found
        raise RowRefused(where, "is not a time")

    return time


def _condition(parts: Sequence[Condition]) -> Callable[[Row], bool]:
    def holds(row: Row) -> bool:
        return all(_holds(part, cell(row, part.column)) for part in parts)

    return holds


def _holds(part: Condition, found: object) -> bool:
    if part.filled is not None and part.filled != (found is not None):
        return False
    text = "" if found is None else str(found)
    if part.among is not None and text not in part.among:
        return False
    return part.not_among is None or text not in part.not_among


def _senml_maker(source: str, sensors: Mapping[str, SensorSlot]) -> Maker:
    def make(row: Row) -> Sequence[Made]:
        return [
            Made(READINGS, pack.gateway, pack, pack.base_time) for pack in senml_packs(row, source, sensors)
        ]

    return make
