"""A stalled event loop is noticed."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from hub.runtime import stalls


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
