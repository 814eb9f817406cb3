"""Every contract that stands alone on the wire or in a table, by name, with its newest version."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.case_memory import ClosedCase, Observation, PartitionClock, RefusedActions, SeenSignal
from hub.contracts.cases import Case, CaseEvent, CaseState, Refusal
from hub.contracts.feeds import FEED_CONTRACTS
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.contracts.orders import UnitOrder
from hub.contracts.past_appeals import PastAppeals
from hub.contracts.proactive import ProactiveReport
from hub.contracts.scores import CaseScore, ScoreCell, ScoreChange
from hub.contracts.sensing import Alarm, AlarmAck, GatewayState, WindowSummary
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.contracts.standing import TownStanding, TownStatus
from hub.contracts.surges import GroupNorm, GroupTrace, OpenWarning, PartitionNorm
from hub.contracts.warnings import Warning

_ALL: tuple[type[Contract], ...] = (
    *FEED_CONTRACTS,
    ProactiveReport,
    # the ordered log
    Signal,
    CaseAction,
    ClockTick,
    TownStatus,
    # what the hub says
    CaseEvent,
    CaseState,
    Refusal,
    UnitOrder,
    Alarm,
    AlarmAck,
    WindowSummary,
    ScoreChange,
    ScoreCell,
    Warning,
    DeadLetter,
    LedgerEntry,
    # table rows
    Case,
    ClosedCase,
    SeenSignal,
    RefusedActions,
    Observation,
    PastAppeals,
    TownStanding,
    PartitionClock,
    GatewayState,
    CaseScore,
    GroupTrace,
    GroupNorm,
    PartitionNorm,
    OpenWarning,
)

_CHANGED: Mapping[str, int] = {}
"""Newest version of each contract that has changed since its first release."""

CONTRACTS: Mapping[str, type[Contract]] = MappingProxyType({model.__name__: model for model in _ALL})
"""Contracts by name; the name on the wire is the class's own."""

VERSIONS: Mapping[str, int] = MappingProxyType({name: _CHANGED.get(name, 1) for name in CONTRACTS})
"""Newest version of every contract, from 1."""


def name_of(model: type[Contract]) -> str:
    """The name a contract has on the wire. Raises KeyError for one that never stands alone."""
    name = model.__name__
    if CONTRACTS.get(name) is not model:
        raise KeyError(f"{name} is not registered: add it to hub.contracts.registry")
    return name
