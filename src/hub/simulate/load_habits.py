"""Finds the habits of a city: a YAML file beside this module, by the city's code, or made from its pack."""

from importlib.resources import files

import yaml
from pydantic import ValidationError

from hub.citypack.city import City
from hub.errors import HubError
from hub.simulate.habits import Habits
from hub.simulate.plain_habits import plain_habits

# The C loader is ten times as fast; both are safe: plain data only.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def habits_of(city: City) -> Habits:
    """The habits that ship for a city (by its code), else habits made from its pack alone.

    Raises HubError where a file names what the pack does not have.
    """
    file = files("hub.simulate") / "cities" / f"{city.settings.code}.yaml"
    if not file.is_file():
        return plain_habits(city)
    return read_habits(file.read_text("utf-8"), city, file.name)


def read_habits(text: str, city: City, name: str) -> Habits:
    """Habits from YAML, checked against the city's pack; HubError names what is wrong."""
    try:
        habits = Habits.model_validate(yaml.load(text, _LOADER))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise HubError(f"{name}: {wrong}", fix="see docs/simulator.md") from None
    unknown = sorted({text for text in _categories(habits) if city.category_of(text) is None})
    if unknown:
        raise HubError(
            f"{name}: the pack has no category {', '.join(unknown)}",
            fix="use codes of the pack's category tree",
        )
    kinds = {story.sensor.kind for story in habits.stories if story.sensor} | habits.sensors.keys()
    strange = sorted(kinds - city.kinds.keys())
    if strange:
        raise HubError(f"{name}: the pack has no kind of sensor {', '.join(strange)}", fix="see sensor_kinds")
    return habits


def _categories(habits: Habits) -> list[str]:
    found = [matter.category for matter in habits.matters] + [hazard.category for hazard in habits.hazards]
    for story in habits.stories:
        found += story.named
    for part in (part for occasion in habits.occasions for part in occasion.parts):
        found += part.named
    for association in habits.associations:
        found += association.categories
    found += habits.storms.matters
    return [*found, *habits.words.by_category, *habits.components]
