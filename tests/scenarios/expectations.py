"""What a story may expect of the city: each makes a check that names what is wrong."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np
from tests.scenarios.heard import Heard
from tests.scenarios.language import START, Check, minute

from hub.contracts.cases import CaseState
from hub.contracts.orders import OrderKind


def case(
    signal: str,
    *,
    members: tuple[str, ...] | None = None,
    met: tuple[bool | None, ...] | None = None,
    closed: float | None = None,
    due: float | None = None,
    **fields: Any,
) -> Check:
    """The case of a signal: its members by id, which of them met their limits, times in minutes, fields."""

    def check(heard: Heard) -> None:
        state = heard.case_of(signal)
        if members is not None:
            _same(f"members of {signal}'s case", tuple(m.source_id for m in state.members), members)
        if met is not None:
            _same(f"met in {signal}'s case", tuple(m.met for m in state.members), met)
        if closed is not None:
            _same(f"closed of {signal}'s case", state.closed, minute(closed))
        if due is not None:
            _same(f"due of {signal}'s case", state.due, minute(due))
        for name, wanted in fields.items():
            _same(f"{name} of {signal}'s case", _plain(state, name), wanted)

    return check


def opened_by(cause: str, *causes: str, **fields: Any) -> Check:
    """The case that a signal opened, or an action that split it off: its life, and fields of its state."""

    def check(heard: Heard) -> None:
        case_id = heard.opened_by(cause)
        found = tuple(
            " ".join(move.kind for move in event.moves) for event in heard.events if event.case_id == case_id
        )
        if causes:
            _same(f"life of the case that {cause} opened", found, causes)
        for name, wanted in fields.items():
            _same(f"{name} of the case that {cause} opened", _plain(heard.states[case_id], name), wanted)

    return check


def warned(*, case_stage: str | None = None, **fields: Any) -> Check:
    """The only early warning: its fields, and the stage of its proactive case."""

    def check(heard: Heard) -> None:
        (warning,) = heard.warnings.values()
        for name, wanted in fields.items():
            _same(f"{name} of the warning", getattr(warning, name), wanted)
        if case_stage is not None:
            state = heard.states[warning.proactive_case or ""]
            _same("stage of the warning's case", state.stage, case_stage)
            _same("tags of the warning's case", state.tags, ("proactive",))

    return check


def life(signal: str, *causes: str) -> Check:
    """All that happened to a signal's case: the moves of each cause, e.g. ``"opened dispatched"``."""

    def check(heard: Heard) -> None:
        found = tuple(" ".join(move.kind for move in event.moves) for event in heard.life_of(signal))
        _same(f"life of {signal}'s case", found, causes)

    return check


def rang(signal: str, *rings: tuple[str, str, datetime]) -> Check:
    """The clocks of a signal's case that rang: what was limited, warned or breached, and the time it says."""

    def check(heard: Heard) -> None:
        events = [event for event in heard.life_of(signal) if event.source == "clock"]
        found = tuple((*event.source_id.split("/"), event.at) for event in events)
        _same(f"clocks of {signal}'s case", found, rings)

    return check


def fired(*rings: tuple[str, str, str, datetime]) -> Check:
    """All clocks that rang so far, in order: the case's first signal, the limit, warned or breached, when."""

    def check(heard: Heard) -> None:
        first = heard.openers()
        found = tuple(
            (first[event.case_id], *event.source_id.split("/"), event.at)
            for event in heard.events
            if event.source == "clock"
        )
        _same("clocks that rang", found, rings)

    return check


def why(signal: str, move: str, reason: str, detail: str = "") -> Check:
    """The newest move of a kind has a reason, and a text in its detail."""

    def check(heard: Heard) -> None:
        moves = [m for event in heard.life_of(signal) for m in event.moves if m.kind == move]
        if not moves:
            raise AssertionError(f"{signal}'s case was never {move}")
        _same(f"reason why {signal}'s case was {move}", moves[-1].reason, reason)
        if detail not in moves[-1].detail:
            raise AssertionError(f"{detail!r} is not in {moves[-1].detail!r}")

    return check


def cases(number: int) -> Check:
    """So many cases were opened, whatever became of them."""
    return lambda heard: _same("cases", len(heard.states), number)


def orders(unit: str, *wanted: str) -> Check:
    """All orders of a unit so far, each as ``"kind role signal"``; the signal is the case's first.

    Those that only tell the lead of a new stage (moved) are left out.
    """

    def check(heard: Heard) -> None:
        first = heard.openers()
        told = (o for o in heard.orders if o.unit == unit and o.kind is not OrderKind.MOVED)
        found = tuple(f"{o.kind} {o.role} {first[o.case_id]}" for o in told)
        _same(f"orders of {unit}", found, wanted)

    return check


def order(
    unit: str,
    *,
    allows: tuple[str, ...] = (),
    forbids: tuple[str, ...] = (),
    feeds: tuple[tuple[str, int], ...] | None = None,
    **fields: Any,
) -> Check:
    """The newest order of a unit: moves that it allows and does not, signals by feed, fields."""

    def check(heard: Heard) -> None:
        found = [one for one in heard.orders if one.unit == unit]
        if not found:
            raise AssertionError(f"{unit} has no order")
        newest = found[-1]
        allowed = {kind.value for kind in newest.allowed}
        _same(f"moves that {unit} may not make, of those wanted", sorted({*allows} - allowed), [])
        _same(f"moves that {unit} may make, of those forbidden", sorted({*forbids} & allowed), [])
        if feeds is not None:
            counts = tuple((count.feed.value, count.signals) for count in newest.feeds)
            _same(f"signals by feed in {unit}'s order", counts, feeds)
        for name, wanted in fields.items():
            _same(f"{name} of {unit}'s order", getattr(newest, name), wanted)

    return check


def refused(*wanted: tuple[str, str]) -> Check:
    """All refusals so far: (the publisher's id, reason)."""
    return lambda heard: _same("refusals", tuple((r.source_id, r.reason) for r in heard.refusals), wanted)


def summarised(signal: str, summary: str) -> Check:
    """What the orders about a signal's case say of it."""

    def check(heard: Heard) -> None:
        case_id = heard.case_of(signal).case_id
        found = {order.summary for order in heard.orders if order.case_id == case_id}
        _same(f"summary of {signal}'s case", found, {summary})

    return check


def dead(*wanted: tuple[str | None, str]) -> Check:
    """All dead letters so far, in any order: (the publisher's id, reason)."""
    return lambda heard: _same(
        "dead letters",
        Counter((letter.source_id, letter.reason) for letter in heard.letters),
        Counter(wanted),
    )


def ended(source: str, **tallies: int) -> Check:
    """How the records of a publisher ended, by column of the ledger; columns not named are 0."""
    return lambda heard: _same(
        f"ledger of {source}",
        {tally.value: count for (name, tally), count in heard.ends.items() if name == source},
        tallies,
    )


def alarms(*wanted: tuple[str, str]) -> Check:
    """All that was said of alarms so far: (sensor/kind/number, state)."""
    return lambda heard: _same(
        "alarms",
        tuple((alarm.alarm_id.partition("/")[2], alarm.state.value) for alarm in heard.alarms),
        wanted,
    )


def alarm(name: str, *, value: float | None, raised: float, changed: float) -> Check:
    """The newest word on an alarm: value, and its times in minutes."""

    def check(heard: Heard) -> None:
        found = [one for one in heard.alarms if one.alarm_id.endswith(name)][-1]
        said = found.value, found.raised, found.changed
        _same(f"alarm {name}", said, (value, minute(raised), minute(changed)))

    return check


def summary(gateway: str, start: float, packs: int, means: tuple[float, ...]) -> Check:
    """A gateway's window that begins in a minute: packs, and the mean of each slot (nan without readings)."""

    def check(heard: Heard) -> None:
        found = [s for s in heard.summaries if (s.gateway, s.start) == (gateway, minute(start))]
        _same(f"summaries of {gateway} from minute {start:g}", len(found), 1)
        _same("packs in the window", found[0].packs, packs)
        np.testing.assert_allclose(np.frombuffer(found[0].mean, "<f8"), means)

    return check


def summaries(number: int) -> Check:
    """So many windows ended."""
    return lambda heard: _same("summaries", len(heard.summaries), number)


def _plain(state: CaseState, name: str) -> object:
    found = getattr(state, name)
    return found.value if hasattr(found, "value") else found


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(f"{what}: {_told(found)}, not {_told(wanted)}")


def _told(value: object) -> str:
    """Times as minutes of the story, all else as it is."""
    if isinstance(value, datetime):
        return f"minute {(value - START).total_seconds() / 60:g}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_told, value))})"
    return repr(value)
