"""How late an event loop comes back: what keeps it busy delays every edge that runs on it."""

import asyncio
import time
from collections.abc import Callable

PROBE_S = 0.25


async def watch_stalls(on_stall: Callable[[float], None]) -> None:
    """Tell, four times a second and for ever, how many seconds late the loop was."""
    while True:
        asked = time.monotonic()
        await asyncio.sleep(PROBE_S)
        on_stall(max(0.0, time.monotonic() - asked - PROBE_S))
