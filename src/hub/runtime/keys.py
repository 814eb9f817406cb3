"""Which partition a key belongs to: Kafka's own murmur2, as Java, kafka-python and aiokafka publish."""

from functools import lru_cache

from kafka.partitioner.default import murmur2

KEYS_AT_HAND = 65_536
"""Keys whose partition is remembered: towns and units are few, and murmur2 in Python takes 2 microseconds."""


@lru_cache(KEYS_AT_HAND)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key among so many."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions
