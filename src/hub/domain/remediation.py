"""Towns under remediation 治理类街乡镇: their new cases are told apart, and dispatched one level higher."""

from datetime import datetime

from hub import topics
from hub.citypack.city import City
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseMove, EventKind
from hub.contracts.reasons import Reason
from hub.contracts.standing import Standing, TownStanding, TownStatus
from hub.contracts.trusted import trusted
from hub.domain.escalation import is_raised, raised
from hub.domain.intake import check_time
from hub.domain.moves import Change, told
from hub.domain.tables import STANDINGS, standing_key
from hub.domain.tags import with_tags
from hub.flow import Arrival, Emit, Outcome, State, put

_make_standing = trusted(TownStanding)


def announcements(
    city: City, *, source: str, id: str, town: str, standing: Standing, at: datetime, why: str
) -> tuple[Emit, ...]:
    """What must be published for a town to enter or leave: a record for each log that may hold its cases.

    The owner of a cell near a border is the smallest town code there, so no log of a greater one holds any.
    """
    return tuple(
        Emit(
            topics.SIGNALS,
            log,
            f"{id}/{log}",
            at,
            TownStatus(
                source=source, id=id, key_town=log, town=town, standing=standing, at=at, why=why[:300]
            ),
        )
        for log in sorted(code for code in city.towns if code <= town)
    )


def heed(city: City, state: State, status: TownStatus, arrival: Arrival) -> Outcome:
    """The log takes note of how a town stands; an earlier decision that comes later changes nothing."""
    wrong = _wrong(city, status, arrival)
    if wrong is not None:
        return wrong
    key = standing_key(status.key_town, status.town)
    known = state.get(STANDINGS, key)
    if known is not None and (known.at, known.source, known.id) == (status.at, status.source, status.id):
        return Outcome(Reason.DUPLICATE)
    if known is not None and (known.at, known.source, known.id) > (status.at, status.source, status.id):
        return Outcome(Reason.DECIDED_ANEW)
    row = _make_standing(
        source=status.source, id=status.id, standing=status.standing, at=status.at, why=status.why
    )
    return Outcome(Reason.STANDING_KNOWN, changes=(put(STANDINGS, key, row),))


def with_standing(city: City, state: State, key_town: str, change: Change) -> Change:
    """The dispatch of a new case, tagged and one level higher where its town is under remediation."""
    case = change.case
    known = state.get(STANDINGS, standing_key(key_town, case.town))
    if known is None or known.standing is not Standing.REMEDIATION:
        return change
    if not city.patterns.remediation.covers(city.ancestors_of(case.category)):
        return change
    detail = f"{case.town} since {known.at:%Y-%m-%d}{known.why and f': {known.why}'}"
    after = with_tags(case, (CaseTag.REMEDIATION,))
    up: tuple[CaseMove, ...] = ()
    if not is_raised(change.moves):
        after, up = raised(city, after, Reason.TOWN_IN_REMEDIATION)
    tagged = told(EventKind.TOWN_IN_REMEDIATION, Reason.TOWN_IN_REMEDIATION, detail)
    return change._replace(case=after, moves=(*change.moves, tagged, *up))


def _wrong(city: City, status: TownStatus, arrival: Arrival) -> Outcome | None:
    """Why a status can't be heeded, or None."""
    if status.key_town != arrival.key:
        return Outcome(Reason.HEADER_MISMATCH, detail="key_town: differs from the record's key")
    if status.key_town not in city.towns or status.town not in city.towns:
        return Outcome(Reason.UNKNOWN_PLACE, detail="key_town, town: must be towns of the city pack")
    if status.standing is Standing.UNKNOWN:
        return Outcome(Reason.INVALID_FIELD, detail="standing: must be normal or remediation")
    return check_time(city, "at", status.at, arrival)
