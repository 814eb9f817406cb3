"""What the unit that answers for a case does: mostly the work, sometimes it asks for something, or errs."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hub.citypack.city import City
from hub.citypack.model import UnitLevel
from hub.contracts.action_terms import ActionTerms, Grounds
from hub.contracts.feeds import ActionKind
from hub.contracts.orders import UnitOrder
from hub.simulate.acts import SOONEST, act, later, left
from hub.simulate.behaviour import Behaviour
from hub.simulate.chance import Weighted, between, lognormal, stream
from hub.simulate.publication import Publication

SIGN_FOR_IF_UNLIMITED = timedelta(hours=4)
RESOLVE_IF_UNLIMITED = timedelta(hours=72)

SHORT = timedelta(hours=24)
"""Limits up to this are of matters that cannot wait, and cannot be over in minutes either."""

_GROUNDS = Weighted(
    (Grounds.NOT_OUR_DUTY, Grounds.NOT_OUR_AREA, Grounds.DUPLICATE, Grounds.NO_SUCH_PLACE), (6, 3, 1, 1)
)
_WAITS = Weighted((Grounds.WAITS_FOR_OTHERS, Grounds.WAITS_FOR_CITIZEN, Grounds.WAITS_FOR_SEASON), (5, 4, 1))


class Course(StrEnum):
    """What a unit does with a case; the same whenever it is asked."""

    PLAIN = "plain"
    FORGETS = "forgets"
    OBJECTS = "objects"
    HANDS_BACK = "hands back"
    WHISTLES = "whistles"
    SUSPENDS = "suspends"
    ASKS_TIME = "asks for time"


@dataclass(frozen=True, slots=True)
class LeadModel:
    """All leads of a city."""

    city: City
    seed: int
    how: Behaviour

    def course(self, order: UnitOrder) -> Course:
        """What the order's unit makes of the case."""
        drawn = stream(self.seed, "course", order.case_id, order.unit).random()
        for course, share in (
            (Course.FORGETS, self.how.forgotten),
            (Course.OBJECTS, self.how.objects),
            (Course.HANDS_BACK, self.how.hands_back),
            (Course.WHISTLES, self.how.whistles),
            (Course.SUSPENDS, self.how.suspends),
            (Course.ASKS_TIME, self.how.asks_time),
        ):
            if drawn < share:
                return course
            drawn -= share
        return Course.PLAIN

    def take_up(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A case comes to the unit: it forgets it, objects, or works on it."""
        match self.course(order):
            case Course.FORGETS:
                return
            case Course.OBJECTS:
                limit = left(order, order.sign_for_by, SIGN_FOR_IF_UNLIMITED)
                at = order.at + max(min(limit * between(rng, 0.05, 0.3), timedelta(hours=3)), SOONEST)
                terms = ActionTerms(grounds=_GROUNDS.draw(rng))
                yield act(rng, order, ActionKind.OBJECT, at, terms=terms, what=f"{order.seq}")
            case _:
                yield from self.work(rng, order)

    def work(self, rng: random.Random, order: UnitOrder, what: str = "") -> Iterator[Publication]:
        """From signing for it to resolving it; ``what`` tells a second time from the first."""
        how, course = self.how, self.course(order)
        limit = left(order, order.resolve_by, RESOLVE_IF_UNLIMITED)
        signed = order.at + max(
            left(order, order.sign_for_by, SIGN_FOR_IF_UNLIMITED) * lognormal(rng, *how.sign_for), SOONEST
        )
        started = signed + max(limit * lognormal(rng, 0.01, 0.5), SOONEST)
        share = how.resolve_soon if limit <= SHORT else how.resolve
        resolved = max(order.at + limit * lognormal(rng, *share), started + SOONEST)
        signing = act(rng, order, ActionKind.SIGN_FOR, signed, what=what)
        yield signing
        yield act(rng, order, ActionKind.START, started, what=what)
        if course is Course.HANDS_BACK and not what:
            terms = ActionTerms(grounds=Grounds.NOT_OUR_DUTY)
            yield act(rng, order, ActionKind.HAND_BACK, started + SOONEST, terms=terms)
            return
        asked = list(self._asks(rng, order, course, started, resolved)) if not what else []
        yield from asked
        if rng.random() < how.progress:
            at = started + (resolved - started) * rng.random()
            yield act(rng, order, ActionKind.PROGRESS, at, what=what)
        over = max([resolved, *(one.time + SOONEST for one in asked)])
        yield from self._end(rng, order, over, what)
        yield from self._mistakes(rng, order, signing, signed)

    def again(self, rng: random.Random, order: UnitOrder, what: str) -> Iterator[Publication]:
        """A case in work has come back: it is resolved a second time, in half the time."""
        limit = left(order, order.resolve_by, RESOLVE_IF_UNLIMITED)
        at = order.at + max(limit * lognormal(rng, *self.how.resolve) / 2, SOONEST)
        yield act(rng, order, ActionKind.START, order.at + SOONEST, what=what)
        yield act(rng, order, ActionKind.RESOLVE, at + SOONEST, what=what)

    def afterwards(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """What a unit does about a closed case."""
        if rng.random() < self.how.after_close:
            at = order.at + timedelta(minutes=between(rng, 5, 120))
            yield act(rng, order, ActionKind.PROGRESS, at, what="after-close")
        if self.course(order) is Course.WHISTLES:
            for unit in self._departments(order):
                terms = ActionTerms(to_unit=unit, grade=rng.randint(2, 5))
                at = order.at + later(rng, (4.0, 0.5))
                yield act(rng, order, ActionKind.GRADE, at, terms=terms, what=unit)
        if rng.random() < self.how.asks_exclusion:
            terms = ActionTerms(grounds=Grounds.NOT_A_MATTER)
            at = order.at + later(rng, (6.0, 0.8))
            yield act(rng, order, ActionKind.ASK_EXCLUSION, at, terms=terms)

    def _end(
        self, rng: random.Random, order: UnitOrder, resolved: datetime, what: str
    ) -> Iterator[Publication]:
        late = timedelta(0)
        if rng.random() < self.how.reported_late:
            late = timedelta(minutes=rng.randint(60, 360))
        yield act(rng, order, ActionKind.RESOLVE, resolved, late=late, what=what)
        if rng.random() < self.how.closed_by_lead:
            at = resolved + late + later(rng, self.how.close_hours)
            yield act(rng, order, ActionKind.CLOSE, at, what=what)

    def _asks(
        self, rng: random.Random, order: UnitOrder, course: Course, started: datetime, resolved: datetime
    ) -> Iterator[Publication]:
        """What a unit asks for before it can go on; the last of it is over before it resolves."""
        soon = started + SOONEST
        match course:
            case Course.WHISTLES:
                called = self._departments(order)
                if called:
                    terms = ActionTerms(units=called, hours=2.0, quorum=max(1, len(called) - 1))
                    yield act(rng, order, ActionKind.WHISTLE, soon, terms=terms)
                    # the lead goes on once who comes has come
                    yield act(rng, order, ActionKind.PROGRESS, soon + timedelta(hours=3), what="on-site")
            case Course.SUSPENDS:
                hours = round(between(rng, 24, 200), 1)
                terms = ActionTerms(grounds=_WAITS.draw(rng), hours=hours)
                yield act(rng, order, ActionKind.SUSPEND, soon, terms=terms)
                back = soon + timedelta(hours=hours * 1.05)
                yield act(rng, order, ActionKind.PROGRESS, back, what="resumed")
            case Course.ASKS_TIME:
                at = started + (resolved - started) * 0.6
                limit = left(order, order.resolve_by, RESOLVE_IF_UNLIMITED) / timedelta(hours=1)
                hours = max(0.1, round(min(between(rng, 12, 72), limit * 0.9), 1))
                terms = ActionTerms(grounds=Grounds.NEEDS_A_PLAN, hours=hours)
                yield act(rng, order, ActionKind.ASK_EXTENSION, at, terms=terms)

    def _departments(self, order: UnitOrder) -> tuple[str, ...]:
        """Whom the unit whistles for, the same whenever it is asked."""
        rng = stream(self.seed, "departments", order.case_id, order.unit)
        known = sorted(
            unit.id
            for unit in self.city.units.values()
            if unit.id != order.unit
            and unit.level in (UnitLevel.DISTRICT, UnitLevel.CITY)
            and unit.id != self.city.settings.catch_all_unit
        )
        return tuple(sorted(rng.sample(known, min(len(known), rng.randint(2, 4)))))

    def _mistakes(
        self, rng: random.Random, order: UnitOrder, signing: Publication, signed: datetime
    ) -> Iterator[Publication]:
        """What a careless unit does besides."""
        how = self.how
        early = order.at + (signed - order.at) * between(rng, 0.3, 0.9)
        if rng.random() < how.repeated:
            yield replace(signing, arrived=signing.arrived + timedelta(seconds=rng.randint(5, 900)))
        if rng.random() < how.again:
            yield act(rng, order, ActionKind.SIGN_FOR, signed + timedelta(minutes=5), what="again")
        if rng.random() < how.too_early:
            yield act(rng, order, ActionKind.RESOLVE, early, what="too-early")
        if rng.random() < how.wrong_unit:
            other = self._other_unit(rng, order.unit)
            yield act(rng, order, ActionKind.SIGN_FOR, early, unit=other, what="wrong-unit")

    def _other_unit(self, rng: random.Random, unit: str) -> str:
        """The unit above, or any other."""
        above = self.city.superiors_of(unit)
        others = [above[0]] if above else sorted(self.city.units.keys() - {unit})
        return others[int(rng.random() * len(others))] if others else unit
