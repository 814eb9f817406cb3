"""How metrics are declared: each once, with its name, labels and meaning, in one registry."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics


@dataclass(frozen=True, slots=True)
class MetricRow:
    """How one metric is declared: its name as Prometheus shows it, its type, labels and meaning."""

    name: str
    type: str
    labels: tuple[str, ...]
    help: str


class DeclaredMetrics:
    """The metrics of one registry, and how each of them was declared."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # A series with the time of creation beside each counter helps nobody; the switch has no types.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry
        self._rows: list[MetricRow] = []

    @property
    def rows(self) -> tuple[MetricRow, ...]:
        """How each metric is declared, by name."""
        return tuple(sorted(self._rows, key=lambda row: row.name))

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        self._rows.append(MetricRow(name, "counter", labels, text))
        return Counter(name, text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        self._rows.append(MetricRow(name, "gauge", labels, text))
        return Gauge(name, text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        self._rows.append(MetricRow(name, "histogram", labels, text))
        return Histogram(name, text, labels, buckets=buckets, registry=self._registry)
