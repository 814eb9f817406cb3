"""Lives of cases as their events tell them, for the tests of scores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.reasons import Reason
from hub.domain.scoring.facts import ScoreRules

OPENED = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
"""In Beijing it is the second of March already."""

PLACES = {"110101001": "110101", "110101002": "110101", "110105001": "110105"}
UNITS = ("lighting", "water", "roads")


def rules(*, unreached_counts: bool = False) -> ScoreRules:
    """The rules of Beijing."""
    found = ScoreRules.of(beijing())
    return ScoreRules(found.zone, unreached_counts)


@cache
def beijing() -> City:
    """The city pack of Beijing, loaded once."""
    return load_city("beijing")


def move(kind: EventKind, reason: Reason = Reason.ALLOWED_MOVE, unit: str | None = None) -> CaseMove:
    """One move of an event."""
    return CaseMove(kind=kind, reason=reason, unit=unit)


def event(seq: int, *moves: CaseMove | EventKind, minutes: float = 0.0, **fields: Any) -> CaseEvent:
    """One event of a case, so many minutes after it was opened; what is left out is usual."""
    usual: dict[str, Any] = {
        "case_id": "C-1",
        "source": "units",
        "source_id": f"A-{seq}",
        "stage": Stage.IN_WORK,
        "lead_unit": "lighting",
        "district": "110101",
        "town": "110101001",
        "category": "street.light.out",
        "signals": 1,
        "appeals": 1,
        "opened": OPENED,
    }
    at = OPENED + timedelta(minutes=minutes)
    done = tuple(one if isinstance(one, CaseMove) else move(one) for one in moves)
    return CaseEvent(seq=seq, at=at, moves=done, **{**usual, **fields})


def breached(clock: str) -> dict[str, Any]:
    """The fields of an event that a clock caused."""
    return {"source": "clock", "source_id": f"{clock}/breached"}


_ANSWERS = st.builds(
    Answers,
    reached=st.booleans(),
    contacted=st.none() | st.booleans(),
    solved=st.none() | st.booleans(),
    satisfied=st.none() | st.booleans(),
)

_KINDS = (
    EventKind.PROGRESSED,
    EventKind.RESOLVED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.BREACHED,
    EventKind.EXCLUSION_ASKED,
    EventKind.EXCLUDED,
    EventKind.OBJECTED,
    EventKind.HANDED_BACK,
    EventKind.OBJECTION_UPHELD,
    EventKind.OBJECTION_REJECTED,
    EventKind.ABSENT,
)


@st.composite
def cities_of_cases(draw: st.DrawFn) -> list[CaseEvent]:
    """Events of a few cases, each case's in order, mixed as towns mix them."""
    waiting = [draw(_life(f"C-{number}")) for number in range(draw(st.integers(1, 4)))]
    mixed: list[CaseEvent] = []
    while waiting:
        life = waiting[draw(st.integers(0, len(waiting) - 1))]
        mixed.append(life.pop(0))
        waiting = [one for one in waiting if one]
    return mixed


@st.composite
def _life(draw: st.DrawFn, case_id: str) -> list[CaseEvent]:
    return [draw(_event(case_id, seq)) for seq in range(draw(st.integers(1, 7)))]


@st.composite
def _event(draw: st.DrawFn, case_id: str, seq: int) -> CaseEvent:
    town = draw(st.sampled_from(sorted(PLACES)))
    moves = draw(st.lists(st.sampled_from(_KINDS).map(move) | _arrivals(), min_size=1, max_size=3))
    return event(
        seq,
        *moves,
        minutes=draw(st.integers(0, 4000)),
        case_id=case_id,
        town=town,
        district=PLACES[town],
        category=draw(st.sampled_from(("noise", "lamp"))),
        stage=draw(st.sampled_from((Stage.IN_WORK, Stage.CLOSED, Stage.JOINED, Stage.INVALID))),
        lead_unit=draw(st.none() | st.sampled_from(UNITS)),
        actor=draw(st.none() | st.sampled_from(UNITS)),
        opened=OPENED + timedelta(days=draw(st.integers(0, 2))),
        signals=draw(st.integers(1, 3)),
        level=draw(st.integers(0, 1)),
        hazard=draw(st.none() | st.just(HazardGrade.MAJOR)),
        tags=draw(st.sampled_from(((), (CaseTag.REPEAT,)))),
        answers=draw(st.none() | _ANSWERS),
        **draw(st.sampled_from(({}, breached("resolve"), breached("sign_for")))),
    )


def _arrivals() -> st.SearchStrategy[CaseMove]:
    reasons = st.sampled_from((Reason.ARRIVED_LATE, Reason.ARRIVED_IN_TIME))
    return st.builds(move, st.just(EventKind.REPORTED_IN), reasons, st.sampled_from(UNITS))
