"""What the warnings step keeps: signals of the last days, what is usual, warnings that may still change."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.citypack.warning_rules import WarningRules
from hub.contracts.surges import GroupNorm, GroupTrace, OpenWarning, PartitionNorm
from hub.flow import DueIndex, GroupIndex, Table

TRACES = Table("traces", GroupTrace)
NORMS = Table("norms", GroupNorm)
PARTITION = Table("partition", PartitionNorm)
WARNINGS = Table("warnings", OpenWarning)

WHOLE = "whole"
"""Key of the partition's only row, and of the norm of all groups."""

TRACES_DUE = DueIndex(TRACES, lambda trace: trace.due)
WARNINGS_DUE = DueIndex(WARNINGS, lambda row: row.due)

SOURCE = "hub:warnings"
"""Publisher of the proactive reports that warnings make."""


def trace_key(town: str, group: str) -> str:
    """Key of a group of matters in a town."""
    return f"{town}\x1f{group}"


def report_group(report: str) -> str:
    """Group of the warning that made a proactive report."""
    return f"report\x1f{report}"


def case_group(case_id: str) -> str:
    """Group of the warnings whose proactive case this is."""
    return f"case\x1f{case_id}"


def _proactive(row: OpenWarning) -> tuple[str, ...]:
    warning = row.warning
    if warning.proactive_case:
        return (case_group(warning.proactive_case),)
    return (report_group(warning.report),) if warning.report else ()


WARNINGS_BY_PROACTIVE = GroupIndex("warnings_by_proactive", WARNINGS, _proactive)


@dataclass(frozen=True, slots=True)
class Watch:
    """What the step needs to know of the city."""

    city: City
    rules: WarningRules
    zone: ZoneInfo
    residents: int
    left_out: frozenset[str]
    groups: dict[str, str] = field(default_factory=dict)

    @classmethod
    def over(cls, city: City) -> "Watch":
        """A watch over a city by its own rules."""
        return cls(
            city,
            city.warnings,
            ZoneInfo(city.settings.timezone),
            sum(town.residents for town in city.towns.values()),
            frozenset(city.warnings.leave_out),
        )

    def group_of(self, category: str) -> str | None:
        """The affinity group that a signal of a category counts in; None for what nobody is warned of."""
        known = self.groups.get(category)
        if known is None:
            known = self.groups[category] = self._group_of(category)
        return known or None

    def _group_of(self, category: str) -> str:
        chain = self.city.ancestors_of(category)
        if self.left_out.intersection(chain):
            return ""
        level = self.rules.surges.level
        chosen = chain[0] if level is None else chain[max(0, len(chain) - level)]
        return self.city.affinity_of(chosen)

    def share_of(self, town: str, towns: tuple[str, ...]) -> float:
        """A town's share of the residents of some towns; equal where the pack knows none."""
        counts = {code: self.city.towns[code].residents for code in towns if code in self.city.towns}
        total = sum(counts.values())
        return counts.get(town, 0) / total if total else 1.0 / max(1, len(towns))
