"""What a case's events say that scores are made of: one row per case, event by event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.citypack.model import Unreached
from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.reasons import Reason
from hub.contracts.scores import CaseScore, UnitDispute
from hub.contracts.trusted import altered, trusted
from hub.domain.case_log import CLOCK

REMEMBERED = timedelta(days=45)
"""How long a case that is closed or invalid is remembered after its newest event, in log time."""

_make_score = trusted(CaseScore)
_make_dispute = trusted(UnitDispute)

# Members of enums by names of their own: looking them up, and hashing them, takes longer than all the rest.
_CLOSED, _INVALID, _REPEAT = Stage.CLOSED, Stage.INVALID, CaseTag.REPEAT


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """What scores need of a city: its days, and how callbacks that reached nobody count."""

    zone: ZoneInfo
    unreached_counts: bool

    @classmethod
    def of(cls, city: City) -> Self:
        """The rules of a city's pack."""
        return cls(ZoneInfo(city.settings.timezone), city.weights.unreached is Unreached.UNSOLVED)

    def day_of(self, at: datetime) -> str:
        """The day of the city that a moment lies on, such as 2015-03-02."""
        return at.astimezone(self.zone).date().isoformat()


def row_after(rules: ScoreRules, before: CaseScore | None, event: CaseEvent) -> CaseScore:
    """The row of a case after one more of its events."""
    opened = event.opened or (event.at if before is None else before.opened)
    stage, stays = event.stage, before is not None and before.opened == opened
    # one that was joined to another may be split off as long as that one lives
    over = stage is _CLOSED or stage is _INVALID
    fields = {
        "district": event.district,
        "town": event.town,
        "category": event.category,
        "opened": opened,
        "day": before.day if before is not None and stays else rules.day_of(opened),
        "lead_unit": event.lead_unit,
        "stage": stage,
        "signals": event.signals,
        "appeals": event.appeals,
        "escalated": event.level > 0,
        "hazard": event.hazard is not None,
        "repeat": _REPEAT in event.tags,
        "forget_at": event.at + REMEMBERED if over else None,
    }
    row = altered(_fresh(event) if before is None else before, **fields)
    for move in event.moves:
        told = _TOLD.get(move.kind.value)
        if told is not None:
            row = told(row, event, move)
    return row if event.answers is None else _answered(row, event.answers)


def _fresh(event: CaseEvent) -> CaseScore:
    return _make_score(
        district=event.district,
        town=event.town,
        category=event.category,
        opened=event.at,
        day="",
        lead_unit=event.lead_unit,
        stage=event.stage,
        signals=event.signals,
        appeals=event.appeals,
    )


def _answered(row: CaseScore, answers: Answers) -> CaseScore:
    """A callback: of each question the newest answer of a citizen who was reached."""
    if not answers.reached:
        return altered(row, called=True)
    said = {"contacted": answers.contacted, "solved": answers.solved, "satisfied": answers.satisfied}
    return altered(
        row, called=True, reached=True, **{name: value for name, value in said.items() if value is not None}
    )


def _breached(row: CaseScore, event: CaseEvent, _: CaseMove) -> CaseScore:
    """Overdue by the clock of the limit to resolve alone; a case that is reopened stays so."""
    kind, _slash, _move = event.source_id.partition("/")
    late = event.source == CLOCK and kind == ClockKind.RESOLVE
    return altered(row, overdue=True) if late else row


def _objected(row: CaseScore, event: CaseEvent, move: CaseMove) -> CaseScore:
    unit = event.actor or move.unit
    return row if unit is None else altered(_disputing(row, unit, "objected"), objector=unit)


def _reported_in(row: CaseScore, _: CaseEvent, move: CaseMove) -> CaseScore:
    late = ("arrived_late",) if move.reason == Reason.ARRIVED_LATE else ()
    return row if move.unit is None else _disputing(row, move.unit, "summoned", "arrived", *late)


def _disputing(row: CaseScore, unit: str, *names: str) -> CaseScore:
    """The row with one more of each named count of a unit."""
    known = {one.unit: one for one in row.disputes}
    one = known.get(unit) or _make_dispute(unit=unit)
    known[unit] = altered(one, **{name: getattr(one, name) + 1 for name in names})
    return altered(row, disputes=tuple(known.values()))


def _ruled(name: str) -> Callable[[CaseScore, CaseEvent, CaseMove], CaseScore]:
    """A ruling counts for the unit that objected last."""
    return lambda row, _, __: row if row.objector is None else _disputing(row, row.objector, name)


_TOLD: Mapping[str, Callable[[CaseScore, CaseEvent, CaseMove], CaseScore]] = MappingProxyType(
    {
        EventKind.RESOLVED.value: lambda row, event, _: altered(row, resolved=event.at),
        EventKind.CLOSED.value: lambda row, event, _: altered(row, closed=event.at),
        EventKind.REOPENED.value: lambda row, _, __: altered(row, reopened=True),
        EventKind.BREACHED.value: _breached,
        EventKind.EXCLUSION_ASKED.value: lambda row, _, __: altered(row, exclusion_asked=True),
        EventKind.EXCLUDED.value: lambda row, _, __: altered(row, excluded=True),
        EventKind.OBJECTED.value: _objected,
        EventKind.HANDED_BACK.value: _objected,
        EventKind.OBJECTION_UPHELD.value: _ruled("upheld"),
        EventKind.OBJECTION_REJECTED.value: _ruled("rejected"),
        EventKind.REPORTED_IN.value: _reported_in,
        EventKind.ABSENT.value: lambda row, _, move: (
            row if move.unit is None else _disputing(row, move.unit, "summoned")
        ),
    }
)
"""What each kind of move adds to a row; other moves add nothing."""
