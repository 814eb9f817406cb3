"""Joining 多源关联: whether a signal is about the same thing as an open case, at the same place and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from hub.citypack.city import City
from hub.citypack.model import Join
from hub.contracts.cases import Case, Member
from hub.contracts.fields import Feed
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.domain.tables import closed_group, place_group
from hub.flow import GroupIndex, State

RELATED_WEIGHT = 0.8
"""How much a case of a related category counts against one of the same category."""

SAME_SITE = "same exact place"


@dataclass(frozen=True, slots=True)
class Match:
    """An open case that a signal belongs to, how well it fits (0 to 1), and why."""

    case: Case
    score: float
    reason: Reason
    detail: str


def find_case(city: City, by_place: GroupIndex[Case], state: State, signal: Signal) -> Match | None:
    """The open case that fits best: highest score, then oldest, then smallest id. None if none fits."""
    policy = city.join_of(signal.category)
    if policy.never:
        return None
    matches = [
        match
        for case in _candidates(city, by_place, state, signal, policy)
        if (match := _match(city, signal, case, policy)) is not None
    ]
    return min(matches, key=lambda match: (-match.score, match.case.opened, match.case.case_id), default=None)


def _candidates(
    city: City, by_place: GroupIndex[Case], state: State, signal: Signal, policy: Join
) -> Iterable[Case]:
    """Open cases of the same kind of matter in the own and neighbouring cells, or at the same exact place."""
    affinity = city.affinity_of(signal.category)
    found: dict[str, Case] = {}
    for place in _places(city, signal, policy):
        found.update(state.scan(by_place, place_group(affinity, place)))
    return found.values()


def _places(city: City, signal: Signal, policy: Join) -> tuple[str, ...]:
    """The exact place of a signal, and the cells that can hold a point near enough to its own."""
    site = (signal.site,) if signal.site else ()
    if signal.cell and signal.point and policy.within_m:
        return (*site, *city.neighbours(signal.cell, policy.within_m))
    return site


def find_closed(city: City, by_place: GroupIndex[Case], state: State, signal: Signal) -> Case | None:
    """The newest case with a signal of the category at the place, closed a short while ago; or None."""
    days = city.settings.cases.return_days
    if not days:
        return None
    policy = city.join_of(signal.category)
    closed = {
        case_id: case
        for place in _places(city, signal, policy)
        for case_id, case in state.scan(by_place, closed_group(signal.category, place))
        if _came_back(city, signal, case, policy.within_m, timedelta(days=days))
    }
    return max(closed.values(), key=lambda case: (case.changed, case.case_id), default=None)


def _came_back(city: City, signal: Signal, case: Case, within_m: float, window: timedelta) -> bool:
    soon = case.closed is not None and timedelta(0) <= signal.time - case.closed <= window
    return soon and any(
        m.category == signal.category and _nearness(city, signal, m, within_m) is not None
        for m in case.members
    )


def _match(city: City, signal: Signal, case: Case, policy: Join) -> Match | None:
    """How a signal fits a case: any signal of the case may speak for it; the nearest does."""
    same = signal.category == case.category
    if not same and not policy.related:
        return None
    window = timedelta(hours=policy.within_hours)
    best: Match | None = None
    for member in case.members:
        apart = abs(signal.time - member.time)
        nearness = _nearness(city, signal, member, policy.within_m)
        if apart > window or nearness is None:
            continue
        score = round((1.0 if same else RELATED_WEIGHT) * nearness[0], 4)
        if best is None or score > best.score:
            hours = apart / timedelta(hours=1)
            category = "same category" if same else f"related category {case.category}"
            detail = f"{category}, {nearness[1]}, {hours:.1f} h apart, score {score:.2f}"
            best = Match(case, score, _reason(signal, nearness[1]), detail)
    return best


def _nearness(city: City, signal: Signal, member: Member, within_m: float) -> tuple[float, str] | None:
    """1 at the same place, down to 0.5 at the distance limit, None beyond it.

    Where one of the two has no point, or the distance limit is 0, only the same exact place is near.
    """
    if signal.point is None or member.point is None or not within_m:
        return (1.0, SAME_SITE) if signal.site is not None and signal.site == member.site else None
    metres = city.distance_m(signal.point, member.point)
    if metres > within_m:
        return None
    return 1.0 - metres / within_m / 2, f"{metres:.0f} m away"


def _reason(signal: Signal, where: str) -> Reason:
    if signal.feed is Feed.SENSOR:
        return Reason.JOINED_ALARM
    return Reason.JOINED_SITE if where == SAME_SITE else Reason.JOINED_NEAR
