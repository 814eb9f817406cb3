"""What is in hand is finished, nothing new is begun, and a stalled event loop is noticed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from hub.runtime import stalls, stopping
from hub.runtime.stopping import Hands


def test_what_is_in_hand_is_finished_and_nothing_new_begins() -> None:
    async def story() -> list[str]:
        hands, told = Hands(), list[str]()

        async def order(name: str) -> None:
            async with hands:
                told.append(f"{name} begun")
                await asyncio.sleep(0.05)
                told.append(f"{name} done")

        first = asyncio.create_task(order("first"))
        await asyncio.sleep(0)
        emptied = asyncio.create_task(hands.empty())
        await asyncio.sleep(0)
        second = asyncio.create_task(order("second"))
        await asyncio.gather(first, emptied)
        told.append("empty")
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second
        return told

    assert asyncio.run(story()) == ["first begun", "first done", "empty"]


def test_what_does_not_end_is_waited_for_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "HANDS_S", 0.05)

    async def story() -> None:
        hands = Hands()
        async with hands:
            await hands.empty()

    asyncio.run(story())


def test_an_event_loop_that_is_kept_busy_is_noticed() -> None:
    late: list[float] = []

    async def story() -> None:
        probe = asyncio.create_task(stalls.watch_stalls(late.append))
        await asyncio.sleep(0)
        time.sleep(stalls.PROBE_S + 0.2)  # noqa: ASYNC251  (blocks on purpose)
        await asyncio.sleep(0.01)
        probe.cancel()
        with suppress(asyncio.CancelledError):
            await probe

    asyncio.run(story())
    assert late[0] >= 0.2
