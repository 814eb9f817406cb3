"""Faust's Kafka transport, reading committed records only.

Faust asks for them only in its own exactly-once mode, which the edges do not use; without this an
edge would hand on what the core aborted.
"""

from typing import Any

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP


class CommittedConsumerThread(AIOKafkaConsumerThread):
    """Makes consumers that read committed records."""

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # read at start; the driver offers no argument for it
        consumer._isolation_level = "read_committed"
        return consumer


class CommittedConsumer(Consumer):
    """A consumer whose thread reads committed records, and which commits past the ends of transactions."""

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        # Faust counts the record behind a gap as part of it, has its offset twice once it is done, and stops
        # there: one transaction is committed at a time, and a restart delivers all the rest again.
        await super()._add_gap(tp, offset_from, offset_to - 1)


class CommittedTransport(Transport):
    """A transport whose consumers read committed records."""

    Consumer = CommittedConsumer
