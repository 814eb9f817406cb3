"""Makes events, states and ledger entries as the hub tells them, for tests that plant mistakes in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.contracts.cases import ENDED, CaseEvent, CaseMove, CaseState, EventKind, Stage
from hub.contracts.fields import Urgency
from hub.contracts.operations import LedgerCount, LedgerEntry, Tally
from hub.contracts.reasons import Reason

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAD = "water-office"


def event(
    seq: int,
    *kinds: EventKind,
    stage: Stage,
    case_id: str = "110101001-a",
    lead: str | None = LEAD,
    assist: tuple[str, ...] = (),
    minute: int | None = None,
    source: str = "hotline-12345",
    source_id: str = "T-1",
    district: str = "110101",
    next_due: datetime | None = NOON + timedelta(days=7),
) -> CaseEvent:
    return CaseEvent(
        case_id=case_id,
        seq=seq,
        at=NOON + timedelta(minutes=seq if minute is None else minute),
        source=source,
        source_id=source_id,
        moves=tuple(CaseMove(kind=kind, reason=Reason.ALLOWED_MOVE, detail="why") for kind in kinds),
        stage=stage,
        lead_unit=lead,
        assist_units=assist,
        district=district,
        town="110101001",
        category="water",
        next_due=None if stage in ENDED else next_due,
    )


def life(case_id: str = "110101001-a", district: str = "110101") -> list[CaseEvent]:
    """A whole life without fault."""
    told = [
        ((EventKind.OPENED, EventKind.DISPATCHED), Stage.DISPATCHED),
        ((EventKind.JOINED,), Stage.DISPATCHED),
        ((EventKind.SIGNED_FOR,), Stage.SIGNED_FOR),
        ((EventKind.STARTED,), Stage.IN_WORK),
        ((EventKind.WARNED,), Stage.IN_WORK),
        ((EventKind.RESOLVED,), Stage.RESOLVED),
        ((EventKind.CLOSED,), Stage.CLOSED),
    ]
    return [
        event(seq, *kinds, stage=stage, case_id=case_id, district=district)
        for seq, (kinds, stage) in enumerate(told)
    ]


def state_of(last: CaseEvent) -> CaseState:
    """The state that an event leaves."""
    return CaseState(
        case_id=last.case_id,
        seq=last.seq,
        members=(),
        lead_unit=last.lead_unit,
        assist_units=last.assist_units,
        district=last.district,
        town=last.town,
        cell=None,
        category=last.category,
        urgency=Urgency.GENERAL,
        stage=last.stage,
        opened=NOON,
        since=NOON,
        due=None,
        closed=last.at if last.stage is Stage.CLOSED else None,
        met=None,
    )


def entry(
    topic: str,
    first: int,
    last: int,
    records: int | None = None,
    *counts: LedgerCount,
    step: str = "intake_hotline",
    partition: int = 0,
) -> LedgerEntry:
    return LedgerEntry(
        step=step,
        topic=topic,
        partition=partition,
        first_offset=first,
        last_offset=last,
        records=last - first + 1 if records is None else records,
        counts=counts,
    )


def count(
    feed: str, tally: Tally, number: int = 1, *, source: str = "call-centre", hour: int = 12
) -> LedgerCount:
    return LedgerCount(feed=feed, source=source, hour=NOON.replace(hour=hour), tally=tally, count=number)
