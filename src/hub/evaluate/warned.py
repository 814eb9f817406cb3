"""Judges warnings by troubles: which of them are right, which troubles were warned of, and how early.

A warning points at a trouble where its group is one of the trouble's, where its cell and that of one of the
trouble's incidents can hold points within the pack's widest join distance (or, of a warning without a cell,
its town is one of the trouble's), and where it was raised between the trouble's beginning and `AFTERWARDS`
after its last complaint. A trouble must be warned of where `MANY` people complain, before the last of them
does. A warning is strictly right where it points at such a trouble, and fairly right where it points at one
with `SOME` complaints or at one that a sensor shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.contracts.warnings import Verdict, Warning
from hub.evaluate.play import Played
from hub.evaluate.troubles import Trouble, troubles_of

AFTERWARDS = timedelta(hours=2)
MANY = 10
SOME = 5


@dataclass(frozen=True, slots=True)
class JudgedWarning:
    """One warning: the kind of the trouble that it points at (None: none), and whether that is enough."""

    kind: str | None
    group: str
    strictly: bool
    fairly: bool
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class JudgedTrouble:
    """One trouble that must be warned of: ``delay`` from its beginning, ``lead`` before its tenth complaint.

    Both are None where nobody warned in time.
    """

    kind: str
    delay: timedelta | None
    lead: timedelta | None


def judge_warnings(played: Played) -> tuple[list[JudgedWarning], list[JudgedTrouble]]:
    """The warnings raised, and the troubles that began, from the judged days on."""
    since = played.setting.judged
    troubles = troubles_of(played)
    judged: list[JudgedWarning] = []
    first: dict[int, datetime] = {}
    for warning in sorted(played.heard.warnings.values(), key=lambda one: one.raised):
        hits = [n for n, one in enumerate(troubles) if _points_at(played, warning, one)]
        for number in hits:
            first.setdefault(number, warning.raised)
        if warning.raised >= since:
            judged.append(_judged(warning, [troubles[number] for number in hits]))
    must = [
        (number, one)
        for number, one in enumerate(troubles)
        if one.began >= since and len(one.complaints) >= MANY
    ]
    return judged, [_timed(one, first.get(number)) for number, one in must]


def _points_at(played: Played, warning: Warning, trouble: Trouble) -> bool:
    if warning.group not in trouble.groups:
        return False
    if not trouble.began <= warning.raised <= trouble.last + AFTERWARDS:
        return False
    if warning.cell is None:
        return warning.town in trouble.towns
    near = played.city.neighbours(warning.cell, played.city.max_join_m)
    return not trouble.cells.isdisjoint(near)


def _judged(warning: Warning, troubles: Sequence[Trouble]) -> JudgedWarning:
    most = max(troubles, key=lambda one: len(one.complaints), default=None)
    return JudgedWarning(
        kind=most.kind if most else None,
        group=warning.group,
        strictly=most is not None and len(most.complaints) >= MANY,
        fairly=most is not None and (len(most.complaints) >= SOME or any(one.shown for one in troubles)),
        verdict=warning.verdict,
    )


def _timed(trouble: Trouble, raised: datetime | None) -> JudgedTrouble:
    if raised is None or raised > trouble.last:
        return JudgedTrouble(trouble.kind, None, None)
    tenth = trouble.complaints[MANY - 1]
    return JudgedTrouble(trouble.kind, raised - trouble.began, tenth - raised)
