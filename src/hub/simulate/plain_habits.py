"""Habits for a city that nobody wrote any for: made from its pack, so that every city can be simulated."""

from hub.citypack.city import City
from hub.simulate.habits import Habits, Hazard, HourProfile, Matter, Signature, Story
from hub.simulate.reported import leaves_of, reported_by_people, roots_of

TICKETS_PER_RESIDENT = 66_000 / 21_893_095
"""Beijing's hotline: 24.195 million appeals in 2024, 21.9 million residents (census of 2020)."""

TICKETS_IF_UNKNOWN = 1_000
"""A day, for a pack that does not know its residents."""

TICKETS_PER_INSPECTION = 30

CITIZENS_HOURS = HourProfile(
    workday=(
        0.13, 0.07, 0.08, 0.05, 0.08, 0.08, 0.31, 0.92, 1.96, 2.29, 2.30, 2.24, 1.90, 1.91, 2.01, 2.00, 1.54,
        1.09, 0.91, 0.63, 0.55, 0.45, 0.35, 0.15,
    ),
    day_off=(
        0.33, 0.24, 0.18, 0.10, 0.10, 0.11, 0.32, 0.60, 0.90, 1.35, 1.73, 1.86, 2.10, 1.92, 1.96, 1.80, 1.75,
        1.27, 1.22, 1.18, 1.05, 0.84, 0.63, 0.44,
    ),
)  # fmt: skip
"""Citizens' requests by local hour, the mean hour is 1: measured on 45,546 requests of Boston, 2015."""

EVEN_HOURS = HourProfile(workday=(1.0,) * 24, day_off=(1.0,) * 24)


def plain_habits(city: City) -> Habits:
    """Every category as likely as the next; what may be joined is sometimes seen by several people."""
    scored = [row.hazard for row in city.settings.score_hazards]
    leaves = reported_by_people(city, scored)
    hazards = [code for code in leaves_of(city) if city.ancestors_of(code)[-1] in roots_of(city, scored)]
    residents = sum(town.residents for town in city.towns.values())
    tickets = residents * TICKETS_PER_RESIDENT or TICKETS_IF_UNKNOWN
    joined = [leaf for leaf in leaves if _joins(city, leaf)]
    return Habits(
        tickets_per_day=tickets,
        inspections_per_day=tickets / TICKETS_PER_INSPECTION,
        hours={"day": CITIZENS_HOURS, "even": EVEN_HOURS},
        matters=tuple(Matter(category=leaf, tickets=1, reports=_joins(city, leaf)) for leaf in leaves),
        stories=(*_shared(city, joined, tickets), *_sensed(city, joined, tickets)),
        hazards=tuple(Hazard(category=code) for code in hazards),
    )


def _joins(city: City, leaf: str) -> bool:
    policy = city.join_of(leaf)
    return not policy.never and policy.within_m > 0


def _shared(city: City, joined: list[str], tickets: float) -> list[Story]:
    if not joined:
        return []
    near = min(city.join_of(leaf).within_m for leaf in joined)
    soon = min(city.join_of(leaf).within_hours for leaf in joined)
    return [
        Story(
            kind="shared",
            categories=tuple(joined),
            per_day=tickets * 0.03,
            reports=(2, 5),
            within_m=max(near / 2, 1),
            within_hours=max(soon / 2, 0.1),
            hours="day",
        )
    ]


def _sensed(city: City, joined: list[str], tickets: float) -> list[Story]:
    """One story for each kind of sensor whose alarms may join what citizens report."""
    found = []
    for kind in city.kinds.values():
        limit = "high" if kind.high is not None else "low"
        affine = [leaf for leaf in joined if city.affinity_of(leaf) == city.affinity_of(kind.category)]
        if not affine or (kind.high is None and kind.low is None):
            continue
        policy = city.join_of(affine[0])
        found.append(
            Story(
                kind=f"sensed-{kind.kind}",
                categories=(affine[0],),
                per_day=tickets * 0.004,
                reports=(1, 4),
                within_m=policy.within_m / 2,
                within_hours=policy.within_hours / 2,
                sensor=Signature(kind=kind.kind, limit=limit, within_m=policy.within_m / 4),
            )
        )
    return found
