"""Who bears the time of an objection and of a consultation: as the city says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from tests.scenarios.brook import brook

from hub.citypack.case_policy import Bears, CasePolicy
from hub.citypack.city import City
from hub.contracts.action_terms import ActionTerms, Grounds, Ruling
from hub.contracts.cases import Case, Clock, ClockKind, EventKind, Member, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Feed, Urgency
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.domain.consultation import unruled
from hub.domain.escalation import Ringing
from hub.domain.families import MOVES
from hub.domain.moves import Acting, CaseRules, Change
from hub.domain.objection import unreviewed
from hub.domain.plans import plan_of
from hub.domain.tables import cases_by_place
from hub.flow import State

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
DUE = OPENED + timedelta(hours=8)
HOUR = timedelta(hours=1)


def _city(**policy: object) -> City:
    settings = brook().settings.model_copy(update={"cases": CasePolicy.model_validate(policy)})
    return replace(brook(), settings=settings)


def _case(city: City) -> Case:
    member = Member(
        source="call-centre", source_id="T-1", feed=Feed.HOTLINE, category="noise", urgency=Urgency.GENERAL,
        town="MILL", cell=None, point=None, site=None, time=OPENED, due=DUE, closed=None, met=None,
    )  # fmt: skip
    return Case(
        case_id="MILL-1", seq=0, town="MILL", cell=None, category="noise", urgency=Urgency.GENERAL,
        stage=Stage.DISPATCHED, opened=OPENED, changed=OPENED, since=OPENED, lead_unit="mill",
        assist_units=(), catalogue_row="noise", members=(member,), clocks=(),
        plan=plan_of(city, "noise", Urgency.GENERAL, "mill"),
    )  # fmt: skip


def _does(city: City, case: Case, at: datetime, kind: ActionKind, unit: str, terms: ActionTerms) -> Case:
    action = CaseAction(
        source="units", id="A", kind=kind, at=at, arrived=at, key_town="MILL", unit=unit, terms=terms
    )
    rules = CaseRules(city, cases_by_place(city))
    change = MOVES[kind].rule(Acting(rules, cast(State, None), action, at, at), case)
    assert isinstance(change, Change), change
    return change.case


def _objected(city: City) -> Case:
    terms = ActionTerms(grounds=Grounds.NOT_OUR_AREA)
    return _does(city, _case(city), OPENED + HOUR, ActionKind.OBJECT, "mill", terms)


def _ringing(city: City, kind: ClockKind, at: datetime) -> Ringing:
    clock = Clock(kind=kind, warn_at=None, due=at)
    return Ringing(CaseRules(city, cases_by_place(city)), cast(State, None), clock, at)


@pytest.mark.parametrize(
    ("bears", "ruling", "late"),
    [
        ("upheld_time", Ruling.UPHOLD, Bears.NOBODY),
        ("upheld_time", Ruling.UPHOLD, Bears.UNIT),
        ("rejected_time", Ruling.REJECT, Bears.NOBODY),
        ("rejected_time", Ruling.REJECT, Bears.UNIT),
    ],
)
def test_a_ruling_puts_the_limit_off_where_nobody_bears_the_time(
    bears: str, ruling: Ruling, late: Bears
) -> None:
    city = _city(**{bears: late})
    ruled = _does(
        city, _objected(city), OPENED + 4 * HOUR, ActionKind.RULE, "hall", ActionTerms(ruling=ruling)
    )
    assert ruled.members[0].due == (DUE + 3 * HOUR if late is Bears.NOBODY else DUE)


@pytest.mark.parametrize("late", [Bears.NOBODY, Bears.UNIT])
def test_a_consultation_counts_from_the_objection_that_it_rules_on(late: Bears) -> None:
    city = _city(consultation_time=late)
    case = _does(
        city,
        _objected(city),
        OPENED + 2 * HOUR,
        ActionKind.CONVENE,
        "hall",
        ActionTerms(units=("west",)),
    )
    ruled = _does(
        city, case, OPENED + 5 * HOUR, ActionKind.RULE_CONSULTATION, "hall", ActionTerms(to_unit="west")
    )
    assert ruled.members[0].due == (DUE + 4 * HOUR if late is Bears.NOBODY else DUE)
    lapsed = unruled(_ringing(city, ClockKind.CONSULT, OPENED + 6 * HOUR), case).case
    assert lapsed.members[0].due == (DUE + 5 * HOUR if late is Bears.NOBODY else DUE)


def test_without_a_ruling_the_city_may_uphold_upwards() -> None:
    city = _city(unreviewed=Ruling.UPHOLD)
    change = unreviewed(_ringing(city, ClockKind.REVIEW, OPENED + 9 * HOUR), _objected(city))
    assert [(m.kind, m.reason) for m in change.moves] == [
        (EventKind.OBJECTION_UPHELD, Reason.LIMIT_PASSED),
        (EventKind.ROUTED, Reason.SENT_UP),
    ]
    assert (change.case.lead_unit, change.case.proposed_unit) == ("mill", "west")


def test_the_plan_is_frozen_anew_for_the_next_unit() -> None:
    city = _city()
    terms = ActionTerms(ruling=Ruling.UPHOLD, to_unit="water-works", category="gas")
    ruled = _does(city, _objected(city), OPENED + 2 * HOUR, ActionKind.RULE, "hall", terms)
    assert ruled.plan == plan_of(city, "gas", Urgency.LIFE, "water-works")
    assert ruled.plan != _case(city).plan
