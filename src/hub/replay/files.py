"""The files of a replay: one JSONL per output topic in a defined order, cases, rejected, the summary."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from hub import topics
from hub.contracts.cases import CaseEvent, CaseState, EventKind, Refusal
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry, Tally
from hub.contracts.orders import UnitOrder
from hub.contracts.proactive import ProactiveReport
from hub.contracts.reasons import Reason, tally_of
from hub.contracts.registry import VERSIONS
from hub.contracts.scores import ScoreCell, ScoreChange
from hub.contracts.sensing import Alarm, WindowSummary
from hub.contracts.warnings import Warning
from hub.replay.front import Ledger
from hub.replay.merge import BadRow
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers

OUTPUT_TOPICS = (
    topics.EVENTS,
    topics.STATE,
    topics.REFUSALS,
    topics.ORDERS,
    topics.ALARMS,
    topics.SUMMARIES,
    topics.SCORE_CASES,
    topics.SCORES_DAILY,
    topics.WARNINGS,
    topics.PROACTIVE,
    topics.DEAD_LETTERS,
)

_CELL = ScoreCell.__name__

_LEDGER_COLUMNS = (Tally.ACCEPTED, Tally.REJECTED, Tally.DUPLICATE, Tally.LATE, Tally.DEAD)


class Collected:
    """What a replay gave, record by record, until it is written."""

    def __init__(self) -> None:
        self._lines: dict[str, list[tuple[tuple[str | int, ...], str]]] = {name: [] for name in OUTPUT_TOPICS}
        self._states: dict[str, CaseState] = {}
        self._cells: dict[tuple[str | int, ...], tuple[int, str, bytes]] = {}
        self._refused: list[dict[str, str | None]] = []
        self._moves: Counter[str] = Counter()
        self.ledger = Ledger()

    def add(self, topic: str, headers: Sequence[tuple[str, bytes | None]], value: bytes) -> None:
        """Take one record of an output topic."""
        attributes = read_headers(headers)
        body = decode_trusted(attributes.type, attributes.version, value)
        match body:
            case LedgerEntry():
                self.ledger.add(body)
                return
            case CaseState():
                known = self._states.get(body.case_id)
                if known is None or known.seq < body.seq:
                    self._states[body.case_id] = body
            case CaseEvent():
                self._moves.update(move.kind for move in body.moves)
            case DeadLetter():
                self._refuse(body.source, body.source_id, body.reason, body.detail, body.topic)
            case Refusal() if topic == topics.REFUSALS:
                if tally_of(Reason(body.reason)) is Tally.REJECTED:
                    self._refuse(body.source, body.source_id, body.reason, body.detail, topics.SIGNALS)
            case ScoreCell():
                self._keep_newest(body, attributes.id, value)
                return
        line = _line(attributes.id, attributes.type, body)
        self._lines[topic].append((_order(topic, body), line))

    def _keep_newest(self, cell: ScoreCell, record_id: str, value: bytes) -> None:
        """Of a day's sums the newest: how often they were said on the way depends on how a run is cut."""
        order = _order(topics.SCORES_DAILY, cell)
        known = self._cells.get(order)
        if known is None or known[0] < cell.changes:
            self._cells[order] = cell.changes, record_id, value

    def add_bad_rows(self, rows: Iterable[BadRow]) -> None:
        """Take the rows that no record could be made of: they were received, and rejected before intake."""
        for row in rows:
            self._refuse(row.file, f"line {row.line}", Reason.INVALID_FIELD, row.reason, row.file)

    def write(
        self, out: Path, received: Mapping[str, int], rows: int, bad_rows: Counter[str]
    ) -> dict[str, object]:
        """Write all files into a folder; the summary."""
        out.mkdir(parents=True, exist_ok=True)
        self._lines[topics.SCORES_DAILY] = [
            (order, _line(record_id, _CELL, decode_trusted(_CELL, VERSIONS[_CELL], value)))
            for order, (_, record_id, value) in self._cells.items()
        ]
        for name, lines in self._lines.items():
            lines.sort()
            _write_lines(out / f"{name}.jsonl", (line for _, line in lines))
        cases = [self._states[case_id] for case_id in sorted(self._states)]
        _write_lines(out / "cases.jsonl", (_case_line(case) for case in cases))
        self._refused.sort(key=lambda row: tuple(value or "" for value in row.values()))
        _write_lines(out / "rejected.jsonl", (json.dumps(row, ensure_ascii=False) for row in self._refused))
        summary: dict[str, object] = {
            "rows": rows,
            "topics": {name: len(lines) for name, lines in sorted(self._lines.items())},
            "cases": len(cases),
            "merges": self._moves[EventKind.JOINED],
            "stages": dict(sorted(Counter(case.stage for case in cases).items())),
            "moves": dict(sorted(self._moves.items())),
            "ledger": self.summed(received, bad_rows),
        }
        text = json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True)
        (out / "summary.json").write_text(text + "\n", encoding="utf-8")
        return summary

    def summed(self, received: Mapping[str, int], bad_rows: Counter[str]) -> dict[str, dict[str, int]]:
        """Received against how it ended, by publisher; a bad row counts under its file's name."""
        sources = sorted({*received, *bad_rows, *(source for source, _ in self.ledger.ends)})
        table = {}
        for source in sources:
            ends = {tally.value: self.ledger.ends[source, tally] for tally in _LEDGER_COLUMNS}
            ends[Tally.REJECTED.value] += bad_rows[source]
            table[source] = {"received": received.get(source, 0) + bad_rows[source], **ends}
        return table

    def _refuse(self, source: str, source_id: str | None, reason: str, detail: str, topic: str) -> None:
        row = {
            "source": source,
            "source_id": source_id,
            "reason": str(reason),
            "detail": detail,
            "topic": topic,
        }
        self._refused.append(row)


def balanced(ledger: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether each publisher's records are all accounted for."""
    return all(
        row["received"] == sum(row[tally.value] for tally in _LEDGER_COLUMNS) for row in ledger.values()
    )


def _line(record_id: str, kind: str, body: Contract) -> str:
    line = {"id": record_id, "type": kind, **body.model_dump(mode="json")}
    return json.dumps(line, ensure_ascii=False, sort_keys=True)


def _case_line(case: CaseState) -> str:
    return json.dumps(case.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)


def _order(topic: str, body: Contract) -> tuple[str | int, ...]:
    """Where a line stands in its file: by key, then by sequence."""
    match body:
        case CaseEvent() | CaseState():
            return body.case_id, body.seq
        case UnitOrder():
            return body.unit, body.case_id, body.seq
        case Refusal() if topic == topics.ORDERS:
            return body.unit or "", body.case_id or "", -1, _millis(body.at), body.source, body.source_id
        case Refusal():
            return body.case_id or "", _millis(body.at), body.source, body.source_id, body.reason
        case Alarm():
            return body.gateway, body.sensor, body.kind, _millis(body.changed), body.state
        case WindowSummary():
            return body.gateway, _millis(body.start)
        case ScoreChange():
            return body.case_id, body.seq, bool(body.after)
        case ScoreCell():
            return body.day, body.by, body.subject, body.district
        case Warning():
            return body.warning_id, body.seq
        case ProactiveReport():
            return body.id, _millis(body.reported_at)
        case DeadLetter():
            return body.topic, body.partition, body.offset
        case _:
            raise TypeError(f"{type(body).__name__} is not an output of a replay")


def _millis(time: datetime) -> int:
    return round(time.timestamp() * 1000)
