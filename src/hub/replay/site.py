"""The history of an inspected site: findings, re-inspections and outcomes of all its hazards' cases."""

from collections.abc import Iterable, Iterator

from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.fields import Contract
from hub.errors import HubError
from hub.replay.story import Line, told_at


def history_of(what: str, said: Iterable[Contract]) -> Iterator[Line]:
    """All that happened at a site, in time order, then how each of its cases stands.

    ``what`` is the site's digest or a case of it. Raises HubError where no hazard's case has it.
    """
    events: list[CaseEvent] = []
    newest: dict[str, CaseState] = {}
    for body in said:
        if isinstance(body, CaseEvent):
            events.append(body)
        elif isinstance(body, CaseState) and (
            body.case_id not in newest or newest[body.case_id].seq < body.seq
        ):
            newest[body.case_id] = body
    site = newest[what].site if what in newest else what
    cases = sorted((s for s in newest.values() if site and s.site == site), key=lambda s: s.opened)
    if not cases:
        raise HubError(f"No case of a hazard at {what}", fix="give a case whose case.state has a site")
    theirs = {state.case_id for state in cases}
    for event in sorted((e for e in events if e.case_id in theirs), key=lambda e: (e.at, e.case_id, e.seq)):
        yield from _moves(event)
    yield from (_outcome(state) for state in cases)


def _moves(event: CaseEvent) -> Iterator[Line]:
    cause = f"{event.source} {event.source_id}" if event.actor is None else event.actor
    for move in event.moves:
        why = f"{move.reason}: {move.detail}" if move.detail else move.reason
        yield Line(told_at(event.at), event.case_id, f"{move.kind}, {cause}", why)


def _outcome(state: CaseState) -> Line:
    at = state.closed or state.since
    hazard = f"{state.hazard or 'no'} hazard, {state.category}: {state.stage}"
    met = {True: "in time", False: "late", None: "open"}[state.met]
    return Line(
        told_at(at),
        state.case_id,
        hazard,
        f"{met}; failed {state.failed}, reopened {state.reopened} time(s); lead {state.lead_unit}",
    )
