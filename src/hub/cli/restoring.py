"""How `hub run` shows that rows come back: a bar on a terminal, else a line of the log now and then."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from hub.runtime.changelog import RestoreProgress

log = structlog.get_logger("hub.run")

LINE_S = 2.0
"""How often the log tells of a restore that goes on."""


class RestoreView:
    """Shows the progress of restoring steps, and passes it on. Each step calls from its loop's thread."""

    def __init__(self, pass_on: Callable[[RestoreProgress], None]) -> None:
        self._pass_on = pass_on
        self._bars: dict[str, tuple[Progress, TaskID]] = {}
        self._told: dict[str, float] = {}

    def heard(self, progress: RestoreProgress) -> None:
        """Show how far a step is. For ``on_restore``."""
        self._pass_on(progress)
        if not progress.total:
            return
        if sys.stderr.isatty():
            self._draw(progress)
        else:
            self._tell(progress)

    def _tell(self, progress: RestoreProgress) -> None:
        if progress.finished:
            self._told.pop(progress.step, None)
        elif progress.seconds - self._told.get(progress.step, 0.0) >= LINE_S:
            self._told[progress.step] = progress.seconds
            log.info(
                "restoring",
                step=progress.step,
                records=progress.done,
                of=progress.total,
                seconds=round(progress.seconds, 1),
            )

    def _draw(self, progress: RestoreProgress) -> None:
        from rich.console import Console
        from rich.progress import Progress

        if progress.step not in self._bars:
            bar = Progress(console=Console(stderr=True), transient=True)
            self._bars[progress.step] = bar, bar.add_task(f"rows of {progress.step}", total=progress.total)
            bar.start()
        bar, task = self._bars[progress.step]
        bar.update(task, completed=progress.done)
        if progress.finished:
            bar.stop()
            del self._bars[progress.step]
