"""Messages as Alertmanager 0.25 sends them to a webhook."""

from __future__ import annotations

import json
from typing import Any

TOWN, DISTRICT = "110101001", "110101"


def alert(status: str = "firing", fingerprint: str = "a1b2c3d4e5f60718", **labels: str) -> dict[str, Any]:
    """An alert that opens a case, unless its labels say otherwise; an empty label is left out."""
    opens = {
        "alertname": "TownSensorsSilent",
        "severity": "warning",
        "proactive": "true",
        "category": "sensor.silent.city",
        "district": DISTRICT,
        "town": TOWN,
    }
    return {
        "status": status,
        "labels": {name: value for name, value in {**opens, **labels}.items() if value},
        "annotations": {"summary": "4 sensors are silent", "summary_zh": "有 4 个传感器离线"},
        "startsAt": "2026-03-01T12:00:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph",
        "fingerprint": fingerprint,
    }


def message(*alerts: dict[str, Any], **changed: object) -> bytes:
    """A message about a group of alerts."""
    told = {
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "hub-cases",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "alerts": list(alerts),
    }
    return json.dumps({**told, **changed}).encode()
