"""Folds early warnings 风险预警 into figures: which are active, and how those of late turned out. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.contracts.warnings import Colour, Verdict, Warning, WarningState
from hub.exporters.open_cases import frozen_counts

WARNINGS_KEPT = timedelta(days=28)
"""How long an ended warning counts, from the newest change of any."""


@dataclass(frozen=True, slots=True)
class WarningFigures:
    """Warnings by colour and district; a missing key is 0."""

    active: Mapping[tuple[Colour, str], int]
    """Those that go on."""
    recent: Mapping[tuple[Colour, Verdict, str], int]
    """All that go on or ended within `WARNINGS_KEPT`, by whether they came true."""


class WarningFold:
    """Takes warnings in order; memory grows with those that `WARNINGS_KEPT` lets count."""

    def __init__(self) -> None:
        self._kept: dict[str, Warning] = {}
        self._newest: datetime | None = None

    def take(self, warning: Warning) -> None:
        """One version of a warning; it stands in place of the version before."""
        self._kept[warning.warning_id] = warning
        if self._newest is None or warning.changed > self._newest:
            self._newest = warning.changed
            oldest = self._newest - WARNINGS_KEPT
            over = [id for id, each in self._kept.items() if each.ended is not None and each.ended < oldest]
            for id in over:
                del self._kept[id]

    def figures(self) -> WarningFigures:
        """The counts as they are now."""
        kept = self._kept.values()
        active = (each for each in kept if each.state is WarningState.ACTIVE)
        return WarningFigures(
            active=frozen_counts(Counter((each.colour, each.district) for each in active)),
            recent=frozen_counts(Counter((each.colour, each.verdict, each.district) for each in kept)),
        )
