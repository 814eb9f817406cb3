"""How a worker is: watches its parts from outside their threads, fills metrics, and says if it is well."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from hub.errors import HubError
from hub.metrics import HubMetrics
from hub.runtime.lag import LagReader, Partition, Position
from hub.runtime.progress import Progress, Slope
from hub.runtime.pulse import Beating, Pulse

log = structlog.get_logger("hub.engine")

LOOK_S = 5.0
_Place = tuple[str, Partition]
"""A partition as one group of steps reads it: others may read the same."""

DEAD_S = 120.0
"""A worker on whose partitions records wait for so long without a commit does not come back by itself."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a worker has its partitions, and whether it does something with them."""

    ready: bool
    alive: bool
    stalled: Mapping[str, float]
    """Seconds that records have waited without a commit, by step."""


class EngineWatch:
    """Looks at the parts of a worker every few seconds, in a thread of its own, as a context manager.

    What it knows of their progress comes from the cluster, not from them: a loop that hangs says nothing.
    """

    def __init__(self, brokers: str, prefix: str, metrics: HubMetrics) -> None:
        self._brokers = brokers
        self._prefix = prefix
        self._metrics = metrics
        self._parts: list[Beating] = []
        self._progress: dict[_Place, Progress] = {}
        self._slopes: defaultdict[str, Slope] = defaultdict(Slope)
        self._held: dict[_Place, str] = {}
        self._shown: set[str] = set()
        self._keeping: set[str] = set()
        self._stalled: Mapping[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="hub-engine", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(LOOK_S)

    def attach(self, part: Beating) -> None:
        """Watch this part from now on."""
        self._parts.append(part)

    def health(self) -> Health:
        """How the worker is now. Safe from any thread."""
        pulses = [part.pulse for part in self._parts]
        stalled = self._stalled
        return Health(
            ready=bool(pulses) and all(pulse.ready for pulse in pulses),
            alive=all(seconds < DEAD_S for seconds in stalled.values()),
            stalled=stalled,
        )

    def look(self, reader: LagReader) -> None:
        """One look at every part: what it holds, and how far it is."""
        pulses = [(part.worker, part.pulse) for part in tuple(self._parts)]
        self._show_pulses(pulses)
        held = {(worker, at): step for worker, pulse in pulses for at, step in pulse.held.items()}
        self._take_over(held)
        sources = {worker: sorted({topic for topic, _ in pulse.held}) for worker, pulse in pulses}
        try:
            positions = {
                (worker, at): position
                for worker, topics in sources.items()
                for at, position in reader.positions(worker, topics).items()
            }
            now = time.monotonic()
            for place in held.keys() & positions.keys():
                self._look_at(place, positions[place], now, reader)
        except HubError as trouble:
            log.warning("engine_look_failed", error=trouble.message)
            for progress in self._progress.values():
                progress.forget()
            self._stalled = {}
        else:
            self._show_progress(now)

    def _watch(self) -> None:
        with closing(LagReader(self._brokers, self._prefix)) as reader:
            while not self._stop.wait(LOOK_S):
                self.look(reader)

    def _take_over(self, held: dict[_Place, str]) -> None:
        """Begin anew for the steps whose partitions are not those of the last look."""
        for step in {step for _, step in held.items() ^ self._held.items()}:
            self._slopes[step].clear()
        self._progress = {place: self._progress.get(place) or Progress() for place in held}
        self._held = held

    def _look_at(self, place: _Place, position: Position, now: float, reader: LagReader) -> None:
        _, at = place
        self._progress[place].look(position, now, lambda: reader.anything_waits(*at, position))

    def _show_pulses(self, pulses: Sequence[tuple[str, Pulse]]) -> None:
        rows: dict[str, int] = dict.fromkeys(self._keeping, 0)
        size = dict(rows)
        for worker, pulse in pulses:
            self._metrics.fetch_queue.labels(worker).set(pulse.fetched)
            rows |= pulse.rows
            size |= pulse.row_bytes
        self._keeping |= rows.keys()
        for step in rows:
            self._metrics.state_rows.labels(step).set(rows[step])
            self._metrics.state_bytes.labels(step).set(size[step])

    def _show_progress(self, now: float) -> None:
        lag: Counter[str] = Counter()
        stalled: dict[str, float] = {}
        partitions = Counter(self._held.values())
        for place, step in self._held.items():
            progress = self._progress[place]
            lag[step] += progress.waiting
            stalled[step] = max(stalled.get(step, 0.0), progress.stalled_s(now))
        self._shown |= partitions.keys()
        for step in self._shown:
            self._slopes[step].look(now, lag[step])
            self._metrics.held_partitions.labels(step).set(partitions[step])
            self._metrics.step_lag.labels(step).set(lag[step])
            self._metrics.step_lag_slope.labels(step).set(self._slopes[step].per_second())
            self._metrics.step_stalled_seconds.labels(step).set(stalled.get(step, 0.0))
        self._stalled = stalled
