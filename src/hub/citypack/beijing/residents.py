"""Residents of Beijing's towns: the districts' totals are the census of 2020, the split is simulated."""

from collections import Counter
from collections.abc import Iterable, Mapping

from hub.citypack.beijing.draw import draw
from hub.citypack.model import Community

CENSUS_2020: Mapping[str, int] = {
    "110101": 708_829,
    "110102": 1_106_214,
    "110105": 3_452_460,
    "110106": 2_019_764,
    "110107": 567_851,
    "110108": 3_133_469,
    "110109": 392_606,
    "110111": 1_312_778,
    "110112": 1_840_295,
    "110113": 1_324_044,
    "110114": 2_269_487,
    "110115": 1_993_591,
    "110116": 441_040,
    "110117": 457_313,
    "110118": 527_683,
    "110119": 345_671,
}
"""Residents by district, seventh national census of 2020, bulletin of the Beijing statistics bureau."""


def residents_of(towns: Iterable[str], communities: Iterable[Community]) -> dict[str, int]:
    """Residents by town: a district's total, split by its towns' communities and a steady draw."""
    sizes = Counter(community.town for community in communities)
    weights = {town: (4 + sizes[town]) * (0.6 + 0.8 * draw(town, "residents")) for town in sorted(towns)}
    shares: dict[str, int] = {}
    for district, total in CENSUS_2020.items():
        inside = {town: weight for town, weight in weights.items() if town.startswith(district)}
        whole = sum(inside.values())
        counts = {town: int(total * weight / whole) for town, weight in inside.items()}
        counts[max(counts, key=lambda town: (counts[town], town))] += total - sum(counts.values())
        shares.update(counts)
    return shares
