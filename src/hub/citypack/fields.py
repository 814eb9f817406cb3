"""The small types that the models of a city pack are made of."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class PackModel(BaseModel):
    """Base of what a pack holds: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$")]
"""A code: letters, digits, dot, hyphen, underscore."""

Longitude = Annotated[float, Field(ge=-180, le=180)]
"""Degrees east, WGS-84."""

Latitude = Annotated[float, Field(ge=-85, le=85)]
"""Degrees north, WGS-84; no city lies at a pole."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A name as people say it."""


class Zone(StrEnum):
    """Functional zone of a place 功能区; targets differ by zone."""

    CORE = "core"
    URBAN = "urban"
    NEW_TOWN = "new_town"
    ECOLOGICAL = "ecological"
