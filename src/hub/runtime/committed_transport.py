"""Faust's Kafka transport, reading committed records only.

Faust asks for them only in its own exactly-once mode, which the edges do not use; without this an
edge would hand on what the core aborted.
"""

from typing import Any

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport


class CommittedConsumerThread(AIOKafkaConsumerThread):
    """Makes consumers that read committed records."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # read at start; the driver offers no argument for it
        consumer._isolation_level = "read_committed"
        return consumer


class CommittedConsumer(Consumer):
    """A consumer whose thread reads committed records."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(Transport):
    """A transport whose consumers read committed records."""

    Consumer = CommittedConsumer
