"""The Prometheus exporter: reads the hub's topics from the beginning, and follows them."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from hub import topics
from hub.errors import HubError
from hub.exporters.fold import FOLDED_TOPICS
from hub.exporters.gauges import CityGauges
from hub.exporters.known import KnownNames
from hub.exporters.totals import CityTotals
from hub.metrics import HubMetrics
from hub.runtime.lag import LagReader
from hub.runtime.reader import Follower
from hub.runtime.record import Record

log = structlog.get_logger("hub.exporter")

_FEEDS = frozenset(topic.name for topic in topics.TOPICS.values() if topic.feed)

SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "city": (*sorted(_FEEDS - {topics.READINGS}), topics.SIGNALS),
        "sensing": (topics.READINGS,),
        "scores": (topics.EVENTS, topics.SCORE_CASES),
        "warnings": (topics.EVENTS,),
    }
)
"""The topics that each group of core steps reads, for its lag."""

PUBLISH_S = 0.5
PATIENCE_MS = 500
"""How long the brokers may keep records back: figures are published no more often than that anyway."""
LAG_S = 5.0
PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class ExporterConfig:
    """Which city an exporter shows and where its topics are."""

    brokers: str
    prefix: str
    known: KnownNames
    simulated_time: bool = False
    """Whether arrivals are of a simulated time, so that delays can't be reckoned."""


class Exporter:
    """Keeps the metrics of a city up to date for as long as ``run`` runs.

    After each start it reads its topics from the beginning, so it keeps nothing of its own. Its metrics show
    only once it is ``ready``: figures that still grow into the past would look like a burst.
    """

    def __init__(self, config: ExporterConfig, metrics: HubMetrics) -> None:
        self._config = config
        self._metrics = metrics
        self._gauges = CityGauges(metrics, config.known)
        self._stop = threading.Event()
        self.ready = threading.Event()
        """Set once everything that was there at the start has been read."""

    @property
    def totals(self) -> CityTotals:
        """The city in figures, as last published. Safe from any thread."""
        return self._gauges.totals

    def stop(self) -> None:
        """Let ``run`` return. Safe from any thread and from signal handlers."""
        self._stop.set()

    def run(self, on_ready: Callable[[], None] | None = None) -> None:
        """Follow the topics until ``stop``. Raises HubError where no cluster answers at the start."""
        config = self._config
        follower = Follower(
            config.brokers,
            FOLDED_TOPICS,
            prefix=config.prefix,
            from_beginning=True,
            patience_ms=PATIENCE_MS,
        )
        lag = threading.Thread(target=self._watch_lag, name="hub-lag", daemon=True)
        with follower:
            lag.start()
            self._follow(follower, on_ready)
        lag.join(LAG_S)

    def _follow(self, follower: Follower, on_ready: Callable[[], None] | None) -> None:
        published = time.monotonic()
        while not self._stop.is_set():
            live = self.ready.is_set()
            for record in self._read(follower):
                self._gauges.take(record, live=live and not self._config.simulated_time)
            if follower.caught_up and not live:
                self._gauges.publish()
                self.ready.set()
                log.info("exporter_ready")
                if on_ready is not None:
                    on_ready()
            elif live and time.monotonic() - published >= PUBLISH_S:
                self._gauges.publish()
                published = time.monotonic()

    def _read(self, follower: Follower) -> Iterable[Record]:
        try:
            return follower.read()
        except HubError as trouble:
            log.warning("exporter_read_failed", error=trouble.message)
            self._stop.wait(PAUSE_S)
            return ()

    def _watch_lag(self) -> None:
        with closing(LagReader(self._config.brokers, self._config.prefix)) as reader:
            while not self._stop.is_set():
                try:
                    for group, read in SOURCES.items():
                        for (topic, partition), position in reader.positions(group, read).items():
                            shown = self._metrics.consumer_lag.labels(group, topic, partition)
                            shown.set(position.waiting)
                except HubError as trouble:
                    log.warning("exporter_lag_failed", error=trouble.message)
                self._stop.wait(LAG_S)
