"""Read one unit's orders with kafka-python and fastavro alone. Copy this file and schemas/ and change it.

python examples/read_orders.py localhost:9092 water-group
"""

import argparse
import io
import json
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
from kafka import KafkaConsumer

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
CONTRACT, VERSION = "UnitOrder", 1


@cache
def schema(version: int) -> Any:
    """The schema of one version of the contract."""
    return fastavro.parse_schema(
        json.loads((SCHEMAS / CONTRACT / f"v{version}.avsc").read_text(encoding="utf-8"))
    )


def order(value: bytes, headers: dict[str, bytes]) -> dict[str, Any]:
    """The order in the version that this program knows, whichever version of SCHEMAS was written."""
    written = int(headers["ce_dataschema"].decode().rpartition(":")[2])
    found = fastavro.schemaless_reader(io.BytesIO(value), schema(written), schema(VERSION))
    assert isinstance(found, dict)
    return found


def orders(brokers: str, topic: str, group: str, idle_ms: int | None = None) -> Generator[dict[str, Any]]:
    """The unit's orders, each once; ends after ``idle_ms`` milliseconds without one, None waits for ever.

    Delivery is at least once with the same ``ce_id``, and a case's orders come in order of ``seq``: an order
    whose ``seq`` is not higher than the newest of its case is a repetition.
    """
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=brokers,
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        enable_auto_commit=False,
        consumer_timeout_ms=float("inf") if idle_ms is None else idle_ms,
    )
    # Keep this beside your own data, in the same transaction: then a restart repeats nothing either.
    newest: dict[str, int] = {}
    try:
        for record in consumer:
            found = order(record.value, dict(record.headers))
            if found["seq"] > newest.get(found["case_id"], -1):
                newest[found["case_id"]] = found["seq"]
                yield found
            consumer.commit()  # only now: what is not handled yet comes again after a restart
    finally:
        consumer.close()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("brokers", help="host:port of the cluster")
    arguments.add_argument("unit", help="the unit whose orders are read")
    arguments.add_argument("--prefix", default="", help="HUB_TOPIC_PREFIX of the deployment")
    given = arguments.parse_args()
    for one in orders(given.brokers, f"{given.prefix}unit.orders.{given.unit}", f"example-{given.unit}"):
        print(
            one["at"].isoformat(), one["case_id"], one["kind"], one["role"], one["category"], one["summary"]
        )
