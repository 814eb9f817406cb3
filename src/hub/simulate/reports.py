"""Tickets of citizens and reports of grid workers: single matters, and what is seen of incidents."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import Appellant, Channel, GridKind, GridReport, HotlineTicket
from hub.contracts.fields import Feed, Urgency
from hub.simulate.chance import Weighted, between, poisson, stream
from hub.simulate.demand import Demand
from hub.simulate.habits import Habits
from hub.simulate.people import Person, person
from hub.simulate.publication import DAY_MS, HOUR_MS, Publication, millis, moment
from hub.simulate.spots import Spot, Spots
from hub.simulate.stories import Seen
from hub.simulate.truth import Begun, Delivery, Incident, Planned, Tell, lead_of
from hub.simulate.writing import Writing

HOTLINE_SOURCE = "hotline-12345"
GRID_SOURCE = "grid-app"

REPEATED = 0.005
"""Share of records that their publisher sends a second time, unchanged, minutes later."""

TOO_LATE = 0.0003
"""Share of tickets that are letters from longer ago than the hub remembers (30 days)."""

FREQUENT = 0.22
"""Share of tickets by frequent appellants, who are one resident in 2,000."""

ANONYMOUS_ABOVE = 0.96
WITH_IDENTITY = 0.05
"""Shares of tickets: one in 25 is anonymous, one in 20 tells an identity number."""

GRADED = 0.3
"""Share of tickets whose call taker graded their urgency."""

_CHANNELS = Weighted(
    (Channel.PHONE, Channel.APP, Channel.MESSAGE, Channel.WEB, Channel.WALK_IN, Channel.LETTER),
    (0.64, 0.13, 0.11, 0.09, 0.02, 0.01),
)

_OFFLINE = (Channel.WALK_IN, Channel.LETTER)
"""Channels whose tickets are typed in hours later."""

_RESIDENTS_IF_UNKNOWN = 50_000


class Reports:
    """Makes the tickets and reports of a city, and says what each is about."""

    def __init__(self, city: City, habits: Habits, spots: Spots, seed: int, scale: float) -> None:
        self._city = city
        self._habits = habits
        self._spots = spots
        self._seed = seed
        self._zone = ZoneInfo(city.settings.timezone)
        self._demand = Demand(city, habits, scale, spots.part)
        self._lead = lru_cache(maxsize=65_536)(partial(lead_of, city))
        self._writing = Writing(city, habits.words)
        components = {found.code for text in habits.components if (found := city.category_of(text))}
        self._kinds = {
            code: GridKind.COMPONENT if components & {*city.ancestors_of(code)} else GridKind.EVENT
            for code in city.categories
        }

    def hour(self, start: datetime, seen: Iterable[Seen]) -> Iterator[Begun]:
        """What is reported in the hour from ``start``, ``seen`` of incidents included, in order of time."""
        rng = stream(self._seed, "reports", start.isoformat())
        expected = self._demand.of_hour(start)
        drawn: list[tuple[int, int, Seen | tuple[Feed, str]]]
        drawn = [(one.at_ms, number, one) for number, one in enumerate(seen)]
        for feed, matters in ((Feed.HOTLINE, expected.tickets), (Feed.GRID, expected.reports)):
            for _ in range(poisson(rng, matters.total)):
                at_ms = millis(start) + int(rng.random() * HOUR_MS)
                drawn.append((at_ms, len(drawn), (feed, matters.draw(rng))))
        hour = f"{start:%y%m%d%H}"
        for number, (at_ms, _, what) in enumerate(sorted(drawn)):
            one = what if isinstance(what, Seen) else self._single(rng, what[0], what[1], at_ms)
            yield at_ms, self._tell(rng, f"{hour}{number:05d}", one)

    def planted(self, start: datetime, seen: Iterable[Seen]) -> Iterator[Begun]:
        """What is reported in the hour from ``start`` besides the ordinary day, which it leaves as it is."""
        rng = stream(self._seed, "planted", start.isoformat())
        for number, one in enumerate(sorted(seen, key=lambda one: (one.at_ms, one.incident.id))):
            yield one.at_ms, self._tell(rng, f"{start:%y%m%d%H}P{number:04d}", one)

    def _single(self, rng: random.Random, feed: Feed, category: str, at_ms: int) -> Seen:
        """A matter that one person reports once. Its incident is named after its record."""
        spot = self._spots.draw(rng)
        kind = "household" if self._city.join_of(category).never else "single"
        lead = self._lead(category, spot.at.town, feed)
        lon, lat = spot.point.lon, spot.point.lat
        incident = Incident("", kind, category, spot.at.town, lead, lon, lat, moment(at_ms))
        return Seen(feed, category, at_ms, spot, incident)

    def _tell(self, rng: random.Random, serial: str, seen: Seen) -> tuple[Planned, ...]:
        alone = not seen.incident.id
        if alone:
            seen.incident.id = f"{seen.incident.kind}/{seen.feed}/{serial}"
        planned = (
            self._ticket(rng, serial, seen)
            if seen.feed is Feed.HOTLINE
            else self._report(rng, serial, seen, alone)
        )
        return (planned, repeated(rng, planned)) if rng.random() < REPEATED else (planned,)

    # tickets

    def _ticket(self, rng: random.Random, serial: str, seen: Seen) -> Planned:
        """A citizen's ticket; those of walk-in desks and letters are typed in hours later."""
        channel = _CHANNELS.draw(rng)
        arrived_ms, delivery = seen.at_ms + int(between(rng, 500, 8_000)), Delivery.NORMAL
        time = moment(seen.at_ms)
        if rng.random() < TOO_LATE:
            channel, delivery, time = (
                Channel.LETTER,
                Delivery.TOO_LATE,
                moment(seen.at_ms - int(between(rng, 31, 60) * DAY_MS)),
            )
        elif channel in _OFFLINE:
            delivery = Delivery.LATE
            arrived_ms += int(between(rng, 1, 20) * HOUR_MS)
        who = self._citizen(rng, seen.spot, seen.by)
        home = self._spots.address(rng, seen.spot)
        address = seen.address or home
        local = time.astimezone(self._zone)
        title, text = self._writing.ticket(rng, seen.category, seen.spot.name, home, local, who)
        ticket = HotlineTicket(
            source=HOTLINE_SOURCE,
            id=f"T{serial}",
            reported_at=time,
            channel=channel,
            category=seen.category,
            title=title,
            text=text,
            place=self._spots.told_by_citizen(rng, seen.spot, address),
            appellant=_appellant(rng, who),
            urgency=self._city.urgency_of(seen.category) if rng.random() < GRADED else Urgency.UNKNOWN,
            wants_callback=rng.random() < 0.9,
        )
        sent = Publication(
            topics.HOTLINE, ticket.id, ticket, ticket.source, ticket.id, time, moment(arrived_ms)
        )
        return Planned(sent, (Tell(seen.incident, ticket.id),), delivery)

    def _citizen(self, rng: random.Random, spot: Spot, by: int | None) -> Person:
        """Somebody of the town, ``by`` if that is known; some call far more often than others."""
        if by is not None:
            return person(self._seed, self._habits.words.language, spot.at.town, by)
        residents = self._city.towns[spot.at.town].residents or _RESIDENTS_IF_UNKNOWN
        among = max(residents // 2000, 1) if rng.random() < FREQUENT else residents
        return person(self._seed, self._habits.words.language, spot.at.town, int(rng.random() * among))

    # grid reports

    def _report(self, rng: random.Random, serial: str, seen: Seen, alone: bool) -> Planned:
        """A grid worker's report; of single matters many are solved on the spot and sent in afterwards."""
        time = moment(seen.at_ms)
        solved = alone and rng.random() < self._habits.solved_on_spot
        solved_ms = seen.at_ms + int(between(rng, 1, 15) * 60_000)
        title, text = self._writing.report(rng, seen.category, seen.spot.name, solved=solved)
        report = GridReport(
            source=GRID_SOURCE,
            id=f"G{serial}",
            reported_at=time,
            kind=self._kinds[seen.category],
            category=seen.category,
            title=title,
            text=text,
            place=self._spots.told_by_worker(rng, seen.spot),
            worker=f"W{seen.spot.at.town}-{1 + int(rng.random() * 40):02d}",
            solved_at=moment(solved_ms) if solved else None,
        )
        arrived_ms = (solved_ms if solved else seen.at_ms) + int(between(rng, 500, 20_000))
        sent = Publication(topics.GRID, report.id, report, report.source, report.id, time, moment(arrived_ms))
        return Planned(sent, (Tell(seen.incident, report.id),), solved=solved)


def _appellant(rng: random.Random, who: Person) -> Appellant | None:
    """Most give a name and a telephone, some their identity number too, some nothing."""
    given = rng.random()
    if given > ANONYMOUS_ABOVE:
        return None
    return Appellant(
        name=who.name, phone=who.phone, id_number=who.id_number if given < WITH_IDENTITY else None
    )


def repeated(rng: random.Random, planned: Planned) -> Planned:
    """The same record once more, as a publisher sends it that did not hear an acknowledgement."""
    first = planned.publication
    again_ms = millis(first.arrived) + int(between(rng, 0.2, 30) * 60_000)
    again = Publication(
        first.topic, first.key, first.value, first.source, first.id, first.time, moment(again_ms)
    )
    return Planned(again, delivery=Delivery.REPEATED)
