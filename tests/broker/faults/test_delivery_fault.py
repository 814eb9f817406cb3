"""A bug in delivery must not be committed over: the worker ends, and the next one delivers the order."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest
from tests.broker.faults.compare import judge
from tests.broker.faults.conftest import Say
from tests.broker.faults.workers import FaultCity, Worker
from tests.scenarios.brook import heath, mill, quay
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub import topics
from hub.contracts.operations import LedgerEntry
from hub.runtime.codec import decode
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole

PATIENCE_S = 120.0
TICKETS = 40
BUG = """
import os, pathlib
from hub.runtime import delivery
right, fixed = delivery.delivered, pathlib.Path(os.environ["BUG_IS_FIXED"])
def delivered(record):
    if not fixed.exists() and record.offset >= int(os.environ["BUG_FROM"]):
        raise ZeroDivisionError("a bug")
    return right(record)
delivery.delivered = delivered
"""


@pytest.mark.timeout(400)
def test_a_bug_in_delivery_ends_the_worker_and_loses_no_order(city: FaultCity, seed: int, say: Say) -> None:
    (city.folder / "sitecustomize.py").write_text(BUG)
    fixed = city.folder / "fixed"
    paths = filter(None, (str(city.folder), os.environ.get("PYTHONPATH")))
    buggy = replace(
        city,
        env={
            "PYTHONPATH": os.pathsep.join(paths),
            "BUG_IS_FIXED": str(fixed),
            "BUG_FROM": str(seed % 8),
        },
    )
    places = (mill(), quay(400), heath())
    sent = [ticket(f"T-{n}", "bill", places[n % 3])(minute(n / 10), Heard()) for n in range(TICKETS)]
    _publish(city, sent)
    code = _end_of(buggy.start("0"))
    assert code, "ended as if all were well"
    fixed.touch()
    worker = buggy.start("0")
    try:
        _until_all_is_delivered(city, worker)
        assert worker.terminate() == 0, worker.said
    finally:
        worker.kill()
    verdict = judge(city, sent)
    say(str(verdict.figures()))
    verdict.must_be_exact()


def _publish(city: FaultCity, sent: list[Sent]) -> None:
    with Publisher(city.brokers, prefix=city.prefix) as publisher:
        for one in sent:
            publisher.publish_raw(one.topic, one.key, one.value, list(one.headers), timestamp=one.arrived)


def _end_of(worker: Worker) -> int | None:
    deadline = time.monotonic() + PATIENCE_S
    try:
        while worker.runs:
            assert time.monotonic() < deadline, f"it goes on after a bug in delivery; it says:\n{worker.said}"
            time.sleep(0.1)
        return worker.unasked_end
    finally:
        worker.kill()


def _until_all_is_delivered(city: FaultCity, worker: Worker) -> None:
    deadline = time.monotonic() + PATIENCE_S
    delivered = [name for name in city.topics() if name.startswith(f"{topics.ORDERS}.")]
    while (
        _ids(city, [topics.ORDERS]) - _ids(city, delivered)
        or len(_ids(city, delivered)) < TICKETS
        or _waiting(city, topics.SCORE_CASES, "totals")
        or _waiting(city, topics.EVENTS, "scores")
        or _waiting(city, topics.EVENTS, "warnings")
    ):
        assert worker.runs, worker.said
        assert time.monotonic() < deadline, f"some orders are never delivered; it says:\n{worker.said}"
        time.sleep(0.2)


def _waiting(city: FaultCity, topic: str, step: str) -> bool:
    """Whether a step has records before it, by the ledger."""
    there = sum(1 for _ in read_whole(city.brokers, [topic], prefix=city.prefix))
    ledger = read_whole(city.brokers, [topics.LEDGER], prefix=city.prefix)
    entries = (decode("LedgerEntry", 1, record.value or b"") for record in ledger)
    return there > sum(e.records for e in entries if isinstance(e, LedgerEntry) and e.step == step)


def _ids(city: FaultCity, names: list[str]) -> set[bytes | None]:
    return {dict(record.headers)["ce_id"] for record in read_whole(city.brokers, names, prefix=city.prefix)}
