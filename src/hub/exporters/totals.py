"""The city in figures at one moment, as the metrics and the terminal view show it. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.contracts.cases import EventKind, Stage
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind
from hub.domain.scoring.merging import Merged
from hub.exporters.disputes import Dispute
from hub.exporters.open_cases import OpenFigures
from hub.exporters.score_windows import Scope
from hub.exporters.sensors import AlarmFigures
from hub.exporters.watched_warnings import WarningFigures


@dataclass(frozen=True, slots=True)
class Decision:
    """One move of a case with its reason, free of personal data."""

    at: datetime
    case_id: str
    kind: EventKind
    reason: str
    detail: str
    district: str
    category: str
    lead_unit: str | None


@dataclass(frozen=True, slots=True)
class SourceHour:
    """One line of the ledger: the records of one publisher that arrived on a feed within an hour."""

    feed: str
    source: str
    hour: datetime


@dataclass(frozen=True, slots=True)
class CityTotals:
    """The city in figures. Mappings by district hold its code; a missing key is 0."""

    cases: Mapping[tuple[str, Stage], int]
    """Cases by district and stage, closed ones included."""
    warned: Mapping[str, int]
    """Open cases with a running limit that has warned and none that is breached, by district."""
    breached: Mapping[str, int]
    """Open cases that still wait for what they should have by now, by district."""
    unaccountable: Mapping[str, int]
    """Open cases without exactly one accountable unit, by district; must be empty."""
    disputes: Mapping[Dispute, int]
    """Objections and what became of them, by unit and category."""
    open: OpenFigures
    """Open cases by unit, town, category, tag, hazard and limit."""
    moves: Mapping[tuple[EventKind, str], int]
    """What happened to cases, by district."""
    opened: Mapping[tuple[str, str], int]
    """Cases opened, by category and district."""
    alarms: AlarmFigures
    """Alarms by state and kind, and those that go on by town."""
    warnings: WarningFigures
    """Early warnings that go on, and how those of late turned out."""
    scores: Mapping[Scope, Merged]
    """Sums that scores are made of, of the newest days."""
    orders: Mapping[OrderKind, int]
    """Orders to units by kind."""
    ledger: Mapping[tuple[str, Tally], int]
    """Records by feed and how they ended."""
    hours: Mapping[SourceHour, Mapping[Tally, int]]
    """The newest hours of the ledger by publisher."""
    taken: Mapping[str, int]
    """Records that intake took, by feed; without feeds that carry records of the hub itself."""
    newest: Mapping[str, datetime]
    """When a record of a feed was last handled."""
    decisions: tuple[Decision, ...]
    """The newest moves of cases, oldest first."""

    def ended(self, feed: str) -> int:
        """How many records of a feed the ledger counts, whatever their end."""
        return sum(count for (name, _), count in self.ledger.items() if name == feed)

    def imbalance(self) -> dict[str, int]:
        """Records taken and not counted yet, by feed: on the way between steps, lost if it stays above 0."""
        return {feed: taken - self.ended(feed) for feed, taken in self.taken.items()}
