"""Exclusion 剔除: a unit asks that a case does not count in its score; the reviewer rules."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.action_terms import Ruling
from hub.contracts.case_parts import Exclusion
from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.clocks import without
from hub.domain.escalation import Consequence, Ringing
from hub.domain.moves import OPEN, Acting, Actor, Change, Move, Refusal, told

_TILL_ARCHIVED = OPEN | {Stage.CLOSED}


def ask_exclusion(acting: Acting, case: Case) -> Change | Refusal:
    """The lead asks, once, that the case is left out of its score."""
    if case.exclusion is not Exclusion.NONE:
        return Refusal(
            Reason.DONE_BEFORE, f"ask_exclusion: asked before, {case.exclusion}; once per case is all"
        )
    evidence = acting.terms.evidence
    detail = f"{acting.terms.grounds}" if evidence is None else f"{acting.terms.grounds}, document {evidence}"
    asked = altered(without(case, ClockKind.EXCLUSION), exclusion=Exclusion.ASKED)
    return Change(asked, (told(EventKind.EXCLUSION_ASKED, detail=detail),))


def rule_exclusion(acting: Acting, case: Case) -> Change | Refusal:
    """The reviewer leaves the case out of its unit's score, or counts it."""
    if case.exclusion is not Exclusion.ASKED:
        return Refusal(
            Reason.NOTHING_PENDING, f"rule_exclusion: nothing is asked, the exclusion is {case.exclusion}"
        )
    match acting.terms.ruling:
        case Ruling.UPHOLD:
            granted = altered(case, exclusion=Exclusion.GRANTED)
            return Change(
                granted, (told(EventKind.EXCLUDED, detail=f"{case.lead_unit} is not scored by it"),)
            )
        case Ruling.REJECT:
            return _refused(case, Reason.ALLOWED_MOVE)
        case _:
            return Refusal(Reason.UNFIT_TERMS, "terms.ruling: give uphold or reject")


def unruled(_: Ringing, case: Case) -> Change:
    """Nobody ruled in time: the case counts."""
    return _refused(case, Reason.NO_RULING)


def _refused(case: Case, reason: Reason) -> Change:
    move = told(EventKind.EXCLUSION_REFUSED, reason, f"{case.lead_unit} is scored by it")
    return Change(altered(case, exclusion=Exclusion.REFUSED), (move,))


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.EXCLUSION: unruled})

MOVES = (
    Move(
        ActionKind.ASK_EXCLUSION,
        _TILL_ARCHIVED,
        (),
        EventKind.EXCLUSION_ASKED,
        Actor.LEAD,
        ask_exclusion,
        needs=("grounds",),
    ),
    Move(
        ActionKind.RULE_EXCLUSION,
        _TILL_ARCHIVED,
        (),
        EventKind.EXCLUDED,
        Actor.REVIEWER,
        rule_exclusion,
        needs=("ruling",),
    ),
)
