"""The map as every lint test sees it. Its shape is the same for every city; one that ships stands for all."""

from __future__ import annotations

import pytest

from hub.citypack.load import load_city
from hub.domain.privacy import Pseudonyms
from hub.flow import Edge, Step
from hub.topology import EDGES, build_steps


@pytest.fixture(scope="session")
def steps() -> tuple[Step, ...]:
    return build_steps(load_city("beijing"), Pseudonyms(b"a key for tests only"))


@pytest.fixture(scope="session")
def boxes(steps: tuple[Step, ...]) -> tuple[Step | Edge, ...]:
    """Steps and edges: all that reads or writes a topic."""
    return (*steps, *EDGES)
