"""What the hub answers to an action: sent on its topic, listened for on those where answers come."""

from __future__ import annotations

import time
from typing import NamedTuple

from hub.cli.view import decoded
from hub.contracts.cases import CaseEvent, Refusal
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter
from hub.contracts.sensing import Alarm, AlarmState
from hub.edges.identity import record_key
from hub.errors import HubError
from hub.runtime.publisher import Publisher
from hub.runtime.reader import Follower
from hub.runtime.refused import Refused
from hub.topics import ACTIONS, ALARMS, DEAD_LETTERS, EVENTS, REFUSALS

ANSWERS = (EVENTS, REFUSALS, DEAD_LETTERS, ALARMS)
"""The topics on which an action is answered, after commit; begin to listen before it is sent."""


class Answer(NamedTuple):
    """What came of an action, readable by a clerk."""

    text: str
    refused: bool


def publish_action(publisher: Publisher, action: UnitAction) -> None:
    """Send an action to the hub, without waiting for it to be taken."""
    publisher.publish(
        ACTIONS,
        record_key(action),
        action,
        source=action.source,
        id=action.id,
        time=action.at,
        case_id=action.case_id,
    )


def await_answer(follower: Follower, action: UnitAction, wait_s: float) -> Answer:
    """The first answer to the action. Raises HubError where none comes in time."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        for record in follower.read():
            try:
                answer = answer_in(decoded(record), action)
            except Refused:
                continue
            if answer is not None:
                return answer
    raise no_answer(action, wait_s)


def no_answer(action: UnitAction, waited_s: float) -> HubError:
    """What to tell a clerk whose action was not answered."""
    return HubError(
        f"No answer to {action.id} within {waited_s:g} s; the action is on {ACTIONS} and is not lost",
        fix="see whether a worker runs (`hub run`); the same again is safe",
    )


def answer_in(body: Contract, action: UnitAction) -> Answer | None:
    """What a record says about the action; None if it is about others."""
    match body:
        case CaseEvent() if (body.source, body.source_id) == (action.source, action.id):
            moves = ", ".join(move.kind.value for move in body.moves)
            return Answer(f"{body.case_id}: {moves}; stage {body.stage.value}, lead {body.lead_unit}", False)
        case Refusal() | DeadLetter() if (body.source, body.source_id) == (action.source, action.id):
            return Answer(f"refused: {body.reason}. {body.detail}", True)
        case Alarm() if action.kind is ActionKind.ACK_ALARM and body.alarm_id == action.case_id:
            if body.state in (AlarmState.ACTIVE_ACKED, AlarmState.CLEARED_ACKED):
                return Answer(f"{body.alarm_id}: {body.state.value}", False)
    return None
