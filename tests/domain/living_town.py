"""A town's log at work in memory, which looks after each record whether all that must hold of cases holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.runtime.town_log import cases_task
from tests.scenarios.brook import brook, steps
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, Told

from hub import topics
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import ENDED, Case, CaseEvent, CaseState, ClockKind, Refusal, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter
from hub.contracts.orders import UnitOrder
from hub.domain.allowed import allowed_actions
from hub.domain.clocks import STAGE_CLOCK, next_deadline
from hub.domain.members import due_of_case, has_met, met_of_case, signals_of
from hub.domain.tables import ARCHIVED, CASES, CASES_BY_SIGNAL, PAST_APPEALS, STANDINGS, signal_key
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.state import RowKey
from hub.runtime.task import PartitionTask
from hub.runtime.ticker import ticks
from hub.verify.accountability import CaseLives
from hub.verify.timing import PartitionTimes

ONE_MS = timedelta(milliseconds=1)


def _body(output: Output) -> Contract:
    """Read with all checks on, for the rules make what they write without."""
    attributes = read_headers(output.headers)
    return decode(attributes.type, attributes.version, output.value)


def _record(sent: Sent) -> Record:
    stamp = round(sent.arrived.timestamp() * 1000)
    return Record(sent.topic, 0, 0, stamp, sent.key, sent.value, sent.headers)


class LivingTown:
    """All towns of the stories' city on one partition."""

    def __init__(self, start: datetime) -> None:
        self.task = cases_task()
        self.now = start
        self.log: list[Record] = []
        self.states: dict[str, CaseState] = {}
        self._changelog: dict[RowKey, bytes | None] = {}
        self._lives = CaseLives()
        self._times = PartitionTimes()
        self._intake = {
            step.sources[0]: PartitionTask(step, step.sources[0], 0, 1)
            for step in steps()
            if not step.stateful
        }

    def rows(self) -> dict[str, Case]:
        """The cases, by id; those that are over for good are not among them."""
        return dict(self.task.state.rows(CASES))

    def pass_time(self, length: timedelta) -> None:
        """Let time pass: everything due by then fires."""
        self.now += length
        (tick,) = ticks(topics.SIGNALS, 1, self.now)
        stamp = round(self.now.timestamp() * 1000)
        self._handle(Record(topics.SIGNALS, 0, len(self.log), stamp, b"", tick.value, tuple(tick.headers)))
        self._look()

    def hear(self, told: Told) -> list[Contract]:
        """Something is told to the city now, a moment after what was told before; what comes of it."""
        self.pass_time(ONE_MS)
        sent = told(self.now, Heard())
        records = [_record(sent)] if sent.topic == topics.SIGNALS else self._intake_of(sent)
        said: list[Contract] = []
        for record in records:
            self.log.append(record)
            said += self._handle_alone(record)
        self._look()
        return said

    def hear_again(self, record: Record) -> list[Contract]:
        """An earlier record comes once more: it changes nothing."""
        before = self.rows()
        said = self._handle(record)
        assert not [body for body in said if isinstance(body, CaseEvent | CaseState | UnitOrder)], said
        assert self.rows() == before, "a repetition changed a case"
        return said

    def _intake_of(self, sent: Sent) -> Sequence[Record]:
        outputs = self._intake[sent.topic].process([_record(sent)]).outputs
        letters = [body for body in map(_body, outputs) if isinstance(body, DeadLetter)]
        assert not letters, letters
        return [output.record(0, len(self.log)) for output in outputs if output.topic == topics.SIGNALS]

    def _handle_alone(self, record: Record) -> list[Contract]:
        """A record at which no clock fires: refused it changes no case, else it is told of."""
        before = self.rows()
        said = self._handle(record)
        if any(isinstance(body, Refusal) for body in said):
            assert not [body for body in said if isinstance(body, CaseEvent | CaseState | UnitOrder)]
            assert self.rows() == before, "what was refused changed a case"
        changed = {case_id for case_id, row in self.rows().items() if row != before.get(case_id)}
        told = {body.case_id for body in said if isinstance(body, CaseEvent)}
        assert changed == told, "a case changes if and only if an event tells of it"
        return said

    def _handle(self, record: Record) -> list[Contract]:
        batch = self.task.process([record])
        self._changelog.update(batch.changes)
        bodies = [_body(output) for output in batch.outputs]
        rows = self.rows()
        for body in bodies:
            match body:
                case DeadLetter():
                    raise AssertionError(f"{body.reason}: {body.detail}")
                case CaseEvent():
                    problems = [*self._lives.take(body), *self._times.take(0, body)]
                    assert not problems, "; ".join(map(str, problems))
                case CaseState():
                    self.states[body.case_id] = body
                case UnitOrder() if body.case_id in rows and rows[body.case_id].seq == body.seq:
                    allowed = allowed_actions(brook(), rows[body.case_id], body.unit)
                    assert body.allowed == allowed, f"{body.unit}'s order allows {body.allowed}"
        return bodies

    def _look(self) -> None:
        rows = self.rows()
        assert self._lives.unaccountable() == 0
        for case in rows.values():
            self._look_at(case, rows)
            _compare(self.states[case.case_id], case)
        owners = Counter((m.source, m.source_id) for case in rows.values() for m in signals_of(case))
        assert not [signal for signal, number in owners.items() if number != 1], "a signal has one case"
        for case in rows.values():
            for member in signals_of(case):
                key = signal_key(member.source, member.source_id)
                found = [case_id for case_id, _ in self.task.state.scan(CASES_BY_SIGNAL, key)]
                assert found == [case.case_id]

    def _look_at(self, case: Case, rows: dict[str, Case]) -> None:
        where = f"{case.case_id} ({case.stage})"
        if case.stage is Stage.JOINED:
            assert case.clocks == (), where
            assert case.into in rows, where
            assert case.case_id in {one.case_id for one in rows[case.into].absorbed}, where
            return
        assert case.into is None, where
        due = next_deadline(case)
        assert due is not None, f"{where} has no clock that runs"
        # a clock that was over when it began anew rings as soon as time moves
        assert due >= self.now or case.changed == self.now, f"{where}: {due} has passed unheard"
        if case.stage in ENDED:
            assert case.proposed_unit is None, where
            kept_for = timedelta(days=brook().settings.cases.return_days)
            kept = [clock.due for clock in case.clocks if clock.kind is ClockKind.ARCHIVE and clock.due]
            assert not kept or kept[0] >= case.since + kept_for, f"{where} can't come back as long as it may"
            return
        assert case.lead_unit in brook().units, where
        assert case.lead_unit not in case.assist_units, where
        assert len(set(case.assist_units)) == len(case.assist_units), where
        wanted = STAGE_CLOCK.get(case.stage)
        assert wanted is None or wanted in {clock.kind for clock in case.clocks} or case.clocks, where

    def restore(self) -> None:
        """A worker that takes over from the changelog has the same rows, indexes and clock."""
        restored = cases_task()
        for key, data in self._changelog.items():
            if data is not None:
                restored.state.load(key, data)
        for table in (CASES, ARCHIVED, PAST_APPEALS, STANDINGS):
            assert list(restored.state.rows(table)) == list(self.task.state.rows(table))
        assert restored.state.first_due() == self.task.state.first_due()
        assert restored.now() == self.task.now()
        self.task = restored

    def wait_out(self) -> None:
        """Nobody acts any more: each open case is told of again, and none waits for anybody for ever."""
        waits = frozenset(STAGE_CLOCK) - {Stage.DISPATCHED}
        began = self.now
        for _ in range(5):
            open_cases = {case_id: row for case_id, row in self.rows().items() if row.stage not in ENDED}
            if not open_cases:
                return
            dues = [due for row in open_cases.values() if (due := next_deadline(row)) is not None]
            self.pass_time(max(max(dues) - self.now, timedelta(0)) + ONE_MS)
            after = self.rows()
            silent = [one for one, row in open_cases.items() if one in after and after[one].seq == row.seq]
            assert not silent, f"nothing is heard of {silent}"
        stuck = {c.case_id: c.stage for c in self.rows().values() if c.stage in waits and c.since <= began}
        assert not stuck, f"these wait for ever: {stuck}"


def _compare(state: CaseState, case: Case) -> None:
    """The newest public state is that of the row."""
    assert (state.seq, state.stage, state.lead_unit) == (case.seq, case.stage, case.lead_unit)
    assert (state.assist_units, state.proposed_unit) == (case.assist_units, case.proposed_unit)
    assert (state.urgency, state.category, state.since) == (case.urgency, case.category, case.since)
    assert (state.supervisor, state.level) == (case.supervisor, case.level)
    assert (state.reopened, state.exclusion, state.priority) == (
        case.reopened,
        case.exclusion,
        case.priority,
    )
    assert (state.due, state.met, state.closed) == (due_of_case(case), met_of_case(case), case.closed)
    assert state.tags == case.tags == tuple(sorted(set(case.tags), key=tuple(CaseTag).index))
    assert (state.into, state.previous) == (case.into, case.previous)
    assert state.next_due == (None if case.stage in ENDED else next_deadline(case))
    shown = tuple((m.source, m.source_id, m.due, m.closed, m.met) for m in state.members)
    kept = tuple((m.source, m.source_id, m.due, m.closed, has_met(m)) for m in signals_of(case))
    assert shown == kept, f"{case.case_id} {case.seq}: {shown}, not {kept}"
