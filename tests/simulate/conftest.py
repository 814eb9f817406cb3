"""The cities of these tests: Brook, small and without habits of its own, and Beijing, with its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.scenarios.brook import brook as load_brook

from hub.citypack.city import City
from hub.citypack.load import load_city

START = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def brook() -> City:
    return load_brook()


@pytest.fixture(scope="session")
def beijing() -> City:
    return load_city("beijing")


@pytest.fixture(scope="session")
def people_of_beijing(beijing: City) -> City:
    """Beijing without its sensors, whose packs are most of what a small simulation publishes."""
    return replace(beijing, gateways={})
