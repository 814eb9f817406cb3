"""The proactive report 未诉先办 that a warning makes once it has reached the pack's colour."""

from datetime import datetime

from hub import topics
from hub.citypack.city import City
from hub.contracts.fields import PlaceRef
from hub.contracts.proactive import ProactiveReport, ReportOrigin
from hub.contracts.warnings import Warning
from hub.domain.warnings.tables import SOURCE
from hub.flow import Emit


def report_of(city: City, warning: Warning, at: datetime) -> Emit:
    """The report, named after its warning, so that it can't be made twice."""
    name = city.categories[warning.category].name if warning.category in city.categories else ""
    town = city.towns[warning.town].name
    report = ProactiveReport(
        source=SOURCE,
        id=warning.warning_id,
        reported_at=at,
        origin=ReportOrigin.WARNING,
        category=warning.category,
        title=f"{name or warning.category}, {town}: {warning.colour} warning"[:500],
        evidence=told(warning),
        place=PlaceRef(code=_code(city, warning)),
        urgency=city.urgency_of(warning.category),
        warning=warning.warning_id,
    )
    return Emit(topics.PROACTIVE, warning.warning_id, warning.warning_id, at, report)


def told(warning: Warning) -> str:
    """The evidence in a clerk's words."""
    parts = [f"{warning.signals} complaints and reports since {warning.began:%Y-%m-%d %H:%M} UTC"]
    surge = warning.surge
    if surge is not None:
        parts.append(
            f"{surge.observed} within {surge.window_min} minutes"
            f" {'in the town' if surge.scope == 'town' else 'close together'}, {surge.expected:.2g} expected,"
            f" chance {surge.p_value:.1g}"
        )
    for count, what in (
        (warning.alarms, "sensor alarms"),
        (warning.hazards, "hazards"),
        (warning.repeats, "of repeated matters"),
    ):
        if count:
            parts.append(f"{count} {what}")
    return "; ".join(parts)


def _code(city: City, warning: Warning) -> str:
    """The cell, where its cases belong to the town itself; else the town."""
    if warning.cell is not None:
        located = city.located_by_code(warning.cell)
        if located is not None and located.key_town == warning.town:
            return warning.cell
    return warning.town
