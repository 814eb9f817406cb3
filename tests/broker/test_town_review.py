"""A review is told to every log that it concerns, and telling it again adds nothing new: real Kafka."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from tests.broker.deployment import Deployment
from tests.cli.score_cells import cell, write_cells
from tests.scenarios.brook import PACK

from hub import topics
from hub.contracts.scores import ScoreBy
from hub.contracts.standing import Standing, TownStatus
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers


def test_a_review_is_told_once_for_each_log(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    deployment = Deployment.of_test(broker, request)
    deployment.make_topics()
    pack = tmp_path / "brook"
    copytree(PACK, pack)
    (pack / "patterns.yaml").write_text("remediation: {appeals: 100, solved_below: 0.8, fewest_asked: 10}\n")
    counts = {"appeals": 200, "asked_solved": 50, "solved": 20}
    ends = (date(2026, 2, 1), date(2026, 2, 28))
    write_cells(tmp_path, [cell(day, "MILL", "WEST", ScoreBy.TOWN, **counts) for day in ends])
    for _ in range(2):
        done = deployment.hub(
            "patterns",
            "remediation",
            "--city",
            str(pack),
            "--month",
            "2026-02",
            "--in",
            str(tmp_path),
            "--publish",
        )
        assert done.exit_code == 0, done.output
        assert "told 2 records of how 1 town(s) stand" in done.output
    records = deployment.records(topics.SIGNALS)
    assert deployment.ids(topics.SIGNALS) == sorted(["MILL/2026-02/HEATH", "MILL/2026-02/MILL"] * 2)
    for record in records:
        attributes = read_headers(record.headers)
        status = decode(attributes.type, attributes.version, record.value or b"")
        assert isinstance(status, TownStatus)
        assert (status.town, status.standing) == ("MILL", Standing.REMEDIATION)
        assert record.key == status.key_town.encode()
