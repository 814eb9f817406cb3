"""Judges joins pair by pair: signals of one incident belong in one case, those of two do not.

Strict: every pair of an incident's signals. Fair: without what cannot be known. Two signals can know of each
other where both have a point or both name one address, and where the case of the earlier one had not been
resolved when the later one arrived (what comes then is a new case by rule). A pair is fair where a chain of
such pairs leads from one to the other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.evaluate.heard import SignalId
from hub.evaluate.play import Played


@dataclass(frozen=True, slots=True)
class JoinedIncident:
    """The pairs of one incident: how many there are, how many the hub joined, how many wrongly."""

    kind: str
    pairs: int
    joined: int
    fair_pairs: int
    fair_joined: int
    wrong: float
    """Pairs with signals of other incidents; each counts half here and half there."""


def judge_joins(played: Played) -> Iterator[JoinedIncident]:
    """Every incident from the judged days, with the signals of it that came into a case."""
    truth, heard = played.truth, played.heard
    incident_of = truth.signals()
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for signal, case in heard.case_of.items():
        if signal in incident_of:
            members[case][incident_of[signal]] += 1
    for incident in truth.incidents.values():
        signals = [signal for signal in incident.signals if signal in heard.case_of]
        if incident.began < played.setting.judged or not signals:
            continue
        cases = Counter(heard.case_of[signal] for signal in signals)
        fair_pairs = fair_joined = 0
        for part in _knowable(played, signals):
            fair_pairs += _pairs(len(part))
            fair_joined += sum(map(_pairs, Counter(heard.case_of[one] for one in part).values()))
        yield JoinedIncident(
            kind=incident.kind,
            pairs=_pairs(len(signals)),
            joined=sum(map(_pairs, cases.values())),
            fair_pairs=fair_pairs,
            fair_joined=fair_joined,
            wrong=sum(n * (members[case].total() - members[case][incident.id]) for case, n in cases.items())
            / 2,
        )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _knowable(played: Played, signals: Sequence[SignalId]) -> Iterable[list[SignalId]]:
    """The signals in parts: within each, a chain leads from any to any other of pairs that can know it."""
    known = sorted((one for one in signals if one in played.told), key=lambda one: played.told[one].arrived)
    left, parts = list(known), []
    while left:
        part, left = [left[0]], left[1:]
        for one in part:
            linked = [other for other in left if _can_know(played, one, other)]
            part += linked
            left = [other for other in left if other not in linked]
        parts.append(part)
    return parts


def _can_know(played: Played, one: SignalId, other: SignalId) -> bool:
    first, second = sorted((one, other), key=lambda signal: played.told[signal].arrived)
    a, b = played.told[first], played.told[second]
    if not ((a.point and b.point) or (a.address and a.address == b.address)):
        return False
    return not played.heard.cases[played.heard.case_of[first]].done_at(b.arrived)
