"""The loop written by hand does what the checks expect: the bytes of the hub, the means of numpy."""

from __future__ import annotations

from collections import defaultdict
from math import isclose

from benchmarks import packs_input, tickets
from benchmarks.engines.by_hand import Means, absorb, forward, means_of, no_means

from hub import topics
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers


def test_an_order_by_hand_has_the_bytes_and_headers_of_the_hub() -> None:
    for number, one in enumerate(tickets.inputs(500)):
        town, key, value, headers = forward(one.value or b"")
        emit = tickets.order_emit(number)
        assert (town.encode(), key) == (one.key, tickets.department_of(number).encode())
        assert value == encode(emit.value)
        wanted = write_headers(topics.TOPICS[topics.ORDERS], emit, source="", causation=None)
        assert sorted(headers) == sorted(wanted)


def test_each_bad_pack_gives_the_alarm_that_is_expected() -> None:
    state: defaultdict[bytes, Means] = defaultdict(no_means)
    high, expected, found = packs_input.high(), packs_input.expected_alarms(1_000), {}
    for one in packs_input.inputs(1_000):
        gateway = one.key or b""
        alarm = absorb(one.value or b"", state[gateway], high)
        state[gateway] = means_of(state[gateway].tobytes())  # as engines that keep bytes do
        if alarm is not None:
            pack, slot, readings, mean = alarm.decode().split()
            found[pack] = (int(slot), int(readings))
            assert isclose(float(mean), expected[pack].mean, rel_tol=1e-9)
    assert found == {pack: (one.slot, one.readings) for pack, one in expected.items()}
    assert len(found) == packs_input.bad_packs(1_000)
