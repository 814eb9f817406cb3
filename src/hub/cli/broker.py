"""`hub broker`: the embedded Kafka of this directory, started, stopped and looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from hub.runtime import kafka_jars
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.broker_state import BrokerStatus, default_data

#: What `hub broker status` leaves with when not every node runs, as service managers do.
EXIT_NOT_RUNNING = 3

_DEFAULT_PORT = 9092
_HIGHEST_PORT = 65_533  # leaves room for the second and third broker

_data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the broker's data.  [default: kafka in $HUB_DATA, else .hub/kafka]",
)


@click.group()
def broker() -> None:
    """Start, stop and look at the embedded Kafka broker.

    It is Apache Kafka itself, reachable from this machine only. Set HUB_BROKERS to use a cluster instead.
    """


@broker.command()
@_data_option
@click.option(
    "--port",
    type=click.IntRange(0, _HIGHEST_PORT),
    default=_DEFAULT_PORT,
    show_default=True,
    help="Port for clients; 0 finds a free one. Three brokers take this one and the next two.",
)
@click.option(
    "--brokers", type=click.Choice(["1", "3"]), default="1", show_default=True, help="Nodes of the cluster."
)
def up(data: Path | None, port: int, brokers: str) -> None:
    """Start the broker, or find it running, and print its address."""
    console = Console(stderr=True)
    with startup_progress(console) as on_fetch:
        bootstrap = EmbeddedBroker(data or default_data(), port, int(brokers), on_fetch=on_fetch).up()
    click.echo(bootstrap)


@broker.command()
@_data_option
def down(data: Path | None) -> None:
    """Stop the broker; its data stay."""
    stopping = EmbeddedBroker(data or default_data())
    if not stopping.status().alive:
        click.echo("no broker runs here")
    elif stopping.down():
        click.echo("stopped")
    else:
        click.echo("killed: it did not stop in time; it will check its files at the next start")


@broker.command()
@_data_option
@click.pass_context
def status(ctx: click.Context, data: Path | None) -> None:
    """Print the broker's nodes and data; exit code 0 when all nodes run, else 3."""
    now = EmbeddedBroker(data or default_data()).status()
    _print_status(now, Console())
    ctx.exit(0 if now.running else EXIT_NOT_RUNNING)


@broker.command(hidden=True)
@click.argument("version")
def lock(version: str) -> None:
    """Resolve a Kafka VERSION and print its lock file, for maintainers."""
    click.echo(kafka_jars.resolve_lock(version).model_dump_json(indent=2))


@contextmanager
def startup_progress(console: Console) -> Iterator[kafka_jars.OnFetch | None]:
    """Show that Kafka starts and, the first time, what is fetched; yields EmbeddedBroker's `on_fetch`."""
    missing = kafka_jars.missing_jars(kafka_jars.read_lock())
    if not missing:
        with console.status("Starting Kafka"):
            yield None
        return
    columns = (TextColumn("Fetching Kafka, the first time only"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("fetch", total=sum(jar.size for jar in missing))
        yield lambda jar: progress.advance(task, jar.size)


def _print_status(now: BrokerStatus, console: Console) -> None:
    table = Table("node", "port", "controller port", "pid", "state")
    for node in now.nodes:
        alive = node.node_id in now.alive
        pid = str(node.pid) if alive else "-"
        state = "[green]running[/]" if alive else "[red]stopped[/]"
        table.add_row(str(node.node_id), str(node.port), str(node.controller_port), pid, state)
    if now.nodes:
        console.print(table)
    console.print(f"brokers     {now.bootstrap or 'none running'}")
    console.print(f"cluster id  {now.cluster_id or 'none yet'}")
    console.print(f"data        {now.data} ({decimal(now.size)})", soft_wrap=True)
