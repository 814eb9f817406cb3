"""The examples that departments copy: good ones are taken, bad ones refused for the reason they name."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_writer
from pydantic import ValidationError

from hub.contracts.avro import avro_schema
from hub.contracts.registry import CONTRACTS, VERSIONS, name_of
from hub.contracts.sensing import AlarmAck
from hub.contracts.shapes import Many, Maybe, Plain, Record, Shape, shape_of
from hub.contracts.signals import ClockTick
from hub.runtime.codec import decode, encode
from hub.runtime.refused import Refused
from hub.runtime.schema_files import schemas_folder
from hub.topics import TOPICS, Envelope, unit_orders

EXAMPLES = sorted(schemas_folder().glob("*/examples/*.json"))
GOOD = [file for file in EXAMPLES if not file.name.endswith(".invalid.json")]
BAD = [file for file in EXAMPLES if file.name.endswith(".invalid.json")]
MADE_BY_THE_HUB_ALONE = {AlarmAck, ClockTick}
PUBLIC = [
    *{model for topic in TOPICS.values() if topic.envelope is Envelope.PUBLIC for model in topic.contracts}
    - MADE_BY_THE_HUB_ALONE,
    *unit_orders("any").contracts,
]


def _named(file: Path) -> str:
    return f"{file.parts[-3]}/{file.name}"


def test_the_public_contracts_have_examples_of_both_kinds() -> None:
    names = {name_of(model) for model in PUBLIC}
    assert {file.parts[-3] for file in GOOD} == names
    assert {file.parts[-3] for file in BAD} == names


@pytest.mark.parametrize("file", GOOD, ids=_named)
def test_a_good_example_is_taken(file: Path) -> None:
    name = file.parts[-3]
    value = CONTRACTS[name].model_validate_json(file.read_bytes())
    assert decode(name, VERSIONS[name], encode(value)) == value


@pytest.mark.parametrize("file", BAD, ids=_named)
def test_a_bad_example_is_refused_for_the_reason_it_names(file: Path) -> None:
    name, example = file.parts[-3], json.loads(file.read_text("utf-8"))
    assert set(example) in ({"expect", "record"}, {"expect", "body"})
    with pytest.raises(Refused) as refused:
        decode(name, VERSIONS[name], _body(name, example))
    assert refused.value.reason == example["expect"]["reason"]
    named = {part.split(": ")[0] for part in refused.value.detail.split("; ")}
    assert example["expect"]["fields"] == [] or named == set(example["expect"]["fields"])


@pytest.mark.parametrize("file", BAD, ids=_named)
def test_a_bad_record_is_refused_as_json_too(file: Path) -> None:
    example = json.loads(file.read_text("utf-8"))
    if "record" not in example:
        return
    with pytest.raises(ValidationError) as error:
        CONTRACTS[file.parts[-3]].model_validate_json(json.dumps(example["record"]))
    named = {".".join(map(str, one["loc"])) or "record" for one in error.value.errors()}
    assert named == set(example["expect"]["fields"])


def _body(name: str, example: Mapping[str, Any]) -> bytes:
    """The bytes of an example; its record is written as it is, limits or not."""
    if "body" in example:
        return base64.urlsafe_b64decode(example["body"])
    stream = BytesIO()
    shape = shape_of(CONTRACTS[name])
    schemaless_writer(stream, parse_schema(avro_schema(CONTRACTS[name])), _datum(shape, example["record"]))
    return stream.getvalue()


def _datum(shape: Shape, value: Any) -> Any:
    match shape:
        case Plain.MOMENT:
            return datetime.fromisoformat(value)
        case Plain.BYTES:
            return base64.urlsafe_b64decode(value)
        case Maybe(of):
            return None if value is None else _datum(of, value)
        case Many(of):
            return [_datum(of, item) for item in value]
        case Record(_, fields):
            return {field.name: _datum(field.shape, value[field.name]) for field in fields}
    return value
