"""Tickets of Beijing that each open a case of their own, and what its unit does until it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub import topics
from hub.citypack.city import City
from hub.contracts.action_terms import ActionTerms, Answers
from hub.contracts.feeds import ActionKind, Appellant, Channel, HotlineTicket, UnitAction
from hub.contracts.fields import Contract, PlaceRef, Point
from hub.contracts.signals import Signal
from hub.domain import intake_feeds
from hub.domain.case_ids import case_id_of
from hub.domain.dispatch import choose_units
from hub.domain.intake import Intake
from hub.domain.privacy import Pseudonyms
from hub.flow import Arrival, Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.outputs import Output
from hub.settings import DEMO_PSEUDONYM_KEY

SOURCE = "hotline-12345"
NOT_OF_CITIZENS = ("hazard", "sensor")
"""Roots of the category tree that come with inspections and alarms."""

LIFE = (ActionKind.SIGN_FOR, ActionKind.START, ActionKind.PROGRESS, ActionKind.RESOLVE, ActionKind.CALLBACK)
"""What the unit that leads a case does, in this order, and at the end the centre, which asks the citizen."""


@dataclass(frozen=True, slots=True)
class Appeal:
    """A ticket, its record, the case that it opens and the units that must hear of it, the lead first."""

    ticket: HotlineTicket
    record: Output
    case_id: str
    units: tuple[str, ...]
    centre: str


def appeals(
    city: City,
    count: int,
    start: datetime,
    every: timedelta = timedelta(0),
    occupied: Mapping[str, AbstractSet[str]] | None = None,
) -> Iterator[Appeal]:
    """So many tickets from ``start``, ``every`` so long; the same arguments give the same tickets.

    No two are near enough to each other to be about the same thing, nor to an ``occupied`` cell: cells by
    the affinity of a category.
    """
    intake, choices = Intake(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode())), _choices(city)
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for affinity, cells in (occupied or {}).items():
        taken[affinity] |= cells
    made, number = 0, 0
    while made < count:
        ticket = _ticket(choices, number, start + made * every)
        number += 1
        signal = _signal(intake, ticket)
        if signal is None or signal.cell is None:
            continue
        near = taken[city.affinity_of(signal.category)]
        if not near.isdisjoint(city.neighbours(signal.cell, city.max_join_m)):
            continue
        near.add(signal.cell)
        made += 1
        yield _appeal(city, ticket, signal)


_PLEASED = ActionTerms(answers=Answers(reached=True, contacted=True, solved=True, satisfied=True))


def action(appeal: Appeal, kind: ActionKind, at: datetime) -> Output:
    """What is done about the appeal's case: by the unit that leads it, or the centre's call at the end."""
    called = kind is ActionKind.CALLBACK
    unit = appeal.centre if called else appeal.units[0]
    source, id = f"unit:{unit}", f"{appeal.case_id}/{kind}"
    done = UnitAction(
        source=source,
        id=id,
        kind=kind,
        at=at,
        unit=unit,
        case_id=appeal.case_id,
        terms=_PLEASED if called else None,
    )
    return record_of(topics.ACTIONS, appeal.case_id, done, source, id, at)


def record_of(topic: str, key: str, value: Contract, source: str, id: str, at: datetime) -> Output:
    """A value as its publisher sends it."""
    emit = Emit(topic, key, id, at, value)
    headers = tuple(write_headers(topics.TOPICS[topic], emit, source=source, causation=None))
    return Output(topic, key.encode(), encode(value), headers, round(at.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class _Choices:
    """Where things happen and what."""

    communities: tuple[tuple[str, Point], ...]
    categories: tuple[str, ...]


def _choices(city: City) -> _Choices:
    parents = {category.parent for category in city.categories.values()}
    leaves = sorted(city.categories.keys() - parents)
    return _Choices(
        tuple(
            (code, Point(lon=one.lon, lat=one.lat))
            for code, one in sorted(city.communities.items())
            if one.lon is not None and one.lat is not None
        ),
        tuple(code for code in leaves if not code.startswith(NOT_OF_CITIZENS)),
    )


def _ticket(choices: _Choices, number: int, at: datetime) -> HotlineTicket:
    """Communities and categories in turn, some metres from the community's point."""
    code, point = choices.communities[number * 7919 % len(choices.communities)]
    shift = (number * 31 % 21 - 10) * 1e-4
    return HotlineTicket(
        source=SOURCE,
        id=f"t{number:09d}",
        reported_at=at,
        channel=Channel.PHONE,
        category=choices.categories[number * 104_729 % len(choices.categories)],
        title="门口有情况",
        text="门口的情况已经持续几天，出行不便，希望尽快处理。" * 2,
        place=PlaceRef(
            point=Point(lon=point.lon + shift, lat=point.lat - shift), code=code, address=f"{number} 号"
        ),
        appellant=Appellant(name="王先生", phone=f"138{number:08d}"),
    )


def _signal(intake: Intake, ticket: HotlineTicket) -> Signal | None:
    """What intake makes of a ticket, or None where it refuses it."""
    at = ticket.reported_at
    arrival = Arrival(topics.HOTLINE, ticket.source, ticket.id, "", at, at)
    emits = intake_feeds.hotline(intake, ticket, arrival).emits
    signal = emits[0].value if emits else None
    return signal if isinstance(signal, Signal) else None


def _appeal(city: City, ticket: HotlineTicket, signal: Signal) -> Appeal:
    units = choose_units(city, signal)
    return Appeal(
        ticket,
        record_of(topics.HOTLINE, ticket.id, ticket, ticket.source, ticket.id, ticket.reported_at),
        case_id_of(signal.key_town, signal.time, signal.source, signal.id),
        (units.lead, *units.assist),
        city.settings.catch_all_unit,
    )
