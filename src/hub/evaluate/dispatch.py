"""Judges dispatch: whether a case is led by the unit that the catalogue names for what it truly is."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.evaluate.play import Played


@dataclass(frozen=True, slots=True)
class LedRight:
    """One case, of the kind of incident that its first signal tells of."""

    kind: str
    at_first: bool
    finally_: bool


def judge_dispatch(played: Played) -> Iterator[LedRight]:
    """Every case whose first signal tells of an incident from the judged days."""
    incident_of = played.truth.signals()
    for case in played.heard.cases.values():
        incident = played.truth.incidents.get(incident_of.get(case.opened_by, ""))
        if incident is not None and incident.began >= played.setting.judged:
            right = incident.lead_unit
            yield LedRight(incident.kind, case.first_lead == right, case.lead == right)
