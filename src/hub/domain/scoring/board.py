"""The board of a period: every subject of a kind with its sums, its rates and its place."""

from collections.abc import Iterable, Mapping

from hub.citypack.city import City
from hub.contracts.scores import ScoreBy, ScoreCell
from hub.domain.scoring.merging import Merged, merged_by_subject, merged_city
from hub.domain.scoring.periods import Period
from hub.domain.scoring.ranking import Scored, ranking
from hub.domain.scoring.rates import rates


def board(
    city: City, cells: Iterable[ScoreCell], by: ScoreBy | None, period: Period, district: str | None = None
) -> tuple[Scored, ...]:
    """The subjects of a kind, ranked, all or in one district; ``by`` None is the city as one subject.

    The city has no place: there is nobody to rank it with.
    """
    if by is None:
        whole = merged_city(cells, period)
        found = rates(whole, city.weights, sum(_residents(city, None).values()))
        return (Scored(city.settings.code, whole, found),)
    sums: Mapping[str, Merged] = merged_by_subject(cells, by, period, district)
    residents = _residents(city, by)
    of_subjects = {
        subject: rates(merged, city.weights, residents.get(subject)) for subject, merged in sums.items()
    }
    return ranking(sums, of_subjects, city.weights.fewest_assessed)


def _residents(city: City, by: ScoreBy | None) -> Mapping[str, int]:
    """Residents of towns, or of districts; units and categories have none."""
    towns = {code: town.residents for code, town in city.towns.items()}
    if by is None or by is ScoreBy.TOWN:
        return towns
    if by is not ScoreBy.DISTRICT:
        return {}
    return {
        code: sum(towns[town.code] for town in city.towns.values() if town.district == code)
        for code in city.districts
    }
