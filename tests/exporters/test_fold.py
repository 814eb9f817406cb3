"""The fold of the city's figures: each record moves them as it should, however lives are mixed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.verify.told import LEAD, NOON, count, entry, event, life, state_of

from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.fields import Contract, Urgency
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.exporters.fold import CityFold
from hub.exporters.totals import CityTotals, SourceHour
from hub.topics import GRID, HOTLINE, READINGS, SIGNALS

DISTRICT = "110101"


def folded(*values: Contract, written: datetime = NOON) -> CityTotals:
    fold = CityFold()
    for value in values:
        fold.add(value, written)
    return fold.totals()


def clock(seq: int, kind: EventKind, of: str = "resolve", stage: Stage = Stage.IN_WORK) -> CaseEvent:
    return event(seq, kind, stage=stage, source="clock", source_id=f"{of}/{kind}")


def alarm(state: AlarmState, sensor: str = "s1", kind: AlarmKind = AlarmKind.HIGH) -> Alarm:
    return Alarm(
        alarm_id=f"g1/{sensor}/{kind}/1",
        gateway="g1",
        sensor=sensor,
        kind=kind,
        state=state,
        raised=NOON,
        changed=NOON,
        value=None,
        limit=None,
        town="110101001",
        cell=None,
    )


def order(kind: OrderKind = OrderKind.NEW) -> UnitOrder:
    return UnitOrder(
        unit=LEAD,
        case_id="110101001-a",
        seq=0,
        at=NOON,
        kind=kind,
        role=OrderRole.LEAD,
        stage=Stage.DISPATCHED,
        category="water",
        town="110101001",
        cell=None,
        urgency=Urgency.GENERAL,
        signals=1,
    )


def test_a_city_without_records_has_no_figures() -> None:
    totals = folded()
    assert not totals.cases
    assert not totals.decisions


def test_a_case_counts_in_its_last_stage_and_nowhere_else() -> None:
    for step in range(7):
        told = life()[: step + 1]
        assert folded(*told).cases == {(DISTRICT, told[-1].stage): 1}


def test_a_case_that_comes_back_from_closed_is_open_again() -> None:
    back = event(7, EventKind.DISPATCHED, stage=Stage.DISPATCHED)
    assert folded(*life(), back).cases == {(DISTRICT, Stage.DISPATCHED): 1}
    end = event(8, EventKind.CLOSED, stage=Stage.CLOSED)
    assert folded(*life(), back, end).cases == {(DISTRICT, Stage.CLOSED): 1}


def test_a_warning_makes_a_case_at_risk_until_it_is_resolved() -> None:
    begun = life()[:4]
    warned = clock(4, EventKind.WARNED)
    assert folded(*begun, warned).warned == {DISTRICT: 1}
    assert folded(*begun, warned, clock(5, EventKind.BREACHED)).warned == {}
    resolved = event(5, EventKind.RESOLVED, stage=Stage.RESOLVED)
    assert folded(*begun, warned, resolved).warned == {}


def test_a_breach_lasts_until_what_was_late_is_done() -> None:
    late = clock(1, EventKind.BREACHED, "sign_for", Stage.DISPATCHED)
    assert folded(life()[0], late).breached == {DISTRICT: 1}
    signed = event(2, EventKind.SIGNED_FOR, stage=Stage.SIGNED_FOR)
    assert folded(life()[0], late, signed).breached == {}
    both = clock(2, EventKind.BREACHED, "resolve", Stage.DISPATCHED)
    signed = event(3, EventKind.SIGNED_FOR, stage=Stage.SIGNED_FOR)
    assert folded(life()[0], late, both, signed).breached == {DISTRICT: 1}
    closed = event(4, EventKind.SIGNAL_CLOSED, EventKind.CLOSED, stage=Stage.CLOSED)
    assert folded(life()[0], late, both, signed, closed).breached == {}


def test_open_cases_need_exactly_one_accountable_unit() -> None:
    nobody = life()[2].model_copy(update={"lead_unit": None})
    two_roles = life()[2].model_copy(update={"assist_units": (LEAD,)})
    assert folded(*life()[:2], nobody).unaccountable == {DISTRICT: 1}
    assert folded(*life()[:2], two_roles).unaccountable == {DISTRICT: 1}
    assert folded(*life()[:2], nobody, *life()[3:]).unaccountable == {}
    assert folded(*life()).unaccountable == {}


def test_an_alarm_counts_in_its_newest_state() -> None:
    told = (
        alarm(AlarmState.ACTIVE_UNACKED),
        alarm(AlarmState.ACTIVE_UNACKED, "s2"),
        alarm(AlarmState.ACTIVE_UNACKED, kind=AlarmKind.SILENT),
        alarm(AlarmState.CLEARED_ACKED),
    )
    assert folded(*told).alarms.by_state == {
        (AlarmState.CLEARED_ACKED, AlarmKind.HIGH): 1,
        (AlarmState.ACTIVE_UNACKED, AlarmKind.HIGH): 1,
        (AlarmState.ACTIVE_UNACKED, AlarmKind.SILENT): 1,
    }


def test_what_intake_took_and_no_step_ended_is_the_imbalance() -> None:
    taken = entry(HOTLINE, 0, 9, 8, count(HOTLINE, Tally.DEAD))
    assert folded(taken).imbalance() == {HOTLINE: 7}
    ends = entry(
        SIGNALS, 0, 9, 7, count(HOTLINE, Tally.ACCEPTED, 7), count(GRID, Tally.LATE, 2), step="cases"
    )
    totals = folded(taken, ends)
    assert totals.imbalance() == {HOTLINE: 0}
    assert totals.ended(GRID) == 2
    assert totals.ledger[HOTLINE, Tally.ACCEPTED] == 7


def test_readings_have_no_imbalance_for_ticks_are_among_them() -> None:
    packs = entry(READINGS, 0, 9, 10, count(READINGS, Tally.ACCEPTED, 3), step="sensing")
    assert folded(packs).imbalance() == {}


def test_a_feed_is_as_fresh_as_its_newest_record_and_ticks_are_none() -> None:
    fold = CityFold()
    fold.add(entry(HOTLINE, 0, 0), NOON)
    fold.add(entry(READINGS, 0, 0, 1, count(READINGS, Tally.ACCEPTED)), NOON)
    later = NOON + timedelta(minutes=5)
    fold.add(entry(SIGNALS, 0, 0, 1, count(HOTLINE, Tally.ACCEPTED), step="cases"), later)
    fold.add(entry(READINGS, 1, 3), later)
    assert fold.totals().newest == {HOTLINE: NOON, READINGS: NOON}
    fold.add(entry(HOTLINE, 1, 1), NOON - timedelta(minutes=5))
    assert fold.totals().newest[HOTLINE] == NOON


def test_old_hours_are_forgotten_and_sums_are_not() -> None:
    def at(day: int) -> CaseEvent | Contract:
        told = count(HOTLINE, Tally.ACCEPTED)
        return entry(HOTLINE, 0, 0, 1, told.model_copy(update={"hour": NOON + timedelta(days=day)}))

    totals = folded(*(at(day) for day in range(5)))
    assert sorted(line.hour for line in totals.hours) == [NOON + timedelta(days=day) for day in (3, 4)]
    assert totals.hours[SourceHour(HOTLINE, "call-centre", NOON + timedelta(days=4))] == {Tally.ACCEPTED: 1}
    assert totals.ledger[HOTLINE, Tally.ACCEPTED] == 5


def test_the_newest_decisions_are_kept_with_their_reasons() -> None:
    fold = CityFold(decisions=3)
    for told in life():
        fold.add(told, NOON)
    kept = fold.totals().decisions
    assert [each.kind for each in kept] == [EventKind.WARNED, EventKind.RESOLVED, EventKind.CLOSED]
    assert kept[0].reason == "allowed_move"
    assert kept[0].lead_unit == LEAD


def test_orders_are_counted_and_states_are_passed() -> None:
    totals = folded(order(), order(OrderKind.WARNED), order(), state_of(life()[-1]))
    assert totals.orders == {OrderKind.NEW: 2, OrderKind.WARNED: 1}
    assert not totals.cases


def test_figures_once_given_do_not_change() -> None:
    fold = CityFold()
    fold.add(life()[0], NOON)
    before = fold.totals()
    fold.add(life()[1], NOON)
    fold.add(alarm(AlarmState.ACTIVE_ACKED), NOON)
    assert before == folded(life()[0])
    assert fold.totals() != before


cuts = st.lists(st.tuples(st.integers(1, 7), st.sampled_from(["110101", "110102"])), min_size=1, max_size=6)


@given(cuts, st.randoms(use_true_random=False))
def test_figures_equal_a_recount_however_lives_are_mixed(
    cases: list[tuple[int, str]], chance: Random
) -> None:
    lives = [life(f"110101001-{number}", district)[:cut] for number, (cut, district) in enumerate(cases)]
    turns = [number for number, told in enumerate(lives) for _ in told]
    chance.shuffle(turns)
    waiting = [list(told) for told in lives]
    totals = folded(*(waiting[turn].pop(0) for turn in turns))
    assert totals.cases == Counter((told[-1].district, told[-1].stage) for told in lives)
    assert not totals.unaccountable
