"""Writers of Avro bodies: for each contract one Python function, written out field by field.

It does in a third of the time what fastavro does by walking the schema; tests hold both to the same bytes.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import cast

from hub.contracts.fields import Contract
from hub.contracts.shapes import Choice, Many, Maybe, Plain, Record, Shape, shape_of
from hub.runtime.avro_source import Source

Writer = Callable[[Contract, bytearray], None]
"""``write(value, out)`` appends the Avro body of a value of the contract it was made for."""


def varint(number: int) -> bytes:
    """A long as Avro has it: zigzag, 7 bits a byte, low bits first. OverflowError beyond 64 bits."""
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowError("an Avro long has 64 bits")
    zigzag = (number << 1) ^ (number >> 63)
    out = bytearray()
    while zigzag > 127:
        out.append(zigzag & 127 | 128)
        zigzag >>= 7
    out.append(zigzag)
    return bytes(out)


_VARINTS = tuple(varint(number) for number in range(8192))
_NAMES = {
    "varint": varint,
    "varints": _VARINTS,
    "double": Struct("<d").pack,
    "epoch": datetime(1970, 1, 1, tzinfo=UTC),
    "millisecond": timedelta(milliseconds=1),
}


def make_writer(model: type[Contract]) -> Writer:
    """The function that writes values of a model."""
    source = Source("write", "value, out")
    _write(source, shape_of(model), "value")
    return cast("Writer", source.compiled(**_NAMES))


def make_encode(model: type[Contract]) -> Callable[[Contract, bytes], bytes]:
    """The function that gives the Avro body of a value of a model behind some bytes."""
    write = make_writer(model)

    def encode(value: Contract, before: bytes) -> bytes:
        body = bytearray(before)
        write(value, body)
        return bytes(body)

    return encode


def _write(to: Source, shape: Shape, value: str) -> None:
    """Add the lines that write an expression."""
    match shape:
        case Plain():
            _write_plain(to, shape, value)
        case Choice(kind):
            positions = to.bind({member: varint(at) for at, member in enumerate(kind)})
            to.line(f"out += {positions}[{value}]")
        case Maybe(of):
            known = to.fresh()
            to.line(f"{known} = {value}")
            with to.block(f"if {known} is None:"):
                to.line("out.append(0)")
            with to.block("else:"):
                to.line("out.append(2)")
                _write(to, of, known)
        case Many(of):
            items, item = to.fresh(), to.fresh()
            to.line(f"{items} = {value}")
            with to.block(f"if {items}:"):
                to.line(f"out += varint(len({items}))")
                with to.block(f"for {item} in {items}:"):
                    _write(to, of, item)
            to.line("out.append(0)")
        case Record():
            record = to.fresh()
            to.line(f"{record} = {value}")
            for field in shape.fields:
                _write(to, field.shape, f"{record}.{field.name}")


def _write_plain(to: Source, shape: Plain, value: str) -> None:
    match shape:
        case Plain.BOOLEAN:
            to.line(f"out.append(1 if {value} else 0)")
        case Plain.LONG:
            to.line(f"out += varint({value})")
        case Plain.DOUBLE:
            to.line(f"out += double({value})")
        case Plain.STRING | Plain.BYTES:
            to.line(f"data = {value}.encode()" if shape is Plain.STRING else f"data = {value}")
            to.line("size = len(data)")
            to.line("out += varints[size] if size < 8192 else varint(size)")
            to.line("out += data")
        case Plain.MOMENT:
            to.line(f"z = ({value} - epoch) // millisecond << 1")
            # Between 1970 and 2039 a moment takes six bytes; this way it takes a third of varint's time.
            with to.block(f"if {1 << 35} <= z < {1 << 42}:"):
                to.line(
                    "out += bytes((z & 127 | 128, z >> 7 & 127 | 128, z >> 14 & 127 | 128,"
                    " z >> 21 & 127 | 128, z >> 28 & 127 | 128, z >> 35))"
                )
            with to.block("else:"):
                to.line("out += varint(z >> 1)")
