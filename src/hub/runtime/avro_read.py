"""Readers of Avro bodies: for each contract one Python function, written out field by field.

It gives the model's own enums and tuples sooner than fastavro gives strings and lists. It refuses what Avro
does not allow and fastavro lets pass: a boolean of 7, a position below 0, more than 64 bits.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import TypeVar, cast

from hub.contracts.fields import Contract
from hub.contracts.shapes import Choice, Many, Maybe, Plain, Record, Shape, shape_of
from hub.contracts.trusted import unchecked
from hub.runtime.avro_source import Source

C = TypeVar("C", bound=Contract)

Reader = Callable[[bytes, int], C]
"""``read(data, at)``: the record that fills data from ``at`` to its very end.

Raises IndexError, KeyError, ValueError or struct.error for anything else.
"""

FieldReader = Callable[[bytes, int], dict[str, object]]
"""As Reader, but gives the fields, nested ones as dicts too."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_CONTINUED = sum(128 << shift for shift in (0, 7, 14, 21, 28))


def long_at(data: bytes, at: int) -> tuple[int, int]:
    """A long and the place after it."""
    zigzag, shift, byte = 0, 0, 128
    while byte > 127:
        if shift > 63:
            raise ValueError("a number has more than 64 bits")
        byte = data[at]
        at += 1
        zigzag |= (byte & 127) << shift
        shift += 7
    if zigzag >> 64:
        raise ValueError("a number has more than 64 bits")
    return (zigzag >> 1) ^ -(zigzag & 1), at


def size_at(data: bytes, at: int) -> tuple[int, int]:
    """A number of bytes and the place after it."""
    size, at = long_at(data, at)
    if size < 0:
        raise ValueError("a size is below 0")
    return size, at


def moment_at(data: bytes, at: int) -> tuple[datetime, int]:
    """A time and the place after it; one that Python can't hold becomes the first or last that it can."""
    six = data[at : at + 6]
    if len(six) == 6:
        a, b, c, d, e, f = six
        # Between 1970 and 2039 a moment takes six bytes; this way it takes half of long_at's time.
        if a & b & c & d & e > 127 > f and not a & 1:
            zigzag = a + (b << 7) + (c << 14) + (d << 21) + (e << 28) + (f << 35) - _CONTINUED
            return _EPOCH + (zigzag >> 1) * _MILLISECOND, at + 6
    millis, at = long_at(data, at)
    try:
        return _EPOCH + millis * _MILLISECOND, at
    except OverflowError:
        return _FIRST if millis < 0 else _LAST, at


_NAMES = {
    "long_at": long_at,
    "size_at": size_at,
    "moment_at": moment_at,
    "double_at": Struct("<d").unpack_from,
    "booleans": (False, True),
    "unchecked": unchecked,
}


def make_field_reader(model: type[Contract]) -> FieldReader:
    """The function that reads a model's fields, for the model to check."""
    return cast("FieldReader", _make(model, _fields_only))


def make_model_reader(model: type[C]) -> Reader[C]:
    """The function that reads the model itself, unchecked: equal to the checked one if its limits hold."""
    return cast("Reader[C]", _make(model, _unchecked_model))


_Finish = Callable[[Source, Record, str, str], None]
"""Adds the lines that make a record, given the target's name and the source of a dict of its fields."""


def _make(model: type[Contract], finish: _Finish) -> Callable[..., object]:
    source = Source("read", "data, at")
    _read(source, shape_of(model), "record", finish)
    with source.block("if at != len(data):"):
        source.line('raise ValueError("the record ends elsewhere")')
    source.line("return record")
    return source.compiled(**_NAMES)


def _fields_only(to: Source, record: Record, target: str, fields: str) -> None:
    to.line(f"{target} = {fields}")


def _unchecked_model(to: Source, record: Record, target: str, fields: str) -> None:
    names = {field.name for field in record.fields}
    to.line(f"{target} = unchecked({to.bind(record.model)}, {fields}, {to.bind(names)})")


def _read(to: Source, shape: Shape, target: str, finish: _Finish) -> None:
    """Add the lines that read into a variable and move ``at`` behind."""
    match shape:
        case Plain():
            _read_plain(to, shape, target)
        case Choice(kind):
            members = to.bind({2 * at: member for at, member in enumerate(kind)})
            to.line(f"{target} = {members}[data[at]]; at += 1")
        case Maybe(of):
            to.line("branch = data[at]; at += 1")
            with to.block("if branch == 0:"):
                to.line(f"{target} = None")
            with to.block("elif branch == 2:"):
                _read(to, of, target, finish)
            with to.block("else:"):
                to.line('raise ValueError("a union has two branches")')
        case Many(of):
            _read_many(to, of, target, finish)
        case Record():
            names = {field.name: to.fresh() for field in shape.fields}
            for field in shape.fields:
                _read(to, field.shape, names[field.name], finish)
            pairs = ", ".join(f"{name!r}: {variable}" for name, variable in names.items())
            finish(to, shape, target, "{" + pairs + "}")


def _read_many(to: Source, of: Shape, target: str, finish: _Finish) -> None:
    items, item, left = to.fresh(), to.fresh(), to.fresh()
    to.line(f"{items} = []")
    to.line(f"{left}, at = long_at(data, at)")
    with to.block(f"while {left}:"):
        with to.block(f"if {left} < 0:"):
            # A block may tell its size in bytes, for those who skip it.
            to.line("_, at = size_at(data, at)")
        with to.block(f"for _ in range(abs({left})):"):
            _read(to, of, item, finish)
            to.line(f"{items}.append({item})")
        to.line(f"{left}, at = long_at(data, at)")
    to.line(f"{target} = tuple({items})")


def _read_plain(to: Source, shape: Plain, target: str) -> None:
    match shape:
        case Plain.BOOLEAN:
            to.line(f"{target} = booleans[data[at]]; at += 1")
        case Plain.LONG:
            to.line(f"{target}, at = long_at(data, at)")
        case Plain.DOUBLE:
            to.line(f"({target},) = double_at(data, at); at += 8")
        case Plain.MOMENT:
            to.line(f"{target}, at = moment_at(data, at)")
        case Plain.STRING | Plain.BYTES:
            to.line("size = data[at]; at += 1")
            with to.block("if size & 129:"):
                to.line("size, at = size_at(data, at - 1)")
            with to.block("else:"):
                to.line("size >>= 1")
            decode = ".decode()" if shape is Plain.STRING else ""
            to.line(f"{target} = data[at : at + size]{decode}; at += size")
