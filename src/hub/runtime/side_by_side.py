"""Work on many records at once that keeps the order of those that belong together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _One(Generic[T]):
    item: T
    done: bool = False


class SideBySide(Generic[T]):
    """Works on up to ``most`` items at once, one after the other within a lane.

    ``settle`` hears of each item once it and all before it are done, so in the order in which they came.
    """

    def __init__(self, settle: Callable[[T], Awaitable[object]], most: int) -> None:
        self._settle = settle
        self._room = asyncio.Semaphore(most)
        self._unsettled: deque[_One[T]] = deque()
        self._last_of: dict[str, asyncio.Task[None]] = {}
        self._fault: BaseException | None = None

    async def begin(self, item: T, lane: str, work: Callable[[T], Awaitable[None]]) -> None:
        """Begin with an item; waits while too many are in hand. Raises what work on an earlier one raised."""
        await self._room.acquire()
        if self._fault is not None:
            raise self._fault
        one = _One(item)
        self._unsettled.append(one)
        task = asyncio.create_task(self._through(one, self._last_of.get(lane), work))
        self._last_of[lane] = task
        task.add_done_callback(lambda ended: self._leave(lane, ended))

    def cancel(self) -> None:
        """Give up what is in hand: none of it is settled."""
        for task in self._last_of.values():
            task.cancel()
        self._unsettled.clear()

    async def _through(
        self, one: _One[T], before: asyncio.Task[None] | None, work: Callable[[T], Awaitable[None]]
    ) -> None:
        if before is not None:
            await before
        await work(one.item)
        one.done = True
        while self._unsettled and self._unsettled[0].done:
            await self._settle(self._unsettled.popleft().item)

    def _leave(self, lane: str, ended: asyncio.Task[None]) -> None:
        self._room.release()
        if not ended.cancelled() and ended.exception() is not None:
            self._fault = self._fault or ended.exception()
        if self._last_of.get(lane) is ended:
            del self._last_of[lane]
