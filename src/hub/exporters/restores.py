"""Counts how rows come back and what comes of snapshots."""

from hub.metrics import HubMetrics
from hub.runtime.changelog import RestoreProgress
from hub.runtime.state_keeper import SnapshotResult


class RestoreMeter:
    """Fills the metrics of restoring. Its methods may be called from any thread."""

    def __init__(self, metrics: HubMetrics) -> None:
        self._metrics = metrics

    def heard(self, progress: RestoreProgress) -> None:
        """Take note of how far a step is. For ``on_restore``."""
        self._metrics.restore_remaining_records.labels(progress.step).set(progress.total - progress.done)
        if progress.finished:
            self._metrics.restore_seconds.labels(progress.step).set(progress.seconds)

    def snapshot(self, step: str, result: SnapshotResult) -> None:
        """Count a snapshot. For ``on_snapshot``."""
        self._metrics.snapshots.labels(step, result).inc()
