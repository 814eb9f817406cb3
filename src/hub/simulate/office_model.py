"""What reviewers, whistled departments and the hotline centre do about the orders that they read."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from hub.citypack.city import City
from hub.contracts.action_terms import ActionTerms, Answers, Ruling
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.orders import UnitOrder
from hub.simulate.acts import act, later
from hub.simulate.behaviour import Behaviour
from hub.simulate.publication import Publication

_MOST_CALLS = 4


@dataclass(frozen=True, slots=True)
class OfficeModel:
    """The reviewer, the centre and all departments of a city."""

    city: City
    how: Behaviour

    def rule(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A request waits for a ruling; now and then nobody rules."""
        if rng.random() < self.how.unreviewed:
            return
        at = order.at + later(rng, (2.0, 0.6))
        upheld = rng.random() < self.how.upheld
        ruling = Ruling.UPHOLD if upheld else Ruling.REJECT
        what = f"{order.seq}"
        match order.stage:
            case Stage.OBJECTED:
                to_unit = self._other_unit(rng, order) if upheld else None
                terms = ActionTerms(ruling=ruling, to_unit=to_unit)
                yield act(rng, order, ActionKind.RULE, at, terms=terms, what=what)
            case Stage.CONSULTING:
                lead = self._other_unit(rng, order) if upheld else order.lead_unit
                terms = ActionTerms(
                    to_unit=lead, units=tuple({order.lead_unit or "", lead or ""} - {lead, ""})
                )
                yield act(rng, order, ActionKind.RULE_CONSULTATION, at, terms=terms, what=what)
            case Stage.CLOSED:
                yield act(
                    rng, order, ActionKind.RULE_EXCLUSION, at, terms=ActionTerms(ruling=ruling), what=what
                )
            case _:
                yield act(
                    rng, order, ActionKind.RULE_EXTENSION, at, terms=ActionTerms(ruling=ruling), what=what
                )

    def come(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A town has whistled for the unit: it comes, mostly in time, and leaves again."""
        if rng.random() < self.how.absent:
            return
        arrived = order.at + later(rng, (1.0, 0.5))
        yield act(rng, order, ActionKind.REPORT_IN, arrived)
        yield act(rng, order, ActionKind.LEAVE, arrived + later(rng, (2.0, 0.5)))

    def cosign(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """The lead says that the work is done: the unit co-signs, refuses, or says nothing."""
        if rng.random() < self.how.silent:
            return
        passed = rng.random() >= self.how.refuses_closure
        at = order.at + later(rng, (3.0, 0.6))
        yield act(rng, order, ActionKind.COSIGN, at, terms=ActionTerms(passed=passed), what=f"{order.seq}")

    def call_back(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """The centre calls until somebody answers, a few times at most."""
        how = self.how
        at = order.at
        for attempt in range(_MOST_CALLS if rng.random() >= how.uncalled else 0):
            at += later(rng, how.call_hours)
            reached = rng.random() < how.reached
            solved = rng.random() < how.solved
            answers = Answers(
                reached=reached,
                contacted=rng.random() < how.contacted if reached else None,
                solved=solved if reached else None,
                satisfied=solved and rng.random() < how.satisfied if reached else None,
            )
            terms = ActionTerms(answers=answers)
            yield act(rng, order, ActionKind.CALLBACK, at, terms=terms, what=f"{order.seq}.{attempt}")
            if reached:
                return

    def look_back(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """Somebody goes and looks whether it is still in order."""
        terms = ActionTerms(passed=rng.random() < self.how.look_back_passed)
        yield act(rng, order, ActionKind.LOOK_BACK, order.at + later(rng, (100.0, 0.5)), terms=terms)

    def _other_unit(self, rng: random.Random, order: UnitOrder) -> str:
        """A unit that could have been meant: an assistant, one above, or another of the same parent."""
        lead = order.lead_unit or ""
        parent = self.city.units[lead].parent if lead in self.city.units else None
        near = [*order.assist_units, *self.city.superiors_of(lead)]
        near += sorted(unit.id for unit in self.city.units.values() if unit.parent == parent and parent)
        others = [unit for unit in dict.fromkeys(near) if unit != lead]
        others = others or sorted(self.city.units.keys() - {lead})
        return others[int(rng.random() * len(others))]
