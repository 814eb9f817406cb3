"""A dry run of a catalogue change: a recorded tape under both catalogues, and what differs."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub import topics
from hub.citypack.case_policy import Bears
from hub.citypack.city import City
from hub.citypack.model import CatalogueRow
from hub.contracts.cases import CaseEvent, CaseState
from hub.domain.privacy import Pseudonyms
from hub.replay.catalogue_change import changed
from hub.replay.dispatches import Dispatched, Dispatches
from hub.replay.in_memory import run_in_memory
from hub.replay.run import Progress
from hub.replay.tape import Tape
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.topology import build_steps

_EXAMPLES = 3


class Met(StrEnum):
    """How a case stands to its limits."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    """Neither yet, or without a limit."""


_MET = {True: Met.MET, False: Met.MISSED, None: Met.OPEN}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Cases of a category that would have gone from one unit to another."""

    category: str
    before: str
    after: str
    cases: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A category before and after: limits of the cases that stay, and of those that go elsewhere."""

    category: str
    cases: int
    elsewhere: int
    stay_before: Mapping[Met, int]
    stay_after: Mapping[Met, int]
    moved_before: Mapping[Met, int]
    moved_after: Mapping[Met, int]
    """As replayed: what the former unit did on the tape is refused, so this is no forecast."""
    reached: int
    """Cases that the unit of the change got in the end, by a ruling."""
    hours_late: float
    """Mean hours until it had signed for these; 0 if there are none."""
    would_meet: int
    """Of these, the missed ones that its own pace would have met, had it been asked at once."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change of the catalogue would have done to the cases of a tape."""

    cases: int
    elsewhere: tuple[Elsewhere, ...]
    effects: tuple[Effect, ...]
    only_before: int
    only_after: int
    """Cases that only one of the two runs has: signals joined otherwise, as other cases were closed."""


class _Outcomes:
    """Of a run only what is compared: dispatches, and the newest state of each case."""

    def __init__(self) -> None:
        self.dispatches = Dispatches()
        self.ends: dict[str, tuple[int, Met, datetime | None]] = {}

    def add(self, topic: str, headers: Sequence[tuple[str, bytes | None]], value: bytes) -> None:
        """Take one record."""
        if topic not in (topics.EVENTS, topics.STATE):
            return
        attributes = read_headers(headers)
        body = decode_trusted(attributes.type, attributes.version, value)
        match body:
            case CaseEvent():
                self.dispatches.take(body)
            case CaseState():
                known = self.ends.get(body.case_id)
                if known is None or known[0] < body.seq:
                    self.ends[body.case_id] = body.seq, _MET[body.met], body.due


def dry_run(
    city: City, pseudonyms: Pseudonyms, change: tuple[CatalogueRow, ...], tape: Tape, progress: Progress
) -> DryRun:
    """Play a tape under the city's catalogue, then under the changed one, and compare."""
    before, count = _played(city, pseudonyms, tape, "present catalogue", None, progress)
    after, _ = _played(changed(city, change), pseudonyms, tape, "changed catalogue", count, progress)
    return _compared(before, after, city.settings.cases.upheld_time is Bears.NOBODY)


def _played(
    city: City, pseudonyms: Pseudonyms, tape: Tape, stage: str, total: int | None, progress: Progress
) -> tuple[_Outcomes, int]:
    cases = next(step for step in build_steps(city, pseudonyms) if step.name == "cases")
    into = _Outcomes()
    count = run_in_memory(
        (cases,), tape.play(), tape.head.partitions, into, lambda more: progress(stage, more, total)
    )
    return into, count


def _compared(before: _Outcomes, after: _Outcomes, put_off: bool) -> DryRun:
    old, new = before.dispatches.cases, after.dispatches.cases
    both = sorted(old.keys() & new.keys())
    moved: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    by_category: defaultdict[str, list[str]] = defaultdict(list)
    for case_id in both:
        was, now = old[case_id], new[case_id]
        by_category[was.category].append(case_id)
        if was.lead != now.lead:
            moved[was.category, was.lead, now.lead].append(case_id)
    touched = sorted({category for category, _, _ in moved})
    elsewhere = (Elsewhere(*key, len(ids), tuple(ids[:_EXAMPLES])) for key, ids in moved.items())
    return DryRun(
        cases=len(both),
        elsewhere=tuple(sorted(elsewhere, key=lambda one: (-one.cases, one.category, one.before, one.after))),
        effects=tuple(_effect(one, by_category[one], before, after, put_off) for one in touched),
        only_before=len(old.keys() - new.keys()),
        only_after=len(new.keys() - old.keys()),
    )


def _effect(category: str, ids: list[str], before: _Outcomes, after: _Outcomes, put_off: bool) -> Effect:
    old, new = before.dispatches.cases, after.dispatches.cases
    stay = [case_id for case_id in ids if old[case_id].lead == new[case_id].lead]
    moved = [case_id for case_id in ids if old[case_id].lead != new[case_id].lead]
    reached = [old[case_id] for case_id in moved if old[case_id].taker == new[case_id].lead]
    waits = [one.taken - one.at for one in reached if one.taken is not None]
    return Effect(
        category=category,
        cases=len(ids),
        elsewhere=len(moved),
        stay_before=_ends(before, stay),
        stay_after=_ends(after, stay),
        moved_before=_ends(before, moved),
        moved_after=_ends(after, moved),
        reached=len(reached),
        hours_late=round(sum(waits, timedelta(0)) / timedelta(hours=1) / len(waits), 2) if waits else 0.0,
        would_meet=sum(_would_meet(one, before, put_off) for one in reached),
    )


def _ends(outcomes: _Outcomes, ids: list[str]) -> Mapping[Met, int]:
    counts = Counter(outcomes.ends[case_id][1] for case_id in ids)
    return {met: counts[met] for met in Met}


def _would_meet(one: Dispatched, before: _Outcomes, put_off: bool) -> bool:
    """Whether a missed case is in time if all since its taking had come as much sooner as that was late."""
    _, met, due = before.ends[one.case_id]
    if met is not Met.MISSED or due is None or one.done is None or one.taken is None:
        return False
    limit = due - one.disputed if put_off else due
    return one.done - (one.taken - one.at) <= limit
