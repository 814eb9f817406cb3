"""What citizens and grid workers write: titles and texts from templates, personal data in some of them."""

import random
from datetime import datetime

from hub.citypack.city import City
from hub.simulate.habits import Words
from hub.simulate.people import Person

PERSONAL_TEXT = 0.25
"""Share of tickets whose text names a person, a telephone, an identity number, a car or an e-mail."""

PERSONAL_TITLE = 0.02
"""Share of tickets whose title does, so that masking has work to do."""

_ZH_PARTS = ("凌晨", "清晨", "上午", "中午", "下午", "晚上", "深夜")
_EN_PARTS = ("at night", "early", "in the morning", "at noon", "in the afternoon", "in the evening", "late")


class _Values(dict[str, str]):
    """What templates may name; of the person only what they do name is made up."""

    who: Person

    def __missing__(self, name: str) -> str:
        return str(getattr(self.who, name))


class Writing:
    """Fills the templates of a city's words."""

    def __init__(self, city: City, words: Words) -> None:
        self._words = words
        self._names = {code: category.name for code, category in city.categories.items()}
        self._texts = {code: self._texts_of(city, code) for code in city.categories}

    def ticket(
        self, rng: random.Random, category: str, place: str, home: str, at: datetime, who: Person
    ) -> tuple[str, str]:
        """Title and text of a citizen's ticket."""
        values = _Values(
            category=self._names[category],
            place=place,
            home=home,
            time=_part_of_day(at.hour, self._words.language),
            n=str(2 + int(rng.random() * 14)),
        )
        values.who = who
        title = self._words.title.format_map(values)
        text = _one(rng, self._texts[category]).format_map(values)
        if rng.random() < PERSONAL_TEXT:
            text = f"{text} {_one(rng, self._words.personal).format_map(values)}"
        if rng.random() < PERSONAL_TITLE:
            values["title"] = title
            title = self._words.title_personal.format_map(values)
        return title, text

    def report(self, rng: random.Random, category: str, place: str, *, solved: bool) -> tuple[str, str]:
        """Title and text of a grid worker's report."""
        values = {"category": self._names[category], "place": place}
        text = _one(rng, self._words.report).format_map(values)
        return self._names[category], f"{text}{self._words.solved}" if solved else text

    def name_of(self, category: str) -> str:
        """What people call a category."""
        return self._names[category]

    def _texts_of(self, city: City, category: str) -> tuple[str, ...]:
        for code in city.ancestors_of(category):
            if code in self._words.by_category:
                return self._words.by_category[code]
        return self._words.text


def _part_of_day(hour: int, language: str) -> str:
    index = 0 if hour < 5 else 1 if hour < 8 else 2 if hour < 11 else 3 if hour < 13 else 4
    if hour >= 18:
        index = 5 if hour < 22 else 6
    return (_ZH_PARTS if language == "zh" else _EN_PARTS)[index]


def _one(rng: random.Random, texts: tuple[str, ...]) -> str:
    return texts[int(rng.random() * len(texts))]
