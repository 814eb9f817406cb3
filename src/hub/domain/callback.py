"""Callback 回访: the centre asks the citizen, and what is not solved or not liked is done again."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.action_terms import Answers
from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.clocks import without
from hub.domain.endings import closing
from hub.domain.escalation import Consequence, Ringing
from hub.domain.members import wants_callback
from hub.domain.moves import Acting, Actor, Change, Move, Refusal, told
from hub.domain.reopening import reopened


def call_back(acting: Acting, case: Case) -> Change | Refusal:
    """The centre called: nobody answered, or the citizen says whether it is solved, and how they like it."""
    answers = acting.terms.answers
    assert answers is not None, "the table of moves asks for them"
    wrong = _contradiction(answers)
    if wrong is not None:
        return wrong
    if not answers.reached:
        return _in_vain(acting, case, answers)
    called = told(EventKind.CALLED_BACK, _reason(answers), _said(answers))
    change = _after(acting, case, _reason(answers))
    return change._replace(moves=(called, *change.moves), answers=answers)


def _contradiction(answers: Answers) -> Refusal | None:
    """What is wrong with answers: some of a citizen who was not reached, or none of one who was."""
    if answers.reached and answers.solved is None:
        return Refusal(Reason.MISSING_TERMS, "terms.answers.solved: needed where the citizen was reached")
    for name in ("contacted", "solved", "satisfied"):
        if not answers.reached and getattr(answers, name) is not None:
            return Refusal(
                Reason.INVALID_FIELD, f"terms.answers.{name}: leave it out where nobody was reached"
            )
    return None


def _after(acting: Acting, case: Case, reason: Reason) -> Change:
    """What comes of the answers: the case is over, or open again where that is still allowed."""
    if reason is Reason.CITIZEN_CONTENT:
        return closing(acting.city, case, acting.at, acting.now, reason)
    again = reopened(acting.city, case, acting.now, reason)
    if again is not None:
        return again
    often = f"reopened {case.reopened} time(s), as often as a case may be"
    return closing(acting.city, case, acting.at, acting.now, Reason.REOPENED_ENOUGH, often)


def _in_vain(acting: Acting, case: Case, answers: Answers) -> Change:
    """Nobody answered: the time for the next call begins, or with the last one the case is over."""
    attempts, most = case.attempts + 1, acting.city.settings.cases.callback_attempts
    called = told(EventKind.CALLED_BACK, Reason.NOT_REACHED, f"call {attempts} of at most {max(most, 1)}")
    after = altered(without(case, ClockKind.CALLBACK), attempts=attempts)
    if attempts < most:
        return Change(after, (called,), answers=answers)
    change = closing(acting.city, after, acting.at, acting.now, Reason.UNREACHED, f"{attempts} calls in vain")
    return change._replace(moves=(called, *change.moves), answers=answers)


def _reason(answers: Answers) -> Reason:
    if not answers.solved:
        return Reason.NOT_SOLVED
    return Reason.CITIZEN_DISSATISFIED if answers.satisfied is False else Reason.CITIZEN_CONTENT


def _said(answers: Answers) -> str:
    asked = {"contacted in time": answers.contacted, "solved": answers.solved, "satisfied": answers.satisfied}
    words = {True: "yes", False: "no", None: "not said"}
    return ", ".join(f"{question}: {words[answer]}" for question, answer in asked.items())


def reopen(acting: Acting, case: Case) -> Change | Refusal:
    """The centre opens the case again by hand, as an unhappy callback does."""
    again = reopened(acting.city, case, acting.now, Reason.ALLOWED_MOVE)
    if again is not None:
        return again
    return Refusal(Reason.AT_THE_TOP, f"reopen: it was reopened {case.reopened} time(s), the city's cap")


def unasked(ringing: Ringing, case: Case) -> Change:
    """The time for a callback is over: the case closes, and it shows whether somebody waited for one."""
    reason = Reason.CALLBACK_MISSED if wants_callback(case) else Reason.NO_CALLBACK_WANTED
    in_vain = f"after {case.attempts} call(s) in vain" if case.attempts else ""
    return closing(ringing.city, case, ringing.at, ringing.at, reason, in_vain)


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.CALLBACK: unasked})

MOVES = (
    Move(
        ActionKind.CALLBACK,
        frozenset({Stage.RESOLVED}),
        (Stage.CLOSED, Stage.IN_WORK, Stage.DISPATCHED),
        EventKind.CALLED_BACK,
        Actor.CENTRE,
        call_back,
        needs=("answers",),
    ),
    Move(
        ActionKind.REOPEN,
        frozenset({Stage.RESOLVED, Stage.CLOSED}),
        (Stage.IN_WORK, Stage.DISPATCHED),
        EventKind.REOPENED,
        Actor.CENTRE,
        reopen,
    ),
)
