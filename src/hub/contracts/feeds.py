"""The four feeds and the units' feedback, as their publishers send them."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from hub.contracts.action_terms import ActionTerms
from hub.contracts.fields import Contract, Id, Instant, PlaceRef, Source, Text, Urgency


class Channel(StrEnum):
    """How a citizen reached the hotline; offline channels are first-class."""

    UNKNOWN = "unknown"
    PHONE = "phone"
    APP = "app"
    WEB = "web"
    MESSAGE = "message"
    LETTER = "letter"
    WALK_IN = "walk_in"


class Appellant(Contract):
    """The citizen who appeals 诉求人. Personal data: restricted topics only."""

    name: Annotated[str | None, Field(max_length=200, description="Name as told")] = None
    phone: Annotated[str | None, Field(max_length=50, description="Telephone number as told")] = None
    id_number: Annotated[str | None, Field(max_length=50, description="Identity document number")] = None


class HotlineTicket(Contract):
    """One appeal of a citizen to the hotline 12345 诉求工单."""

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Ticket number, equal to the ce_id header")]
    reported_at: Annotated[Instant, Field(description="When the citizen reported it")]
    channel: Annotated[Channel, Field(description="How the citizen reached the hotline")] = Channel.UNKNOWN
    category: Annotated[str, Field(max_length=300, description="Category code or path of the city pack")]
    title: Annotated[str | None, Field(max_length=500, description="Short title of the matter")] = None
    text: Annotated[Text | None, Field(description="What the citizen said; personal data")] = None
    place: Annotated[PlaceRef, Field(description="Where it is")]
    appellant: Annotated[Appellant | None, Field(description="Who appeals; personal data")] = None
    urgency: Annotated[Urgency, Field(description="Urgency as graded by the call taker")] = Urgency.UNKNOWN
    wants_callback: Annotated[bool, Field(description="Whether the citizen wants to be called back")] = True
    due: Annotated[
        Instant | None, Field(description="The ticket's own limit, where the publisher sets one")
    ] = None


class GridKind(StrEnum):
    """What a grid worker saw (GB/T 30428.2): a component of the city or an event."""

    UNKNOWN = "unknown"
    COMPONENT = "component"
    EVENT = "event"


class GridReport(Contract):
    """One report of a grid worker 网格上报."""

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Report number, equal to the ce_id header")]
    reported_at: Annotated[Instant, Field(description="When the worker reported it")]
    kind: Annotated[GridKind, Field(description="Component 部件 or event 事件")] = GridKind.UNKNOWN
    category: Annotated[str, Field(max_length=300, description="Category code or path of the city pack")]
    title: Annotated[str | None, Field(max_length=500, description="Short title of the matter")] = None
    text: Annotated[Text | None, Field(description="What the worker wrote; may hold personal data")] = None
    place: Annotated[PlaceRef, Field(description="Where it is; the code is usually the cell")]
    worker: Annotated[str | None, Field(max_length=100, description="Staff number of the grid worker")] = None
    solved_at: Annotated[
        Instant | None, Field(description="When it was solved on the spot, null if it needs dispatch")
    ] = None
    due: Annotated[
        Instant | None, Field(description="The report's own limit, where the publisher sets one")
    ] = None


class HazardGrade(StrEnum):
    """How bad a safety hazard is 隐患等级."""

    UNKNOWN = "unknown"
    GENERAL = "general"
    MAJOR = "major"


class Finding(Contract):
    """One safety hazard 隐患 found at a site."""

    hazard: Annotated[
        str, Field(min_length=1, max_length=300, description="Hazard code or path of the city pack")
    ]
    grade: Annotated[HazardGrade, Field(description="General 一般 or major 重大")]
    rectify_by: Annotated[Instant | None, Field(description="When it must be rectified")] = None
    text: Annotated[Text | None, Field(description="What the inspector wrote")] = None


class Reinspection(Contract):
    """The result of looking again at an earlier finding 复查."""

    inspection_id: Annotated[Id, Field(description="Inspection that made the finding")]
    finding: Annotated[int, Field(ge=0, description="Its position in that inspection, from 0")]
    passed: Annotated[bool, Field(description="Whether it is rectified")]


class Inspection(Contract):
    """One safety inspection of a site, with what was found and what was looked at again."""

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Inspection number, equal to the ce_id header")]
    inspected_at: Annotated[Instant, Field(description="When the inspection ended")]
    site: Annotated[Id, Field(description="The site's own id, stable over inspections")]
    place: Annotated[PlaceRef, Field(description="Where the site is")]
    inspector: Annotated[
        str | None, Field(max_length=100, description="Unit or staff number of the inspector")
    ] = None
    score: Annotated[
        float | None, Field(ge=0, le=1000, description="Score of the site, in the scale of the city pack")
    ] = None
    findings: Annotated[
        tuple[Finding, ...], Field(max_length=200, description="Hazards found, in order")
    ] = ()
    reinspections: Annotated[
        tuple[Reinspection, ...], Field(max_length=200, description="Earlier findings looked at again")
    ] = ()


class ReadingPack(Contract):
    """Readings of one gateway's sensors, columnar (SenML, RFC 8428: base time, offsets, values).

    Row i says: sensor ``slots[i]`` read ``values[i]`` at ``base_time + offsets_ms[i]``. NaN means that the
    sensor answered without a value. Names and units of the slots are in the city pack.
    """

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Pack number, equal to the ce_id header")]
    gateway: Annotated[Id, Field(description="The one gateway whose sensors are read; key of the record")]
    base_time: Annotated[Instant, Field(description="Time that the offsets count from")]
    slots: Annotated[
        bytes, Field(max_length=2_000_000, description="Sensor slots, little-endian uint16 each")
    ]
    values: Annotated[bytes, Field(max_length=8_000_000, description="Values, little-endian float64 each")]
    offsets_ms: Annotated[
        bytes,
        Field(
            max_length=4_000_000,
            description="Milliseconds after base_time, little-endian int32 each, or empty",
        ),
    ] = b""

    @model_validator(mode="after")
    def _columns_agree(self) -> Self:
        rows = len(self.slots) // 2
        if len(self.slots) % 2 or len(self.values) != rows * 8 or len(self.offsets_ms) not in (0, rows * 4):
            raise ValueError(
                "slots, values and offsets_ms must hold the same number of rows (2, 8 and 4 bytes each)"
            )
        return self


class ActionKind(StrEnum):
    """What a unit does about a case; new kinds are added at the end."""

    UNKNOWN = "unknown"
    SIGN_FOR = "sign_for"
    START = "start"
    PROGRESS = "progress"
    RESOLVE = "resolve"
    CLOSE = "close"
    CLOSE_SIGNAL = "close_signal"
    ACK_ALARM = "ack_alarm"
    OBJECT = "object"
    HAND_BACK = "hand_back"
    RULE = "rule"
    ROUTE = "route"
    CONVENE = "convene"
    RULE_CONSULTATION = "rule_consultation"
    WHISTLE = "whistle"
    REPORT_IN = "report_in"
    LEAVE = "leave"
    COSIGN = "cosign"
    GRADE = "grade"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    RULE_EXTENSION = "rule_extension"
    ESCALATE = "escalate"
    CALLBACK = "callback"
    REOPEN = "reopen"
    LOOK_BACK = "look_back"
    ASK_EXCLUSION = "ask_exclusion"
    RULE_EXCLUSION = "rule_exclusion"
    JOIN = "join"
    SPLIT = "split"
    MOVE_SIGNAL = "move_signal"
    INVALIDATE = "invalidate"


class UnitAction(Contract):
    """One thing that a unit (or the publisher of a signal) did about a case.

    Names its case by ``case_id``, or by ``signal`` and ``place`` where its publisher knows only that.
    """

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Action number, equal to the ce_id header; repeated = ignored")]
    kind: Annotated[ActionKind, Field(description="What was done")]
    at: Annotated[Instant, Field(description="When it was done, as claimed")]
    unit: Annotated[
        Id | None, Field(description="Unit that acts; null where a publisher closes its own signal")
    ] = None
    case_id: Annotated[Id | None, Field(description="Case (or alarm, for ack_alarm) it is about")] = None
    signal: Annotated[Source | None, Field(description="Signal it is about, where the case is not known")] = (
        None
    )
    place: Annotated[PlaceRef | None, Field(description="Place of that signal, needed without case_id")] = (
        None
    )
    note: Annotated[Text | None, Field(description="Note of the unit; may hold personal data")] = None
    terms: Annotated[ActionTerms | None, Field(description="What the action says besides")] = None

    @model_validator(mode="after")
    def _names_its_case(self) -> Self:
        if self.case_id is None and (self.signal is None or self.place is None):
            raise ValueError("give case_id, or signal together with place")
        if self.kind is ActionKind.CLOSE_SIGNAL and self.signal is None:
            raise ValueError("close_signal needs signal")
        return self


FEED_CONTRACTS = (HotlineTicket, GridReport, Inspection, ReadingPack, UnitAction)
"""What publishers send."""
