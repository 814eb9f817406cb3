"""A warning is raised, heightened, ended: always the same one while it goes on, and never lowered."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from hub.citypack.city import City
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Feed, Urgency
from hub.contracts.surges import OpenWarning, Recent, RecentKind
from hub.contracts.trusted import altered, trusted
from hub.contracts.warnings import Colour, Surge, Verdict, Warning, WarningState
from hub.domain.warnings.scoring import Evidence, score_of
from hub.domain.warnings.tables import Watch

_make_warning = trusted(Warning)
_make_row = trusted(OpenWarning)

MOST_CASES = 20
ALONGSIDE = timedelta(hours=3)
"""How far back signals and alarms stand beside each other."""

_COLOURS = tuple(Colour)
_URGENCIES = tuple(Urgency)
_MOSTLY = 0.5


def rank(colour: Colour) -> int:
    """Its place in the rising order."""
    return _COLOURS.index(colour)


def warning_id(town: str, group: str, began: datetime) -> str:
    """Begins with the town; the same town, group and begin give the same."""
    mark = blake2b(f"{group}\x1f{began.isoformat()}".encode(), digest_size=5).hexdigest()
    return f"{town}-W{began:%y%m%d}-{mark}"


def raised(
    watch: Watch,
    event: CaseEvent,
    group: str,
    recent: Sequence[Recent],
    surge: Surge | None,
    began: datetime | None,
    limit: float,
    now: datetime,
) -> OpenWarning | None:
    """The warning that a town's recent signals make, or None where the evidence has no colour."""
    newest = event.happened or now
    since = min(began or newest, newest - ALONGSIDE)
    told = [one for one in recent if since <= one.at <= newest]
    first = min((one.at for one in told), default=newest)
    score = score_of(watch.rules.points, evidence_of(watch.city, told, surge, limit))
    colour = watch.rules.colours.colour(score)
    if colour is None:
        return None
    counts = Counter(one.kind for one in told)
    category = _most(told, event.signal_category or event.category)
    warning = _make_warning(
        warning_id=warning_id(event.town, group, began or first),
        seq=0,
        district=event.district,
        town=event.town,
        cell=_cell_of(told),
        group=group,
        category=category,
        colour=colour,
        score=score,
        began=first,
        raised=now,
        changed=now,
        state=WarningState.ACTIVE,
        verdict=Verdict.UNKNOWN,
        surge=surge,
        signals=counts[RecentKind.COMPLAINT],
        alarms=counts[RecentKind.ALARM],
        hazards=counts[RecentKind.HAZARD],
        repeats=sum(one.repeat for one in told),
        cases=tuple(dict.fromkeys(one.case_id for one in told))[:MOST_CASES],
        unit=_unit(watch.city, category, event.town),
    )
    return _make_row(warning=warning, newest=newest, due=now)


def heightened(
    watch: Watch, row: OpenWarning, signal: Recent, surge: Surge | None, limit: float, now: datetime
) -> OpenWarning:
    """The warning with one signal more: its evidence grows, its colour may rise."""
    was = row.warning
    complaint = signal.kind is RecentKind.COMPLAINT
    less_likely = surge is not None and (was.surge is None or surge.p_value < was.surge.p_value)
    worst = surge if less_likely else was.surge
    signals = was.signals + complaint
    alarms = was.alarms + (signal.kind is RecentKind.ALARM)
    hazards = was.hazards + (signal.kind is RecentKind.HAZARD)
    repeats = was.repeats + signal.repeat
    urgency = _urgency(watch.city, (was.category, signal.category))
    evidence = Evidence(worst.p_value if worst else None, limit, signals, alarms, hazards, repeats, urgency)
    score = max(was.score, score_of(watch.rules.points, evidence))
    colour = max(was.colour, watch.rules.colours.colour(score) or was.colour, key=rank)
    cases = was.cases
    if signal.case_id not in cases and len(cases) < MOST_CASES:
        cases = (*cases, signal.case_id)
    warning = altered(
        was,
        colour=colour,
        score=score,
        changed=now,
        surge=worst,
        signals=signals,
        alarms=alarms,
        hazards=hazards,
        repeats=repeats,
        cases=cases,
        further=was.further + complaint,
    )
    return altered(row, warning=warning, newest=max(row.newest, signal.at))


def evidence_of(city: City, told: Sequence[Recent], surge: Surge | None, limit: float) -> Evidence:
    """What recent signals say together."""
    counts = Counter(one.kind for one in told)
    return Evidence(
        p_value=None if surge is None else surge.p_value,
        limit=limit,
        signals=counts[RecentKind.COMPLAINT],
        alarms=counts[RecentKind.ALARM],
        hazards=counts[RecentKind.HAZARD],
        repeats=sum(one.repeat for one in told),
        urgency=_urgency(city, [one.category for one in told]),
    )


def _urgency(city: City, categories: Sequence[str]) -> Urgency:
    return max(map(city.urgency_of, categories), key=_URGENCIES.index, default=Urgency.UNKNOWN)


def _most(told: Sequence[Recent], otherwise: str) -> str:
    """The category of most complaints, the earliest of several."""
    counts = Counter(one.category for one in told if one.kind is RecentKind.COMPLAINT)
    return counts.most_common(1)[0][0] if counts else otherwise


def _cell_of(told: Sequence[Recent]) -> str | None:
    """The cell of most signals; None where they are scattered, or mostly without one."""
    counts = Counter(one.cell for one in told)
    cell, most = counts.most_common(1)[0] if counts else (None, 0)
    return cell if most >= _MOSTLY * len(told) else None


def _unit(city: City, category: str, town: str) -> str | None:
    """The lead by the catalogue, as for a case that the warning would open."""
    located = city.located_by_code(town)
    if located is None:
        return None
    return city.resolve_units(city.choose(category, town, Feed.PROACTIVE, None), located)[0]
