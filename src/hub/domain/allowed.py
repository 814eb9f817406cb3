"""What a unit may do about a case now, by the table of moves: its orders say so."""

from functools import lru_cache

from hub.citypack.city import City
from hub.contracts.cases import Case, Stage
from hub.contracts.feeds import ActionKind
from hub.domain.entitlement import Standing, actors_of, standing_of
from hub.domain.families import MOVES


def allowed_actions(city: City, case: Case, unit: str) -> tuple[ActionKind, ...]:
    """The actions that the table of moves allows a unit in the case's stage, in the table's order."""
    return _allowed(case.stage, standing_of(city, case, unit))


@lru_cache(maxsize=4096)
def _allowed(stage: Stage, standing: Standing) -> tuple[ActionKind, ...]:
    actors = actors_of(standing)
    return tuple(kind for kind, move in MOVES.items() if stage in move.allowed_in and move.actor in actors)
