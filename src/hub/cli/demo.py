"""`hub demo`: one command to a running city."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from hub.errors import HubError

if TYPE_CHECKING:
    from rich.console import Console

    from hub.citypack.city import City
    from hub.demo.driver import CityDriver, React
    from hub.demo.loop import Watch
    from hub.demo.monitoring import Monitoring
    from hub.exporters.totals import CityTotals
    from hub.settings import Settings
    from hub.simulate.publication import Publication

EXAMPLES = """
\b
Examples:
  hub demo                              a day in Beijing, one minute of it a second; Ctrl-C ends it
  hub demo --once                       the same day at full speed, with a summary; exit code 0 if it balances
  hub demo --prometheus                 with Prometheus and Alertmanager, on the files of deploy/
  hub demo --city boston --file tickets.csv.gz:boston311 --speed 3600

While it runs, `HUB_DATA=.hub/demo hub tail unit:water-group` shows one unit's orders.
"""
STEP = timedelta(minutes=15)


@click.command(epilog=EXAMPLES)
@click.option(
    "--once", is_flag=True, help="One simulated day at full speed, then the summary and the ledger."
)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option("--file", "file", metavar="FILE:PROFILE", help="Real tickets instead of simulated ones.")
@click.option(
    "--speed", type=click.FloatRange(0.1), default=60.0, show_default=True, help="City time per real time."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the simulated city.")
@click.option(
    "--scale", type=click.FloatRange(0.0001), help="Share of a real city's reports.  [default: 0.05]"
)
@click.option(
    "--prometheus", is_flag=True, help="Start Prometheus and Alertmanager beside it, if they are installed."
)
@click.option(
    "--hours", type=click.FloatRange(0.1, 240), default=24.0, show_default=True, help="Length with --once."
)
def demo(
    once: bool,
    city: str | None,
    file: str | None,
    speed: float,
    seed: int,
    scale: float | None,
    prometheus: bool,
    hours: float,
) -> None:
    """Run a city: broker, topics, worker, simulator, metrics, and a live view of it all."""
    from rich.console import Console

    from hub.citypack.load import load_city
    from hub.demo.driver import CityDriver
    from hub.demo.loop import watching
    from hub.demo.setting import check_alive, worker_process
    from hub.demo.watched import print_answers
    from hub.runtime.ports import free_ports
    from hub.runtime.publisher import Publisher
    from hub.settings import load_settings

    console = Console(stderr=True)
    given = load_settings(city=city)
    settings = given.model_copy(update={"data": given.data / "demo", "simulated_time": True})
    loaded = load_city(settings.city)
    start, happenings = _happenings(loaded, file, seed, scale or 0.05, hours if once else 24.0 * 30)
    react = _units(loaded, seed) if file is None else (lambda _: ())
    log = settings.data / "worker.log"
    metrics_port = settings.metrics_port or free_ports(1)[0]
    with ExitStack() as stack:
        brokers = stack.enter_context(_cluster(console, loaded, settings))
        console.print(f"Kafka at {brokers}; worker log {log}")
        environment = {
            "HUB_BROKERS": brokers,
            "HUB_DATA": str(settings.data),
            "HUB_CITY": settings.city,
            "HUB_SIMULATED_TIME": "1",
            "HUB_METRICS_PORT": str(metrics_port),
        }
        worker = stack.enter_context(worker_process(environment, log))
        publisher = stack.enter_context(Publisher(brokers, prefix=settings.topic_prefix))
        driver = CityDriver(publisher, happenings, react, settings.partitions)
        watch = stack.enter_context(watching(loaded, brokers, settings.topic_prefix, driver))
        servers = stack.enter_context(
            _watched(console, loaded, driver, metrics_port, settings.data) if prometheus else nullcontext()
        )
        hints = _hints(metrics_port, settings.data, servers)

        def check() -> None:
            check_alive(worker, log)

        if once:
            ok = _once(console, loaded, watch, start, start + timedelta(hours=hours), check)
            if servers is not None:
                print_answers(console, servers, watch.fold.totals())
        else:
            _live(loaded, watch, start, speed, check, hints)
            ok = True
    sys.exit(0 if ok else 1)


@contextmanager
def _cluster(console: Console, city: City, settings: Settings) -> Iterator[str]:
    """A broker with the city's topics for a block."""
    from hub.cli.broker import startup_progress
    from hub.demo.setting import fresh_cluster, make_topics
    from hub.domain.privacy import Pseudonyms
    from hub.settings import DEMO_PSEUDONYM_KEY
    from hub.topology import build_steps

    with ExitStack() as stack:
        with startup_progress(console) as on_fetch:
            brokers = stack.enter_context(fresh_cluster(settings, on_fetch))
        with console.status("making topics"):
            make_topics(city, build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode())), brokers, settings)
        yield brokers


@contextmanager
def _watched(
    console: Console, city: City, driver: CityDriver, worker_port: int, data: Path
) -> Iterator[Monitoring | None]:
    """Prometheus and Alertmanager for a block; None, and how to install them, where they are not."""
    from hub.demo.monitoring import find_programs
    from hub.demo.watched import watched

    try:
        programs = find_programs()
    except HubError as missing:
        console.print(f"[yellow]{missing.message}.[/yellow] {missing.fix}")
        yield None
        return
    with watched(programs, city, driver, worker_port, data / "monitoring") as servers:
        console.print(f"Prometheus at {servers.prometheus}, Alertmanager at {servers.alertmanager}")
        yield servers


def _hints(worker_port: int, data: Path, servers: Monitoring | None) -> tuple[str, ...]:
    pages = (
        () if servers is None else (f"Prometheus: {servers.prometheus}", f"alerts: {servers.alertmanager}")
    )
    return (
        f"metrics: http://127.0.0.1:{worker_port}/metrics",
        *pages,
        f"HUB_DATA={data} hub tail unit:NAME",
    )


def _units(city: City, seed: int) -> React:
    from hub.simulate.unit_model import UnitModel

    return UnitModel(city, seed).react


def _happenings(
    city: City, file: str | None, seed: int, scale: float, hours: float
) -> tuple[datetime, Iterator[Publication]]:
    """When the demo's time begins, and what happens from then on."""
    if file is None:
        from hub.simulate.city_life import simulate

        start = datetime(2026, 3, 2, 6, tzinfo=ZoneInfo(city.settings.timezone))
        return start, simulate(city, seed, start, hours / 24, scale)
    from hub.demo.real_file import publications_of

    path, _, profile = file.rpartition(":")
    found = publications_of(Path(path), profile)
    first = next(found, None)
    if first is None:
        raise HubError(f"{file} gives no record", fix="check the file and its profile")
    return first.arrived, chain((first,), found)


def _once(
    console: Console, city: City, watch: Watch, start: datetime, until: datetime, check: Callable[[], None]
) -> bool:
    from rich.progress import Progress

    from hub.demo.loop import run_day
    from hub.demo.summary import print_summary

    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("a day in the city", total=(until - start) / STEP)
        run_day(
            watch,
            start,
            until,
            STEP,
            check,
            lambda now, _: progress.update(bar, completed=(now - start) / STEP),
        )
    return print_summary(city, watch.fold.totals(), dict(watch.driver.sent), until)


def _live(
    city: City, watch: Watch, start: datetime, speed: float, check: Callable[[], None], hints: tuple[str, ...]
) -> None:
    from rich.live import Live

    from hub.demo.loop import run_live
    from hub.demo.view import Moment, city_view

    with Live(screen=sys.stdout.isatty(), auto_refresh=False) as live:

        def show(now: datetime, totals: CityTotals) -> None:
            moment = Moment(now, dict(watch.driver.sent), f"{speed:g} x real time, Ctrl-C ends it", hints)
            live.update(city_view(city, totals, moment), refresh=True)

        try:
            run_live(watch, start, speed, check, show)
        except KeyboardInterrupt:
            return
