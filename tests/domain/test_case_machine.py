"""Random lives of cases: whatever happens, in whatever order, what must hold of cases holds after each step.

The machine makes its moves from the table of moves, so a row that is added to it is tried at once.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from tests.domain.living_town import LivingTown
from tests.scenarios.brook import brook, heath, mill, quay
from tests.scenarios.language import START
from tests.scenarios.reports import (
    act_on,
    close,
    failed,
    general,
    inspection,
    major,
    passed,
    report,
    ticket,
    town_status,
)

from hub.contracts.action_terms import ActionTerms, Answers, Grounds, Ruling
from hub.contracts.cases import ENDED, Case, Refusal
from hub.contracts.feeds import ActionKind, Finding
from hub.contracts.fields import Contract, Source
from hub.contracts.operations import LedgerEntry
from hub.contracts.reasons import Reason
from hub.domain import work
from hub.domain.allowed import allowed_actions
from hub.domain.case_ids import town_of_case
from hub.domain.families import MOVES
from hub.domain.membership import UNDER_WAY

SPOTS = (mill(), mill(30), mill(500), quay(), heath())
CATEGORIES = ("noise", "noise", "lamp", "water.burst", "water.quality", "gas", "bill", "drip", "other")
HAZARDS = (general("hazard.exit"), major("hazard.exit"), general("hazard.pest"))
KINDS = tuple(MOVES)
FORWARD = frozenset(
    kind for kind, move in MOVES.items() if move.leads_to and kind is not ActionKind.INVALIDATE
)
"""Moves that lead a case on to another stage."""
PLAIN = frozenset(move.action for move in work.MOVES if move.leads_to)
"""Those of the plain work, without which no case comes far."""
STEPS = 40
MINUTES = (1, 20, 90, 240, 1_000, 3_000, 12_000, 50_000)
PLACES = st.integers(0, len(SPOTS) - 1)
UNITS = st.sampled_from(sorted(brook().units))
MAYBE = st.sampled_from((True, False, None))

TERMS = st.builds(
    ActionTerms,
    grounds=st.sampled_from([one for one in Grounds if one is not Grounds.UNKNOWN]),
    evidence=st.sampled_from((None, "D-1")),
    ruling=st.sampled_from((Ruling.UPHOLD, Ruling.REJECT)),
    to_unit=st.none() | UNITS,
    units=st.lists(UNITS, min_size=1, max_size=3).map(tuple),
    category=st.sampled_from((None, *CATEGORIES)),
    hours=st.sampled_from((0.5, 4.0, 48.0, 300.0)),
    quorum=st.integers(1, 3),
    answers=st.builds(Answers, reached=st.booleans(), contacted=MAYBE, solved=MAYBE, satisfied=MAYBE),
    grade=st.integers(1, 5),
    passed=st.booleans(),
)
"""Terms that any action may need; which of them it does need is in the table."""


class CaseLife(RuleBasedStateMachine):
    """Signals, actions of right and wrong units, repetitions and time, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.town = LivingTown(START)
        self.number = 0
        self.tickets: list[tuple[str, int]] = []
        self.inspections: list[tuple[str, int]] = []

    def _id(self, what: str) -> str:
        self.number += 1
        return f"{what}-{self.number}"

    def _minute(self) -> float:
        return (self.town.now - START) / timedelta(minutes=1)

    def _case(self, data: st.DataObject) -> Case:
        """One of the cases, mostly an open one; those in a rare stage as often as those in a frequent one."""
        rows = self.town.rows()
        ended = data.draw(st.integers(0, 4)) == 0
        stages = {row.stage for row in rows.values() if (row.stage in ENDED) is ended}
        stage = data.draw(st.sampled_from(sorted(stages or {row.stage for row in rows.values()})))
        found = sorted(case_id for case_id, row in rows.items() if row.stage is stage)
        return rows[data.draw(st.sampled_from(found))]

    def _act(
        self, data: st.DataObject, kind: ActionKind, case: Case, unit: str | None, *, late: bool = True
    ) -> list[Contract]:
        """An action on terms that any may need; where it may be late, the terms may be missing too."""
        others = sorted(self.town.rows())
        terms = data.draw(TERMS)
        if kind is not ActionKind.SPLIT or data.draw(st.booleans()):
            terms = terms.model_copy(update={"other_case": data.draw(st.sampled_from(others))})
        if late and data.draw(st.integers(0, 9)) == 0:
            terms = ActionTerms()
        member = data.draw(st.sampled_from(case.members))
        about = Source(source=member.source, id=member.source_id)
        ago = data.draw(st.sampled_from((0, 0, 0, 0, 5, 300, 50_000))) if late else 0
        told = act_on(
            self._id(kind),
            kind,
            case.case_id,
            unit,
            done=self._minute() - ago,
            signal=about,
            terms=terms,
        )
        return self.town.hear(told)

    @rule(place=PLACES, category=st.sampled_from(CATEGORIES), wants=st.booleans())
    def a_citizen_calls(self, place: int, category: str, wants: bool) -> None:
        name = self._id("T")
        self.tickets.append((name, place))
        late = self.number * 7 % 90
        self.town.hear(
            ticket(name, category, SPOTS[place], happened=self._minute() - late, wants_callback=wants)
        )

    @rule(place=PLACES, category=st.sampled_from(CATEGORIES), solved=st.booleans())
    def a_grid_worker_reports(self, place: int, category: str, solved: bool) -> None:
        now = self._minute()
        self.town.hear(
            report(self._id("G"), category, SPOTS[place], happened=now, solved=now if solved else None)
        )

    @rule(place=st.integers(0, 2), found=st.sampled_from(HAZARDS), data=st.data())
    def an_inspector_looks(self, place: int, found: Finding, data: st.DataObject) -> None:
        again = []
        here = [name for name, where in self.inspections if where == place]
        if here:
            looked_at = data.draw(st.sampled_from(here))
            again = [data.draw(st.sampled_from((passed, failed)))(looked_at)]
        name = self._id("I")
        self.inspections.append((name, place))
        self.town.hear(inspection(name, f"site {place}", SPOTS[place], found, again=again))

    @rule(town=st.sampled_from(sorted(brook().towns)), standing=st.sampled_from(("normal", "remediation")))
    def a_town_is_reviewed(self, town: str, standing: str) -> None:
        (entry,) = self.town.hear(town_status(self._id("R"), standing, town))
        assert isinstance(entry, LedgerEntry)
        assert entry.counts == (), "what the hub says of towns is no record of a feed"

    @precondition(lambda self: self.tickets)
    @rule(data=st.data())
    def the_source_closes_a_ticket(self, data: st.DataObject) -> None:
        name, place = data.draw(st.sampled_from(self.tickets))
        self.town.hear(close(self._id("C"), name, SPOTS[place]))

    @precondition(lambda self: self.town.rows())
    @rule(data=st.data(), kind=st.sampled_from((*KINDS, ActionKind.UNKNOWN)), unit=st.none() | UNITS)
    def somebody_acts(self, data: st.DataObject, kind: ActionKind, unit: str | None) -> None:
        self._act(data, kind, self._case(data), unit)

    @precondition(lambda self: self.town.rows())
    @rule(data=st.data(), times=st.integers(1, 4))
    def who_may_acts(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self._do_what_is_allowed(data, self._case(data), frozenset(KINDS), late=True)

    @precondition(lambda self: self.town.rows())
    @rule(data=st.data(), times=st.integers(1, 4))
    def the_work_goes_on(self, data: st.DataObject, times: int) -> None:
        case_id = self._case(data).case_id
        wanted = data.draw(st.sampled_from((PLAIN, PLAIN, FORWARD)))
        for _ in range(times):
            case = self.town.rows().get(case_id)
            if case is not None:
                self._do_what_is_allowed(data, case, wanted, late=False)

    def _do_what_is_allowed(
        self, data: st.DataObject, case: Case, wanted: frozenset[ActionKind], *, late: bool
    ) -> None:
        """What an order would allow is not refused for the stage, nor for who does it."""
        units = sorted(brook().units)
        pairs = [(unit, kind) for unit in units for kind in allowed_actions(brook(), case, unit)]
        kinds = sorted({kind for _, kind in pairs if kind in wanted})
        if not kinds:
            return
        kind = data.draw(st.sampled_from(kinds))
        unit = data.draw(st.sampled_from([unit for unit, one in pairs if one is kind]))
        for refusal in self._act(data, kind, case, unit, late=late):
            if isinstance(refusal, Refusal):
                elsewhere = refusal.detail.startswith("terms.")
                assert refusal.reason != Reason.NOT_THE_LEAD, refusal
                assert elsewhere or refusal.reason != Reason.STAGE_FORBIDS, refusal

    @precondition(lambda self: self.town.log)
    @rule(data=st.data())
    def a_record_comes_again(self, data: st.DataObject) -> None:
        said = self.town.hear_again(data.draw(st.sampled_from(self.town.log)))
        reasons = {body.reason for body in said if isinstance(body, Refusal)}
        assert reasons <= {Reason.DUPLICATE, Reason.OLDER_THAN_MEMORY}, reasons

    @rule(minutes=st.sampled_from(MINUTES))
    def time_passes(self, minutes: int) -> None:
        self.town.pass_time(timedelta(minutes=minutes))

    @precondition(lambda self: self.town.rows())
    @rule()
    def another_worker_takes_over(self) -> None:
        self.town.restore()

    @rule(data=st.data())
    def a_join_is_undone_at_once(self, data: st.DataObject) -> None:
        under_way = [row for row in self.town.rows().values() if row.stage in UNDER_WAY]
        pairs = [
            (one, other)
            for one in under_way
            for other in under_way
            if one is not other and town_of_case(one.case_id) == town_of_case(other.case_id)
        ]
        if not pairs:
            return
        case, other = data.draw(st.sampled_from(pairs))
        if min(clock.due or self.town.now for clock in (*case.clocks, *other.clocks)) <= self.town.now:
            return  # a clock will ring meanwhile
        terms = ActionTerms(other_case=other.case_id)
        before = self.town.now
        self.town.hear(act_on(self._id("J"), "join", case.case_id, "hall", terms=terms))
        self.town.hear(act_on(self._id("S"), "split", case.case_id, "hall", terms=terms))
        assert self.town.now - before < timedelta(seconds=1)
        self._is_restored(case)
        self._is_restored(other)

    def _is_restored(self, before: Case) -> None:
        after = self.town.rows()[before.case_id]
        if after.seq == before.seq + 2:
            same = {"seq": before.seq, "changed": before.changed, "acted": before.acted}
            assert after.model_copy(update=same) == before

    def teardown(self) -> None:
        self.town.restore()
        self.town.wait_out()


def _live(examples: int) -> None:
    run_state_machine_as_test(
        CaseLife,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.timeout(600)
def test_what_must_hold_of_cases_holds_in_random_lives() -> None:
    _live(300)


@pytest.mark.soak
def test_what_must_hold_of_cases_holds_in_many_lives() -> None:
    _live(10_000)
