"""Logs of a few towns for Hypothesis: signals, actions, ticks, rubbish; repeated, late, out of order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st
from tests.scenarios.brook import border, brook, heath, mill, steps
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, Told, minute
from tests.scenarios.reports import HOTLINE, act_on, close, general, inspection, major, report, ticket

from hub import topics
from hub.contracts.fields import Feed
from hub.domain.case_ids import case_id_of
from hub.flow import Step
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.task import PartitionTask
from hub.runtime.ticker import ticks

SPOTS = (mill(), mill(30), border(-20), border(20), heath())
CATEGORIES = ("noise", "water.burst", "lamp", "bill")
ACTIONS = ("sign_for", "start", "progress", "resolve", "close")
KINDS = (
    *("ticket",) * 6,
    *("sign_for",) * 2,
    *ACTIONS,
    *("close_signal", "solved", "finding", "tick", "rubbish", "again", "again"),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that reaches the log, some minutes after the one before.

    ``pick`` says which of the earlier tickets it is about, or which earlier record it repeats.
    """

    kind: str
    pick: int
    spot: int
    category: int
    gap: int
    late: int


HAPPENINGS = st.lists(
    st.builds(
        Happening,
        kind=st.sampled_from(KINDS),
        pick=st.integers(0, 3),
        spot=st.sampled_from((0, 0, 1, 2, 3, 4)),
        category=st.sampled_from((0, 0, 1, 2, 3)),
        gap=st.sampled_from((0, 0, 1, 1, 5, 5, 20, 60, 200, 1_000, 50_000)),
        late=st.sampled_from((0, 0, 0, 0, 0, 10, 300, 50_000)),
    ),
    min_size=15,
    max_size=50,
)


@cache
def cases_step() -> Step:
    """The step that keeps the cases of the stories' city."""
    return next(step for step in steps() if step.name == "cases")


def cases_task() -> PartitionTask:
    """That step on the only partition of the towns' log, with nothing in it."""
    return PartitionTask(cases_step(), topics.SIGNALS, 0, 1)


def log_of(happenings: Iterable[Happening]) -> list[Record]:
    """The towns' log that intake makes of what happens, all towns on one partition."""
    tale = _Tale()
    for happening in happenings:
        tale.tell(happening)
    return [output.record(0, offset) for offset, output in enumerate(tale.outputs)]


class _Tale:
    """What was told so far."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._now = 0
        self._tickets: list[tuple[str, Happening, int]] = []
        self._intake = {
            step.sources[0]: PartitionTask(step, step.sources[0], 0, 1)
            for step in steps()
            if not step.stateful
        }

    def tell(self, what: Happening) -> None:
        self._now += what.gap
        if what.kind == "tick":
            tick = next(iter(ticks(topics.SIGNALS, 1, minute(self._now))))
            self.outputs.append(Output(tick.topic, b"", tick.value, tuple(tick.headers), 0))
        elif what.kind == "rubbish":
            self.outputs.append(Output(topics.SIGNALS, b"MILL", b"\xff\x00" * what.pick, (), 0))
        elif what.kind == "again":
            self.outputs += self.outputs[-1 - what.pick :][:1]
        elif (told := self._told(what)) is not None:
            sent = told(minute(self._now), Heard())
            outputs = self._intake[sent.topic].process([_record(sent)]).outputs
            self.outputs += [output for output in outputs if output.topic == topics.SIGNALS]

    def _told(self, what: Happening) -> Told | None:
        place, category = SPOTS[what.spot], CATEGORIES[what.category]
        id, time = f"{what.kind}-{len(self.outputs)}", self._now - what.late
        match what.kind:
            case "ticket":
                self._tickets.append((id, what, time))
                return ticket(id, category, place, happened=time)
            case "solved":
                return report(id, category, place, happened=time, solved=time)
            case "finding":
                found = (major("hazard.exit"), general("hazard.pest"))
                return inspection(id, f"site {what.spot}", place, *found, happened=time)
            case _ if not self._tickets:
                return None
        about, first, opened = self._tickets[-1 - what.pick % len(self._tickets)]
        if what.kind == "close_signal":
            return close(id, about, SPOTS[first.spot], done=time)
        case_id, lead = _case_of(about, first, opened)
        return act_on(id, what.kind, case_id, lead if what.category else "mill", done=time)


def _case_of(id: str, what: Happening, opened: int) -> tuple[str, str]:
    """The case that a ticket opens if it joins none, and the unit that leads it."""
    point, category = SPOTS[what.spot].point, CATEGORIES[what.category]
    located = None if point is None else brook().locate(point)
    assert located is not None
    row = brook().choose(category, located.town, Feed.HOTLINE, None)
    case_id = case_id_of(located.key_town, minute(opened), HOTLINE, id)
    return case_id, brook().resolve_units(row, located)[0]


def _record(sent: Sent) -> Record:
    stamp = round(sent.arrived.timestamp() * 1000)
    return Record(sent.topic, 0, 0, stamp, sent.key, sent.value, sent.headers)
