"""Any value of any contract for Hypothesis: `st.from_type(HotlineTicket)`; of `Contract`, one of them all."""

from datetime import UTC, timedelta, timezone
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from hub.contracts.feeds import ActionKind, ReadingPack, UnitAction
from hub.contracts.fields import EARLIEST, LATEST, Contract, PlaceRef, Source
from hub.contracts.registry import CONTRACTS

TEXT = st.characters(exclude_categories=["Cs"])
PRINTABLE = st.characters(exclude_categories=["Cs"], min_codepoint=32)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))])
DAY = timedelta(days=1)
TIMES = st.datetimes(
    (EARLIEST + DAY).replace(tzinfo=None), (LATEST - DAY).replace(tzinfo=None), timezones=ZONES
).map(lambda time: time.replace(fold=0))
LONGEST = 40
WHOLE_DAY = r"^\d{4}-\d\d-\d\d$"


def _limits(metadata: tuple[Any, ...]) -> dict[str, Any]:
    """The limits in a field's metadata by name: min_length, max_length, ge, gt, le, pattern."""
    found: dict[str, Any] = {}
    for item in metadata:
        inner = item.metadata if isinstance(item, FieldInfo) else [item]
        for limit in inner:
            found.update({key: getattr(limit, key) for key in getattr(limit, "__slots__", ())})
            found.update(getattr(limit, "__dict__", {}))
    return found


def _values(annotation: Any, limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(arguments[0], {**limits, **_limits(arguments[1:])})
    if NoneType in arguments:
        (wanted,) = (argument for argument in arguments if argument is not NoneType)
        return st.none() | _values(wanted, limits)
    if origin is tuple:
        return st.lists(_values(arguments[0], {}), max_size=3).map(tuple)
    if annotation is AwareDatetime:
        return TIMES
    if issubclass(annotation, BaseModel):
        return _models(annotation)
    if issubclass(annotation, StrEnum):
        return st.sampled_from(annotation)
    return _plain_values(annotation, limits)


def _plain_values(kind: type, limits: dict[str, Any]) -> st.SearchStrategy[Any]:
    shortest, longest = limits.get("min_length", 0), limits.get("max_length", LONGEST)
    if kind is str and limits.get("pattern") == WHOLE_DAY:
        return st.dates(EARLIEST.date(), LATEST.date()).map(str)
    if kind is str:
        letters = {"^[0-9a-f]+$": st.sampled_from("0123456789abcdef"), None: TEXT}.get(
            limits.get("pattern"), PRINTABLE
        )
        return st.text(letters, min_size=shortest, max_size=min(longest, max(LONGEST, shortest)))
    if kind is bytes:
        return st.binary(max_size=200)
    if kind is bool:
        return st.booleans()
    if kind is int:
        least = limits.get("ge", limits["gt"] + 1 if "gt" in limits else -(2**63))
        return st.integers(least, limits.get("le", 2**63 - 1))
    assert kind is float
    return st.floats(
        limits.get("ge", limits.get("gt")),
        limits.get("le"),
        exclude_min="gt" in limits,
        allow_nan=False,
        allow_infinity=False,
    )


def _models(model: type[BaseModel], **fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    if model is ReadingPack and not fixed:
        return st.integers(0, 5).flatmap(_packs)
    if model is UnitAction and not fixed:
        by_case = _models(
            UnitAction,
            case_id=st.just("c"),
            kind=st.sampled_from([kind for kind in ActionKind if kind is not ActionKind.CLOSE_SIGNAL]),
        )
        return by_case | _models(UnitAction, signal=_models(Source), place=_models(PlaceRef))
    fields = {
        name: fixed.get(name, _values(info.annotation, _limits(tuple(info.metadata))))
        for name, info in model.model_fields.items()
    }
    return st.builds(model, **fields)


def _packs(rows: int) -> st.SearchStrategy[Any]:
    def columns(width: int) -> st.SearchStrategy[bytes]:
        return st.binary(min_size=rows * width, max_size=rows * width)

    return _models(ReadingPack, slots=columns(2), values=columns(8), offsets_ms=columns(4) | st.just(b""))


for _model in CONTRACTS.values():
    st.register_type_strategy(_model, _models(_model))
st.register_type_strategy(Contract, st.sampled_from(list(CONTRACTS.values())).flatmap(_models))
