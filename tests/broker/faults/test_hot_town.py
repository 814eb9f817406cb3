"""Half of all that a city hears comes from one town: the others' cases go on beside it, nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import Tape, make_tape
from tests.broker.faults.watch import Commit, Place
from tests.broker.faults.workers import FaultCity
from tests.scenarios.brook import mill
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub import topics
from hub.runtime.keys import partition_of

HOT = "MILL"


@pytest.mark.timeout(300)
def test_half_of_all_records_from_one_town(city: FaultCity, seed: int, say: Say) -> None:
    _heat(city, seed, say, records=800, rate=500)


@pytest.mark.soak
def test_a_rainstorm_over_one_town(city: FaultCity, seed: int, say: Say) -> None:
    _heat(city, seed, say, records=10_000, rate=3_000)


def _heat(city: FaultCity, seed: int, say: Say, *, records: int, rate: float) -> None:
    tape = _heated(make_tape(seed, records, partitions=city.partitions))
    with Driver(city, seed, tape, rate=rate) as driver:
        for slot in "01":
            driver.start(slot)
        for slot in "01":
            driver.until_working(slot)
        driver.publish()
        verdict = driver.finish()
        behind = _behind(driver.watch.commits(), partition_of(HOT.encode(), city.partitions))
    say(f"{behind}; {verdict.figures()}")
    verdict.must_be_exact()
    assert all(share >= 0.2 for share in behind.values()), "a town waited until the hot one was done"


def _heated(tape: Tape) -> Tape:
    """The tape with as many tickets again, all from one square of the hot town."""
    chance = Random(tape.seed)
    sent: list[Sent] = []
    for number, one in enumerate(tape.sent):
        place = mill(north=chance.randrange(1_200))
        hot = ticket(f"hot-{number}", chance.choice(("noise", "water.burst", "bill")), place)
        sent += [one, hot(minute((one.arrived - minute(0)).total_seconds() / 60), Heard())]
    return Tape(tape.seed, tuple(sent), tape.moves)


def _behind(commits: Sequence[Commit], hot: int) -> dict[Place, float]:
    """How much of each other partition of the towns' log was done when half of the hot one was."""
    log = [commit for commit in commits if commit.place[0] == topics.SIGNALS]
    total: dict[Place, int] = {}
    for commit in log:
        total[commit.place] = total.get(commit.place, 0) + commit.records
    done = dict.fromkeys(total, 0)
    for commit in log:
        done[commit.place] += commit.records
        if done[topics.SIGNALS, hot] * 2 >= total[topics.SIGNALS, hot]:
            break
    return {place: done[place] / count for place, count in total.items() if place[1] != hot}
