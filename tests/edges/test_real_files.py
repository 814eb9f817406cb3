"""The shipped profiles on the real files they were written for."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.contracts.feeds import HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.edges.profiles import Made, load_profile, read_rows

Find = Callable[[str], Path]


def converted(profile: str, path: Path) -> Iterator[Made]:
    loaded = load_profile(profile)
    for _, row in read_rows(path):
        yield from loaded.records(row)


def test_half_a_year_of_boston(shared_data: Find) -> None:
    topics: Counter[str] = Counter()
    opened: dict[str, datetime] = {}
    early = 0
    for made in converted("boston311", shared_data("tickets/boston311-2015-h1.csv.gz")):
        topics[made.topic] += 1
        if isinstance(made.value, UnitAction):
            assert made.value.signal is not None
            assert made.arrival >= opened[made.value.signal.id]
            early += made.value.at < opened[made.value.signal.id]
        elif isinstance(made.value, HotlineTicket):
            opened[made.value.id] = made.arrival
        else:
            opened[made.key] = made.arrival
    assert topics == {"hotline.tickets": 45_697, "grid.reports": 12_422, "unit.actions": 49_126}
    assert len(opened) == 58_119
    assert early == 84


def test_two_years_of_inspections_in_san_francisco(shared_data: Find) -> None:
    made = list(converted("sffood", shared_data("inspections/sf-food-2015-2016.csv.gz")))
    assert len(made) == 8_356
    findings = [f for one in made if isinstance(one.value, Inspection) for f in one.value.findings]
    assert len(findings) == 21_986
    assert len({finding.hazard for finding in findings}) == 65
    assert not any("[" in finding.hazard for finding in findings)


def test_a_year_of_air_in_beijing(shared_data: Find) -> None:
    readings, hours, gateways = 0, Counter[int](), set()
    for made in converted("beijingair", shared_data("sensors/beijing-air-2016-03-to-2017-02.csv.gz")):
        assert isinstance(made.value, ReadingPack)
        readings += len(made.value.values) // 8
        hours[(made.value.base_time + timedelta(hours=8)).hour] += 1
        gateways.add(made.key)
        assert datetime(2016, 2, 29, 16, tzinfo=UTC) <= made.arrival < datetime(2017, 2, 28, 16, tzinfo=UTC)
    # 15,392 of the 1,156,320 values are "NA".
    assert readings == 105_120 * 11 - 15_392
    assert set(hours.values()) == {105_120 // 24}
    assert len(gateways) == 12
