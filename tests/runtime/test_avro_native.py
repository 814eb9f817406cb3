"""The native codec does what the Python one does, to the byte; what it calls checked, pydantic takes."""

import shutil
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.contracts.fields import Contract
from hub.contracts.registry import CONTRACTS
from hub.runtime.avro_plan import NATIVE, Plan, plan_of
from hub.runtime.avro_read import make_field_reader, make_model_reader
from hub.runtime.avro_write import make_encode
from hub.runtime.refused import Doubtful

needs_native = pytest.mark.skipif(
    not NATIVE, reason="no native codec: install a C compiler, then the hub again"
)

BROKEN = (IndexError, KeyError, ValueError, struct.error)
ANY_CONTRACT = st.from_type(Contract)
NOT_AT_A_GLANCE = {"WindowSummary", "ScoreChange", "ScoreCell", "CaseScore", "Warning", "OpenWarning"}
"""Contracts with a limit that no plan knows, as that of a day: pydantic checks them alone.

Steps read them as the hub's own, unchecked, so that costs them nothing.
"""


def _plan(model: type[Contract]) -> Plan:
    plan = plan_of(model)
    assert plan is not None
    return plan


@needs_native
@given(ANY_CONTRACT, st.binary(max_size=3))
def test_it_writes_what_python_writes(value: Contract, before: bytes) -> None:
    wanted = make_encode(type(value))(value, before)

    assert _plan(type(value)).record.encode(value, before) == wanted


@needs_native
@given(ANY_CONTRACT, st.data())
def test_it_reads_what_python_reads_and_refuses_what_python_refuses(
    value: Contract, data: st.DataObject
) -> None:
    body = bytearray(make_encode(type(value))(value, b""))
    for _ in range(data.draw(st.integers(0, 2))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    by_python, by_native = make_model_reader(type(value)), _plan(type(value)).record.read_trusted
    try:
        wanted = by_python(bytes(body), 0)
    except BROKEN:
        with pytest.raises(BROKEN):
            by_native(bytes(body), 0)
    else:
        found = by_native(bytes(body), 0)
        assert repr(found) == repr(wanted)  # as values, but that NaN equals itself
        assert found.model_fields_set == wanted.model_fields_set


@needs_native
@given(ANY_CONTRACT, st.data())
def test_what_passes_at_a_glance_is_what_pydantic_takes(value: Contract, data: st.DataObject) -> None:
    check = _plan(type(value)).check
    body = bytearray(make_encode(type(value))(value, b""))
    if check is None:
        return
    assert check(bytes(body)) == value
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(*BROKEN, Doubtful):
        glanced = check(bytes(body))
        fields = make_field_reader(type(value))(bytes(body), 0)
        assert type(value).model_validate(fields) == glanced


@needs_native
@pytest.mark.parametrize("model", CONTRACTS.values(), ids=lambda model: model.__name__)
def test_limits_of_fields_are_judged(model: type[Contract]) -> None:
    assert (_plan(model).check is None) is (model.__name__ in NOT_AT_A_GLANCE)


@needs_native
@given(ANY_CONTRACT, st.data())
def test_a_value_beyond_a_limit_is_doubtful(value: Contract, data: st.DataObject) -> None:
    """Values that pydantic refuses are made by leaving it out, and never pass."""
    model = type(value)
    check = _plan(model).check
    texts = [name for name, field in model.model_fields.items() if isinstance(getattr(value, name), str)]
    if check is None or not texts:
        return
    name = data.draw(st.sampled_from(texts))
    changed = value.model_copy(update={name: data.draw(st.sampled_from(("", "\x01", "x" * 30_000, "G")))})
    try:
        body = make_encode(model)(changed, b"")
    except KeyError:
        return  # an enum's member can't be written where it is none
    try:
        model.model_validate(make_field_reader(model)(body, 0))
    except ValidationError:
        with pytest.raises((Doubtful, ValueError)):
            check(body)
    else:
        assert check(body) == changed


def test_it_is_in_use_where_there_is_a_compiler() -> None:
    assert shutil.which("cc") is None or NATIVE
