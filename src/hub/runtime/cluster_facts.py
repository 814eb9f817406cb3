"""What is known of a cluster and of a deployment on it, as plain facts that rules judge. Asks nobody."""

from collections.abc import Mapping
from dataclasses import dataclass

Version = tuple[int, int]
Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class BrokerFacts:
    """One broker; ``version`` is None where it is registered and does not answer."""

    id: int
    address: str
    version: Version | None


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """The brokers, which of them is the controller, and which protocol of transactions is agreed on."""

    brokers: tuple[BrokerFacts, ...]
    controller: int | None
    transaction_version: int
    """2 since Kafka 4.0: each transaction has an epoch of its own."""


@dataclass(frozen=True, slots=True)
class PartitionFacts:
    """The copies of a partition: all, and those that are in sync."""

    topic: str
    partition: int
    led: bool
    replicas: int
    in_sync: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A consumer group: Kafka's word for its state, and its members."""

    name: str
    state: str
    members: int


@dataclass(frozen=True, slots=True)
class OpenTransaction:
    """A transaction under way: whose, since when, for how long at most, on which partitions of ours."""

    transactional_id: str
    age_s: float
    timeout_s: float
    partitions: frozenset[Partition]


@dataclass(frozen=True, slots=True)
class StepFacts:
    """How far a step or delivery is, by two looks.

    ``stuck`` are partitions on which records wait, while nothing was committed between the looks; ``beyond``
    those that end before what is committed.
    """

    step: str
    group: GroupFacts
    before: int
    after: int
    seconds: float
    stuck: frozenset[Partition]
    beyond: frozenset[Partition] = frozenset()


@dataclass(frozen=True, slots=True)
class HeldUp:
    """Partitions whose readers of committed records could not pass an offset between two looks."""

    seconds: float
    records: Mapping[Partition, int]
    """How many offsets lie behind it, by partition."""
