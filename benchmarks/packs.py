"""`packs`: packs of 200 readings through the hub's sensing step on Kafka, exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from benchmarks import packs_input
from benchmarks.ground import PARTITIONS, Field, field
from benchmarks.measure import Job, Sample, run_engine
from benchmarks.results import Check, Result, summarise
from hub import topics
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.sensing import Alarm, AlarmState
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers

PACKS = 10_000
QUICK_PACKS = 2_000


def measure(brokers: str, packs: int, runs: int, tell: Callable[[str], None]) -> list[Result]:
    """Readings per second of the hub, ``runs`` times."""
    taken = []
    for number in range(1, runs + 1):
        tell(f"packs: run {number} of {runs}")
        taken.append(_run(brokers, packs))
    return [summarise("packs", taken, "readings", each=packs_input.READINGS)]


def _run(brokers: str, packs: int) -> tuple[Sample, Check]:
    with field(brokers, packs_input.sensing_step()) as place:
        place.fill(packs_input.inputs(packs))
        sample = run_engine("hub_packs", Job(brokers, place.prefix, packs, PARTITIONS))
        return sample, _check(place, packs)


def _check(place: Field, packs: int) -> Check:
    """Each pack must be in the ledger, each bad one must have raised one alarm."""
    raised: Counter[str] = Counter()
    accepted = 0
    for record in place.records(topics.ALARMS, topics.LEDGER):
        attributes = read_headers(record.headers)
        match decode_trusted(attributes.type, attributes.version, record.value or b""):
            case Alarm(state=AlarmState.ACTIVE_UNACKED, alarm_id=alarm):
                raised[alarm] += 1
            case LedgerEntry(counts=counts):
                accepted += sum(one.count for one in counts if one.tally is Tally.ACCEPTED)
            case _:
                pass
    missing = packs_input.bad_packs(packs) - len(raised)
    return Check(
        lost=max(packs - accepted, 0) + max(missing, 0),
        doubled=max(accepted - packs, 0) + max(-missing, 0) + raised.total() - len(raised),
    )
