"""Whether a group moves on a partition while records wait there, from looks at its committed offset."""

from collections import deque
from collections.abc import Callable

from hub.runtime.lag import Position

PROBE_AFTER_S = 15.0
"""After so long it is asked whether what waits is a record at all, and not the rest of a transaction."""

WINDOW_LOOKS = 13
"""Looks that the slope of a lag is drawn through: a minute of them."""


class Progress:
    """Looks at one partition, in order. Times are of a monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._position: Position | None = None
        self._since: float | None = None
        self._empty: Position | None = None

    @property
    def waiting(self) -> int:
        """Records that wait as of the last look; 0 once it is known that there are none."""
        if self._position is None or self._position == self._empty:
            return 0
        return self._position.waiting

    def look(self, position: Position, now: float, anything_waits: Callable[[], bool]) -> None:
        """Take in what a look shows; asks ``anything_waits`` only where nothing moved for long."""
        moved = self._position is None or position.committed != self._position.committed
        self._position = position
        if moved or not self.waiting:
            self._since = now if self.waiting else None
        elif self._since is None:
            self._since = now
        elif now - self._since >= PROBE_AFTER_S and not anything_waits():
            self._empty, self._since = position, None

    def forget(self) -> None:
        """A look was not answered: what happened meanwhile is not known, and held against nobody."""
        self._position = self._since = None

    def stalled_s(self, now: float) -> float:
        """For how long records have waited and nothing was committed."""
        return 0.0 if self._since is None else now - self._since


class Slope:
    """How fast a figure grows, as the straight line that lies nearest to its last looks shows it."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, float]] = deque(maxlen=WINDOW_LOOKS)

    def look(self, now: float, figure: float) -> None:
        """Take in the figure at a time."""
        self._looks.append((now, figure))

    def clear(self) -> None:
        """Begin anew: the figure is of something else now."""
        self._looks.clear()

    def per_second(self) -> float:
        """Growth per second; 0 as long as there are too few looks to tell."""
        if len(self._looks) < 2:
            return 0.0
        count = len(self._looks)
        mean_time = sum(time for time, _ in self._looks) / count
        mean_figure = sum(figure for _, figure in self._looks) / count
        spread = sum((time - mean_time) ** 2 for time, _ in self._looks)
        rise = sum((time - mean_time) * (figure - mean_figure) for time, figure in self._looks)
        return rise / spread if spread else 0.0
