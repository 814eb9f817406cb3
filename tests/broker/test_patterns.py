"""A review of the cluster's own scores is told to every log that it concerns, and again adds nothing new."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest
from tests.broker.deployment import Deployment
from tests.cli.score_cells import cell
from tests.scenarios.brook import PACK

from hub import topics
from hub.contracts.scores import ScoreBy, ScoreCell
from hub.contracts.standing import Standing, TownStatus
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers


def publish_cells(deployment: Deployment, cells: list[ScoreCell]) -> None:
    with deployment.publisher() as publisher:
        for number, one in enumerate(cells):
            key = "|".join((one.day, one.by, one.subject, one.district))
            at = datetime(2026, 3, 1, tzinfo=UTC)
            publisher.publish(topics.SCORES_DAILY, key, one, source="test", id=f"c{number}", time=at)


def test_a_review_is_told_once_for_each_log(
    broker: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    deployment = Deployment.of_test(broker, request)
    deployment.make_topics()
    pack = tmp_path / "brook"
    copytree(PACK, pack)
    (pack / "patterns.yaml").write_text("remediation: {appeals: 400, solved_below: 0.8, fewest_asked: 10}\n")
    counts = {"appeals": 200, "asked_solved": 50, "solved": 20}
    ends = (date(2026, 2, 1), date(2026, 2, 28))
    cells = [cell(day, "MILL", "WEST", ScoreBy.TOWN, **counts) for day in ends]
    older = cell(ends[0], "MILL", "WEST", ScoreBy.TOWN, appeals=1)
    newer = [one.model_copy(update={"changes": 2}) for one in cells]
    publish_cells(deployment, [older, *newer, cell(ends[0], "noise", "WEST", appeals=900)])
    for _ in range(2):
        done = deployment.hub(
            "patterns",
            "remediation",
            "--format",
            "csv",
            "--city",
            str(pack),
            "--month",
            "2026-02",
            "--publish",
        )
        assert done.exit_code == 0, done.output
        assert "400 appeals (400 are many)" in done.output
        assert "40.0% of 100 call it solved (too few" in done.output
        assert "told 2 records of how 1 town(s) stand" in done.output
    assert deployment.ids(topics.SIGNALS) == sorted(["MILL/2026-02/HEATH", "MILL/2026-02/MILL"] * 2)
    for record in deployment.records(topics.SIGNALS):
        attributes = read_headers(record.headers)
        status = decode(attributes.type, attributes.version, record.value or b"")
        assert isinstance(status, TownStatus)
        assert (status.town, status.standing) == ("MILL", Standing.REMEDIATION)
        assert record.key == status.key_town.encode()
