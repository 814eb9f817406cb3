"""`hub demo --prometheus`: a quarter of an hour in the city, and Prometheus answers for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import system_tools
from tests.broker.deployment import PARTITIONS, Deployment
from tests.edges.alert_messages import alert, message

from hub.citypack.load import load_city
from hub.contracts.proactive import ProactiveReport
from hub.demo.driver import CLOCKED, CityDriver
from hub.demo.monitoring import find_programs
from hub.edges.alerts import AlertMessage, read_message, reports_of
from hub.errors import HubError
from hub.runtime.admin import TopicAdmin
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.record import instant_of
from hub.runtime.topic_specs import topic_spec
from hub.settings import load_settings
from hub.topics import PROACTIVE, TOPICS


@pytest.mark.timeout(240)
def test_prometheus_sees_the_city_of_the_demo(broker: str, tmp_path: Path) -> None:
    system_tools.prometheus()
    system_tools.alertmanager()
    env = {
        **os.environ,
        "HUB_BROKERS": broker,
        "HUB_TOPIC_PREFIX": "demo.",
        "HUB_DATA": str(tmp_path),
        "HUB_PARTITIONS": "2",
        "COLUMNS": "200",
    }
    line = [sys.executable, "-c", "from hub.cli import main; main()"]
    words = ["demo", "--prometheus", "--once", "--hours", "0.25"]
    done = subprocess.run([*line, *words], env=env, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    answers = dict(re.findall(r"^(\w[\w ]*?) {2,}\S.*\)[}\]]? {2,}(.*?) *$", said, re.MULTILINE))
    assert int(answers["cases"].replace(",", "")) > 0, said
    assert re.search(r"online 2,\d{3}", said), said
    assert re.search(r"iot\.readings \d+", said), said
    (port,) = re.findall(r"Prometheus at http://127\.0\.0\.1:(\d+)", said)
    with pytest.raises(ConnectionRefusedError):
        system_tools.connect(int(port))


def test_an_alert_reaches_the_demo_in_its_citys_time(broker: str, request: pytest.FixtureRequest) -> None:
    deployment = Deployment.of_test(broker, request)
    settings = load_settings(topic_prefix=deployment.prefix, partitions=PARTITIONS, simulated_time=True)
    TopicAdmin(broker).apply(tuple(topic_spec(TOPICS[name], settings) for name in (PROACTIVE, *CLOCKED)))
    told = reports_of(message_of(alert()), load_city("beijing")).reports
    now = datetime(2025, 1, 1, 8, tzinfo=UTC)
    with deployment.publisher() as publisher:
        driver = CityDriver(publisher, iter(()), lambda _: (), PARTITIONS)
        driver.hear(told)
        assert driver.publish_until(now) == 1
        assert driver.publish_until(now) == 0
    assert driver.sent == {PROACTIVE: 1}
    (record,) = deployment.records(PROACTIVE)
    attributes = read_headers(record.headers)
    report = decode_trusted(attributes.type, attributes.version, record.value or b"")
    assert isinstance(report, ProactiveReport)
    assert report.reported_at == now == instant_of(record.timestamp_ms)
    assert report.id == told[0].id == attributes.id


def message_of(*alerts: dict[str, Any]) -> AlertMessage:
    read = read_message(message(*alerts))
    assert isinstance(read, AlertMessage)
    return read


def test_who_has_no_prometheus_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HubError, match="Prometheus is not installed") as missing:
        find_programs()
    assert "apt-get install prometheus prometheus-alertmanager" in missing.value.fix
    (tmp_path / "prometheus").write_text("#!/bin/sh\n")
    (tmp_path / "prometheus").chmod(0o755)
    with pytest.raises(HubError, match="Alertmanager is not installed"):
        find_programs()
