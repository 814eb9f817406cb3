"""What is remembered of appeals: the newest tickets of a person and of a place, forgotten in time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.contracts.past_appeals import PastAppeal, PastAppeals
from hub.contracts.trusted import trusted
from hub.domain.tables import ONE_MS, PAST_APPEALS
from hub.flow import Change, Delete, State, put

KEPT = 32
"""So many tickets of a person, or of a matter at a place, are remembered: the newest by event time."""

make_appeal = trusted(PastAppeal)
make_past = trusted(PastAppeals)


def person_key(key_town: str, appellant: str) -> str:
    """Key of what one town's log remembers of a person, by pseudonym."""
    return f"person\x1f{key_town}\x1f{appellant}"


def place_key(key_town: str, site: str, matter: str) -> str:
    """Key of what one town's log remembers of a matter at an exact place."""
    return f"place\x1f{key_town}\x1f{site}\x1f{matter}"


class Recalled(NamedTuple):
    """What was remembered under a key and, around a change of the pseudonyms' key, under the one before."""

    key: str
    appeals: tuple[PastAppeal, ...]
    unhappy: tuple[datetime, ...]
    helped: datetime | None
    outdated: str | None
    """The key before, if something was remembered under it: it moves to the new one."""

    def kept(
        self,
        now: datetime,
        within: timedelta,
        *,
        appeals: tuple[PastAppeal, ...] | None = None,
        unhappy: tuple[datetime, ...] | None = None,
        helped: datetime | None = None,
    ) -> tuple[Change, ...]:
        """The rows to write: what changed and what did not, without what is older than ``within``."""
        appeals = self.appeals if appeals is None else appeals
        unhappy = self.unhappy if unhappy is None else unhappy
        newest = max(now, appeals[-1].at) if appeals else now
        if len(appeals) > 1:
            appeals = tuple(one for one in appeals[-KEPT:] if newest - one.at <= within)
        if unhappy:
            unhappy = tuple(at for at in unhappy[-KEPT:] if newest - at <= within)
        row = make_past(
            appeals=appeals,
            unhappy=unhappy,
            helped=helped or self.helped,
            forget_at=newest + within + ONE_MS,
        )
        gone = () if self.outdated is None else (Delete(PAST_APPEALS, self.outdated),)
        return (put(PAST_APPEALS, self.key, row), *gone)


def recall(state: State, key: str, before: str | None) -> Recalled:
    """What is remembered under a key, and under the one before."""
    row = state.get(PAST_APPEALS, key)
    older = None if before is None else state.get(PAST_APPEALS, before)
    if older is None:
        if row is None:
            return Recalled(key, (), (), None, None)
        return Recalled(key, row.appeals, row.unhappy, row.helped, None)
    if row is None:
        return Recalled(key, older.appeals, older.unhappy, older.helped, before)
    return Recalled(
        key,
        in_order((*older.appeals, *row.appeals)),
        tuple(sorted((*older.unhappy, *row.unhappy))),
        max((at for at in (older.helped, row.helped) if at is not None), default=None),
        before,
    )


def in_order(appeals: Iterable[PastAppeal]) -> tuple[PastAppeal, ...]:
    """Tickets by event time, of one time by case."""
    return tuple(sorted(appeals, key=lambda one: (one.at, one.case_id)))


def with_one_more(appeals: tuple[PastAppeal, ...], one: PastAppeal) -> tuple[PastAppeal, ...]:
    """Tickets in order with one that has come: mostly the newest."""
    if not appeals or appeals[-1].at < one.at:
        return (*appeals, one)
    return in_order((*appeals, one))
