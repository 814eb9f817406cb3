"""The weeks before anything is judged, in a hurry: signals open or join cases, nobody acts, no clock runs.

What is told of signals then teaches surges and associations what is usual; their cases are not judged. It
takes a tenth of the time of the cases step with its units. Joining is simpler than the step's: a signal takes
the cell of the newest one of its affinity group near enough in space and time.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.fields import Contract, Feed
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.contracts.trusted import trusted
from hub.domain.case_ids import case_id_of
from hub.flow import Arrival, Emit, Outcome, State, Step

_OPENED = (CaseMove(kind=EventKind.OPENED, reason=Reason.OPENED_NEW),)
_JOINED = (CaseMove(kind=EventKind.JOINED, reason=Reason.JOINED_NEAR),)

_make_event = trusted(CaseEvent)


def hurried(city: City, cases: Step, until: datetime) -> Step:
    """The cases step, but signals before a time only open or join cases that are never heard of again."""
    quick = _Quick(city)

    def handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
        if now < until and isinstance(body, Signal):
            return quick.take(body, now)
        return cases.handle(state, body, arrival, now)

    return replace(cases, handle=handle)


class _Quick:
    """Remembers which signals there were, and the newest case of each affinity group in each cell."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._seen: set[tuple[str, str]] = set()
        self._newest: dict[tuple[str, str], tuple[str, str, datetime]] = {}

    def take(self, signal: Signal, now: datetime) -> Outcome:
        """The event of the case that the signal joins or opens; of one sent again none."""
        if (signal.source, signal.id) in self._seen:
            return Outcome(Reason.DUPLICATE)
        self._seen.add((signal.source, signal.id))
        joined = self._near(signal)
        own = case_id_of(signal.key_town, signal.time, signal.source, signal.id)
        case_id, cell = joined or (own, signal.cell)
        if cell is not None and signal.cell is not None:
            group = self._city.affinity_of(signal.category)
            self._newest[group, signal.cell] = (case_id, cell, signal.time)
        event = _make_event(
            case_id=case_id,
            seq=0,
            at=now,
            source=signal.source,
            source_id=signal.id,
            feed=signal.feed,
            moves=_JOINED if joined else _OPENED,
            stage=Stage.DISPATCHED,
            lead_unit=None,
            district=self._city.towns[signal.town].district,
            town=signal.town,
            category=signal.category,
            signal_time=signal.arrived,
            signals=1,
            opened=signal.time,
            cell=cell,
            urgency=signal.urgency,
            appeals=int(signal.feed is Feed.HOTLINE),
            hazard=signal.hazard,
            happened=signal.time,
            signal_category=signal.category,
        )
        record = f"{signal.source}/{signal.id}"
        emit = Emit(topics.EVENTS, signal.key_town, record, now, event, case_id)
        return Outcome(Reason.OPENED_NEW, (emit,))

    def _near(self, signal: Signal) -> tuple[str, str] | None:
        """The newest case near the signal, and its cell."""
        policy = self._city.join_of(signal.category)
        if policy.never or not policy.within_m or signal.cell is None:
            return None
        group = self._city.affinity_of(signal.category)
        window = timedelta(hours=policy.within_hours)
        near = [
            found
            for cell in self._city.neighbours(signal.cell, policy.within_m / 2)
            if (found := self._newest.get((group, cell))) and signal.time - found[2] <= window
        ]
        newest = max(near, key=lambda found: found[2], default=None)
        return (newest[0], newest[1]) if newest else None
