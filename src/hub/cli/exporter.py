"""`hub exporter`: the metrics of the city on a page for Prometheus."""

from __future__ import annotations

import signal
from contextlib import ExitStack

import click


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of the page.  [default: HUB_METRICS_PORT, or free]"
)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
def exporter(port: int | None, city: str | None) -> None:
    """Serve the city's metrics until SIGTERM or Ctrl-C.

    Reads its topics from the beginning after each start and keeps nothing of its own. The page opens once
    that is done; then its address is printed.
    """
    from prometheus_client import CollectorRegistry

    from hub.citypack.load import load_city
    from hub.cli.logs import log_to_stderr
    from hub.exporters.known import KnownNames
    from hub.exporters.prometheus import Exporter, ExporterConfig
    from hub.exporters.server import MetricsServer
    from hub.metrics import HubMetrics
    from hub.runtime.cluster import brokers_of
    from hub.settings import load_settings

    log_to_stderr()
    settings = load_settings(metrics_port=port, city=city)
    known = KnownNames.of(load_city(settings.city))
    registry = CollectorRegistry()
    config = ExporterConfig(brokers_of(settings), settings.topic_prefix, known, settings.simulated_time)
    running = Exporter(config, HubMetrics(registry))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: running.stop())
    with ExitStack() as serving:

        def serve() -> None:
            server = serving.enter_context(MetricsServer(registry, settings.metrics_port))
            click.echo(server.url)

        running.run(serve)
