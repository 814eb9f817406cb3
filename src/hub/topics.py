"""Every topic of the hub: what it holds, who owns and reads it, how long it is kept, who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.contracts.cases import CaseEvent, CaseState, Refusal
from hub.contracts.feeds import GridReport, HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.contracts.fields import Contract, Grade
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.contracts.orders import UnitOrder
from hub.contracts.proactive import ProactiveReport
from hub.contracts.scores import ScoreCell, ScoreChange
from hub.contracts.sensing import Alarm, AlarmAck, WindowSummary
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.contracts.standing import TownStatus
from hub.contracts.warnings import Warning

HOTLINE = "hotline.tickets"
GRID = "grid.reports"
INSPECTIONS = "safety.inspections"
ACTIONS = "unit.actions"
READINGS = "iot.readings"
PROACTIVE = "proactive.reports"
SIGNALS = "city.signals"
ALARMS = "iot.alarms"
SUMMARIES = "iot.summaries"
EVENTS = "case.events"
STATE = "case.state"
REFUSALS = "case.refusals"
ORDERS = "unit.orders"
SCORE_CASES = "scores.cases"
SCORES_DAILY = "scores.daily"
DEAD_LETTERS = "dead.letters"
LEDGER = "ledger.entries"
WARNINGS = "city.warnings"


class Envelope(StrEnum):
    """Which CloudEvents attributes a record carries as headers."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the map; ``retention_days`` None keeps for ever, not ``partitioned`` has one partition."""

    name: str
    contracts: tuple[type[Contract], ...]
    key: str
    owner: str
    readers: tuple[str, ...]
    grade: Grade
    purpose: str
    retention_days: int | None
    compacted: bool = False
    partitioned: bool = True
    envelope: Envelope = Envelope.PUBLIC
    feed: bool = False


_ALL = (
    Topic(
        HOTLINE,
        (HotlineTicket,),
        "any",
        "call centre",
        ("intake_hotline", "verifier"),
        Grade.RESTRICTED,
        "Appeals of citizens, in the clear",
        90,
        feed=True,
    ),
    Topic(
        GRID,
        (GridReport,),
        "any",
        "grid workers' app",
        ("intake_grid", "verifier"),
        Grade.RESTRICTED,
        "Reports of grid workers",
        90,
        feed=True,
    ),
    Topic(
        INSPECTIONS,
        (Inspection,),
        "any",
        "inspectors",
        ("intake_inspections", "verifier"),
        Grade.CONFIDENTIAL,
        "Safety inspections, their findings and re-inspections",
        400,
        feed=True,
    ),
    Topic(
        ACTIONS,
        (UnitAction,),
        "any",
        "units",
        ("intake_actions", "verifier"),
        Grade.RESTRICTED,
        "What units do about cases",
        400,
        feed=True,
    ),
    Topic(
        READINGS,
        (ReadingPack, AlarmAck, ClockTick),
        "gateway",
        "sensor gateways",
        ("sensing", "verifier"),
        Grade.INTERNAL,
        "Packs of sensor readings, acknowledgements of alarms, ticks",
        30,
        feed=True,
    ),
    Topic(
        PROACTIVE,
        (ProactiveReport,),
        "any",
        "hub, operators",
        ("intake_proactive", "verifier"),
        Grade.CONFIDENTIAL,
        "Reports of warnings, alerts and operators, made before anybody complains",
        400,
        feed=True,
    ),
    Topic(
        SIGNALS,
        (Signal, CaseAction, TownStatus, ClockTick),
        "town that owns the case",
        "hub",
        ("cases", "verifier"),
        Grade.CONFIDENTIAL,
        "The one ordered log of each town: all that can change a case",
        400,
        envelope=Envelope.INTERNAL,
    ),
    Topic(
        ALARMS,
        (Alarm,),
        "sensor",
        "hub",
        ("analysts", "exporter", "verifier", "clerks", "subscribers"),
        Grade.INTERNAL,
        "Newest state of each alarm",
        None,
        compacted=True,
    ),
    Topic(
        SUMMARIES,
        (WindowSummary,),
        "gateway",
        "hub",
        ("verifier", "subscribers"),
        Grade.INTERNAL,
        "What sensors read, by window",
        400,
    ),
    Topic(
        EVENTS,
        (CaseEvent,),
        "town that owns the case",
        "hub",
        ("scores", "warnings", "exporter", "verifier", "clerks", "subscribers"),
        Grade.INTERNAL,
        "What happened to every case, with reasons",
        None,
    ),
    Topic(
        STATE,
        (CaseState,),
        "case",
        "hub",
        ("verifier", "subscribers"),
        Grade.INTERNAL,
        "Newest state of every case",
        None,
        compacted=True,
    ),
    Topic(
        REFUSALS,
        (Refusal,),
        "town that owns the case",
        "hub",
        ("verifier", "clerks", "units"),
        Grade.INTERNAL,
        "Signals and actions that changed nothing, with the reason",
        400,
    ),
    Topic(
        ORDERS,
        (UnitOrder, Refusal),
        "unit",
        "hub",
        ("delivery", "exporter", "verifier"),
        Grade.CONFIDENTIAL,
        "Orders of all units, and answers to what they may not do, before delivery",
        30,
        envelope=Envelope.INTERNAL,
    ),
    Topic(
        SCORE_CASES,
        (ScoreChange,),
        "district",
        "hub",
        ("totals", "analysts", "verifier"),
        Grade.INTERNAL,
        "What each case counts for in scores, whenever that changes",
        800,
        envelope=Envelope.INTERNAL,
    ),
    Topic(
        SCORES_DAILY,
        (ScoreCell,),
        "day, subject and district",
        "hub",
        ("exporter", "analysts", "verifier", "subscribers"),
        Grade.INTERNAL,
        "Newest sums of each day by district, town, unit and category",
        None,
        compacted=True,
    ),
    Topic(
        WARNINGS,
        (Warning,),
        "warning",
        "hub",
        ("exporter", "verifier", "analysts", "subscribers"),
        Grade.INTERNAL,
        "Newest state of each early warning: what is unusual where, why, and whether it came true",
        None,
        compacted=True,
    ),
    Topic(
        DEAD_LETTERS,
        (DeadLetter,),
        "publisher",
        "hub",
        ("operators", "verifier", "clerks"),
        Grade.RESTRICTED,
        "Records that could not be used, whole, with the reason",
        90,
        envelope=Envelope.INTERNAL,
    ),
    Topic(
        LEDGER,
        (LedgerEntry,),
        "step",
        "hub",
        ("exporter", "verifier"),
        Grade.INTERNAL,
        "What each transaction did with its input",
        None,
        envelope=Envelope.INTERNAL,
    ),
)

TOPICS: Mapping[str, Topic] = MappingProxyType({topic.name: topic for topic in _ALL})
"""All topics of the map by name; orders of single units and changelogs are made from them by name."""


def unit_orders(unit: str) -> Topic:
    """The topic that one unit reads: its own orders and no other's."""
    return Topic(
        f"{ORDERS}.{unit}",
        (UnitOrder, Refusal),
        "case",
        "hub",
        (f"unit {unit}",),
        Grade.CONFIDENTIAL,
        f"Orders of unit {unit}, and answers to what it may not do",
        90,
        partitioned=False,
    )


def changelog(step: str) -> Topic:
    """The compacted topic that a step's rows are restored from, co-partitioned with its input."""
    return Topic(
        f"hub.{step}.changelog",
        (),
        "table and row",
        "hub",
        (step,),
        Grade.CONFIDENTIAL,
        f"Rows of step {step}",
        None,
        compacted=True,
        envelope=Envelope.INTERNAL,
    )
