"""Publish one hotline ticket with kafka-python and fastavro alone. Copy this file and schemas/ and change it.

python examples/publish_ticket.py localhost:9092
"""

import argparse
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fastavro
from kafka import KafkaProducer

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
CONTRACT, VERSION = "HotlineTicket", 1
SOURCE = "example-call-centre"

SCHEMA = fastavro.parse_schema(
    json.loads((SCHEMAS / CONTRACT / f"v{VERSION}.avsc").read_text(encoding="utf-8"))
)


def ticket(number: str, reported_at: datetime) -> dict[str, Any]:
    """A burst main near a known point. Fields that are left out have a default in the schema."""
    return {
        "source": SOURCE,
        "id": number,
        "reported_at": reported_at,
        "channel": "phone",
        "category": "water.supply.burst",
        "title": "Water runs down the street",
        "text": "It began an hour ago and reaches the doors.",
        "place": {"point": {"lon": 116.4074, "lat": 39.9142}, "code": None, "address": None},
        "appellant": {"name": "Li Hua", "phone": "13800000000", "id_number": None},
        "urgency": "utility",
    }


def avro(record: dict[str, Any]) -> bytes:
    """The value of the Kafka record: the Avro body alone, without a container and without a prefix."""
    body = io.BytesIO()
    fastavro.schemaless_writer(body, SCHEMA, record, strict_allow_default=True)
    return body.getvalue()


def headers(number: str, time: datetime) -> list[tuple[str, bytes]]:
    """CloudEvents 1.0, binary mode: source and id must equal those in the body, and make repeats harmless."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", number.encode()),
        ("ce_source", SOURCE.encode()),
        ("ce_type", f"hub.{CONTRACT}".encode()),
        ("ce_dataschema", f"hub:{CONTRACT}:{VERSION}".encode()),
        ("ce_time", time.isoformat(timespec="milliseconds").encode()),
        ("content-type", b"application/avro"),
    ]


def publish(brokers: str, number: str, topic: str = "hotline.tickets") -> None:
    """Send the ticket, and return once the cluster has it. Sending it again changes nothing."""
    now = datetime.now(UTC)
    producer = KafkaProducer(bootstrap_servers=brokers, acks="all", enable_idempotence=True)
    try:
        value = avro(ticket(number, now))
        sent = producer.send(topic, key=number.encode(), value=value, headers=headers(number, now))
        sent.get(timeout=30)
    finally:
        producer.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("brokers", help="host:port of the cluster")
    arguments.add_argument(
        "--number", default=f"{datetime.now(UTC):%Y%m%d-%H%M%S}", help="number of the ticket"
    )
    arguments.add_argument("--topic", default="hotline.tickets")
    given = arguments.parse_args()
    publish(given.brokers, given.number, given.topic)
    print(f"published {given.number}")
