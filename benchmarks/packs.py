"""`packs`: packs of 200 readings, range checked and averaged by sensor; the hub beside other engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import isclose

from benchmarks import packs_input
from benchmarks.contest import HUB, Sizes, Tell, Work, hold
from benchmarks.ground import Field
from benchmarks.peers.entrants import Entrant
from benchmarks.results import Check, Result
from hub import topics
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.sensing import Alarm, AlarmState
from hub.errors import HubError
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers

NAME = "packs"
SIZES = Sizes(records=100_000, stock=5_000)
QUICK = Sizes(records=2_000, stock=600)

_expected = cache(packs_input.expected_alarms)


def measure(brokers: str, sizes: Sizes, runs: int, tell: Tell, peers: Sequence[Entrant] = ()) -> list[Result]:
    """Readings per second of each engine, ``runs`` times. Raises HubError where an alarm is wrong."""
    return hold(work(), brokers, sizes, runs, tell, peers)


def work() -> Work:
    """What is read and written, and how it is judged."""
    return Work(
        NAME,
        packs_input.sensing_step(),
        packs_input.inputs,
        source=topics.READINGS,
        sink=topics.ALARMS,
        check=_check,
        unit="readings",
        each=packs_input.READINGS,
        high=packs_input.high(),
    )


def _check(engine: str, place: Field, packs: int) -> Check:
    return _check_hub(place, packs) if engine == HUB else _check_alarms(place, packs)


def _check_hub(place: Field, packs: int) -> Check:
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


def _check_alarms(place: Field, packs: int) -> Check:
    """Each bad pack must have one alarm, with the sensor's count and mean as they were just then.

    A pack of the same gateway that was taken twice, or not at all, shows in the count.
    """
    found: Counter[str] = Counter()
    expected = _expected(packs)
    lost = doubled = 0
    for record in place.records(topics.ALARMS):
        pack, slot, text, mean = (record.value or b"").decode().split()
        want, count = expected.get(pack), int(text)
        found[pack] += 1
        if want is None or want.slot != int(slot):
            raise HubError(f"pack {pack} raised an alarm that it must not", fix="mend the engine")
        if count == want.readings and not isclose(float(mean), want.mean, rel_tol=1e-9):
            raise HubError(f"the mean in the alarm of pack {pack} is wrong", fix="mend the engine")
        lost += count < want.readings
        doubled += count > want.readings
    return Check(lost + len(expected) - len(found), doubled + found.total() - len(found))
