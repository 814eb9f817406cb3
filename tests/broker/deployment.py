"""A deployment of its own for a test: topics under a prefix, commands, records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Self, cast

import pytest
from click.testing import CliRunner, Result

from hub.citypack.city import City
from hub.cli import main
from hub.runtime.admin import TopicAdmin, wanted_topics
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.settings import load_settings

PARTITIONS = 2


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment on the tests' broker."""

    brokers: str
    prefix: str

    @classmethod
    def of_test(cls, broker: str, request: pytest.FixtureRequest) -> Self:
        """A deployment for one test alone."""
        return cls(broker, re.sub("[^a-z0-9]+", "-", request.node.name.removeprefix("test_"))[:50] + ".")

    def make_topics(self, units: Sequence[str] = ("water",)) -> None:
        """Make every topic of the map, and those of these units."""
        city = cast(City, SimpleNamespace(units=dict.fromkeys(units)))
        settings = load_settings(topic_prefix=self.prefix, partitions=PARTITIONS)
        TopicAdmin(self.brokers).apply(wanted_topics(city, ("cases", "sensing"), settings))

    def hub(self, *words: str) -> Result:
        """Run a command on this deployment."""
        env = {
            "HUB_BROKERS": self.brokers,
            "HUB_TOPIC_PREFIX": self.prefix,
            "HUB_PARTITIONS": str(PARTITIONS),
            "HUB_CITY": "boston",
        }
        return CliRunner().invoke(main, list(words), env=env)

    def publisher(self) -> Publisher:
        """A publisher to this deployment."""
        return Publisher(self.brokers, prefix=self.prefix)

    def records(self, topic: str) -> list[Record]:
        """All records of a topic."""
        return list(read_whole(self.brokers, [topic], prefix=self.prefix))

    def ids(self, topic: str) -> list[str]:
        """The ids of all records of a topic, sorted."""
        found = (dict(record.headers).get("ce_id") or b"" for record in self.records(topic))
        return sorted(value.decode() for value in found)
