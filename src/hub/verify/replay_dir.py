"""Verifies the files of a replay: the ledger in its summary, the lives in its events, its final states."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.fields import Contract
from hub.contracts.operations import Tally
from hub.errors import HubError
from hub.topics import EVENTS
from hub.verify.accountability import CaseLives
from hub.verify.checks import Check, Verification
from hub.verify.ledger import LedgerReport, LedgerRow, Line, imbalances
from hub.verify.privacy import PseudonymAudit, personal_data
from hub.verify.violations import Violation, ViolationKind

_OF_THE_RECORD = ("id", "type")
"""What a line tells beside its contract."""

C = TypeVar("C", bound=Contract)


class _Ends(BaseModel):
    model_config = ConfigDict(frozen=True)

    received: Annotated[int, Field(ge=0)]
    accepted: Annotated[int, Field(ge=0)]
    rejected: Annotated[int, Field(ge=0)]
    duplicate: Annotated[int, Field(ge=0)]
    late: Annotated[int, Field(ge=0)]
    dead: Annotated[int, Field(ge=0)]

    def row(self, source: str) -> LedgerRow:
        ends = {
            Tally.ACCEPTED: self.accepted,
            Tally.REJECTED: self.rejected,
            Tally.DUPLICATE: self.duplicate,
            Tally.LATE: self.late,
            Tally.DEAD: self.dead,
        }
        return LedgerRow(Line("", source, None), self.received, ends)


class _Summary(BaseModel):
    model_config = ConfigDict(frozen=True)

    ledger: Mapping[str, _Ends]
    topics: Mapping[str, int] = Field(default_factory=dict)


def verify_replay(folder: Path) -> Verification:
    """Every check on the files of a replay. Raises HubError where a file is missing or of another kind."""
    summary = _summary(folder)
    ledger = _ledger(summary)
    received = sum(row.received for row in ledger.rows)
    return Verification(
        (
            Check("ledger", f"{received:,} records of {len(ledger.rows)} sources", ledger.violations),
            *_check_cases(folder),
            Check("files", f"{len(summary.topics)} topics", tuple(_check_lines(folder, summary))),
        ),
        ledger,
    )


def replay_ledger(folder: Path) -> LedgerReport:
    """The ledger of a replay by source, from its summary. Raises HubError as verify_replay does."""
    return _ledger(_summary(folder))


def _ledger(summary: _Summary) -> LedgerReport:
    rows = tuple(ends.row(source) for source, ends in sorted(summary.ledger.items()))
    return LedgerReport(rows, tuple(imbalances(rows)), {})


def _summary(folder: Path) -> _Summary:
    path = folder / "summary.json"
    text = _text(path)
    try:
        return _Summary.model_validate_json(text)
    except ValidationError as error:
        fields = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}"
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        )
        raise HubError(
            f"{path} is not the summary of a replay: {fields}", fix="run `hub replay` again"
        ) from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise HubError(
            f"can't read {path}: {type(trouble).__name__}",
            fix="name the folder that `hub replay --out` wrote",
        ) from None


def _check_cases(folder: Path) -> tuple[Check, Check, Check]:
    wrong_events: list[Violation] = []
    wrong_states: list[Violation] = []
    lives = CaseLives()
    events = 0
    wrong_privacy: list[Violation] = []
    pseudonyms = PseudonymAudit()
    for event in _lines(folder / f"{EVENTS}.jsonl", CaseEvent, wrong_events):
        events += 1
        wrong_events += lives.take(event)
        where = f"case {event.case_id} event {event.seq}"
        wrong_privacy += personal_data(where, event)
        pseudonyms.take(where, event)
    states = list(_lines(folder / "cases.jsonl", CaseState, wrong_states))
    wrong_states += lives.compare(states, complete=True)
    for state in states:
        pseudonyms.take(f"case {state.case_id} state {state.seq}", state)
    wrong_privacy += pseudonyms.finish()
    return (
        Check("accountability", f"{events:,} events of {len(lives):,} cases", tuple(wrong_events)),
        Check("states", f"{len(states):,} cases", tuple(wrong_states)),
        Check("privacy", f"{events + len(states):,} events and states", tuple(wrong_privacy)),
    )


def _lines(path: Path, contract: type[C], unreadable: list[Violation]) -> Iterator[C]:
    for number, line in enumerate(_open_lines(path), start=1):
        try:
            told = json.loads(line)
            body = {name: value for name, value in told.items() if name not in _OF_THE_RECORD}
            yield contract.model_validate(body)
        except (ValueError, AttributeError) as trouble:
            where = f"{path.name} line {number}"
            found = f"no {contract.__name__}: {type(trouble).__name__}"
            unreadable.append(Violation(ViolationKind.LINE_UNREADABLE, where, found))


def _open_lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as trouble:
        raise HubError(
            f"can't read {path}: {trouble.strerror}", fix="name the folder that `hub replay --out` wrote"
        ) from None


def _check_lines(folder: Path, summary: _Summary) -> Iterator[Violation]:
    for topic, count in sorted(summary.topics.items()):
        path = folder / f"{topic}.jsonl"
        lines = sum(1 for _ in _open_lines(path))
        if lines != count:
            found = f"{lines:,} lines; summary.json says {count:,}"
            yield Violation(ViolationKind.LINES_MISSING, path.name, found)
