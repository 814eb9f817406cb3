"""`hub demo --prometheus`: a quarter of an hour in the city, and Prometheus answers for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests import system_tools

from hub.demo.monitoring import find_programs
from hub.errors import HubError


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


def test_who_has_no_prometheus_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HubError, match="Prometheus is not installed") as missing:
        find_programs()
    assert "apt-get install prometheus prometheus-alertmanager" in missing.value.fix
    (tmp_path / "prometheus").write_text("#!/bin/sh\n")
    (tmp_path / "prometheus").chmod(0o755)
    with pytest.raises(HubError, match="Alertmanager is not installed"):
        find_programs()
