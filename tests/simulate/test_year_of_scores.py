"""A year of Beijing and its units at one twentieth: scores told while it goes on are those recomputed."""

from __future__ import annotations

import os
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.figures import Tell
from tests.simulate.conftest import START
from tests.simulate.month import AFTERWARDS, KEY
from tests.verify.hearing_scores import SAID, ScoreFiles

from hub.citypack.city import City
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.runtime.task import Batch
from hub.simulate.city_life import simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.unit_model import UnitModel
from hub.topics import TOPICS
from hub.topology import build_steps

SEED = 23
DAYS = float(os.environ.get("HUB_YEAR_DAYS", "365"))
SCALE = float(os.environ.get("HUB_YEAR_SCALE", "0.05"))


@pytest.mark.soak
def test_a_year_of_scores_is_that_recomputed(people_of_beijing: City, tmp_path: Path, tell: Tell) -> None:
    files = ScoreFiles(tmp_path)
    heard = 0

    def hear(_: Step, batch: Batch) -> None:
        nonlocal heard
        for output in batch.outputs:
            if output.topic in SAID:
                files.hear(output)
                heard += 1

    city = people_of_beijing
    steps = build_steps(city, Pseudonyms(KEY))
    read = {topic for step in steps for topic in step.sources}
    loop = ClosedLoop(
        steps,
        UnitModel(city, SEED).react,
        on_batch=hear,
        heard_only=TOPICS.keys() - read,
        passing=read,
    )
    reports = simulate(replace(city, gateways={}), SEED, START, DAYS, SCALE)
    records = sum(1 for _ in loop.play(reports, START, START + timedelta(days=DAYS) + AFTERWARDS))
    lived_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cells, rates = files.compare(city)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    tell(f"{DAYS:g} days at {SCALE:g}: {records:,} records, {heard:,} events and cells")
    tell(f"  {cells.compared:,} counts and bins, {rates.compared:,} rates and places compared")
    tell(f"  peak memory {lived_mb:,} MB while it goes on, {peak_mb:,} MB with the comparison")
    assert cells.shown == rates.shown == ()
    assert min(cells.compared, rates.compared) > 100 * DAYS
