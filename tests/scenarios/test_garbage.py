"""Garbage in every feed ends in dead letters, whole and with the right reason, while good records flow."""

from __future__ import annotations

from tests.scenarios.check_garbage import feed_garbage
from tests.scenarios.play import MemoryCity


def test_garbage_in_every_feed() -> None:
    feed_garbage(MemoryCity())
