"""`hub scores` on a real broker: the figures of a city at work, and the cases behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from tests.scenarios.brook import PACK, PARTITIONS, mill
from tests.scenarios.kafka_city import KafkaCity
from tests.scenarios.language import at, hours, story
from tests.scenarios.play import play
from tests.scenarios.reports import act, ticket
from tests.scenarios.stories.callbacks import IN_VAIN, resolved, said

from hub.cli import main

STORY = story(
    "one citizen is content, one is not reached, one waits",
    at(0, ticket("T-1", "noise", mill(), wants_callback=True)),
    resolved(1),
    at(3, ticket("T-2", "noise", mill(), wants_callback=True)),
    resolved(4, "T-2", number="2"),
    at(hours(1), act("C-1", "callback", "T-1", "hall", terms=said())),
    *(at(hours(1 + n), act(f"C-2{n}", "callback", "T-2", "hall", terms=IN_VAIN)) for n in range(3)),
    at(hours(6), ticket("T-3", "lamp", mill())),
)


@pytest.fixture
def env(broker: str) -> Iterator[dict[str, str]]:
    """How commands find the city, while its steps are at work."""
    prefix = "scores."
    with KafkaCity(broker, prefix) as city:
        play(STORY, city)
        yield {
            "HUB_BROKERS": broker,
            "HUB_TOPIC_PREFIX": prefix,
            "HUB_PARTITIONS": str(PARTITIONS),
            "HUB_CITY": str(PACK),
        }


@pytest.mark.timeout(120)
def test_the_scores_of_a_city_at_work_are_read_from_its_topics(env: dict[str, str]) -> None:
    (city,) = _scores(env, "--by", "city")
    assert (city["cases"], city["closed"], city["open"], city["unreached"]) == (3, 2, 1, 1)
    assert (city["response"], city["resolution"], city["satisfaction"]) == (1.0, 1.0, 1.0)
    assert city["score"] == pytest.approx(100)
    units = {one["subject"]: one["cases"] for one in _scores(env, "--by", "unit")}
    assert sum(units.values()) == 3
    why = _scores(env, "--by", "town", "--why", "MILL", "--period", "2026-03")
    assert len(why["cases"]) == 3
    assert why["unreached"].keys() | why["solved"].keys() == why["closed"].keys()


def _scores(env: dict[str, str], *words: str) -> Any:
    done = CliRunner().invoke(main, ["scores", *words, "--format", "json"], env=env)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
