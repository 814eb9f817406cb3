"""Bodies of older versions are read as the newest, and those of newer ones by older readers."""

import copy
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader
from hypothesis import given
from hypothesis import strategies as st

from hub.contracts.avro import avro_schema
from hub.contracts.feeds import HotlineTicket
from hub.contracts.reasons import Reason
from hub.runtime import codec as codec_module
from hub.runtime.avro_older import make_upgrade
from hub.runtime.avro_write import varint
from hub.runtime.codec import decode, encode
from hub.runtime.refused import Refused

NEWEST = avro_schema(HotlineTicket)


def _before(schema: Any) -> Any:
    """The ticket as it could have been: two fields fewer, fewer ways to call, one field more."""
    older = copy.deepcopy(schema)
    kept = [field for field in older["fields"] if field["name"] not in ("title", "wants_callback")]
    channel = next(field for field in kept if field["name"] == "channel")
    channel["type"]["symbols"] = ["unknown", "phone", "app"]
    older["fields"] = [*kept, {"name": "desk", "type": ["null", "string"], "default": None}]
    return older


OLDER = _before(NEWEST)


def _as_older(ticket: HotlineTicket) -> bytes:
    """What a program of the older version would have written of a ticket."""
    return make_upgrade(NEWEST, OLDER)(encode(ticket))


@given(st.from_type(HotlineTicket))
def test_the_newest_reads_an_older_body(ticket: HotlineTicket) -> None:
    known = ticket.channel if ticket.channel in ("phone", "app") else "unknown"
    expected = ticket.model_copy(update={"title": None, "wants_callback": True, "channel": known})
    assert decode("HotlineTicket", 1, make_upgrade(OLDER, NEWEST)(_as_older(ticket))) == expected


@given(st.from_type(HotlineTicket))
def test_an_older_reader_reads_the_newest_body(ticket: HotlineTicket) -> None:
    record: Any = schemaless_reader(BytesIO(encode(ticket)), parse_schema(NEWEST), parse_schema(OLDER))
    assert record["id"] == ticket.id
    assert record["desk"] is None
    assert record["channel"] in ("unknown", ticket.channel)


@given(st.from_type(HotlineTicket), st.data())
def test_an_older_body_cut_anywhere_is_refused(ticket: HotlineTicket, data: st.DataObject) -> None:
    body = _as_older(ticket)
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    for broken in (cut, body + b"\0"):
        with pytest.raises(ValueError, match=r"body of that version|bytes follow"):
            make_upgrade(OLDER, NEWEST)(broken)


@pytest.fixture
def second_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub as it would be if the ticket's present schema were its second."""
    (tmp_path / "HotlineTicket").mkdir()
    (tmp_path / "HotlineTicket" / "v1.avsc").write_text(json.dumps(OLDER), "utf-8")
    monkeypatch.setattr(codec_module, "schemas_folder", lambda: tmp_path)
    tickets: Any = codec_module._Codec("HotlineTicket", HotlineTicket)
    tickets.newest = 2
    by_model: Any = codec_module._BY_MODEL
    monkeypatch.setitem(codec_module._BY_NAME, "HotlineTicket", tickets)
    monkeypatch.setitem(by_model, HotlineTicket, tickets)


@pytest.mark.usefixtures("second_version")
def test_both_versions_are_read_and_a_third_is_not(ticket: HotlineTicket) -> None:
    body = encode(ticket)
    assert decode("HotlineTicket", 2, body) == ticket
    assert decode("HotlineTicket", 1, _as_older(ticket)) == ticket
    assert codec_module.decode_trusted("HotlineTicket", 1, _as_older(ticket)) == ticket
    with pytest.raises(Refused) as refused:
        decode("HotlineTicket", 3, body)
    assert refused.value.reason is Reason.FUTURE_VERSION


@pytest.mark.usefixtures("second_version")
def test_rows_of_both_versions_are_read(ticket: HotlineTicket) -> None:
    row = codec_module.encode_row(ticket)
    assert row[0] == 2
    assert codec_module.decode_row(HotlineTicket, row) == ticket
    assert codec_module.decode_row(HotlineTicket, b"\1" + _as_older(ticket)) == ticket


@pytest.mark.usefixtures("second_version")
def test_mistakes_in_an_older_body_have_the_same_reasons(ticket: HotlineTicket) -> None:
    body = _as_older(ticket)
    noon = varint(int(ticket.reported_at.timestamp() * 1000))
    assert body.count(noon) == 1
    absurd = body.replace(noon, varint(2**60))
    for broken, reason in ((body[:-1], Reason.UNREADABLE), (absurd, Reason.INVALID_FIELD)):
        with pytest.raises(Refused) as refused:
            decode("HotlineTicket", 1, broken)
        assert refused.value.reason is reason


@pytest.fixture
def ticket() -> HotlineTicket:
    return HotlineTicket.model_validate_json(
        '{"source": "s", "id": "i", "reported_at": "2026-03-01T08:00:00Z", "channel": "phone",'
        ' "category": "c", "place": {"code": "t"}}'
    )
