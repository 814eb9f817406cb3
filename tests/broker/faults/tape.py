"""A seeded tape: what all publishers of a city send, in order; it keeps every step busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.scenarios.brook import border, heath, mill, quay
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, Told, minute
from tests.scenarios.reports import HOTLINE, act_on, pack, report, ticket

from hub import topics
from hub.contracts.fields import PlaceRef
from hub.domain.case_ids import case_id_of
from hub.runtime.ticker import ticks

SECONDS_APART = 2.0
"""City time from one record to the next: some thousand records pass every limit of the stories' city."""
ACTIONS_BEHIND = (150, 400)
"""A unit acts so many records after a case was reported, so that intake has seen it when all goes well."""
TICK_EVERY = 60

_SPOTS = (
    *(mill(north=40 * step) for step in range(40)),
    *(border(east) for east in (-30, -10, 20, 40)),
    *(quay(north=-40 * step) for step in range(20)),
    *(heath(40 * step) for step in range(30)),
)
_TOWNS = (("MILL", mill()), ("QUAY", quay(400)), ("HEATH", heath()))
_STEPS_OF_A_LIFE = ("sign_for", "start", "resolve", "close")


@dataclass(frozen=True, slots=True)
class Tape:
    """What is published, in order; ``moves`` actions among it move a case that they find."""

    seed: int
    sent: tuple[Sent, ...]
    moves: int


def make_tape(seed: int, records: int, *, partitions: int) -> Tape:
    """About so many tickets, reports, actions, packs and ticks. The same seed gives the same tape."""
    writer = _Writer(Random(seed), partitions)
    while len(writer.sent) < records:
        writer.write_next()
    return Tape(seed, tuple(writer.sent), writer.moves)


class _Writer:
    """Writes a tape record by record, and remembers which actions are still to come."""

    def __init__(self, chance: Random, partitions: int) -> None:
        self.sent: list[Sent] = []
        self.moves = 0
        self._chance = chance
        self._partitions = partitions
        self._due: dict[int, list[Told]] = {}
        self._serial = 0

    def write_next(self) -> None:
        """One report of whatever kind, then what is due by now."""
        kinds: tuple[tuple[Callable[[], Told], int], ...] = (
            (self._case_of_its_own, 35),
            (self._ticket, 25),
            (self._report, 15),
            (self._pack, 25),
        )
        write = self._chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        self._serial += 1
        self._send(write())
        if self._chance.random() < 0.03:
            self.sent.append(self.sent[-1])  # publishers repeat themselves
        for told in self._due.pop(self._serial, ()):
            self._send(told)
        if self._serial % TICK_EVERY == 0:
            self.sent += self._ticks()

    def _send(self, told: Told) -> None:
        self.sent.append(told(minute(len(self.sent) * SECONDS_APART / 60), Heard()))

    def _case_of_its_own(self) -> Told:
        """A ticket that joins nothing, so its case is known beforehand; and the actions on that case."""
        town, place = self._chance.choice(_TOWNS)
        name = f"B-{self._serial}"
        opened = minute(len(self.sent) * SECONDS_APART / 60)
        case_id = case_id_of(town, opened, HOTLINE, name)
        at = self._serial
        for kind in _STEPS_OF_A_LIFE[: self._chance.choice((1, 2, 3, 4, 4))]:
            at += self._chance.randint(*ACTIONS_BEHIND)
            acted = act_on(f"{name}/{kind}", kind, case_id, "hall")
            self._due.setdefault(at, []).extend([acted] * self._chance.choice((1, 1, 1, 1, 2)))
            self.moves += 1
        return ticket(name, "bill", place)

    def _ticket(self) -> Told:
        category = self._chance.choice(("noise", "noise", "lamp", "gas", "water.burst"))
        return ticket(f"T-{self._serial}", category, self._spot())

    def _report(self) -> Told:
        return report(f"R-{self._serial}", self._chance.choice(("noise", "lamp", "water.none")), self._spot())

    def _pack(self) -> Told:
        gateway = self._chance.choice(("g-mill", "g-heath"))
        readings = [(0, round(self._chance.uniform(0.18, 0.4), 3)) for _ in range(20)]
        if gateway == "g-mill":
            readings += [(1, round(self._chance.uniform(40, 72), 1)) for _ in range(20)]
        return pack(f"P-{self._serial}", gateway, *readings)

    def _spot(self) -> PlaceRef:
        return self._chance.choice(_SPOTS)

    def _ticks(self) -> Iterator[Sent]:
        at = minute(len(self.sent) * SECONDS_APART / 60)
        for topic in (topics.SIGNALS, topics.READINGS):
            for tick in ticks(topic, self._partitions, at):
                yield Sent(topic, b"", tick.value, tuple(tick.headers), at, tick.partition)
