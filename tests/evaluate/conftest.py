"""Beijing's pack, for all tests of the evaluation."""

import pytest

from hub.citypack.city import City
from hub.citypack.load import load_city


@pytest.fixture(scope="session")
def beijing() -> City:
    return load_city("beijing")
