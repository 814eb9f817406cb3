"""What `hub run` does: checks, then a worker with its page, its metrics and what it shows of restoring."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click
from prometheus_client import CollectorRegistry, ProcessCollector

from hub.citypack.identity import pack_digest
from hub.citypack.load import load_city
from hub.cli.logs import log_to_stderr
from hub.cli.restoring import RestoreView
from hub.domain.privacy import Pseudonyms
from hub.exporters.commits import CommitCounts
from hub.exporters.engine import EngineWatch
from hub.exporters.known import KnownNames
from hub.exporters.prometheus import Exporter, ExporterConfig
from hub.exporters.restores import RestoreMeter
from hub.exporters.server import MetricsServer
from hub.metrics import HubMetrics
from hub.runtime.checks import Deployment, require_sound
from hub.runtime.cluster import brokers_of
from hub.runtime.slot_lock import hold_slot
from hub.runtime.state_keeper import SnapshotConfig
from hub.runtime.worker import Hooks, WorkerConfig, run_worker
from hub.settings import DEMO_PSEUDONYM_KEY, Settings, load_settings, required_pseudonym_key
from hub.topology import build_steps


def work(city: str | None, steps: str, *, demo_key: bool, exporter: bool) -> None:
    """Check, then work until a signal; ends the process. Raises HubError where something is wrong before."""
    log_to_stderr()
    settings = load_settings(city=city)
    key = DEMO_PSEUDONYM_KEY if demo_key else required_pseudonym_key(settings)
    loaded = load_city(settings.city)
    found = build_steps(loaded, _pseudonyms(key, settings))
    mine = tuple(step for step in found if steps in ("all", step.worker))
    brokers = brokers_of(settings)
    registry = CollectorRegistry()
    metrics = HubMetrics(registry)
    watch = EngineWatch(brokers, settings.topic_prefix, metrics)
    with ExitStack() as stack:
        groups = [step.worker for step in mine]
        stack.enter_context(hold_slot(settings.data, settings.topic_prefix, settings.slot, groups))
        require_sound(Deployment.of(brokers, settings, loaded, found))
        if exporter:
            known = KnownNames.of(loaded)
            shown = ExporterConfig(brokers, settings.topic_prefix, known, settings.simulated_time)
            stack.enter_context(_following(Exporter(shown, metrics)))
            ProcessCollector(registry=registry)
            stack.enter_context(watch)
            server = stack.enter_context(MetricsServer(registry, settings.metrics_port, watch.health))
            click.echo(f"metrics: {server.url}", err=True)
        run_worker(mine, _config(settings, brokers, steps), _hooks(metrics, watch))


def _pseudonyms(key: str, settings: Settings) -> Pseudonyms:
    """The pseudonyms of this epoch and, around a change of keys, of the one before."""
    before = settings.pseudonym_key_before.get_secret_value()
    epoch = settings.pseudonym_epoch
    return Pseudonyms(key.encode(), epoch, Pseudonyms(before.encode(), epoch - 1) if before else None)


def _config(settings: Settings, brokers: str, steps: str) -> WorkerConfig:
    snapshots, main = None, steps in ("all", "city")
    if settings.snapshot_records:
        folder = settings.data / "snapshots"
        snapshots = SnapshotConfig(folder, settings.snapshot_records, pack_digest(settings.city))
    return WorkerConfig(
        brokers=brokers,
        prefix=settings.topic_prefix,
        partitions=settings.partitions,
        slot=settings.slot,
        data=str(settings.data),
        tick_seconds=settings.tick_seconds if main and not settings.simulated_time else 0.0,
        delivery=main,
        snapshots=snapshots,
    )


def _hooks(metrics: HubMetrics, watch: EngineWatch) -> Hooks:
    """Who hears of what the worker does: its metrics, and whoever watches it restore."""
    counts, restores = CommitCounts(metrics), RestoreMeter(metrics)
    return Hooks(
        on_commit=counts.committed,
        on_delivery_failure=metrics.delivery_failures.inc,
        on_trouble=counts.disturbed,
        on_part=watch.attach,
        on_stall=metrics.event_loop_stall_seconds.labels("edges").observe,
        on_skew=lambda seconds: metrics.clock_skew_seconds.labels("edges").set(seconds),
        on_restore=RestoreView(restores.heard).heard,
        on_snapshot=restores.snapshot,
    )


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
