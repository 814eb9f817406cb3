"""Intake 受理: turns a published record into signals of a town's log: placed, classified, masked, timed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub import topics
from hub.citypack.city import City, Located
from hub.citypack.model import Category
from hub.contracts.feeds import Appellant, HazardGrade
from hub.contracts.fields import Contract, Feed, PlaceRef, Point, Urgency
from hub.contracts.reasons import Reason
from hub.contracts.signals import PlacedBy, Signal
from hub.contracts.trusted import trusted
from hub.domain.privacy import Pseudonyms, digits_of, mask
from hub.flow import Arrival, Emit, Outcome

_make = trusted(Signal)

OLDEST = timedelta(days=3650)
"""A live event older than ten years before its arrival is a wrong date, not news."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record lies, and how that was found."""

    at: Located
    point: Point | None
    by: PlacedBy
    trace: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What intake needs to know of the city and its keys."""

    city: City
    pseudonyms: Pseudonyms


def refuse(reason: Reason, detail: str) -> Outcome:
    """A record that is readable, but of no use, with what to mend."""
    return Outcome(reason, detail=detail)


def check_time(city: City, field: str, time: datetime, arrival: Arrival) -> Outcome | None:
    """Refuse a time that would move the city's clock ahead, or that can't be meant."""
    ahead = timedelta(seconds=city.settings.ahead_s)
    if time > arrival.arrived + ahead:
        return refuse(
            Reason.AHEAD_OF_CLOCK,
            f"{field}: lies more than {ahead} after its arrival; check the publisher's clock and time zone",
        )
    if time < arrival.arrived - OLDEST:
        return refuse(Reason.TOO_OLD, f"{field}: lies more than ten years before its arrival; check the date")
    return None


def find_place(city: City, place: PlaceRef) -> Placed | Outcome:
    """Point, then cell, then town; or the town of a code; or the reason why there is none."""
    point = place.point
    default = None if point is None else city.default_point(point)
    if point is not None and default is None:
        located = city.locate(point)
        if located is not None:
            return Placed(
                located, point, PlacedBy.POINT, f"point lies in cell {located.cell}, town {located.town}"
            )
    code = place.code or (default.town if default else None)
    if code:
        by_code = city.located_by_code(code)
        if by_code is not None:
            why = "default point ignored, " if default else ""
            return Placed(by_code, None, PlacedBy.CODE, f"{why}code names town {by_code.town}")
        if point is None or default:
            return refuse(
                Reason.UNKNOWN_PLACE, "place.code: no cell, community or town of the city pack has this code"
            )
    if default:
        return refuse(
            Reason.NO_PLACE, "place.point: is a known default point of a geocoder; give place.code as well"
        )
    if point is not None:
        return refuse(
            Reason.OUTSIDE_CITY, "place.point: lies outside the city (longitude and latitude swapped?)"
        )
    return refuse(Reason.NO_PLACE, "place: give place.point (WGS-84) or place.code")


def classify(city: City, text: str) -> tuple[Category, str]:
    """The category that the text names, else the deepest one above it, else the catch-all category."""
    found = city.category_of(text)
    if found is not None:
        return found, f"category {found.code}"
    above = city.category_above(text)
    if above is not None:
        return above, f"category not in the tree, taken as {above.code} above it"
    unknown = city.categories[city.settings.unknown_category]
    return unknown, f"category not in the tree, taken as {unknown.code}"


def site_of(pseudonyms: Pseudonyms | None, place: PlaceRef, site: str | None = None) -> str | None:
    """A keyed digest of the exact place, equal for equal places; None where place or key is unknown."""
    if pseudonyms is None:
        return None
    if site is not None:
        return pseudonyms.of("site", site)
    return pseudonyms.of("address", place.address) if place.address else None


def appellant_of(pseudonyms: Pseudonyms | None, who: Appellant | None) -> str | None:
    """The keyed pseudonym of a person; None where person or key is unknown.

    By telephone, which nearly every ticket has, else by identity number; a name alone names many people.
    """
    if pseudonyms is None or who is None:
        return None
    if digits := digits_of(who.phone or ""):
        return pseudonyms.of("appellant", digits)
    return pseudonyms.of("appellant", who.id_number) if who.id_number else None


def make_signal(
    intake: Intake,
    arrival: Arrival,
    placed: Placed,
    *,
    signal_id: str,
    feed: Feed,
    category: str,
    time: datetime,
    summary: str | None,
    part: int = 0,
    urgency: Urgency = Urgency.UNKNOWN,
    site: str | None = None,
    due: datetime | None = None,
    closed_at: datetime | None = None,
    appellant: str | None = None,
    appellant_before: str | None = None,
    site_before: str | None = None,
    wants_callback: bool = False,
    hazard: HazardGrade | None = None,
) -> Signal:
    """A signal of the town's log out of what the feeds have in common."""
    node, why = classify(intake.city, category)
    return _make(
        source=arrival.source,
        id=signal_id,
        part=part,
        feed=feed,
        time=time,
        arrived=arrival.arrived,
        town=placed.at.town,
        key_town=placed.at.key_town,
        cell=placed.at.cell if placed.by is PlacedBy.POINT else None,
        point=placed.point,
        placed_by=placed.by,
        category=node.code,
        urgency=intake.city.urgency_of(node.code) if urgency is Urgency.UNKNOWN else urgency,
        site=site,
        due=due,
        closed_at=closed_at,
        site_before=site_before,
        appellant=appellant,
        appellant_before=appellant_before,
        appellant_epoch=intake.pseudonyms.epoch if feed is Feed.HOTLINE else 0,
        wants_callback=wants_callback,
        hazard=hazard,
        summary=mask(summary or node.name),
        trace=(placed.trace, why),
    )


def send(value: Contract, key_town: str, record_id: str, time: datetime) -> Emit:
    """A record for the log of the town that owns the case."""
    return Emit(topics.SIGNALS, key_town, record_id, time, value)
