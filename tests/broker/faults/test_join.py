"""A group that gives no share of its partitions, and never answers: it is joined anew."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from confluent_kafka import Consumer, TopicPartition
from tests.broker.faults.workers import FaultCity

from hub.runtime import core
from hub.runtime.core import CoreConfig, CoreLoop

PATIENCE_S = 60.0

Heard = Callable[[Consumer, list[TopicPartition]], None]


@pytest.mark.timeout(120)
def test_a_group_that_never_answers_is_joined_anew(city: FaultCity, monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[bool] = []

    class Unanswered(Consumer):
        """The first of its kind is never heard by the group, as on a line that one side has forgotten."""

        def subscribe(
            self,
            topics: list[str],
            on_assign: Heard | None = None,
            on_revoke: Heard | None = None,
            on_lost: Heard | None = None,
        ) -> None:
            joined.append(bool(joined))
            if joined[-1]:
                assert on_assign is not None
                assert on_revoke is not None
                assert on_lost is not None
                super().subscribe(topics, on_assign, on_revoke, on_lost)

    monkeypatch.setattr(core, "Consumer", Unanswered)
    monkeypatch.setattr(core, "JOIN_S", 1.0)
    loop = CoreLoop(city.steps(), CoreConfig(city.brokers, "city", "0", city.prefix, city.partitions))
    with ThreadPoolExecutor(1) as pool:
        end = pool.submit(loop.run)
        try:
            assert loop.assigned.wait(PATIENCE_S), "no partitions in time"
        finally:
            loop.stop()
    end.result()
    assert joined[:2] == [False, True]
