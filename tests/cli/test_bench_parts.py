"""What benchmarks are made of, without a broker: schedules, tapes, checks, flame graphs."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import lives
from benchmarks.appeals import LIFE, Appeal, appeals
from benchmarks.flame import flame_graph
from benchmarks.hops import HOPS, Order, Seen, order_id, percentiles
from benchmarks.open_loop import Load, Phase, Plan, plan
from benchmarks.results import Check
from benchmarks.stacks import Stage, clean, read_stacks, shares

from hub import topics
from hub.contracts.feeds import UnitAction
from hub.runtime.codec import decode
from hub.runtime.record import Record

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LOAD = Load(5, 4, 10, ((Phase.WARM, 1), (Phase.STEADY, 2), (Phase.BURST, 1)))


@pytest.fixture(scope="module")
def told() -> tuple[Appeal, ...]:
    return tuple(appeals(lives.beijing(), 40, NOW))


@pytest.fixture(scope="module")
def planned() -> Plan:
    return plan(lives.beijing(), LOAD, NOW)


def test_each_ticket_opens_a_case_of_its_own(told: tuple[Appeal, ...]) -> None:
    assert len({appeal.case_id for appeal in told}) == len(told)
    assert all(appeal.units for appeal in told)
    assert tuple(appeals(lives.beijing(), 40, NOW)) == told


def test_a_tape_works_on_each_case_in_order_and_on_all_side_by_side(told: tuple[Appeal, ...]) -> None:
    done: dict[str, list[str]] = {}
    records = list(lives.workings(told))
    for record in records:
        body = decode("UnitAction", 1, record.value)
        assert isinstance(body, UnitAction)
        done.setdefault(body.case_id or "", []).append(body.kind)
    assert done == {appeal.case_id: list(LIFE) for appeal in told}
    assert all(before.key != after.key for before, after in pairwise(records))


def test_an_open_loop_has_its_times_before_it_begins(planned: Plan) -> None:
    assert Counter(due.phase for due in planned.tickets) == {Phase.WARM: 5, Phase.STEADY: 10, Phase.BURST: 50}
    times = [due_s for due_s, _ in planned.records()]
    assert times == sorted(times)
    assert times[0] == 0
    assert times[-1] < LOAD.whole_s
    assert len(planned.packs) == 4 * LOAD.whole_s


def test_what_is_missing_and_what_is_there_twice_is_told(planned: Plan) -> None:
    wanted = [(unit, order_id(one.case_id, unit)) for one in planned.told() for unit in one.units]
    assert Seen(_delivered(wanted)).check(planned) == Check(0, 0)
    assert Seen(_delivered(wanted[1:])).check(planned) == Check(1, 0)
    assert Seen(_delivered([*wanted, wanted[0]])).check(planned) == Check(0, 1)
    assert Seen(_delivered([*wanted, ("other", "other/0/other")])).check(planned) == Check(0, 1)


def test_hops_have_percentiles_of_their_own() -> None:
    orders = [Order(Phase.STEADY, 0, 0, (0, number, 2, 3, number + 5)) for number in range(101)]
    found = percentiles(orders)
    assert tuple(found) == HOPS
    assert found["intake"][:2] == (50, 99)
    assert found["whole"][:2] == (55, 104)
    assert percentiles([]) == {}


def _delivered(orders: list[tuple[str, str]]) -> list[Record]:
    return [
        Record(f"{topics.ORDERS}.{unit}", 0, number, 0, b"", b"", _headers(id))
        for number, (unit, id) in enumerate(orders)
    ]


def _headers(id: str) -> tuple[tuple[str, bytes | None], ...]:
    names = {"ce_type": b"hub.UnitOrder", "hub_version": b"1", "ce_id": id.encode()}
    return tuple({**names, "ce_time": b"2026-03-02T08:00:00.000Z"}.items())


# ---- profiles ----------------------------------------------------------------------------------------------


def test_frames_lose_the_folders_of_this_machine() -> None:
    assert clean("run (/home/me/hub/src/hub/runtime/core.py)") == "run (hub/runtime/core.py)"
    assert clean("ack (/v/lib/python3.11/site-packages/faust/streams.py)") == "ack (faust/streams.py)"
    assert (
        clean("work (/home/me/benchmarks/engines/hub_drain.py)") == "work (benchmarks/engines/hub_drain.py)"
    )
    assert clean("wait (/usr/lib/python3.11/threading.py)") == "wait (threading.py)"
    assert clean("read (<string>)") == "read (<string>)"


def test_samples_are_sorted_by_stage_and_drawn(tmp_path: Path) -> None:
    file = tmp_path / "stacks"
    outer = "start (/x/threading.py);CoreLoop.run (/x/src/hub/runtime/core.py)"
    file.write_text(
        f"{outer};decode (/x/src/hub/runtime/codec.py);read (<string>) 6\n"
        f"{outer};handle (/x/src/hub/domain/cases.py);model_copy (/v/site-packages/pydantic/main.py) 3\n"
        f"{outer};CoreLoop._send (/x/src/hub/runtime/core.py) 1\n"
        f"{outer};Condition.wait (/x/threading.py) 7\n"
        "start (/x/threading.py);wait (/x/threading.py) 5\n"
    )
    stacks = read_stacks(file, "run (hub/runtime/core.py")
    assert shares(stacks) == {Stage.DECODE: 0.6, Stage.RULES: 0.3, Stage.PRODUCE: 0.1}
    drawn = flame_graph("route <1>", stacks)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert "/x/" not in drawn
    assert "decode (hub/runtime/codec.py): 60.0%" in drawn
