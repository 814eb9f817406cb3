"""What every test may use: the shared data's place, and Hypothesis settings that suit a busy machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.figures"]

PROJECT = Path(__file__).resolve().parent.parent

# A deadline per example measures the neighbours' load, not our code; pytest-timeout bounds the whole test.
settings.register_profile("hub", deadline=None, print_blob=True)
settings.load_profile("hub")


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find a file of the shared data set (HUB_SHARED, or `../shared`), or skip the test."""
    root = Path(os.environ.get("HUB_SHARED", PROJECT.parent / "shared")) / "data"

    def find(name: str) -> Path:
        path = root / name
        if not path.exists():
            pytest.skip(f"needs the shared data file {name}; set HUB_SHARED to the folder that holds data/")
        return path

    return find
