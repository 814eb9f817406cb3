"""`hub run`: a worker of a live city."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hub.exporters.prometheus import Exporter

EXAMPLES = """
\b
Examples:
  hub run                          all steps, delivery, ticker and metrics in one worker
  HUB_SLOT=1 hub run               a second worker beside the first
  hub run --steps sensing          sensing in a worker of its own

It looks at brokers, topics, schemas, clock and data folder before it begins, and ends with exit code 2 and
what to do if something is wrong; `hub doctor` looks at the same from outside, and at more.

SIGTERM or Ctrl-C finishes and commits the batch in hand, then leaves: exit code 0, within 10 seconds also
where no broker answers.
"""


@click.command(epilog=EXAMPLES)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option(
    "--steps",
    type=click.Choice(["all", "city", "sensing"]),
    default="all",
    show_default=True,
    help="Group of core steps.",
)
@click.option(
    "--demo-key", is_flag=True, help="Use the stated demo key for pseudonyms: simulated people only."
)
@click.option("--exporter/--no-exporter", default=True, show_default=True, help="Serve metrics.")
def run(city: str | None, steps: str, demo_key: bool, exporter: bool) -> None:
    """Run a worker: the core steps exactly once, delivery to units, ticker, metrics."""
    from hub.runtime.signals import end_at_once

    end_at_once()
    from prometheus_client import CollectorRegistry, ProcessCollector

    from hub.citypack.identity import pack_digest
    from hub.citypack.load import load_city
    from hub.cli.logs import log_to_stderr
    from hub.cli.restoring import RestoreView
    from hub.domain.privacy import Pseudonyms
    from hub.exporters.commits import CommitCounts
    from hub.exporters.engine import EngineWatch
    from hub.exporters.prometheus import Exporter, ExporterConfig
    from hub.exporters.restores import RestoreMeter
    from hub.exporters.server import MetricsServer
    from hub.metrics import HubMetrics
    from hub.runtime.checks import Deployment, require_sound
    from hub.runtime.cluster import brokers_of
    from hub.runtime.slot_lock import hold_slot
    from hub.runtime.state_keeper import SnapshotConfig
    from hub.runtime.worker import Hooks, WorkerConfig, run_worker
    from hub.settings import DEMO_PSEUDONYM_KEY, load_settings, required_pseudonym_key
    from hub.topology import build_steps

    log_to_stderr()
    settings = load_settings(city=city)
    key = DEMO_PSEUDONYM_KEY if demo_key else required_pseudonym_key(settings)
    loaded = load_city(settings.city)
    found = build_steps(loaded, Pseudonyms(key.encode(), settings.pseudonym_epoch))
    brokers = brokers_of(settings)
    mine = tuple(step for step in found if steps in ("all", step.worker))
    config = WorkerConfig(
        brokers=brokers,
        prefix=settings.topic_prefix,
        partitions=settings.partitions,
        slot=settings.slot,
        data=str(settings.data),
        tick_seconds=0.0 if settings.simulated_time or steps == "sensing" else settings.tick_seconds,
        delivery=steps != "sensing",
        snapshots=SnapshotConfig(
            settings.data / "snapshots", settings.snapshot_records, pack_digest(settings.city)
        )
        if settings.snapshot_records
        else None,
    )
    registry = CollectorRegistry()
    metrics = HubMetrics(registry)
    counts, watch = CommitCounts(metrics), EngineWatch(brokers, settings.topic_prefix, metrics)
    restores = RestoreMeter(metrics)
    hooks = Hooks(
        on_commit=counts.committed,
        on_delivery_failure=metrics.delivery_failures.inc,
        on_trouble=counts.disturbed,
        on_part=watch.attach,
        on_stall=metrics.event_loop_stall_seconds.labels("edges").observe,
        on_skew=lambda seconds: metrics.clock_skew_seconds.labels("edges").set(seconds),
        on_restore=RestoreView(restores.heard).heard,
        on_snapshot=restores.snapshot,
    )
    with ExitStack() as stack:
        groups = [step.worker for step in mine]
        stack.enter_context(hold_slot(settings.data, settings.topic_prefix, settings.slot, groups))
        require_sound(Deployment.of(brokers, settings, loaded, found))
        if exporter:
            shown = ExporterConfig(brokers, settings.topic_prefix, tuple(loaded.districts))
            stack.enter_context(_following(Exporter(shown, metrics)))
            ProcessCollector(registry=registry)
            stack.enter_context(watch)
            server = stack.enter_context(MetricsServer(registry, settings.metrics_port, watch.health))
            click.echo(f"metrics: {server.url}", err=True)
        run_worker(mine, config, hooks)


@contextmanager
def _following(exporter: Exporter) -> Iterator[None]:
    """The exporter at work in a thread for the length of a block."""
    thread = threading.Thread(target=exporter.run, name="exporter", daemon=True)
    thread.start()
    try:
        yield
    finally:
        exporter.stop()
        thread.join(5.0)
