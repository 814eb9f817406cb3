"""Judges what goes together: the pairs that the hub finds, by what occasions and storms really bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from hub.domain.patterns.together import find_together, related_in
from hub.evaluate.play import Played
from hub.simulate.load_habits import habits_of


@dataclass(frozen=True, slots=True)
class JudgedAssociation:
    """One pair: whether it truly goes together, whether that must be found, whether the hub found it."""

    pair: str
    true: bool
    must: bool
    found: bool


def judge_associations(played: Played) -> Iterator[JudgedAssociation]:
    """Pairs that were planted, by the whole run, and whatever else the hub found."""
    city = played.city
    rules = city.patterns.together
    told = find_together(rules, played.heard.occurrences.all(), city.worktime.works_on, related_in(city))
    found = {frozenset(one.categories) for one in told.pairs}
    must = {
        frozenset(pair)
        for association in played.truth.associations
        if association.occasion
        for pair in combinations(association.categories, 2)
    }
    true = must | _brought_together(played)
    for pair in sorted(must | found, key=sorted):
        name = " + ".join(sorted(pair))
        yield JudgedAssociation(name, pair in true, pair in must, pair in found)


def _brought_together(played: Played) -> set[frozenset[str]]:
    """The pairs of categories that one occasion or storm, or one story under several words, brings."""
    city, habits = played.city, habits_of(played.city)
    stories = {story.kind: story.named for story in habits.stories}
    storm = [text for kind in habits.storms.stories for text in stories[kind]]
    together = [
        *stories.values(),
        (*storm, *habits.storms.matters),
        *(tuple(text for part in one.parts for text in part.named) for one in habits.occasions),
    ]
    codes = [[found.code for text in texts if (found := city.category_of(text))] for texts in together]
    return {frozenset(pair) for texts in codes for pair in combinations(sorted(set(texts)), 2)}
