"""How a worker ends when it is told to: at any moment, with what is in hand done, and within seconds."""

import asyncio
import os
import signal
import threading
from types import TracebackType
from typing import Self

import faust
import structlog

from hub.runtime.signals import take_no_more

log = structlog.get_logger("hub.worker")

HANDS_S = 5.0
"""How long an edge may go on with what it has in hand."""

END_S = 10.0
"""How long a worker takes at most from the signal to its end: supervisors give 10 to 90 seconds."""


class Hands:
    """Lets an edge finish what it has in hand, and begin nothing new. Any number of blocks."""

    def __init__(self) -> None:
        self._closed = False
        self._held = 0
        self._free = asyncio.Event()
        self._free.set()

    async def __aenter__(self) -> Self:
        if self._closed:
            await asyncio.Event().wait()  # until the edge is cancelled: the record stays for the next worker
        self._held += 1
        self._free.clear()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held -= 1
        if not self._held:
            self._free.set()

    async def empty(self) -> None:
        """Let nothing new begin, and wait for what is in hand, ``HANDS_S`` at most."""
        self._closed = True
        try:
            await asyncio.wait_for(self._free.wait(), HANDS_S)
        except TimeoutError:
            log.warning("hands_not_empty", fix="its order is delivered again by the next worker, same id")


class StoppableWorker(faust.Worker):
    """A Faust worker that ends with 0 after a signal, also while it starts and while no broker answers."""

    def __init__(self, app: faust.App, hands: Hands) -> None:
        super().__init__(app, loglevel="WARNING", redirect_stdouts=False)
        self.spinner = None  # it wants a terminal, and a handler of its own in front of the log's
        self._hands = hands
        self._told = False
        self._working = False

    def run(self) -> None:
        """Work until a signal, then end the process: with 0 after a signal, another code after a fault."""
        try:
            self.execute_from_commandline()
        except SystemExit as end:
            take_no_more()  # closing the event loop gave them back to the system
            if self._told and not self._working:
                end.code = 0  # what breaks in a worker that is stopped while it starts was not at work yet
            raise

    async def on_startup_finished(self) -> None:
        """Called once every service runs."""
        self._working = True
        await super().on_startup_finished()

    def _on_sigint(self) -> None:
        self._on_sigterm()

    def _on_sigterm(self) -> None:
        if not self._told:
            self._told = True
            threading.Thread(target=_end_in_time, name="hub-end", daemon=True).start()
        super()._on_sigterm()

    async def _stop_on_signal(self, number: signal.Signals) -> None:
        await self._hands.empty()
        await super()._stop_on_signal(number)


def _end_in_time() -> None:
    """End the process where a broker that does not answer would hold it up.

    Nothing is lost: a transaction that is left open is aborted by the broker, or by the slot's next worker.
    """
    threading.Event().wait(END_S)
    log.warning("worker_cut_off", after_s=END_S, fix="look at the brokers; the next worker goes on from here")
    os._exit(0)
