"""`latency`: from a ticket to its unit's own topic through `hub run`, in an open loop, readings beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from rich.table import Table

from benchmarks import sensor_city
from benchmarks.ground import PARTITIONS, Field, new_prefix
from benchmarks.hops import HOPS, Order, Seen, percentiles
from benchmarks.measure import Sample
from benchmarks.open_loop import Load, Phase, Plan, plan, publish
from benchmarks.profile import Watch, nothing
from benchmarks.results import Check, Result, summarise
from benchmarks.workers import Worker, hub_run
from hub import topics
from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.domain.privacy import Pseudonyms
from hub.errors import HubError
from hub.runtime.admin import TopicAdmin, wanted_topics
from hub.runtime.reader import Follower
from hub.runtime.record import Record
from hub.settings import DEMO_PSEUDONYM_KEY, load_settings
from hub.topics import unit_orders
from hub.topology import build_steps

QUICK = Load(
    tickets=20,
    packs=20,
    seconds=((Phase.WARM, 1), (Phase.STEADY, 4), (Phase.BURST, 2), (Phase.AFTER, 1)),
)

READY_S = 120.0
QUIET_S = 30.0
"""So long without one more order means that the rest is lost."""

Percentiles = Mapping[str, tuple[float, float, float]]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: milliseconds by phase and hop, seconds until the burst was delivered, and what it used."""

    by_phase: Mapping[Phase, Percentiles]
    drain_s: float
    check: Check
    sample: Sample
    """Tickets, from the first to the last order; CPU and memory of both workers."""


def measure(
    brokers: str, load: Load, runs: int, tell: Callable[[str], None], watch: Watch = nothing
) -> tuple[list[Result], list[Table]]:
    """Medians of so many runs, and the table of each phase and hop. ``watch`` is shown the city's worker."""
    with TemporaryDirectory(prefix="hub-bench-") as folder:
        pack = Path(folder) / "pack"
        sensor_city.write_pack(pack)
        city = load_city(str(pack))
        taken = []
        for number in range(1, runs + 1):
            tell(f"latency: run {number} of {runs}, {load.whole_s} s")
            taken.append(_run(brokers, city, pack, Path(folder), load, watch))
    result = summarise("latency", [(run.sample, run.check) for run in taken], "tickets")
    return [replace(result, more=_figures(taken))], [_table(load, taken)]


def _run(brokers: str, city: City, pack: Path, folder: Path, load: Load, watch: Watch) -> Run:
    with _deployment(brokers, city) as place, ExitStack() as stack:
        settings = {
            "HUB_BROKERS": brokers,
            "HUB_TOPIC_PREFIX": place.prefix,
            "HUB_PARTITIONS": str(PARTITIONS),
            "HUB_CITY": str(pack),
            "HUB_DATA": str(folder / "data"),
        }
        workers = [
            stack.enter_context(hub_run(settings, folder / f"{steps}.log", "--steps", steps))
            for steps in ("city", "sensing")
        ]
        what = plan(city, load, datetime.now(UTC))
        units = sorted({unit for one in what.told() for unit in one.units})
        _prove(place, what, workers)
        _stamp_on_append(place, units)
        before = [worker.used() for worker in workers]
        with watch(workers[0].pid):
            began = publish(brokers, place.prefix, what)
        seen = _drained(place, what, units, workers)
        after = [worker.used() for worker in workers]
        orders = seen.orders_of(what, began)
        cpu_s = sum(b.cpu_s - a.cpu_s for a, b in zip(before, after, strict=True))
        return _result(what, orders, seen.check(what), cpu_s, sum(used.peak_mb for used in after))


def _result(what: Plan, orders: Sequence[Order], check: Check, cpu_s: float, peak_mb: float) -> Run:
    if not orders:
        raise HubError("No order was delivered", fix="run `hub run` by itself to see why")
    burst = [order for order in orders if order.phase is Phase.BURST]
    ended_ms = max(order.scheduled_ms for order in burst)
    last_ms, first_ms = max(order.delivered_ms for order in orders), orders[0].scheduled_ms
    return Run(
        {phase: percentiles(order for order in orders if order.phase is phase) for phase in Phase},
        max(max(order.delivered_ms for order in burst) - ended_ms, 0.0) / 1000,
        check,
        Sample(len(what.tickets), (last_ms - first_ms) / 1000, cpu_s, peak_mb),
    )


@contextmanager
def _deployment(brokers: str, city: City) -> Iterator[Field]:
    """Every topic of a live city, removed afterwards."""
    prefix = new_prefix()
    settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS)
    steps = build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    specs = wanted_topics(city, [step.name for step in steps if step.stateful], settings)
    admin = TopicAdmin(brokers)
    admin.apply(specs)
    try:
        yield Field(brokers, prefix)
    finally:
        admin.delete(spec.name for spec in specs)


def _prove(place: Field, what: Plan, workers: Iterable[Worker]) -> None:
    """Wait until the trial ticket is an order on its unit's topic, and the trial pack is in the ledger."""
    order = unit_orders(what.trial.units[0]).name
    missing = {order, topics.LEDGER}
    until = time.monotonic() + READY_S
    place.fill((what.trial.record, what.trial_pack))
    with Follower(place.brokers, (order, topics.LEDGER), prefix=place.prefix, from_beginning=True) as reader:
        while missing:
            for record in reader.read():
                if record.topic == order or record.key == b"sensing":
                    missing.discard(record.topic)
            for worker in workers:
                worker.must_run()
            if time.monotonic() > until:
                raise HubError(
                    f"Nothing came to {', '.join(missing)}", fix="run `hub run` by itself to see why"
                )


def _stamp_on_append(place: Field, units: Iterable[str]) -> None:
    """Have the broker note when it gets a record. Not before workers start, who want it otherwise."""
    names = [topics.SIGNALS, topics.ORDERS, *(unit_orders(unit).name for unit in units)]
    entry = ConfigEntry(
        "message.timestamp.type", "LogAppendTime", incremental_operation=AlterConfigOpType.SET
    )
    admin = AdminClient({"bootstrap.servers": place.brokers, "log_level": 0})
    wanted = [
        ConfigResource(ResourceType.TOPIC, place.prefix + name, incremental_configs=[entry]) for name in names
    ]
    for done in admin.incremental_alter_configs(wanted).values():
        done.result(READY_S)


def _drained(place: Field, what: Plan, units: Sequence[str], workers: Iterable[Worker]) -> Seen:
    """Read until every order was delivered, or no more came for a while."""
    wanted = sum(len(one.units) for one in what.told())
    own = [unit_orders(unit).name for unit in units]
    delivered: list[Record] = []
    heard = time.monotonic()
    with Follower(place.brokers, own, prefix=place.prefix, from_beginning=True) as reader:
        while len(delivered) < wanted and time.monotonic() - heard < QUIET_S:
            more = reader.read()
            delivered += more
            heard = time.monotonic() if more else heard
            for worker in workers:
                worker.must_run()
    return Seen(place.records(topics.HOTLINE, topics.SIGNALS, topics.ORDERS, *own))


def _figures(taken: Sequence[Run]) -> dict[str, float]:
    """Medians over the runs, by name."""
    found = {"drain_s": median(run.drain_s for run in taken)}
    for phase in (Phase.STEADY, Phase.BURST):
        for number, name in enumerate(("p50", "p99", "p999")):
            values = [run.by_phase[phase]["whole"][number] for run in taken if run.by_phase[phase]]
            found[f"{phase}_{name}_ms"] = median(values)
    return found


def _table(load: Load, taken: Sequence[Run]) -> Table:
    """Milliseconds of each hop in each phase: p50, p99 and p99.9, medians of the runs."""
    title = (
        f"latency, ms (p50 / p99 / p99.9): {load.tickets} tickets/s, burst {load.rate(Phase.BURST)}/s, "
        f"{load.packs * sensor_city.READINGS:,} readings/s; "
        f"burst delivered {median(run.drain_s for run in taken):.1f} s after its end"
    )
    table = Table("phase", *HOPS, title=title)
    for phase, seconds in load.seconds:
        runs = [run.by_phase[phase] for run in taken if run.by_phase[phase]]
        if phase is not Phase.WARM and runs:
            cells = (
                " / ".join(f"{median(run[hop][number] for run in runs):,.0f}" for number in range(3))
                for hop in HOPS
            )
            table.add_row(f"{phase} {seconds} s", *cells)
    return table
