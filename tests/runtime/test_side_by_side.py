"""Many at once: lanes keep their order, what is done is settled in the order in which it came."""

from __future__ import annotations

import asyncio

import pytest

from hub.runtime.side_by_side import SideBySide


class Work:
    """Items that are done when they are let go."""

    def __init__(self, most: int = 10) -> None:
        self.begun: list[str] = []
        self.settled: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.together = SideBySide[str](self._settle, most)

    async def add(self, item: str, lane: str) -> None:
        self.gates[item] = asyncio.Event()
        await self.together.begin(item, lane, self._work)
        await asyncio.sleep(0)

    async def end(self, item: str) -> None:
        self.gates[item].set()
        for _ in range(10):
            await asyncio.sleep(0)

    async def _work(self, item: str) -> None:
        self.begun.append(item)
        await self.gates[item].wait()
        if item == "broken":
            raise ValueError(item)

    async def _settle(self, item: str) -> None:
        self.settled.append(item)


def test_a_lane_keeps_its_order_and_delays_no_other() -> None:
    async def story() -> None:
        work = Work()
        for item, lane in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            await work.add(item, lane)
        assert work.begun == ["a1", "b1"]
        await work.end("a1")
        assert work.begun == ["a1", "b1", "a2"]

    asyncio.run(story())


def test_what_is_done_early_is_settled_in_its_turn() -> None:
    async def story() -> None:
        work = Work()
        for item in ("one", "two", "three"):
            await work.add(item, item)
        await work.end("three")
        await work.end("two")
        assert work.settled == []
        await work.end("one")
        assert work.settled == ["one", "two", "three"]

    asyncio.run(story())


def test_no_more_begin_than_may_be_in_hand() -> None:
    async def story() -> None:
        work = Work(most=1)
        await work.add("one", "a")
        waiting = asyncio.create_task(work.add("two", "b"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await work.end("one")
        await waiting
        assert work.begun == ["one", "two"]
        work.together.cancel()

    asyncio.run(story())


def test_a_fault_is_told_with_the_next_item_and_settles_nothing_behind_it() -> None:
    async def story() -> None:
        work = Work()
        await work.add("broken", "a")
        await work.add("whole", "b")
        await work.end("broken")
        await work.end("whole")
        assert work.settled == []
        with pytest.raises(ValueError, match="broken"):
            await work.add("next", "c")

    asyncio.run(story())


def test_what_is_given_up_is_not_settled() -> None:
    async def story() -> None:
        work = Work()
        await work.add("one", "a")
        await work.add("two", "a")
        work.together.cancel()
        await work.end("one")
        assert work.settled == []

    asyncio.run(story())
