"""Which partition a key belongs to: Kafka's own murmur2, as Java, kafka-python and aiokafka publish."""

from kafka.partitioner.default import murmur2


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key among so many."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions
