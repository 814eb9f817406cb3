"""What publishers tell the city: tickets, grid reports, inspections, packs of readings, actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, Told, minute

from hub import topics
from hub.contracts.action_terms import ActionTerms
from hub.contracts.feeds import (
    ActionKind,
    Appellant,
    Finding,
    GridReport,
    HazardGrade,
    HotlineTicket,
    Inspection,
    ReadingPack,
    Reinspection,
    UnitAction,
)
from hub.contracts.fields import PlaceRef, Source
from hub.contracts.proactive import ProactiveReport, ReportOrigin
from hub.contracts.standing import Standing, TownStatus
from hub.edges.identity import FeedRecord, event_time, record_key
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers

HOTLINE, GRID, INSPECTORS, GATEWAYS, UNITS, CENTRE = (
    "call-centre", "grid-app", "inspectorate", "gateways", "units", "operations-centre",
)  # fmt: skip
"""The publishers of the stories."""

NAME, PHONE, ID_NUMBER, STREET = "Ada Lovewell", "13812345678", "110101199003077777", "Secret Lane"
"""Personal data of every ticket: none of it may be in anything that the hub writes but dead letters."""


def ticket(
    id: str, category: str, place: PlaceRef, *, happened: float | None = None, **more: Any
) -> Told:  # fmt: skip
    """A citizen's ticket; ``happened`` is the minute of its event time, else that of its arrival."""

    def told(arrived: datetime, _: Heard) -> Sent:
        time = arrived if happened is None else minute(happened)
        address = place.address or f"{STREET} {id}"
        fields: dict[str, Any] = {
            "text": f"It is {NAME}, {PHONE}, of {address}: please come",
            "appellant": Appellant(name=NAME, phone=PHONE, id_number=ID_NUMBER),
            "wants_callback": False,
            **more,
        }
        known = place.model_copy(update={"address": address})
        return sent(
            topics.HOTLINE,
            HotlineTicket(source=HOTLINE, id=id, reported_at=time, category=category, place=known, **fields),
            arrived,
        )

    return told


def report(
    id: str,
    category: str,
    place: PlaceRef,
    *,
    happened: float | None = None,
    solved: float | None = None,
    **more: Any,
) -> Told:
    """A grid worker's report; ``solved`` is the minute in which it was solved on the spot."""

    def told(arrived: datetime, _: Heard) -> Sent:
        value = GridReport(
            source=GRID,
            id=id,
            reported_at=arrived if happened is None else minute(happened),
            category=category,
            place=place,
            worker=NAME,
            text=f"{NAME} was there",
            solved_at=None if solved is None else minute(solved),
            **more,
        )
        return sent(topics.GRID, value, arrived)

    return told


def inspection(
    id: str,
    site: str,
    place: PlaceRef,
    *findings: Finding,
    score: float | None = None,
    again: Iterable[Reinspection] = (),
    happened: float | None = None,
) -> Told:
    """A safety inspection of a site; ``again`` is what was looked at again."""

    def told(arrived: datetime, _: Heard) -> Sent:
        value = Inspection(
            source=INSPECTORS,
            id=id,
            inspected_at=arrived if happened is None else minute(happened),
            site=site,
            place=place,
            inspector=NAME,
            score=score,
            findings=findings,
            reinspections=tuple(again),
        )
        return sent(topics.INSPECTIONS, value, arrived)

    return told


def proactive(
    id: str,
    category: str,
    place: PlaceRef,
    *,
    title: str = "seen on a camera",
    origin: ReportOrigin = ReportOrigin.OPERATOR,
) -> Told:
    """What the operations centre reports before anybody complains."""

    def told(arrived: datetime, _: Heard) -> Sent:
        value = ProactiveReport(
            source=CENTRE,
            id=id,
            reported_at=arrived,
            origin=origin,
            category=category,
            title=title,
            place=place,
        )
        return sent(topics.PROACTIVE, value, arrived)

    return told


def general(hazard: str, *, rectify_by: float | None = None) -> Finding:
    """A general hazard."""
    return _finding(hazard, HazardGrade.GENERAL, rectify_by)


def major(hazard: str, *, rectify_by: float | None = None) -> Finding:
    """A major hazard."""
    return _finding(hazard, HazardGrade.MAJOR, rectify_by)


def passed(inspection_id: str, finding: int = 0) -> Reinspection:
    """An earlier finding is rectified."""
    return Reinspection(inspection_id=inspection_id, finding=finding, passed=True)


def failed(inspection_id: str, finding: int = 0) -> Reinspection:
    """An earlier finding is still there."""
    return Reinspection(inspection_id=inspection_id, finding=finding, passed=False)


def pack(
    id: str, gateway: str, *readings: tuple[int, float], happened: float | None = None, every: float = 0.0
) -> Told:
    """A pack of (slot, value) readings, each so many seconds after the one before."""

    def told(arrived: datetime, _: Heard) -> Sent:
        slots = np.array([slot for slot, _ in readings], "<u2")
        values = np.array([value for _, value in readings], "<f8")
        offsets = (np.arange(len(readings)) * every * 1000).astype("<i4")
        value = ReadingPack(
            source=GATEWAYS,
            id=id,
            gateway=gateway,
            base_time=arrived if happened is None else minute(happened),
            slots=slots.tobytes(),
            values=values.tobytes(),
            offsets_ms=offsets.tobytes() if every else b"",
        )
        return sent(topics.READINGS, value, arrived)

    return told


def act(
    id: str,
    kind: str,
    signal: str,
    unit: str | None,
    *,
    done: float | None = None,
    source: str = UNITS,
    terms: ActionTerms | None = None,
) -> Told:
    """What a unit does about the case of a signal, on which terms; ``done`` is the minute it claims."""

    def told(arrived: datetime, heard: Heard) -> Sent:
        case_id = heard.case_of(signal).case_id
        return _action(id, kind, arrived, done, source, unit=unit, case_id=case_id, terms=terms)

    return told


def act_on_warning(id: str, kind: str, unit: str) -> Told:
    """What a unit does about the proactive case of the only early warning."""

    def told(arrived: datetime, heard: Heard) -> Sent:
        (warning,) = heard.warnings.values()
        return _action(id, kind, arrived, None, UNITS, unit=unit, case_id=warning.proactive_case)

    return told


def by_hand(
    id: str, kind: str, signal: str, unit: str, *, other: str | None = None, leaves: str | None = None
) -> Told:
    """A join, split or move at the case of a signal; ``other`` opened the other case, ``leaves`` leaves."""

    def told(arrived: datetime, heard: Heard) -> Sent:
        return _action(
            id,
            kind,
            arrived,
            None,
            UNITS,
            unit=unit,
            case_id=heard.case_of(signal).case_id,
            signal=None if leaves is None else Source(source=HOTLINE, id=leaves),
            terms=None if other is None else ActionTerms(other_case=heard.opened_by(other)),
        )

    return told


def act_on(
    id: str,
    kind: str,
    case_id: str,
    unit: str | None,
    *,
    done: float | None = None,
    signal: Source | None = None,
    terms: ActionTerms | None = None,
) -> Told:
    """What a unit does about a case, or an alarm, of which it knows the id."""

    def told(arrived: datetime, _: Heard) -> Sent:
        return _action(id, kind, arrived, done, UNITS, unit=unit, case_id=case_id, signal=signal, terms=terms)

    return told


def close(
    id: str,
    signal: str,
    place: PlaceRef,
    *,
    done: float | None = None,
    source: str = HOTLINE,
    of: str = HOTLINE,
) -> Told:
    """A publisher closes a signal; ``of`` is the publisher of that signal."""

    def told(arrived: datetime, _: Heard) -> Sent:
        about = Source(source=of, id=signal)
        return _action(id, "close_signal", arrived, done, source, signal=about, place=place)

    return told


def town_status(
    id: str, standing: str, town: str, key_town: str | None = None, *, decided: float | None = None
) -> Told:
    """A town enters or leaves remediation; ``key_town`` is on whose log that is said, else its own."""

    def told(arrived: datetime, _: Heard) -> Sent:
        value = TownStatus(
            source="review",
            id=id,
            key_town=key_town or town,
            town=town,
            standing=Standing(standing),
            at=arrived if decided is None else minute(decided),
            why="too many appeals",
        )
        emit = Emit(topics.SIGNALS, value.key_town, id, value.at, value)
        headers = write_headers(topics.TOPICS[topics.SIGNALS], emit, source="review", causation=None)
        return Sent(topics.SIGNALS, value.key_town.encode(), encode(value), tuple(headers), arrived)

    return told


def with_headers(told: Told, **changed: str | bytes | None) -> Told:
    """The same record with other headers; None leaves one out."""

    def other(arrived: datetime, heard: Heard) -> Sent:
        made = told(arrived, heard)
        headers = {**dict(made.headers), **changed}
        kept = [(k, v.encode() if isinstance(v, str) else v) for k, v in headers.items() if v is not None]
        return replace(made, headers=tuple(kept))

    return other


def sent(topic: str, value: FeedRecord, arrived: datetime) -> Sent:
    """The record of a contract, as a publisher sends it."""
    key = record_key(value)
    emit = Emit(topic, key, value.id, event_time(value), value)
    headers = write_headers(topics.TOPICS[topic], emit, source=value.source, causation=None)
    return Sent(topic, key.encode(), encode(value), tuple(headers), arrived)


def _finding(hazard: str, grade: HazardGrade, rectify_by: float | None) -> Finding:
    limit = None if rectify_by is None else minute(rectify_by)
    return Finding(hazard=hazard, grade=grade, rectify_by=limit, text=f"{NAME} let us in")


def _action(id: str, kind: str, arrived: datetime, done: float | None, source: str, **more: Any) -> Sent:
    value = UnitAction(
        source=source,
        id=id,
        kind=ActionKind(kind),
        at=arrived if done is None else minute(done),
        note=f"{NAME} called {PHONE}",
        **more,
    )
    return sent(topics.ACTIONS, value, arrived)
