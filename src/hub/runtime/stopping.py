"""How a worker ends when it is told to: at any moment, with what is in hand done, and within seconds."""

import os
import threading

import faust
import structlog

from hub.runtime.signals import take_no_more

log = structlog.get_logger("hub.worker")

END_S = 10.0
"""How long a worker takes at most from the signal to its end: supervisors give 10 to 90 seconds."""


class StoppableWorker(faust.Worker):
    """A Faust worker that ends with 0 after a signal, also while it starts and while no broker answers."""

    def __init__(self, app: faust.App) -> None:
        super().__init__(app, loglevel="WARNING", redirect_stdouts=False)
        self.spinner = None  # it wants a terminal, and a handler of its own in front of the log's
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


def _end_in_time() -> None:
    """End the process where a broker that does not answer would hold it up.

    Nothing is lost: a transaction that is left open is aborted by the broker, or by the slot's next worker.
    """
    threading.Event().wait(END_S)
    log.warning("worker_cut_off", after_s=END_S, fix="look at the brokers; the next worker goes on from here")
    os._exit(0)
