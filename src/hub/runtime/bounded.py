"""Calls into the Kafka client that may never come back: the client does not keep the time it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from confluent_kafka import KafkaError, KafkaException

Work = tuple[Future[None], Callable[..., None], tuple[Any, ...]]


class BoundedCalls:
    """Makes calls, one at a time, in a thread of its own, and gives up on one that outstays its time.

    The thread is lost with such a call, and so is what the call works on: begin anew with both.
    """

    def __init__(self) -> None:
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        threading.Thread(target=self._serve, name="bounded-calls", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._work.put(None)

    def begin(self, function: Callable[..., None], *arguments: Any) -> Future[None]:
        """Begin with a call, once the one before it is done."""
        done: Future[None] = Future()
        self._work.put((done, function, arguments))
        return done

    def wait(self, seconds: float, done: Future[None]) -> None:
        """Wait so long for a call, and raise what it raises; KafkaException with _TIMED_OUT after that."""
        try:
            done.result(seconds)
        except TimeoutError:
            reason = f"no answer from the client within {seconds:.0f} s"
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, reason)) from None

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            done, function, arguments = work
            try:
                function(*arguments)
            except BaseException as trouble:
                done.set_exception(trouble)
            else:
                done.set_result(None)
            del work, done, function, arguments  # what they refer to may be gone long before the next call
