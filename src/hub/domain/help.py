"""People who need help 重点诉求人: who appeals often, or is often dissatisfied, gets a plan 一人一策.

Known by keyed pseudonym alone, which stays in the town's log and this step's rows: the case is tagged and the
town's unit hears of it, without a word about who it is. How many people these are is said once for each of
them in a calendar month, by the reason of the move, so that groups of few can be hidden.
"""

from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import Case, EventKind
from hub.contracts.past_appeals import PastAppeal
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.domain.case_ids import town_of_case
from hub.domain.moves import Change, told
from hub.domain.past_appeals import Recalled, person_key, recall
from hub.domain.tags import with_tags
from hub.flow import Change as RowChange
from hub.flow import State


def with_help(
    city: City, person: Recalled, appeals: tuple[PastAppeal, ...], change: Change, now: datetime
) -> tuple[Change, tuple[RowChange, ...]]:
    """A ticket's change, tagged where its appellant comes often or is often unhappy; what is remembered."""
    within = city.repeat_rules.person_memory
    rule = city.repeats.help
    if rule is None or (len(appeals) < rule.times and len(person.unhappy) < rule.dissatisfied):
        return change, person.kept(now, within, appeals=appeals)
    window = timedelta(days=rule.within_days)
    newest = appeals[-1].at
    often = sum(1 for one in appeals if newest - one.at <= window)
    unhappy = sum(1 for at in person.unhappy if now - at <= window)
    if often < rule.times and unhappy < rule.dissatisfied:
        return change, person.kept(now, within, appeals=appeals)
    detail = (
        f"{often} tickets and {unhappy} dissatisfied callbacks of one appellant in {rule.within_days} days"
    )
    after = _helped(city, person, change, detail, now)
    counted = None if after is change else now
    return after, person.kept(now, within, appeals=appeals, helped=counted)


def with_answers(
    city: City, state: State, action: CaseAction, before: Case, change: Change, now: datetime
) -> tuple[Change, tuple[RowChange, ...]]:
    """A callback's change, tagged where its appellant was dissatisfied too often; what is remembered."""
    rule = city.repeats.help
    if rule is None or not _is_unhappy(change.answers):
        return change, ()
    appellant = appellant_of(before, action)
    if appellant is None:
        return change, ()
    person = recall(state, person_key(town_of_case(before.case_id), appellant), None)
    times, within = (*person.unhappy, now), city.repeat_rules.person_memory
    window = timedelta(days=rule.within_days)
    unhappy = sum(1 for at in times if now - at <= window)
    if unhappy < rule.dissatisfied:
        return change, person.kept(now, within, unhappy=times)
    detail = f"{unhappy} dissatisfied callbacks of one appellant in {rule.within_days} days"
    after = _helped(city, person, change, detail, now)
    counted = None if after is change else now
    return after, person.kept(now, within, unhappy=times, helped=counted)


def appellant_of(case: Case, action: CaseAction) -> str | None:
    """Whom a callback was about: of the ticket that it names, else the only one there is; None if unclear."""
    if action.signal is not None:
        named = (action.signal.source, action.signal.id)
        return next((m.appellant for m in case.members if (m.source, m.source_id) == named), None)
    wanting = [member for member in case.members if member.wants_callback] or case.members
    people = {member.appellant for member in wanting if member.appellant is not None}
    return people.pop() if len(people) == 1 else None


def _is_unhappy(answers: Answers | None) -> bool:
    return answers is not None and answers.reached and (answers.solved is False or answers.satisfied is False)


def _helped(city: City, person: Recalled, change: Change, detail: str, now: datetime) -> Change:
    """The case tagged; and a move, also where it was tagged, if the person was not counted in the month."""
    counted = person.helped is not None and _month(city, person.helped) == _month(city, now)
    if counted and CaseTag.HELP in change.case.tags:
        return change
    reason = Reason.KNOWN_TO_NEED_HELP if counted else Reason.NEEDS_HELP
    return change._replace(
        case=with_tags(change.case, (CaseTag.HELP,)),
        moves=(*change.moves, told(EventKind.HELP_NEEDED, reason, detail)),
    )


def _month(city: City, at: datetime) -> tuple[int, int]:
    """The calendar month in the city's time zone."""
    there = city.worktime.local(at)
    return there.year, there.month
