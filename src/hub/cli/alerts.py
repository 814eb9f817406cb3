"""`hub alerts`: alerts of the monitoring open cases."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import click

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.contracts.proactive import ProactiveReport

PUBLISH_S = 8.0
"""How long Kafka may take: Alertmanager waits for ten seconds, and comes again."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=9095, show_default=True, help="0: a free one.")
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
def alerts(host: str, port: int, city: str | None) -> None:
    """Take Alertmanager's alerts, and open a case for each that says proactive="true", until SIGTERM.

    Such an alert needs the labels category and town. Told again it opens nothing anew. Every alert is noted
    in the log.
    """
    from hub.citypack.load import load_city
    from hub.cli.logs import log_to_stderr
    from hub.edges.alert_server import AlertServer
    from hub.runtime.cluster import brokers_of
    from hub.runtime.publisher import Publisher
    from hub.settings import load_settings
    from hub.topics import PROACTIVE

    log_to_stderr()
    settings = load_settings(city=city)
    if settings.simulated_time:
        raise HubError(
            "Alerts come in real time, and this city's time is simulated",
            fix="`hub demo --prometheus` hands them to its own city",
        )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Publisher(brokers_of(settings), prefix=settings.topic_prefix) as publisher:

        def take(reports: Sequence[ProactiveReport]) -> None:
            for report in reports:
                publisher.publish(
                    PROACTIVE,
                    report.id,
                    report,
                    source=report.source,
                    id=report.id,
                    time=report.reported_at,
                )
            publisher.flush(PUBLISH_S)

        with AlertServer(load_city(settings.city), take, host, port) as server:
            click.echo(server.url)
            stop.wait()
