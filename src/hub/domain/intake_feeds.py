"""Intake of each feed: from the publisher's contract to signals and actions of a town's log."""

from datetime import datetime

from hub import topics
from hub.contracts.feeds import (
    ActionKind,
    Appellant,
    GridReport,
    HazardGrade,
    HotlineTicket,
    Inspection,
    Reinspection,
    UnitAction,
)
from hub.contracts.fields import LONGEST_ID, Contract, Feed, Source
from hub.contracts.proactive import ProactiveReport
from hub.contracts.reasons import Reason
from hub.contracts.sensing import AlarmAck
from hub.contracts.signals import CaseAction
from hub.contracts.trusted import trusted
from hub.domain.case_ids import town_of_case
from hub.domain.intake import Intake, appellant_of, check_time, find_place, make_signal, refuse, send, site_of
from hub.domain.privacy import hide
from hub.flow import Arrival, Emit, Outcome, State

_make_action = trusted(CaseAction)


def hotline(intake: Intake, ticket: HotlineTicket, arrival: Arrival) -> Outcome:
    """A citizen's ticket becomes one signal; the appellant leaves as a keyed pseudonym."""
    wrong = check_time(intake.city, "reported_at", ticket.reported_at, arrival)
    if wrong:
        return wrong
    placed = find_place(intake.city, ticket.place)
    if isinstance(placed, Outcome):
        return placed
    keys = intake.pseudonyms
    signal = make_signal(
        intake,
        arrival,
        placed,
        signal_id=ticket.id,
        feed=Feed.HOTLINE,
        category=ticket.category,
        time=ticket.reported_at,
        summary=hide(ticket.title or "", _private(ticket)),
        urgency=ticket.urgency,
        due=ticket.due,
        site=site_of(keys, ticket.place),
        site_before=site_of(keys.before, ticket.place),
        appellant=appellant_of(keys, ticket.appellant),
        appellant_before=appellant_of(keys.before, ticket.appellant),
        wants_callback=ticket.wants_callback,
    )
    return _forward(send(signal, signal.key_town, ticket.id, ticket.reported_at))


def _private(ticket: HotlineTicket) -> dict[str, str | None]:
    """What a ticket says of its citizen, by the mark that stands for it."""
    who = ticket.appellant or Appellant()
    return {
        "[name]": who.name,
        "[phone]": who.phone,
        "[id]": who.id_number,
        "[address]": ticket.place.address,
    }


def grid(intake: Intake, report: GridReport, arrival: Arrival) -> Outcome:
    """A grid worker's report becomes one signal; what was solved on the spot arrives closed."""
    wrong = check_time(intake.city, "reported_at", report.reported_at, arrival)
    if wrong is None and report.solved_at is not None:
        wrong = check_time(intake.city, "solved_at", report.solved_at, arrival)
    if wrong:
        return wrong
    placed = find_place(intake.city, report.place)
    if isinstance(placed, Outcome):
        return placed
    signal = make_signal(
        intake,
        arrival,
        placed,
        signal_id=report.id,
        feed=Feed.GRID,
        category=report.category,
        time=report.reported_at,
        summary=report.title,
        due=report.due,
        site=site_of(intake.pseudonyms, report.place),
        closed_at=report.solved_at,
    )
    return _forward(send(signal, signal.key_town, report.id, report.reported_at))


def inspections(intake: Intake, inspection: Inspection, arrival: Arrival) -> Outcome:
    """Each finding becomes a signal of its own; a passed re-inspection closes the signal of its finding."""
    wrong = check_time(intake.city, "inspected_at", inspection.inspected_at, arrival)
    if wrong:
        return wrong
    placed = find_place(intake.city, inspection.place)
    if isinstance(placed, Outcome):
        return placed
    site = site_of(intake.pseudonyms, inspection.place, inspection.site)
    hazards: list[tuple[str, HazardGrade, datetime | None]]
    hazards = [(f.hazard, f.grade, f.rectify_by) for f in inspection.findings]
    hazards += [(row.hazard, row.grade, None) for row in intake.city.score_hazards(inspection.score)]
    if _longest_id(inspection, len(hazards)) > LONGEST_ID:
        return refuse(
            Reason.INVALID_FIELD,
            f"id, reinspections: with a finding's number behind it an id has at most {LONGEST_ID} characters",
        )
    emits: list[Emit] = []
    for number, (hazard, grade, rectify_by) in enumerate(hazards):
        signal = make_signal(
            intake,
            arrival,
            placed,
            signal_id=finding_id(inspection.id, number),
            part=len(emits),
            feed=Feed.INSPECTION,
            category=hazard,
            time=inspection.inspected_at,
            summary=None,
            due=rectify_by,
            site=site,
            hazard=grade,
        )
        emits.append(send(signal, signal.key_town, signal.id, inspection.inspected_at))
    for result in inspection.reinspections:
        action = _make_action(
            source=arrival.source,
            id=_looked_at_again_id(inspection.id, result),
            part=len(emits),
            kind=ActionKind.CLOSE_SIGNAL if result.passed else ActionKind.PROGRESS,
            at=inspection.inspected_at,
            arrived=arrival.arrived,
            feed=Feed.INSPECTION,
            key_town=placed.at.key_town,
            signal=Source(source=arrival.source, id=finding_id(result.inspection_id, result.finding)),
        )
        emits.append(send(action, action.key_town, action.id, inspection.inspected_at))
    return _forward(*emits) if emits else Outcome(Reason.NOTHING_FOUND)


def _looked_at_again_id(inspection: str, result: Reinspection) -> str:
    return f"{inspection}/{finding_id(result.inspection_id, result.finding)}"


def _longest_id(inspection: Inspection, hazards: int) -> int:
    """Length of the longest id of what an inspection becomes."""
    ids = [_looked_at_again_id(inspection.id, result) for result in inspection.reinspections]
    return max(map(len, [finding_id(inspection.id, hazards), *ids]))


def finding_id(inspection: str, number: int) -> str:
    """The signal id of a finding: its inspection and its position in it."""
    return f"{inspection}#{number}"


def proactive(intake: Intake, report: ProactiveReport, arrival: Arrival) -> Outcome:
    """A report made before anybody complained becomes one signal."""
    wrong = check_time(intake.city, "reported_at", report.reported_at, arrival)
    if wrong:
        return wrong
    placed = find_place(intake.city, report.place)
    if isinstance(placed, Outcome):
        return placed
    signal = make_signal(
        intake,
        arrival,
        placed,
        signal_id=report.id,
        feed=Feed.PROACTIVE,
        category=report.category,
        time=report.reported_at,
        summary=report.title,
        urgency=report.urgency,
        site=site_of(intake.pseudonyms, report.place),
    )
    return _forward(send(signal, signal.key_town, report.id, report.reported_at))


def actions(intake: Intake, action: UnitAction, arrival: Arrival) -> Outcome:
    """A unit's action goes to the log of the case's town; an acknowledgement to the alarm's gateway."""
    wrong = check_time(intake.city, "at", action.at, arrival)
    if wrong:
        return wrong
    if action.unit is not None and action.unit not in intake.city.units:
        return refuse(Reason.UNKNOWN_UNIT, "unit: no unit of the city pack has this id")
    if action.kind is ActionKind.ACK_ALARM:
        return _acknowledge(intake, action)
    key_town = _town_of_case(intake, action)
    if isinstance(key_town, Outcome):
        return key_town
    sent = _make_action(
        source=arrival.source,
        id=action.id,
        kind=action.kind,
        at=action.at,
        arrived=arrival.arrived,
        key_town=key_town,
        unit=action.unit,
        case_id=action.case_id,
        signal=action.signal,
        terms=action.terms,
    )
    return _forward(send(sent, key_town, action.id, arrival.arrived))


def _town_of_case(intake: Intake, action: UnitAction) -> str | Outcome:
    """Case ids begin with the town that owns the case; a signal's place leads there too."""
    if action.case_id is not None:
        town = town_of_case(action.case_id)
        if town in intake.city.towns:
            return town
        return refuse(Reason.UNKNOWN_CASE, "case_id: does not begin with the code of a town of the city pack")
    if action.place is None:
        return refuse(Reason.NO_PLACE, "place: needed where case_id is not given")
    placed = find_place(intake.city, action.place)
    return placed if isinstance(placed, Outcome) else placed.at.key_town


def _acknowledge(intake: Intake, action: UnitAction) -> Outcome:
    alarm = action.case_id or ""
    gateway = alarm.split("/", 1)[0]
    if gateway not in intake.city.gateways:
        return refuse(Reason.UNKNOWN_ALARM, "case_id: must be the alarm's id, which begins with its gateway")
    if action.unit is None:
        return refuse(Reason.UNKNOWN_UNIT, "unit: needed to acknowledge an alarm")
    ack = AlarmAck(
        source=action.source, id=action.id, gateway=gateway, alarm_id=alarm, at=action.at, unit=action.unit
    )
    return Outcome(Reason.FORWARDED, (Emit(topics.READINGS, gateway, action.id, action.at, ack),))


def _forward(*emits: Emit) -> Outcome:
    """On to the town's log, where its end is counted."""
    return Outcome(Reason.FORWARDED, emits, terminal=False)


def handle(intake: Intake, state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """Intake of any feed: the identity in headers and body must agree, then the feed's own rule decides."""
    match body:
        case HotlineTicket() | GridReport() | Inspection() | UnitAction() | ProactiveReport():
            if (body.source, body.id) != (arrival.source, arrival.id):
                return refuse(
                    Reason.HEADER_MISMATCH, "source, id: differ from the ce_source and ce_id headers"
                )
    match body:
        case HotlineTicket():
            return hotline(intake, body, arrival)
        case GridReport():
            return grid(intake, body, arrival)
        case Inspection():
            return inspections(intake, body, arrival)
        case UnitAction():
            return actions(intake, body, arrival)
        case ProactiveReport():
            return proactive(intake, body, arrival)
        case _:
            return refuse(Reason.WRONG_CONTRACT, f"intake takes no {type(body).__name__}")
