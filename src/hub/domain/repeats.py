"""Repeat appeals 反复诉求: the same appellant or exact place, the same matter, N tickets within a window.

The case that the Nth ticket opens or joins is tagged, told where it comes from, and watched over one level
higher 提级派单. The same matter is the same category or one of its affinity group: citizens and call takers
name one thing by several categories, and joining trusts the same groups. A person is a keyed pseudonym, which
no move, event, state or order ever holds.
"""

from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from hub.citypack.city import City
from hub.citypack.repeats import Again, AgainAtPlace
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseMove, EventKind
from hub.contracts.fields import Feed
from hub.contracts.past_appeals import PastAppeal
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.domain.escalation import is_raised, raised
from hub.domain.help import with_help
from hub.domain.moves import Change, told
from hub.domain.past_appeals import Recalled, make_appeal, person_key, place_key, recall, with_one_more
from hub.domain.tags import with_tags
from hub.flow import Change as RowChange
from hub.flow import State

CAUSES = 5
"""So many earlier cases are named as causes, the newest ones."""


class Repeat(NamedTuple):
    """Why tickets are a repeat: which rule, and the tickets of the window that says so."""

    reason: Reason
    rule: Again
    run: tuple[PastAppeal, ...]


def with_history(
    city: City, state: State, signal: Signal, change: Change, now: datetime
) -> tuple[Change, tuple[RowChange, ...]]:
    """The change with what earlier tickets of its appellant and place bring the case; what is remembered."""
    table = city.repeat_rules
    if signal.feed is not Feed.HOTLINE or not table.remembers:
        return change, ()
    rules = table.of(signal.category)
    one = make_appeal(at=signal.time, matter=city.affinity_of(signal.category), case_id=change.case.case_id)
    repeat: Repeat | None = None
    rows: tuple[RowChange, ...] = ()
    if signal.appellant is not None and table.person_memory:
        person = _person(state, signal)
        appeals = with_one_more(person.appeals, one)
        if rules.appellant is not None:
            repeat = _repeat(Reason.SAME_APPELLANT, rules.appellant, appeals, one)
        change, rows = with_help(city, person, appeals, change, now)
    if signal.site is not None and rules.place is not None:
        at_place, more = _at_place(state, signal, signal.site, rules.place, one, now, table.place_memory)
        repeat, rows = repeat or at_place, (*rows, *more)
    return (change if repeat is None else _repeated(city, change, repeat)), rows


def _person(state: State, signal: Signal) -> Recalled:
    assert signal.appellant is not None, "asked before"
    town, before = signal.key_town, signal.appellant_before
    return recall(state, person_key(town, signal.appellant), before and person_key(town, before))


def _at_place(
    state: State,
    signal: Signal,
    site: str,
    rule: AgainAtPlace,
    one: PastAppeal,
    now: datetime,
    memory: timedelta,
) -> tuple[Repeat | None, tuple[RowChange, ...]]:
    """What is remembered of the place, and whether it comes back; tickets near each other count once."""
    town, before = signal.key_town, signal.site_before
    place = recall(state, place_key(town, site, one.matter), before and place_key(town, before, one.matter))
    if not place.appeals:
        return None, place.kept(now, memory, appeals=(one,))
    apart = timedelta(hours=rule.apart_h)
    twin = next((each for each in place.appeals if abs(each.at - one.at) < apart), None)
    appeals = place.appeals if twin is not None else with_one_more(place.appeals, one)
    repeat = _repeat(Reason.SAME_PLACE, rule, appeals, twin or one)
    if twin is not None and place.outdated is None:
        return repeat, ()
    return repeat, place.kept(now, memory, appeals=appeals)


def _repeat(reason: Reason, rule: Again, appeals: tuple[PastAppeal, ...], one: PastAppeal) -> Repeat | None:
    """The newest run of so many tickets on the matter, within the window, with the one that has come."""
    if len(appeals) < rule.times:
        return None
    same = tuple(each for each in appeals if each.matter == one.matter)
    window = timedelta(days=rule.within_days)
    for last in range(len(same) - 1, rule.times - 2, -1):
        if same[last].at < one.at:
            return None
        first = last - rule.times + 1
        if same[first].at <= one.at and same[last].at - same[first].at <= window:
            run = tuple(each for each in same[:last] if same[last].at - each.at <= window)
            return Repeat(reason, rule, (*run, same[last]))
    return None


def _repeated(city: City, change: Change, why: Repeat) -> Change:
    """The case tagged once, with its causes; one level higher, unless the same change has raised it."""
    case = change.case
    if CaseTag.REPEAT in case.tags:
        return change
    earlier = (one.case_id for one in reversed(why.run) if one.case_id != case.case_id)
    causes = tuple(islice(dict.fromkeys(earlier), CAUSES))
    detail = _in_words(why, causes)
    after = with_tags(case, (CaseTag.REPEAT,))
    up: tuple[CaseMove, ...] = ()
    if not is_raised(change.moves):
        after, up = raised(city, after, why.reason, detail)
    return change._replace(
        case=after,
        moves=(*change.moves, told(EventKind.REPEATED, why.reason, detail), *up),
        other_case=change.other_case or next(iter(causes), None),
    )


def _in_words(why: Repeat, causes: tuple[str, ...]) -> str:
    whose = "one appellant" if why.reason is Reason.SAME_APPELLANT else "one exact place"
    often = f"{len(why.run)} tickets of {whose} since {why.run[0].at:%Y-%m-%d}"
    rule = f"rule: {why.rule.times} in {why.rule.within_days} days, matter {why.run[-1].matter}"
    return f"{often} ({rule}); " + (f"earlier: case {', '.join(causes)}" if causes else "all in this case")
