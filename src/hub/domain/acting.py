"""Actions at their case: each moves it by a rule of the table, or is answered with why not."""

from datetime import datetime

from hub.contracts.cases import ENDED, Case, Stage
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.contracts.trusted import altered
from hub.domain.case_log import Cause, refused, told_of
from hub.domain.entitlement import is_entitled
from hub.domain.families import move_of
from hub.domain.help import with_answers
from hub.domain.members import judged_at
from hub.domain.moves import Acting, Actor, CaseRules, Change, Move, Refusal
from hub.domain.refused_actions import is_doubtful, memory_key, remember_refused, was_refused
from hub.domain.seen import action_digest, has_acted
from hub.domain.tables import (
    ARCHIVED,
    CASES,
    CASES_BY_SIGNAL,
    MEMORY,
    REFUSED,
    SEEN,
    signal_key,
)
from hub.flow import Outcome, State


def act(rules: CaseRules, state: State, action: CaseAction, now: datetime) -> Outcome:
    """An action moves its case, or is answered with the reason why not; repeated, it changes nothing.

    The case that an action moved knows it again; one that was refused is remembered alone.
    """
    cause = Cause(action.source, action.id, now, actor=action.unit, received=action.arrived)
    memory = state.get(REFUSED, memory_key(action))
    refused_before = was_refused(memory, action)
    if action.at < now - MEMORY and not refused_before:
        detail = f"at: lies more than {MEMORY.days} days back, so a repetition could not be told from news"
        return refused(cause, action.key_town, Reason.OLDER_THAN_MEMORY, detail, action.case_id)
    found = _case_of(state, action)
    case = found if isinstance(found, Case) else None
    if refused_before or _acted_before(state, action, case):
        detail = "this action was handled before"
        case_id = case.case_id if case else action.case_id
        return refused(cause, action.key_town, Reason.DUPLICATE, detail, case_id)
    if is_doubtful(memory, action):
        detail = (
            "at: as old as refused actions of this unit that were forgotten; do it again, with its own id"
        )
        return refused(cause, action.key_town, Reason.OLDER_THAN_MEMORY, detail, action.case_id)
    answer = _moved(rules, state, found, action, now) if isinstance(found, Case) else found
    if isinstance(answer, Change) and case is not None:
        change, remembered = with_answers(rules.city, state, action, case, _marked(answer, action), now)
        outcome = told_of(rules.city, case, change, cause)
        return outcome._replace(changes=(*outcome.changes, *remembered)) if remembered else outcome
    assert isinstance(answer, Refusal), "what is no change is a refusal"
    case_id = case.case_id if case else _archived_id(state, action)
    outcome = refused(cause, action.key_town, answer.reason, answer.detail, case_id)
    return outcome._replace(changes=(remember_refused(state, action, now),))


def _case_of(state: State, action: CaseAction) -> Case | Refusal:
    """The case that an action is about, or why there is none."""
    if action.case_id is not None:
        case = state.get(CASES, action.case_id)
        if case is not None:
            return case
        if state.get(ARCHIVED, action.case_id) is not None:
            return Refusal(Reason.ALREADY_CLOSED, "case_id: this case is closed")
        return Refusal(Reason.UNKNOWN_CASE, "case_id: no case has this id, or it was closed long ago")
    if action.signal is None:
        return Refusal(Reason.UNKNOWN_CASE, "case_id: needed")
    key = signal_key(action.signal.source, action.signal.id)
    for _, case in state.scan(CASES_BY_SIGNAL, key):
        return case
    seen = state.get(SEEN, key)
    if seen is None:
        return Refusal(
            Reason.UNKNOWN_SIGNAL,
            "signal: no open case has this signal; was it rejected, or published elsewhere?",
        )
    if seen.case_id is None:
        return Refusal(
            Reason.OBSERVED, "signal: was observed only and opened no case; there is nothing to move"
        )
    return Refusal(Reason.ALREADY_CLOSED, "signal: its case is closed")


def _archived_id(state: State, action: CaseAction) -> str | None:
    """The archived case that an action is about, if there is one."""
    if action.case_id is not None:
        return action.case_id if state.get(ARCHIVED, action.case_id) is not None else None
    if action.signal is None:
        return None
    seen = state.get(SEEN, signal_key(action.signal.source, action.signal.id))
    return None if seen is None else seen.case_id


def _acted_before(state: State, action: CaseAction, case: Case | None) -> bool:
    """Whether the case that the action would move was moved by it already."""
    acted = b"" if case is None else case.acted
    if case is None and (archived := _archived_id(state, action)) is not None:
        row = state.get(ARCHIVED, archived)
        acted = b"" if row is None else row.acted
    return has_acted(acted, action.source, action.id)


def _marked(change: Change, action: CaseAction) -> Change:
    """The change with the action noted in every case that it changes, by which a repetition is known."""
    acted = change.case.acted + action_digest(action.source, action.id)
    others = tuple((before, _marked(other, action)) for before, other in change.others)
    return change._replace(case=altered(change.case, acted=acted), others=others)


def _moved(rules: CaseRules, state: State, case: Case, action: CaseAction, now: datetime) -> Change | Refusal:
    """What an action does to its case, by the table of moves."""
    move = move_of(action)
    if move is None:
        return Refusal(Reason.STAGE_FORBIDS, f"action {action.kind} does not move cases")
    acting = Acting(rules, state, action, now, judged_at(action.at, action.arrived))
    return _refusal(acting, case, move) or move.rule(acting, case)


def _refusal(acting: Acting, case: Case, move: Move) -> Refusal | None:
    """What the table says against an action: stage, entitlement, overtaken, missing terms; or None."""
    action = acting.action
    if case.stage not in move.allowed_in:
        if case.stage in ENDED:
            field = "signal: its" if action.case_id is None else "case_id: this"
            where = f" to {case.into}" if case.stage is Stage.JOINED else ""
            return Refusal(Reason.ALREADY_CLOSED, f"{field} case is {case.stage}{where}")
        stages = ", ".join(sorted(move.allowed_in))
        return Refusal(
            Reason.STAGE_FORBIDS, f"{action.kind} is allowed in {stages}; the case is {case.stage}"
        )
    if not is_entitled(move.actor, acting.city, case, action):
        return Refusal(
            Reason.NOT_THE_LEAD,
            f"{action.kind} may be done by the {move.actor}; the lead is {case.lead_unit}",
        )
    # departments under way do not see the stage change; their rules look at the whistle's times instead
    of_a_stage = action.unit is not None and move.actor is not Actor.SUMMONED
    if _came_again(case) and of_a_stage and action.at < case.since:
        return Refusal(Reason.OVERTAKEN, "at: lies before the case came to its present stage")
    for name in move.needs:
        if getattr(acting.terms, name) in (None, ()):
            return Refusal(Reason.MISSING_TERMS, f"terms.{name}: needed for {action.kind}")
    return None


def _came_again(case: Case) -> bool:
    """Whether the case may be in its stage for the second time, so that a late action may mean the first."""
    return bool(case.reopened or case.objections or case.consulted or case.proposed_unit or case.former_lead)
