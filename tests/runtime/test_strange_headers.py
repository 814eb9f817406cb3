"""Whatever a publisher writes into headers, the record ends in dead letters and the step goes on."""

from __future__ import annotations

import pytest

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry, Tally
from hub.contracts.reasons import Reason
from hub.flow import Outcome, Step
from hub.runtime.codec import decode
from hub.runtime.record import Record
from hub.runtime.task import Batch, PartitionTask

NOON_MS = 1_772_366_400_000


def _never(*_: object) -> Outcome:
    raise AssertionError("an unreadable record reaches no rule")


STEP = Step("intake_hotline", (topics.HOTLINE,), (topics.DEAD_LETTERS, topics.LEDGER), _never, "a test")


def _only(batch: Batch, topic: str, contract: type[Contract]) -> Contract:
    (output,) = [output for output in batch.outputs if output.topic == topic]
    return decode(contract.__name__, 1, output.value)


@pytest.mark.parametrize("name", ["ce_source", "ce_id", "ce_type", "traceparent"])
@pytest.mark.parametrize("value", [b"a\x00b", b"\x1f", b"\xff\xfe", b"", None, b"x" * 5000])
def test_strange_headers_end_in_dead_letters(name: str, value: bytes | None) -> None:
    record = Record(topics.HOTLINE, 0, 7, NOON_MS, b"k", b"v", ((name, value),))
    batch = PartitionTask(STEP, topics.HOTLINE, 0, 4).process([record])
    letter = _only(batch, topics.DEAD_LETTERS, DeadLetter)
    entry = _only(batch, topics.LEDGER, LedgerEntry)
    assert isinstance(letter, DeadLetter)
    assert isinstance(entry, LedgerEntry)
    assert letter.headers[0].value == value, "the original headers are kept"
    assert letter.reason in (Reason.MISSING_HEADER, Reason.UNKNOWN_CONTRACT)
    assert [(count.tally, count.count) for count in entry.counts] == [(Tally.DEAD, 1)]
    whole = name == "ce_source" and value == b"x" * 5000
    assert entry.counts[0].source == ("x" * 200 if whole else "unknown")
