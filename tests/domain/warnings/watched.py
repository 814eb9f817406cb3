"""A town that is watched: events of cases go in, as the cases step says them, early warnings come out."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.scenarios.brook import brook

from hub import topics
from hub.citypack.city import City
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.fields import Feed
from hub.contracts.proactive import ProactiveReport
from hub.contracts.warnings import Warning
from hub.domain.case_ids import case_id_of
from hub.domain.privacy import Pseudonyms
from hub.flow import Emit
from hub.runtime.codec import decode, encode
from hub.runtime.headers import read_headers, write_headers
from hub.runtime.record import Record
from hub.runtime.state import RowKey
from hub.runtime.task import PartitionTask
from hub.topology import build_steps

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def after(hours: float = 0.0, *, days: float = 0.0, minutes: float = 0.0) -> datetime:
    """A time so long after the first Monday."""
    return MONDAY + timedelta(days=days, hours=hours, minutes=minutes)


class Watched:
    """The warnings step on one partition: the newest version of each warning, and how many were told."""

    def __init__(self, city: City | None = None, town: str = "MILL") -> None:
        self.city = city or brook()
        self.town = town
        steps = build_steps(self.city, Pseudonyms(b"a key for tests only"))
        step = next(step for step in steps if step.name == "warnings")
        self.task = PartitionTask(step, topics.EVENTS, 0, 1)
        self.warnings: dict[str, Warning] = {}
        self.told: Counter[str] = Counter()
        self.reports: list[ProactiveReport] = []
        self._offset = 0
        self._seqs: Counter[str] = Counter()
        self._rows: dict[RowKey, bytes] = {}

    def say(
        self,
        at: datetime,
        category: str = "water.burst",
        *,
        cell: str | None = "0014-0066",
        feed: Feed = Feed.HOTLINE,
        happened: datetime | None = None,
        tags: tuple[CaseTag, ...] = (),
        town: str | None = None,
        source: str = "call-centre",
        name: str | None = None,
    ) -> str:
        """A signal that opens a case of its own; the case's id."""
        name = name or f"S-{self._offset}"
        case_id = case_id_of(town or self.town, at, source, name)
        move = CaseMove(kind=EventKind.OPENED, reason="opened_new")
        happened = at if happened is None else happened
        self._hear(at, case_id, source, name, (move,), category, cell, feed, happened, Stage.DISPATCHED, tags)
        return case_id

    def end(self, at: datetime, case_id: str, stage: Stage) -> None:
        """A case is over."""
        kind = EventKind.CLOSED if stage is Stage.CLOSED else EventKind.INVALIDATED
        move = CaseMove(kind=kind, reason="allowed_move")
        self._hear(at, case_id, "units", "A", (move,), "water.burst", None, Feed.UNKNOWN, None, stage, ())

    def pass_time(self, at: datetime) -> None:
        """An event that is no signal: it only shows how late it is."""
        self.end(at, case_id_of(self.town, MONDAY, "nobody", "x"), Stage.CLOSED)

    def rows(self) -> dict[RowKey, bytes]:
        """The rows that the step keeps, as its changelog holds them."""
        return dict(self._rows)

    def only(self) -> Warning:
        """The only warning there is."""
        (warning,) = self.warnings.values()
        return warning

    def _hear(
        self,
        at: datetime,
        case_id: str,
        source: str,
        name: str,
        moves: tuple[CaseMove, ...],
        category: str,
        cell: str | None,
        feed: Feed,
        happened: datetime | None,
        stage: Stage,
        tags: tuple[CaseTag, ...],
    ) -> None:
        town = case_id.split("-")[0]
        event = CaseEvent(
            case_id=case_id,
            seq=self._seqs[case_id],
            at=at,
            source=source,
            source_id=name,
            feed=feed,
            moves=moves,
            stage=stage,
            lead_unit=None,
            district=self.city.towns[town].district,
            town=town,
            category=category,
            cell=cell,
            happened=happened,
            signal_category=None if happened is None else category,
            tags=tags,
        )
        self._seqs[case_id] += 1
        emit = Emit(topics.EVENTS, town, f"{case_id}/{event.seq}", at, event)
        headers = write_headers(topics.TOPICS[topics.EVENTS], emit, source="hub:cases", causation=None)
        stamp = round(at.timestamp() * 1000)
        record = Record(topics.EVENTS, 0, self._offset, stamp, town.encode(), encode(event), tuple(headers))
        self._offset += 1
        batch = self.task.process([record])
        for key, data in batch.changes:
            if data is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = data
        for output in batch.outputs:
            attributes = read_headers(output.headers)
            body = decode(attributes.type, attributes.version, output.value)
            assert output.topic != topics.DEAD_LETTERS, body
            if isinstance(body, Warning):
                self.warnings[body.warning_id] = body
                self.told[body.warning_id] += 1
            elif isinstance(body, ProactiveReport):
                self.reports.append(body)
