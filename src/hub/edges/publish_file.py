"""Publishes a file row by row: bad rows are listed and left out, and an interrupted run is taken up again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from hub.edges.identity import event_time, feed_record
from hub.edges.profiles import Made, Profile
from hub.edges.progress import Progress, save_progress
from hub.edges.rows import Row, RowRefused
from hub.runtime.publisher import Publisher, RecordTooLarge

SAFE_EVERY = 5_000
"""Rows between two points that an interrupted run goes on from."""


@dataclass(slots=True)
class Published:
    """What came of it: rows read and refused in this run, records by topic, rows done in earlier runs."""

    rows: int = 0
    refused: int = 0
    skipped: int = 0
    records: Counter[str] = field(default_factory=Counter)


class FilePublication:
    """One file on its way to its topics. ``run`` may be interrupted at any row and called again later."""

    def __init__(
        self,
        profile: Profile,
        topics: Iterable[str],
        publisher: Publisher,
        *,
        progress: Progress,
        progress_path: Path,
        rejects_path: Path,
    ) -> None:
        self._profile = profile
        self._topics = frozenset(topics)
        self._publisher = publisher
        self._progress = progress
        self._progress_path = progress_path
        self._rejects_path = rejects_path

    def run(self, rows: Iterable[tuple[int, Row | RowRefused]]) -> Published:
        """Publish what is left of the rows. Raises HubError where the cluster does not take them."""
        done = self._progress.rows
        told = Published(skipped=done)
        with self._open_rejects() as rejects:
            try:
                for number, (line, row) in enumerate(rows):
                    if number < done:
                        continue
                    self._publish(line, row, rejects, told)
                    if told.rows % SAFE_EVERY == 0:
                        self._make_safe(rejects, told)
            except KeyboardInterrupt:
                self._make_safe(rejects, told)
                raise
            self._make_safe(rejects, told, finished=True)
        if not self._rejects_path.stat().st_size:
            self._rejects_path.unlink()
        return told

    def _publish(self, line: int, row: Row | RowRefused, rejects: TextIO, told: Published) -> None:
        told.rows += 1
        try:
            for made in self._profile.records(row):
                if made.topic in self._topics:
                    self._send(made)
                    told.records[made.topic] += 1
        except RowRefused as refused:
            told.refused += 1
            reject = {"line": line, "field": refused.field, "reason": refused.problem}
            rejects.write(json.dumps(reject, ensure_ascii=False) + "\n")

    def _send(self, made: Made) -> None:
        value = feed_record(made.value)
        try:
            self._publisher.publish(
                made.topic,
                made.key,
                value,
                source=value.source,
                id=value.id,
                time=event_time(value),
                timestamp=made.arrival,
            )
        except RecordTooLarge as error:
            raise RowRefused("row", error.message) from None

    def _make_safe(self, rejects: TextIO, told: Published, *, finished: bool = False) -> None:
        """Wait until the cluster has everything, then note how far that is."""
        self._publisher.flush()
        rejects.flush()
        start = self._progress
        save_progress(
            self._progress_path,
            start.model_copy(
                update={
                    "rows": start.rows + told.rows,
                    "refused": start.refused + told.refused,
                    "rejects_bytes": self._rejects_path.stat().st_size,
                    "finished": finished,
                }
            ),
        )

    def _open_rejects(self) -> TextIO:
        """The list of refused rows, cut back to the rows that are done."""
        file = self._rejects_path.open("a", encoding="utf-8")
        file.truncate(min(self._progress.rejects_bytes, self._rejects_path.stat().st_size))
        return file
