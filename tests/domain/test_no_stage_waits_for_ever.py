"""Every stage that is not over has a clock that runs, and every clock has a consequence."""

from __future__ import annotations

import pytest
from tests.domain.living_town import LivingTown
from tests.scenarios.brook import brook, mill
from tests.scenarios.language import START
from tests.scenarios.reports import ticket

from hub.contracts.cases import ENDED, Case, ClockKind, Stage
from hub.contracts.trusted import altered
from hub.domain.clocks import STAGE_CLOCK, next_deadline, settled
from hub.domain.families import CONSEQUENCES, MOVES
from hub.domain.moves import OPEN

WITHOUT_CONSEQUENCE = {ClockKind.UNKNOWN, ClockKind.OBJECT, ClockKind.ARCHIVE}
"""No clock at all; one that nothing waits for, later objections are refused; the end of all."""


@pytest.fixture(scope="module")
def case() -> Case:
    """A case for which the pack limits nothing but what is built in."""
    town = LivingTown(START)
    town.hear(ticket("T-1", "bill", mill()))
    (case,) = town.rows().values()
    members = tuple(altered(member, due=None) for member in case.members)
    return altered(case, plan=(), members=members, clocks=())


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_every_open_stage_has_a_clock_that_runs(case: Case, stage: Stage) -> None:
    after = settled(brook(), case, altered(case, stage=stage), START)
    due = next_deadline(after)
    assert due is not None
    assert due > START
    kinds = {clock.kind for clock in after.clocks}
    assert kinds <= CONSEQUENCES.keys()
    assert kinds == {STAGE_CLOCK.get(stage, ClockKind.REMIND)} or stage is Stage.DISPATCHED


@pytest.mark.parametrize("stage", sorted(ENDED))
def test_a_case_that_is_over_is_forgotten_in_time(case: Case, stage: Stage) -> None:
    after = settled(brook(), case, altered(case, stage=stage), START)
    kinds = [clock.kind for clock in after.clocks]
    assert kinds == ([] if stage is Stage.JOINED else [ClockKind.ARCHIVE])


def test_every_clock_has_a_consequence() -> None:
    assert set(ClockKind) - WITHOUT_CONSEQUENCE == set(CONSEQUENCES)


def test_moves_lead_to_stages_that_are_known_here() -> None:
    assert {stage for move in MOVES.values() for stage in move.leads_to} <= OPEN | ENDED
