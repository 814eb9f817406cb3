"""A profile file as it is written: YAML into frozen models, and checked against the contracts it fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.contracts.fields import Contract
from hub.edges.identity import FEED_CONTRACTS
from hub.errors import HubError
from hub.topics import TOPICS

_PACK_COLUMNS = frozenset({"slots", "values", "offsets_ms"})
_SEE = "see docs/profiles.md"


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Spec):
    """What a row must hold for a record to be made of it; all parts given must be true."""

    column: str
    among: tuple[str, ...] | None = None
    not_among: tuple[str, ...] | None = None
    filled: bool | None = None


class RecordSpec(_Spec):
    """One record that a row may give."""

    topic: str
    contract: str | None = None
    when: tuple[Condition, ...] = ()
    whole: Annotated[bool, Field(description="The row itself is the contract, field by field")] = False
    fields: Mapping[str, object] = {}
    slots: Annotated[tuple[str, ...], Field(description="Columns of readings, in slot order")] = ()
    absent: Annotated[tuple[str, ...], Field(description="Texts that mean: no reading")] = ()
    arrival: Annotated[object, Field(description="When it arrived; else its event time")] = None
    not_before: Annotated[object, Field(description="It never arrives earlier than this")] = None


class ProfileSpec(_Spec):
    """A profile file, as it is written."""

    about: str
    shape: Literal["rows", "senml"] = "rows"
    source: str = ""
    zone: str = "UTC"
    time_format: str = "iso"
    shared: Annotated[object, Field(description="Anchors that records refer to; not read otherwise")] = None
    records: tuple[RecordSpec, ...] = ()


def read_profile(name_or_path: str) -> tuple[str, ProfileSpec]:
    """The name and the checked content of a shipped profile, or of a YAML file; raises HubError."""
    name, text = _text_of(name_or_path)
    try:
        spec = ProfileSpec.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise HubError(f"profile {name}: {wrong}", fix=_SEE) from None
    except yaml.YAMLError as error:
        raise HubError(f"profile {name} is not YAML: {error}", fix=_SEE) from None
    if bool(spec.records) == (spec.shape == "senml"):
        raise HubError(f"profile {name}: shape {spec.shape} does not go with its records", fix=_SEE)
    return name, spec


def profile_names() -> list[str]:
    """The profiles that ship with the hub."""
    names = (entry.name for entry in (files("hub.edges") / "profiles").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def contract_of(record: RecordSpec, source: str) -> type[Contract]:
    """The contract that a record fills, its fields checked; raises HubError."""
    topic = TOPICS.get(record.topic)
    if topic is None or not topic.feed:
        feeds = ", ".join(t.name for t in TOPICS.values() if t.feed)
        raise HubError(f"topic: {record.topic} is not a feed", fix=f"use one of {feeds}")
    known = {model.__name__: model for model in topic.contracts if model in FEED_CONTRACTS}
    name = record.contract or next(iter(known))
    if name not in known:
        raise HubError(f"contract: {topic.name} takes no {name}", fix=f"use one of {', '.join(known)}")
    if not record.whole:
        _check_fields(known[name], record, source)
    return known[name]


def _check_fields(model: type[Contract], record: RecordSpec, source: str) -> None:
    _check_names(model, record.fields, "")
    given = (
        set(record.fields) | (_PACK_COLUMNS if record.slots else set()) | ({"source"} if source else set())
    )
    missing = [n for n, field in model.model_fields.items() if field.is_required() and n not in given]
    if missing:
        raise HubError(
            f"fields: {model.__name__} also needs {', '.join(missing)}", fix="add them to `fields`"
        )


def _check_names(model: type[Contract], fields: Mapping[str, object], where: str) -> None:
    for name, spec in fields.items():
        if name not in model.model_fields:
            raise HubError(
                f"fields.{where}{name}: {model.__name__} has no such field",
                fix=f"use one of {', '.join(model.model_fields)}",
            )
        inner = _contract_in(model.model_fields[name].annotation)
        for nested in _objects_in(spec):
            if inner is not None:
                _check_names(inner, nested, f"{where}{name}.")


def _contract_in(annotation: object) -> type[Contract] | None:
    if isinstance(annotation, type) and issubclass(annotation, Contract):
        return annotation
    return next((found for one in get_args(annotation) if (found := _contract_in(one))), None)


def _objects_in(spec: object) -> Iterator[Mapping[str, object]]:
    match spec:
        case {"object": dict(fields)}:
            yield fields
        case {"first": list(specs)}:
            for one in specs:
                yield from _objects_in(one)
        case {"each": each}:
            yield from _objects_in(each)


def _text_of(name_or_path: str) -> tuple[str, str]:
    if name_or_path in profile_names():
        return name_or_path, (files("hub.edges") / "profiles" / f"{name_or_path}.yaml").read_text("utf-8")
    path = Path(name_or_path)
    try:
        return path.stem, path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise HubError(
            f"there is no profile {name_or_path}",
            fix=f"use one of {', '.join(profile_names())}, or the path of a YAML file",
        ) from None
