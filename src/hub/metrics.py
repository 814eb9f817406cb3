"""Every metric of the hub, declared once: prefix `hub_`, base units, labels with few and known values."""

from collections.abc import Mapping
from types import MappingProxyType

from prometheus_client import CollectorRegistry, Info

from hub import __version__
from hub.metric_rows import MetricRow
from hub.mission_metrics import MissionMetrics

STEP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Buckets for work inside the hub."""

COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Buckets for transactions, up to the longest that a worker waits for one."""

BATCH_RECORDS = (1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000)
"""Buckets for how much is done at once."""

STALL_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
"""Buckets for how late the event loop comes back."""

ORDER_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Buckets for the way from a citizen's ticket to a unit's order."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "by": "what a score is of: `city`, `district`, `town`, `unit`",
        "category": "code of a category at the top of the city pack's tree, or `other`",
        "cause": "class of an error: `fenced` (another works in this slot, or this one was away too long), "
        "`moved` (its partitions are another's now), `unreachable`, `refused` (until it is mended), `other`",
        "clock": "kind of a limit of a case: `sign_for`, `resolve` and so on",
        "colour": "of a warning: `blue`, `yellow`, `orange`, `red`",
        "condition": "`online`, or `silent` for longer than its kind may be",
        "days": "days of a window: `7`, `28`; of towns and units `28` alone",
        "district": "code of a district of the city pack, or `other`",
        "feed": "topic that a record came on, or `other`",
        "grade": "grade of a hazard: `general`, `major`",
        "kind": "what is wrong at a sensor: `high`, `low`, `silent`, `stuck`, `missing`",
        "name": "name in the city pack",
        "move": "what happened to a case: `opened`, `breached`, `closed` and so on",
        "outcome": "what happened to an objection: `objected`, `handed_back`, `upheld`, `rejected`, "
        "`overturned` (another unit has signed for the case since)",
        "partition": "partition of the topic",
        "quantile": "`0.5`, the median, or `0.9`",
        "rate": "`response`, `resolution`, `satisfaction`, `overdue`, `repeat`, `reopening`, `overturn`, "
        "`arrival`, `hazard_closure`; `score` of 100, as a share",
        "reason": "a name from the list of reasons",
        "result": "`written`, `failed` to be written, `used` at a restart, `ignored` there",
        "risk": "`in_time`; `warned`: a limit has warned, none is breached; `breached`: and it still waits",
        "stage": "stage of a case",
        "state": "state of an alarm",
        "step": "step of the map, or `delivery`",
        "subject": "code of a district, town or unit of the city pack, or `city`",
        "tag": "what else is known of a case: `repeat`, `remediation`, `proactive`; "
        "for the whole city `help` too",
        "tally": "column of the ledger: `accepted`, `rejected`, `duplicate`, `late`, `dead`",
        "topic": "topic of the map, without the deployment's prefix",
        "town": "code of a town of the city pack, or `other`",
        "unit": "unit of the city pack, or `other`",
        "urgency": "urgency of a case: `general`, `utility`, `life`",
        "verdict": "whether a warning came true: `right`, `wrong`, `unknown` so far",
        "version": "version of the hub",
        "worker": "steps that run in one loop: `city`, `sensing`, `scores`, `warnings`; `edges` is delivery",
    }
)
"""Where the values of each label come from: enums, the map or the city pack, never a record's own text."""


class HubMetrics(MissionMetrics):
    """All metrics in one registry. A process fills those that it knows; the others stay without series."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry)
        self._declare_build()
        self._declare_steps()
        self._declare_engine()
        self._declare_progress()
        self._declare_city()
        self._declare_names()
        self._declare_open()
        self._declare_moves()
        self._declare_sensors()
        self._declare_warnings()
        self._declare_scores()
        self._declare_flow()

    def _declare_build(self) -> None:
        text = "Always 1; says which version of the hub this process runs."
        Info("hub_build", text, registry=self._registry).info({"version": __version__})
        self._rows.append(MetricRow("hub_build_info", "gauge", ("version",), text))

    def _declare_steps(self) -> None:
        """What workers count as they commit; `hub run` fills these."""
        self.step_records = self._counter(
            "hub_step_records_total", "Records that a step took in, counted at commit.", "step"
        )
        self.step_outputs = self._counter(
            "hub_step_outputs_total", "Records that a step wrote, by topic.", "step", "topic"
        )
        self.step_outcomes = self._counter(
            "hub_step_outcomes_total",
            "What steps decided, by reason: one for each record, one for each clock that fired. "
            "Refused records have the tally rejected or dead.",
            "step",
            "tally",
            "reason",
        )
        self.step_batch_seconds = self._histogram(
            "hub_step_batch_seconds",
            "Time that a step worked on one batch of one partition, in seconds.",
            STEP_SECONDS,
            "step",
        )
        self.commit_seconds = self._histogram(
            "hub_commit_seconds",
            "Time from the beginning of a transaction to its commit, in seconds.",
            COMMIT_SECONDS,
            "worker",
        )
        self.step_batch_records = self._histogram(
            "hub_step_batch_records",
            "Records that a step took of one partition in one transaction.",
            BATCH_RECORDS,
            "step",
        )
        self.dead_letters = self._counter(
            "hub_dead_letters_total", "Records written to dead letters, by reason.", "reason"
        )
        self.delivery_failures = self._counter(
            "hub_delivery_failures_total",
            "Failed tries to write an order to its unit's own topic.",
        )

    def _declare_engine(self) -> None:
        """How a worker is; `hub run` fills these."""
        self.transactions_aborted = self._counter(
            "hub_transactions_aborted_total",
            "Transactions that were aborted; their input is done again, once.",
            "worker",
            "cause",
        )
        self.sessions_lost = self._counter(
            "hub_sessions_lost_total",
            "Times that a loop dropped its state, restored it and joined its group again.",
            "worker",
            "cause",
        )
        self.producer_queue = self._gauge(
            "hub_producer_queue_records",
            "Records that waited for the broker as the last transaction was committed.",
            "worker",
        )
        self.fetch_queue = self._gauge(
            "hub_fetch_queue_records", "Records that are fetched and wait for their step.", "worker"
        )
        self.state_rows = self._gauge(
            "hub_state_rows", "Rows that a step keeps on the partitions of this worker.", "step"
        )
        self.state_bytes = self._gauge(
            "hub_state_bytes", "Size of these rows as they are encoded, without keys and indexes.", "step"
        )
        self.restore_remaining_records = self._gauge(
            "hub_restore_remaining_records",
            "Records of its changelog that a step must still read before it works; 0 once it has its rows.",
            "step",
        )
        self.restore_seconds = self._gauge(
            "hub_restore_seconds", "Time that a step last took to have its rows back, in seconds.", "step"
        )
        self.snapshots = self._counter(
            "hub_snapshots_total",
            "Snapshots of partitions by what came of them. None of the failed and ignored ones costs more "
            "than time: the changelog holds all rows.",
            "step",
            "result",
        )
        self.event_loop_stall_seconds = self._histogram(
            "hub_event_loop_stall_seconds",
            "How late the event loop of the ticker came back to a probe that it passes four times a second.",
            STALL_SECONDS,
            "worker",
        )
        self.clock_skew_seconds = self._gauge(
            "hub_clock_skew_seconds",
            "This machine's clock minus the broker's, as of the last tick; empty where time is simulated.",
            "worker",
        )

    def _declare_progress(self) -> None:
        """Whether a worker's partitions move on; `hub run` fills these, for the partitions that it holds."""
        self.held_partitions = self._gauge(
            "hub_held_partitions", "Partitions of a step that this worker holds.", "step"
        )
        self.step_lag = self._gauge(
            "hub_step_lag_records", "Records that wait for a step on the partitions of this worker.", "step"
        )
        self.step_lag_slope = self._gauge(
            "hub_step_lag_slope_records_per_second",
            "How fast that lag grows, over the last minute; above 0 the step falls behind.",
            "step",
        )
        self.last_commit = self._gauge(
            "hub_last_commit_timestamp_seconds", "When a step last committed, in seconds since 1970.", "step"
        )
        self.step_stalled_seconds = self._gauge(
            "hub_step_stalled_seconds",
            "For how long records have waited while nothing was committed, on that partition of the step "
            "where it is longest; 0 while all move or nothing waits.",
            "step",
        )

    def _declare_city(self) -> None:
        """How the city is now, rebuilt from the topics; `hub exporter` fills these."""
        self.cases = self._gauge(
            "hub_cases", "Cases by stage and district, closed ones included.", "stage", "district"
        )
        self.open_cases_warned = self._gauge(
            "hub_open_cases_warned",
            "Open cases with a running limit that has warned, and none that is breached.",
            "district",
        )
        self.open_cases_breached = self._gauge(
            "hub_open_cases_breached",
            "Open cases that passed the limit to sign for them or to resolve them, and still wait for it.",
            "district",
        )
        self.open_cases_unaccountable = self._gauge(
            "hub_open_cases_without_one_accountable_unit",
            "Open cases that do not have exactly one accountable unit. Must be 0.",
            "district",
        )
        self.objections = self._counter(
            "hub_objections_total", "Objections to dispatches, and what became of them.", "unit", "outcome"
        )
        self.objections_by_category = self._counter(
            "hub_objections_by_category_total",
            "The same by the category at the top of the tree that the case had then.",
            "category",
            "outcome",
        )
        self.alarms = self._gauge(
            "hub_alarms", "Sensors' alarms by state and kind, the newest of each.", "state", "kind"
        )

    def _declare_flow(self) -> None:
        """Whether records flow and none is lost; `hub exporter` fills these."""
        self.ledger_records = self._counter(
            "hub_ledger_records_total", "Records of a feed by how they ended.", "feed", "tally"
        )
        self.ledger_imbalance = self._gauge(
            "hub_ledger_imbalance_records",
            "Records of a feed that intake took and the ledger does not count yet: on the way between steps, "
            "or lost if this stays above 0; doubled if below. Readings end in the step that takes them.",
            "feed",
        )
        self.feed_age_seconds = self._gauge(
            "hub_feed_age_seconds",
            "Time since the hub last handled a record of the feed, in seconds, at the moment of the scrape.",
            "feed",
        )
        self.consumer_lag = self._gauge(
            "hub_consumer_lag_records",
            "Records that wait for their step. The end mark of a transaction counts as one, "
            "so a partition at rest may show 1.",
            "worker",
            "topic",
            "partition",
        )
        self.ticket_to_order_seconds = self._histogram(
            "hub_ticket_to_order_seconds",
            "Time from a signal's arrival to the order of the unit that leads, in seconds; live orders only, "
            "none where time is simulated.",
            ORDER_SECONDS,
            "urgency",
        )
        self.unreadable = self._counter(
            "hub_exporter_unreadable_total", "Records that the exporter could not read and left out.", "topic"
        )


def metrics_page() -> str:
    """The page docs/generated/metrics.md: every metric with type, labels and meaning, in Markdown."""
    rows = HubMetrics(CollectorRegistry()).rows
    lines = [
        "# Metrics",
        "",
        "Generated from `src/hub/metrics.py` by `make docs`; do not edit.",
        "",
        "`hub run` serves the metrics of its steps, `hub exporter` those of the city: each on its own page",
        "`/metrics`, on the loopback address, on the port of `HUB_METRICS_PORT`. Memory, CPU and open files",
        "of a worker are there too, under Prometheus's names (`process_resident_memory_bytes` and so on).",
        "Which of them to watch, and what to do then: [operations](../operations.md).",
        "",
        "| Metric | Type | Labels | Meaning |",
        "|---|---|---|---|",
    ]
    for row in rows:
        labels = ", ".join(f"`{label}`" for label in row.labels) or "none"
        lines.append(f"| `{row.name}` | {row.type} | {labels} | {row.help} |")
    lines += ["", "## Labels", "", "| Label | Values |", "|---|---|"]
    lines += [f"| `{label}` | {LABELS[label]} |" for label in sorted(LABELS)]
    return "\n".join(lines) + "\n"
