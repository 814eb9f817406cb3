"""Packs of many gateways at once: what one after the other would come to, told by whole arrays.

First each pack is judged by its times and id, in order. Then come rounds: the first pack of each gateway,
the second ones, and so on; gateways with equally many sensors lie side by side in the arrays of a round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from hub.citypack.city import Gateway
from hub.contracts.feeds import ReadingPack
from hub.contracts.fields import EARLIEST
from hub.contracts.reasons import Reason
from hub.contracts.sensing import GatewayState
from hub.contracts.trusted import trusted
from hub.domain.alarms import change_emits, clear_alarms, raise_alarms
from hub.domain.gateways import (
    GATEWAYS,
    Longs,
    SensingRules,
    begin,
    instant,
    limits_of_many,
    millis,
    read_slots,
    row_bytes,
    write_slots,
)
from hub.domain.intake import OLDEST, check_time, refuse
from hub.domain.readings import Changed, every_slot, highest_slot, latest_offset_ms, take_readings
from hub.domain.windows import NEVER_MS, close_window, first_silent_ms, window_start_ms
from hub.flow import Arrival, Change, Emit, Outcome, State, put

RECENT_IDS = 64
"""Packs by which a repeated one is known again; older ones are late by their window."""

BETWEEN_IDS = "\n"
"""No id holds it, so ids are kept as one text."""

Item = tuple[ReadingPack, Arrival]

_make_row = trusted(GatewayState)

_TAKEN = Outcome(Reason.PACK_TAKEN)
_DUPLICATE = Outcome(Reason.DUPLICATE)
_OLDER = Outcome(Reason.OLDER_THAN_MEMORY)


class _Taken(NamedTuple):
    """A pack that counts, by its position among the items; ``closes`` = the window it ends and its packs."""

    position: int
    pack: ReadingPack
    time_ms: int
    window_ends_ms: int
    closes: tuple[int, int] | None


@dataclass(slots=True)
class _Visit:
    """A gateway while its packs are judged."""

    gateway: Gateway
    slots: bytes | None
    """As the row has them; None where the gateway begins anew."""
    ids: dict[str, None]
    """Ids of the newest packs, oldest first."""
    window_start_ms: int | None
    window_packs: int = 0
    last_pack: datetime = EARLIEST
    begun: bool = False
    taken: list[_Taken] = field(default_factory=list)


def take_packs(
    rules: SensingRules, state: State, items: Sequence[Item], nows: Sequence[datetime]
) -> list[Outcome]:
    """One outcome for each pack; the rows as the last pack leaves them are in the last outcome.

    Empty if a row in between would come due before the last pack: ask for fewer.
    """
    visits: dict[str, _Visit] = {}
    outcomes = [
        _judge(rules, state, visits, position, pack, arrival)
        for position, (pack, arrival) in enumerate(items)
    ]
    emits: defaultdict[int, list[Emit]] = defaultdict(list)
    changes: list[tuple[int, Change]] = []
    for fleet in _fleets(rules, visits.values()):
        if fleet.run(items, nows, emits) and len(items) > 1:
            return []
        changes += fleet.changes()
    for position, said in emits.items():
        outcomes[position] = Outcome(Reason.PACK_TAKEN, tuple(said))
    if changes:
        rows = tuple(change for _, change in sorted(changes, key=lambda pair: pair[0]))
        outcomes[-1] = outcomes[-1]._replace(changes=rows)
    return outcomes


def _judge(
    rules: SensingRules,
    state: State,
    visits: dict[str, _Visit],
    position: int,
    pack: ReadingPack,
    arrival: Arrival,
) -> Outcome:
    """Whether a pack counts, by all but its values; one that does is noted with its gateway."""
    gateway = rules.city.gateways.get(pack.gateway)
    wrong = _wrong_pack(rules, gateway, pack, arrival)
    if wrong is not None or gateway is None:
        return wrong or _unknown_gateway()
    visit = visits.get(gateway.id)
    if visit is None:
        visit = visits[gateway.id] = _visit(state, gateway)
    time_ms = millis(pack.base_time)
    if pack.id in visit.ids:
        return _DUPLICATE
    if visit.window_start_ms is not None and time_ms < visit.window_start_ms:
        return _OLDER
    _note(rules, visit, position, pack, time_ms)
    return _TAKEN


def _wrong_pack(
    rules: SensingRules, gateway: Gateway | None, pack: ReadingPack, arrival: Arrival
) -> Outcome | None:
    """Why a pack can't be used, or None."""
    if pack.id != arrival.id or pack.source != arrival.source or pack.gateway != arrival.key:
        return refuse(
            Reason.HEADER_MISMATCH, "source, id, gateway: differ from ce_source, ce_id or the record's key"
        )
    if gateway is None:
        return _unknown_gateway()
    sensors = len(gateway.sensors)
    if pack.slots != every_slot(sensors) and highest_slot(pack) >= sensors:
        return refuse(Reason.UNKNOWN_SLOT, f"slots: the gateway has slots 0 to {sensors - 1}")
    time = pack.base_time
    if pack.offsets_ms:
        time += timedelta(milliseconds=latest_offset_ms(pack))
    if arrival.arrived - OLDEST <= time <= arrival.arrived + rules.ahead:
        return None
    return check_time(rules.city, "base_time", time, arrival)


def _unknown_gateway() -> Outcome:
    return refuse(Reason.UNKNOWN_GATEWAY, "gateway: not in the city pack")


def _visit(state: State, gateway: Gateway) -> _Visit:
    row = state.get(GATEWAYS, gateway.id)
    if row is None:
        return _Visit(gateway, None, {}, None)
    same = len(row.slots) == row_bytes(len(gateway.sensors))  # else the city pack gave it other sensors
    return _Visit(
        gateway,
        row.slots if same else None,
        dict.fromkeys(row.recent_ids.split(BETWEEN_IDS)),
        millis(row.window_start),
        row.window_packs,
        row.last_pack,
        begun=same,
    )


def _note(rules: SensingRules, visit: _Visit, position: int, pack: ReadingPack, time_ms: int) -> None:
    """A pack counts: what that means for its gateway's row, but for the slots."""
    start_ms = window_start_ms(rules, time_ms)
    closes = None
    if not visit.begun:
        visit.ids.clear()
        visit.window_packs, visit.last_pack, visit.begun = 0, pack.base_time, True
    elif visit.window_start_ms is not None and visit.window_start_ms < start_ms:
        closes = (visit.window_start_ms, visit.window_packs)
        visit.window_packs = 0
    visit.ids[pack.id] = None
    if len(visit.ids) > RECENT_IDS:
        del visit.ids[next(iter(visit.ids))]
    visit.window_start_ms = start_ms
    visit.window_packs += 1
    visit.last_pack = max(visit.last_pack, pack.base_time)
    visit.taken.append(_Taken(position, pack, time_ms, start_ms + rules.window_ms, closes))


def _fleets(rules: SensingRules, visits: Iterable[_Visit]) -> Iterator[_Fleet]:
    """Gateways with packs that count, parted by size; those with most packs come first."""
    by_size: defaultdict[int, list[_Visit]] = defaultdict(list)
    for visit in visits:
        if visit.taken:
            by_size[len(visit.gateway.sensors)].append(visit)
    for sensors, found in by_size.items():
        yield _Fleet(rules, sorted(found, key=lambda visit: -len(visit.taken)), sensors)


class _Fleet:
    """Gateways with equally many sensors side by side, those with most packs first.

    So the gateways of a round are the first rows of every array.
    """

    def __init__(self, rules: SensingRules, visits: Sequence[_Visit], sensors: int) -> None:
        self._rules = rules
        self._visits = visits
        nothing = bytes(row_bytes(sensors))
        self._slots = read_slots([visit.slots or nothing for visit in visits], sensors)
        for row, visit in enumerate(visits):
            if visit.slots is None:
                begin(self._slots.row(row), visit.taken[0].time_ms)
        self._limits = limits_of_many([rules.limits[visit.gateway.id] for visit in visits])
        self._due_ms: Longs = np.full(len(visits), NEVER_MS)

    def run(
        self, items: Sequence[Item], nows: Sequence[datetime], emits: defaultdict[int, list[Emit]]
    ) -> bool:
        """Take all packs; whether a row comes due by the last of the log times."""
        last_ms = millis(nows[-1])
        rows = len(self._visits)
        for number in range(len(self._visits[0].taken)):
            while len(self._visits[rows - 1].taken) <= number:
                rows -= 1
            round_ = [visit.taken[number] for visit in self._visits[:rows]]
            self._close_windows(round_, emits)
            slots, limits = self._slots.first(rows), self._limits.first(rows)
            changed = take_readings(
                slots,
                limits,
                [taken.pack for taken in round_],
                np.array([taken.time_ms for taken in round_], np.int64),
                [nows[taken.position] for taken in round_],
            )
            self._tell(round_, changed, items, emits)
            ends_ms = np.array([taken.window_ends_ms for taken in round_], np.int64)
            self._due_ms[:rows] = np.minimum(first_silent_ms(slots, limits), ends_ms)
            if int(self._due_ms[:rows].min()) <= last_ms:
                return True
        return False

    def changes(self) -> Iterator[tuple[int, Change]]:
        """The rows as they are now, each with the position of the gateway's first pack that counted."""
        due = self._due_ms.tolist()
        for visit, slots, due_ms in zip(self._visits, write_slots(self._slots), due, strict=True):
            row = _make_row(
                last_pack=visit.last_pack,
                recent_ids=BETWEEN_IDS.join(visit.ids),
                window_start=instant(visit.window_start_ms or 0),
                window_packs=visit.window_packs,
                next_due=instant(due_ms),
                slots=slots,
            )
            yield visit.taken[0].position, put(GATEWAYS, visit.gateway.id, row)

    def _close_windows(self, round_: Sequence[_Taken], emits: defaultdict[int, list[Emit]]) -> None:
        for row, taken in enumerate(round_):
            if taken.closes is not None:
                gateway, at = self._visits[row].gateway, taken.pack.base_time
                emits[taken.position] += close_window(
                    self._rules, gateway, self._slots.row(row), *taken.closes, at
                )

    def _tell(
        self,
        round_: Sequence[_Taken],
        changed: Changed,
        items: Sequence[Item],
        emits: defaultdict[int, list[Emit]],
    ) -> None:
        """Switch the alarms that change, and say so."""
        for row in changed.rows():
            visit, slots, position = self._visits[row], self._slots.row(row), round_[row].position
            switched = [
                *raise_alarms(slots, changed.on[:, row], None),
                *clear_alarms(slots, changed.off[:, row], None),
            ]
            limits, arrived = self._rules.limits[visit.gateway.id], items[position][1].arrived
            emits[position] += change_emits(self._rules.city, visit.gateway, limits, slots, switched, arrived)
