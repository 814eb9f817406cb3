"""A learning profile: which columns of a file mean what, and the facts of a city that tickets do not tell."""

import re
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, field_validator

from hub.citypack.calendar import Calendar
from hub.citypack.fields import Code, Name, PackModel
from hub.citypack.model import DefaultPoint, District, Sources, Town, Weights
from hub.errors import HubError

_FOLDER = files("hub.citypack.learn") / "profiles"


class Pick(PackModel):
    """What of a column counts: the groups of a pattern put together, nothing where it does not match."""

    column: str
    pattern: str = "(.*)"

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return pattern

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def of(self, text: str) -> str:
        """The part that counts; without groups in the pattern, all that it matches."""
        found = self._compiled.search(text)
        if found is None:
            return ""
        return "".join(group or "" for group in found.groups()) if found.groups() else found.group()


class Columns(PackModel):
    """The columns of a file of labelled tickets. Times are local times of the city."""

    id: str
    category: Annotated[tuple[str, ...], Field(min_length=2, description="Levels, topmost first")]
    title: str
    lon: str
    lat: str
    address: str
    opened: str
    closed: str
    due: Annotated[str | None, Field(description="The deadline, if the file tells any")] = None
    time_format: Annotated[str, Field(description="As Python's strptime reads it")]
    unit: str
    duplicate: Pick
    town: Pick
    quarter: Pick
    district: Pick

    def names(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        picks = (self.duplicate, self.town, self.quarter, self.district)
        plain = (self.id, *self.category, self.title, self.lon, self.lat, self.address, self.opened)
        more = (self.closed, self.due, self.unit, *(pick.column for pick in picks))
        return tuple(dict.fromkeys(name for name in (*plain, *more) if name is not None))


class TownNames(PackModel):
    """How a town's key becomes its code, its name and its aliases: ``{key}``, or ``{key:0>2}`` for 05."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()

    def town(self, key: str, district: str, more_aliases: tuple[str, ...]) -> Town:
        """The town of a key."""
        aliases = (*(alias.format(key=key) for alias in self.aliases), *more_aliases)
        return Town(
            code=self.code.format(key=key),
            name=self.name.format(key=key),
            district=district,
            aliases=tuple(dict.fromkeys(aliases)),
        )


class Facts(PackModel):
    """What the pack says of the city beyond the tickets.

    ``whole_city`` is the town of whatever has no place of its own. ``no_units`` are entries of the unit
    column that name nobody. ``top_unit`` is the one that all others answer to.
    """

    code: Code
    name: Name
    timezone: str
    whole_city: Town
    towns: TownNames
    districts: tuple[District, ...]
    units: Mapping[Code, Name]
    no_units: tuple[str, ...] = ()
    top_unit: Code
    catch_all_unit: Code
    cell_m: Annotated[float, Field(ge=1)]
    reach_m: Annotated[float, Field(gt=0)]
    default_points: tuple[DefaultPoint, ...] = ()
    sources: tuple[Sources, ...]
    calendar: Calendar
    weights: Weights


class LearnProfile(PackModel):
    """How to learn a city from one kind of file."""

    columns: Columns
    facts: Facts


def packaged_profiles() -> tuple[str, ...]:
    """The names of the profiles that ship with the hub, sorted."""
    return tuple(sorted(f.name.removesuffix(".yaml") for f in _FOLDER.iterdir() if f.name.endswith(".yaml")))


def load_profile(name_or_path: str) -> LearnProfile:
    """A packaged profile by name, or one in a YAML file; HubError says what is wrong with it."""
    file = _find(name_or_path)
    try:
        return LearnProfile.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        message = f"The learning profile {name_or_path} is not YAML."
        raise HubError(message, fix=" ".join(str(error).split())) from error
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
            for detail in error.errors(include_url=False)
        ]
        message = f"The learning profile {name_or_path} has {len(wrong)} mistake(s): {'; '.join(wrong)}"
        raise HubError(message, fix="mend these fields; boston311.yaml is an example") from error


def _find(name_or_path: str) -> Traversable:
    names = packaged_profiles()
    if name_or_path in names:
        return _FOLDER / f"{name_or_path}.yaml"
    path = Path(name_or_path)
    if path.is_file():
        return path
    raise HubError(
        f"There is no learning profile named {name_or_path}, and no file of that name.",
        fix=f"Packaged profiles: {', '.join(names)}; or give the path of a YAML file like them.",
    )
