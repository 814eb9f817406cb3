"""The vocabulary of moves: which action may do what to a case, who may do it, and what a rule answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from hub.citypack.city import City
from hub.contracts.action_terms import ActionTerms, Answers
from hub.contracts.cases import ENDED, Case, CaseMove, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.contracts.trusted import trusted
from hub.flow import GroupIndex, State

make_move = trusted(CaseMove)

_NO_TERMS = ActionTerms()

OPEN = frozenset(Stage) - ENDED - {Stage.UNKNOWN}
"""Every stage in which a case is not over."""

HELD = frozenset({Stage.SIGNED_FOR, Stage.IN_WORK})
"""The stages in which a unit works on a case."""


class Actor(StrEnum):
    """Who may make a move."""

    LEAD = "lead"
    ASKED = "unit that shall sign for it"
    LEAD_OR_ASSIST = "lead or assist"
    LEAD_OR_CENTRE = "lead or hotline centre"
    LEAD_OR_REVIEWER = "lead or reviewer"
    CENTRE = "hotline centre"
    REVIEWER = "reviewer or supervisor"
    REVIEWER_OR_CENTRE = "reviewer, supervisor or hotline centre"
    LEAD_REVIEWER_OR_CENTRE = "lead, reviewer, supervisor or hotline centre"
    TOWN = "town, community or lead of the case"
    CENTRE_OR_TOWN = "hotline centre, or town or community of the case that does not lead it"
    SUMMONED = "department that was whistled for"
    WHISTLER = "unit that whistled"
    SOURCE = "publisher of the signal"


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What the rules of cases need: the city, and the index that finds open cases by place."""

    city: City
    by_place: GroupIndex[Case]


class Acting(NamedTuple):
    """One action at its case: ``now`` is log time, ``at`` the time that counts for the action."""

    rules: CaseRules
    state: State
    action: CaseAction
    now: datetime
    at: datetime

    @property
    def city(self) -> City:
        """The city."""
        return self.rules.city

    @property
    def terms(self) -> ActionTerms:
        """What the action says besides; empty where it says nothing."""
        return self.action.terms or _NO_TERMS


class Refusal(NamedTuple):
    """Why an action may not move a case; the detail names the field or stage, free of personal data."""

    reason: Reason
    detail: str


class Change(NamedTuple):
    """What comes of an action or a clock: the case as it is then, and what happened, in order.

    The number of the event, the stage's begin and the clocks that the stage wants are set afterwards.
    ``others`` are changes of other cases of the same town, each with the case as it was; None: it is new.
    """

    case: Case
    moves: tuple[CaseMove, ...]
    others: tuple[tuple[Case | None, Change], ...] = ()
    answers: Answers | None = None
    other_case: str | None = None


Rule = Callable[[Acting, Case], Change | Refusal]
"""``rule(acting, case)``: what an action that the table allows does to its case."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table of moves; ``leads_to`` is empty where the stage stays.

    ``needs`` names the fields of the action's terms that must be given.
    """

    action: ActionKind
    allowed_in: frozenset[Stage]
    leads_to: tuple[Stage, ...]
    event: EventKind
    actor: Actor
    rule: Rule
    needs: tuple[str, ...] = ()


def told(
    kind: EventKind, reason: Reason = Reason.ALLOWED_MOVE, detail: str = "", unit: str | None = None
) -> CaseMove:
    """One thing that happened."""
    return make_move(kind=kind, reason=reason, detail=detail, unit=unit)
