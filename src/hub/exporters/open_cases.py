"""Folds case events into figures of what is open: stages, limits, units, towns, tags, hazards. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import ENDED, CaseEvent, ClockKind, EventKind, Stage
from hub.contracts.feeds import HazardGrade

Key = TypeVar("Key")


class Risk(StrEnum):
    """How a case, or one limit of it, stands to its time."""

    IN_TIME = "in_time"
    WARNED = "warned"
    """A limit has warned and none is breached."""
    BREACHED = "breached"
    """What should have been done by now still waits."""


_RUNS_IN: Mapping[str, frozenset[Stage]] = MappingProxyType(
    {
        ClockKind.SIGN_FOR: frozenset({Stage.DISPATCHED}),
        ClockKind.REVIEW: frozenset({Stage.OBJECTED}),
        ClockKind.CONSULT: frozenset({Stage.CONSULTING}),
        ClockKind.ARRIVE: frozenset({Stage.WHISTLED}),
        ClockKind.COSIGN: frozenset({Stage.COSIGNING}),
        ClockKind.CALLBACK: frozenset({Stage.RESOLVED}),
        ClockKind.RESOLVE: frozenset(Stage) - ENDED - {Stage.COSIGNING, Stage.RESOLVED},
        ClockKind.EXTENSION: frozenset(Stage) - ENDED - {Stage.COSIGNING, Stage.RESOLVED},
    }
)
"""In which stages a limit that warned or passed still matters; others do as long as a case is open."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What the figures need to know of one open case."""

    district: str
    town: str
    unit: str
    """The accountable unit; empty where there is none."""
    category: str
    stage: Stage
    accountable: bool
    """Whether exactly one unit answers for it."""
    tags: tuple[CaseTag, ...]
    hazard: HazardGrade | None
    warned: frozenset[str]
    """Kinds of its limits that have warned, and are not breached."""
    breached: frozenset[str]

    @property
    def risk(self) -> Risk:
        """The worst of its limits."""
        return Risk.BREACHED if self.breached else Risk.WARNED if self.warned else Risk.IN_TIME


@dataclass(frozen=True, slots=True)
class OpenFigures:
    """Open cases counted in several ways; a missing key is 0."""

    by_unit: Mapping[tuple[str, Risk], int]
    """By accountable unit."""
    by_town: Mapping[tuple[str, str, Risk], int]
    """By district and town."""
    by_category: Mapping[tuple[str, str], int]
    """By category, as the event names it, and district."""
    tagged: Mapping[tuple[CaseTag, str], int]
    """By tag and district."""
    hazards: Mapping[tuple[HazardGrade, str], int]
    """Cases of hazards by worst grade and district."""
    limits: Mapping[tuple[str, Risk, str], int]
    """Limits that have warned or passed, by kind and district."""


@dataclass(slots=True)
class OpenCounts:
    """The counters behind `OpenFigures`: a case is added when it comes and taken out when it goes."""

    by_unit: Counter[tuple[str, Risk]] = field(default_factory=Counter)
    by_town: Counter[tuple[str, str, Risk]] = field(default_factory=Counter)
    by_category: Counter[tuple[str, str]] = field(default_factory=Counter)
    tagged: Counter[tuple[CaseTag, str]] = field(default_factory=Counter)
    hazards: Counter[tuple[HazardGrade, str]] = field(default_factory=Counter)
    limits: Counter[tuple[str, Risk, str]] = field(default_factory=Counter)

    def count(self, case: OpenCase, sign: int) -> None:
        """Put a case in (1) or take it out (-1)."""
        risk = case.risk
        self.by_unit[case.unit, risk] += sign
        self.by_town[case.district, case.town, risk] += sign
        self.by_category[case.category, case.district] += sign
        for tag in case.tags:
            self.tagged[tag, case.district] += sign
        if case.hazard is not None:
            self.hazards[case.hazard, case.district] += sign
        for clock in case.warned:
            self.limits[clock, Risk.WARNED, case.district] += sign
        for clock in case.breached:
            self.limits[clock, Risk.BREACHED, case.district] += sign

    def figures(self) -> OpenFigures:
        """The counts as they are now, unchanged by what comes later."""
        return OpenFigures(
            by_unit=frozen_counts(self.by_unit),
            by_town=frozen_counts(self.by_town),
            by_category=frozen_counts(self.by_category),
            tagged=frozen_counts(self.tagged),
            hazards=frozen_counts(self.hazards),
            limits=frozen_counts(self.limits),
        )


def changed(before: OpenCase | None, event: CaseEvent) -> OpenCase:
    """An open case after an event: which of its limits have warned or are breached, who answers for it."""
    warned = set(before.warned) if before else set()
    breached = set(before.breached) if before else set()
    # The id of a clock's event is the clock's kind and what it did.
    clock = event.source_id.split("/", 1)[0]
    for move in event.moves:
        if move.kind is EventKind.WARNED:
            warned.add(clock)
        elif move.kind is EventKind.BREACHED:
            warned.discard(clock)
            breached.add(clock)
    over = {kind for kind, stages in _RUNS_IN.items() if event.stage not in stages}
    lead = event.lead_unit
    return OpenCase(
        district=event.district,
        town=event.town,
        unit=lead or "",
        category=event.category,
        stage=event.stage,
        accountable=bool(lead) and lead not in event.assist_units,
        tags=event.tags,
        hazard=event.hazard,
        warned=frozenset(warned - over),
        breached=frozenset(breached - over),
    )


def frozen_counts(counts: Mapping[Key, int]) -> Mapping[Key, int]:
    """Counts as they are now, without zeros."""
    return MappingProxyType({key: count for key, count in counts.items() if count})
