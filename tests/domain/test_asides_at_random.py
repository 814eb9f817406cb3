"""Whistles, pauses and requests in any order: whoever acts, the case stays somebody's and has a deadline."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenarios.brook import mill
from tests.scenarios.language import START, Step, at, story, tick
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.reports import act, close, ticket

from hub.contracts.action_terms import ActionTerms, Answers, Grounds, Ruling
from hub.contracts.cases import ENDED, EventKind
from hub.verify.accountability import check_events

LEAD, TOWN, REVIEWER, ANYBODY = "water-works", "mill", "hall", "quay"
CALLED = ("west", "fire-brigade")
DOES = (
    *((kind, LEAD) for kind in ("start", "resolve", "resolve", "suspend", "resume", "progress", "hand_back")),
    *((kind, LEAD) for kind in ("ask_extension", "ask_exclusion")),
    *(
        (kind, REVIEWER)
        for kind in ("rule", "rule_extension", "rule_exclusion", "resume", "close", "callback")
    ),
    *((kind, TOWN) for kind in ("whistle", "whistle", "grade")),
    *((kind, unit) for kind in ("report_in", "report_in", "cosign", "cosign", "leave") for unit in CALLED),
    *((kind, ANYBODY) for kind in ("whistle", "report_in", "suspend", "rule_extension")),
)
"""What is done, and by whom: mostly by who may, for a life that goes anywhere."""

GAPS = (0, 1, 1, 1, 5, 5, 30, 119, 120, 500, 5_000)


@st.composite
def _terms(draw: st.DrawFn) -> ActionTerms:
    """Terms of every kind: what an action does not ask for, it does not look at."""
    return ActionTerms(
        grounds=draw(st.sampled_from((Grounds.WAITS_FOR_OTHERS, Grounds.NOT_OUR_DUTY))),
        hours=draw(st.sampled_from((0.5, 2, 24, 361))),
        units=draw(st.sampled_from(((), ("west",), CALLED, CALLED))),
        quorum=draw(st.sampled_from((None, 1, 2))),
        ruling=draw(st.sampled_from((Ruling.UPHOLD, Ruling.REJECT))),
        to_unit=draw(st.sampled_from((None, "west", "fire-brigade"))),
        grade=draw(st.sampled_from((None, 3))),
        passed=draw(st.sampled_from((None, True, False))),
        answers=Answers(reached=True, solved=draw(st.booleans()), satisfied=draw(st.booleans())),
    )


_ACTIONS = st.tuples(st.sampled_from(GAPS), st.sampled_from(DOES), _terms())


@settings(max_examples=30, deadline=None)
@given(st.lists(_ACTIONS, min_size=10, max_size=30), st.integers(0, 40))
def test_a_case_is_never_nobodys_and_never_waits_for_ever(
    actions: list[tuple[int, tuple[str, str], ActionTerms]], closes: int
) -> None:
    now = 2
    steps: list[Step] = [
        *at(
            0,
            ticket("T-1", "water.burst", mill(), wants_callback=True),
            ticket("T-2", "water.burst", mill(5)),
        ),
        *at(1, act("A", "sign_for", "T-1", "water-works")),
    ]
    for number, (gap, (kind, unit), terms) in enumerate(actions):
        now += gap
        steps += at(now, act(f"A-{number}", kind, "T-1", unit, terms=terms))
        if number == closes:
            steps += at(now, close("C", "T-2", mill(5)))
    heard = play(story("asides", tuple(steps)), MemoryCity())
    assert check_events(heard.events) == []
    state = heard.case_of("T-1")
    assert state.stage in ENDED or (state.next_due is not None and state.next_due > START)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(("whistle", "suspend", "ask_extension", "ask_exclusion")), _terms())
def test_what_waits_ends_by_itself(kind: str, terms: ActionTerms) -> None:
    known = terms.model_copy(update={"hours": 2.0, "units": CALLED, "quorum": None})
    steps = (
        *at(0, ticket("T-1", "water.burst", mill())),
        *at(1, act("A-1", "sign_for", "T-1", "water-works")),
        *at(2, act("A-2", kind, "T-1", "mill" if kind == "whistle" else "water-works", terms=known)),
        *tick(60 * 24 * 4),
    )
    heard = play(story(kind, steps), MemoryCity())
    told = [move.kind for event in heard.events for move in event.moves]
    ends = {
        "whistle": EventKind.WHISTLE_ENDED,
        "suspend": EventKind.RESUMED,
        "ask_extension": EventKind.EXTENSION_REFUSED,
        "ask_exclusion": EventKind.EXCLUSION_REFUSED,
    }
    assert ends[kind] in told
    assert heard.case_of("T-1").stage in ("signed_for", "in_work")
