"""The page of a process: metrics for Prometheus, health for whoever restarts it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from prometheus_client import CollectorRegistry

from hub.errors import HubError
from hub.exporters.engine import Health
from hub.exporters.server import MetricsServer
from hub.metrics import HubMetrics


def ask(server: MetricsServer, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.url.replace("/metrics", path), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.mark.parametrize(("ready", "alive"), [(True, True), (False, True), (True, False)])
def test_health_and_readiness_are_told_apart(ready: bool, alive: bool) -> None:
    now = Health(ready, alive, {"cases": 7.5})
    with MetricsServer(CollectorRegistry(), health=lambda: now) as server:
        code, told = ask(server, "/healthz")
        assert code == (200 if alive else 503)
        assert json.loads(told) == {"ready": ready, "alive": alive, "stalled_seconds": {"cases": 7.5}}
        assert ask(server, "/readyz")[0] == (200 if ready else 503)


def test_metrics_are_served_beside_it_and_by_itself() -> None:
    registry = CollectorRegistry()
    HubMetrics(registry)
    with MetricsServer(registry) as server:
        code, page = ask(server, "/metrics")
    assert code == 200
    assert "hub_build_info{" in page


def test_a_port_that_is_taken_is_said_so() -> None:
    with (
        MetricsServer(CollectorRegistry()) as server,
        pytest.raises(HubError, match=f"port {server.port}"),
    ):
        MetricsServer(CollectorRegistry(), server.port)
