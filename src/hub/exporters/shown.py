"""Sets the series of one metric to a table of figures, touching only those that have changed."""

from collections.abc import Iterable, Mapping

from prometheus_client import Counter, Gauge

Labels = tuple[str, ...]


class ShownGauge:
    """A gauge that shows a table: ``rest`` are the series that stay, with 0, where the table has nothing.

    A series outside of these is removed once the table no longer has it.
    """

    def __init__(self, gauge: Gauge, rest: Iterable[Labels] = ()) -> None:
        self._gauge = gauge
        self._rest = dict.fromkeys(rest, 0.0)
        self._shown: dict[Labels, float] = {}

    def show(self, table: Mapping[Labels, float]) -> None:
        """Show this table from now on."""
        wanted = {**self._rest, **table}
        for labels, value in wanted.items():
            if self._shown.get(labels) != value:
                self._gauge.labels(*labels).set(value)
        for labels in self._shown.keys() - wanted.keys():
            self._gauge.remove(*labels)
        self._shown = wanted


class ShownCounter:
    """A counter that shows a table of sums that only grow."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._shown: dict[Labels, float] = {}

    def show(self, table: Mapping[Labels, float]) -> None:
        """Count what is more than in the table before."""
        for labels, value in table.items():
            more = value - self._shown.get(labels, 0)
            if more > 0:
                self._counter.labels(*labels).inc(more)
        self._shown = dict(table)
