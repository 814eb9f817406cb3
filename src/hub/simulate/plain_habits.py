"""Habits for a city that nobody wrote any for: made from its pack, so that every city can be simulated."""

from hub.citypack.city import City
from hub.citypack.model import Category
from hub.simulate.habits import Habits, Hazard, HourProfile, Matter, Signature, Story

TICKETS_PER_RESIDENT = 66_000 / 21_893_095
"""Beijing's hotline: 24.195 million appeals in 2024, 21.9 million residents (census of 2020)."""

TICKETS_IF_UNKNOWN = 1_000
"""A day, for a pack that does not know its residents."""

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
    leaves = _reported(city)
    residents = sum(town.residents for town in city.towns.values())
    joined = [leaf for leaf in leaves if _joins(city, leaf)]
    return Habits(
        tickets_per_day=residents * TICKETS_PER_RESIDENT or TICKETS_IF_UNKNOWN,
        inspections_per_day=residents * TICKETS_PER_RESIDENT / 30 or TICKETS_IF_UNKNOWN / 30,
        hours={"day": CITIZENS_HOURS, "even": EVEN_HOURS},
        matters=tuple(Matter(category=leaf.code, tickets=1, reports=_joins(city, leaf)) for leaf in leaves),
        stories=(*_shared(city, joined), *_sensed(city, joined)),
        hazards=tuple(Hazard(category=row.hazard) for row in city.settings.score_hazards),
    )


def _reported(city: City) -> list[Category]:
    """The categories that people report: leaves of the tree that are not made by sensors or inspections."""
    parents = {category.parent for category in city.categories.values()}
    machine = {kind.category for kind in city.kinds.values()}
    machine |= {kind.silent_category for kind in city.kinds.values()}
    machine |= {row.hazard for row in city.settings.score_hazards}
    return [node for code, node in city.categories.items() if code not in parents and code not in machine]


def _joins(city: City, leaf: Category) -> bool:
    policy = city.join_of(leaf.code)
    return not policy.never and policy.within_m > 0


def _shared(city: City, joined: list[Category]) -> list[Story]:
    if not joined:
        return []
    near = min(city.join_of(leaf.code).within_m for leaf in joined)
    soon = min(city.join_of(leaf.code).within_hours for leaf in joined)
    return [
        Story(
            kind="shared",
            categories=tuple(leaf.code for leaf in joined),
            per_day=50,
            reports=(2, 5),
            within_m=max(near / 2, 1),
            within_hours=max(soon / 2, 0.1),
            hours="day",
        )
    ]


def _sensed(city: City, joined: list[Category]) -> list[Story]:
    """One story for each kind of sensor whose alarms may join what citizens report."""
    found = []
    for kind in city.kinds.values():
        limit = "high" if kind.high is not None else "low"
        affine = [leaf for leaf in joined if city.affinity_of(leaf.code) == city.affinity_of(kind.category)]
        if not affine or (kind.high is None and kind.low is None):
            continue
        policy = city.join_of(affine[0].code)
        found.append(
            Story(
                kind=f"sensed-{kind.kind}",
                categories=(affine[0].code,),
                per_day=5,
                reports=(1, 4),
                within_m=policy.within_m / 2,
                within_hours=policy.within_hours / 2,
                sensor=Signature(kind=kind.kind, limit=limit, within_m=policy.within_m / 4),
            )
        )
    return found
