"""A new case: received and dispatched in one change."""

from datetime import datetime

from hub.citypack.city import City
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import Case, Member, Stage
from hub.contracts.fields import Feed
from hub.contracts.trusted import trusted
from hub.domain.dispatch import Dispatch
from hub.domain.plans import plan_of

_make_case = trusted(Case)


def new_case(city: City, case_id: str, first: Member, units: Dispatch, summary: str, now: datetime) -> Case:
    """The case of a first signal, dispatched to its units, with the limits in force now."""
    return _make_case(
        case_id=case_id,
        seq=0,
        town=first.town,
        cell=first.cell,
        category=first.category,
        urgency=first.urgency,
        stage=Stage.DISPATCHED,
        opened=first.time,
        changed=now,
        since=now,
        lead_unit=units.lead,
        assist_units=units.assist,
        catalogue_row=units.row,
        summary=summary,
        members=(first,),
        clocks=(),
        plan=plan_of(city, first.category, first.urgency, units.lead),
        tags=(CaseTag.PROACTIVE,) if first.feed is Feed.PROACTIVE else (),
    )
