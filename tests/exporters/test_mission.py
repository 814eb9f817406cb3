"""Open cases, moves and sensors as metrics: by unit, town, category, tag, hazard and limit; few series."""

from __future__ import annotations

import pickle
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge
from tests.exporters.test_fold import alarm, clock
from tests.verify.told import LEAD, NOON, event, life

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Contract
from hub.contracts.sensing import AlarmKind, AlarmState
from hub.contracts.warnings import Colour, Verdict, Warning, WarningState
from hub.exporters.fold import CityFold
from hub.exporters.known import KnownNames, Named
from hub.exporters.mission_gauges import MissionGauges
from hub.exporters.shown import ShownCounter, ShownGauge
from hub.exporters.watched_warnings import WARNINGS_KEPT
from hub.metrics import HubMetrics

DISTRICT, TOWN = "110101", "110101001"
KNOWN = KnownNames(
    districts=frozenset({DISTRICT, "110102"}),
    units=frozenset({LEAD}),
    tops={"water": "utilities"},
    towns={TOWN: DISTRICT, "110102001": "110102"},
    sensors={TOWN: 3},
    smallest_group=4,
    names={Named.TOWN: {TOWN: "东华门街道"}, Named.UNIT: {LEAD: "水务局"}},
)


class Shown:
    """A fold and its gauges over a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges = MissionGauges(HubMetrics(self.registry), KNOWN)
        self._fold = CityFold()

    def take(self, *values: Contract) -> None:
        for value in values:
            self._fold.add(value, NOON)
        self._gauges.show(self._fold.totals())

    def value(self, name: str, /, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
def shown() -> Shown:
    return Shown()


def known(told: CaseEvent, *tags: CaseTag, hazard: HazardGrade | None = None) -> CaseEvent:
    return told.model_copy(update={"tags": tags, "hazard": hazard})


def test_boards_find_the_names_of_codes(shown: Shown) -> None:
    assert shown.value("hub_town_info", district=DISTRICT, town=TOWN, name="东华门街道") == 1
    assert shown.value("hub_unit_info", unit=LEAD, name="水务局") == 1


def test_an_open_case_counts_for_its_unit_town_and_category_until_it_is_over(shown: Shown) -> None:
    def counts() -> tuple[float | None, ...]:
        return (
            shown.value("hub_unit_open_cases", unit=LEAD, risk="in_time"),
            shown.value("hub_town_open_cases", district=DISTRICT, town=TOWN, risk="in_time"),
            shown.value("hub_category_open_cases", category="utilities", district=DISTRICT),
        )

    shown.take()
    assert counts() == (0, 0, 0), "what is known shows before anything happens"
    shown.take(*life()[:4])
    assert counts() == (1, 1, 1)
    shown.take(*life()[4:])
    assert counts() == (0, 0, 0)
    assert shown.value("hub_cases_opened_total", category="utilities", district=DISTRICT) == 1
    assert shown.value("hub_case_moves_total", move="closed", district=DISTRICT) == 1


def test_a_limit_that_warns_and_passes_moves_its_case_from_risk_to_risk(shown: Shown) -> None:
    def limits(risk: str) -> float | None:
        return shown.value("hub_open_cases_limits_at_risk", clock="resolve", risk=risk, district=DISTRICT)

    shown.take(*life()[:4], clock(4, EventKind.WARNED))
    assert shown.value("hub_unit_open_cases", unit=LEAD, risk="warned") == 1
    assert limits("warned") == 1
    shown.take(clock(5, EventKind.BREACHED))
    assert shown.value("hub_unit_open_cases", unit=LEAD, risk="warned") == 0
    assert shown.value("hub_town_open_cases", district=DISTRICT, town=TOWN, risk="breached") == 1
    assert (limits("warned"), limits("breached")) == (None, 1)
    shown.take(event(6, EventKind.RESOLVED, stage=Stage.RESOLVED))
    assert limits("breached") is None


def test_tags_and_hazards_count_while_the_case_is_open(shown: Shown) -> None:
    shown.take(known(life()[0], CaseTag.REPEAT, CaseTag.PROACTIVE, hazard=HazardGrade.MAJOR))
    assert shown.value("hub_tagged_open_cases", tag="repeat", district=DISTRICT) == 1
    assert shown.value("hub_tagged_open_cases", tag="remediation", district=DISTRICT) == 0
    assert shown.value("hub_city_tagged_open_cases", tag="proactive") == 1
    assert shown.value("hub_open_hazards_cases", grade="major", district=DISTRICT) == 1
    shown.take(known(life()[1], CaseTag.REPEAT, hazard=HazardGrade.GENERAL))
    assert shown.value("hub_tagged_open_cases", tag="proactive", district=DISTRICT) == 0
    assert shown.value("hub_open_hazards_cases", grade="major", district=DISTRICT) == 0
    assert shown.value("hub_open_hazards_cases", grade="general", district=DISTRICT) == 1


def test_people_in_need_are_told_of_only_where_there_are_many_and_never_by_district(shown: Shown) -> None:
    cases = [known(life(f"{TOWN}-{number}")[0], CaseTag.HELP) for number in range(KNOWN.smallest_group)]
    shown.take(*cases[:-1])
    assert shown.value("hub_city_tagged_open_cases", tag="help") is None
    shown.take(cases[-1])
    assert shown.value("hub_city_tagged_open_cases", tag="help") == KNOWN.smallest_group
    assert shown.value("hub_tagged_open_cases", tag="help", district=DISTRICT) is None
    shown.take(*life(f"{TOWN}-0")[1:])
    assert shown.value("hub_city_tagged_open_cases", tag="help") is None


def test_what_the_pack_does_not_know_is_other(shown: Shown) -> None:
    strange = life("x-1", "x" * 50)[0].model_copy(
        update={"town": "y" * 50, "category": "z", "lead_unit": "u", "source_id": "k/1"}
    )
    shown.take(strange.model_copy(update={"moves": clock(0, EventKind.WARNED).moves}))
    assert shown.value("hub_unit_open_cases", unit="other", risk="warned") == 1
    assert shown.value("hub_town_open_cases", district="other", town="other", risk="warned") == 1
    assert shown.value("hub_category_open_cases", category="other", district="other") == 1
    assert shown.value("hub_open_cases_limits_at_risk", clock="other", risk="warned", district="other") == 1


def test_a_sensor_is_online_until_it_falls_silent_and_again_when_it_is_heard(shown: Shown) -> None:
    def sensors(condition: str) -> float | None:
        return shown.value("hub_sensors", condition=condition, district=DISTRICT, town=TOWN)

    shown.take(alarm(AlarmState.ACTIVE_UNACKED, kind=AlarmKind.SILENT), alarm(AlarmState.ACTIVE_ACKED, "s2"))
    assert (sensors("online"), sensors("silent")) == (2, 1)
    assert shown.value("hub_active_alarms", kind="high", district=DISTRICT) == 1
    shown.take(alarm(AlarmState.CLEARED_UNACKED, kind=AlarmKind.SILENT))
    assert (sensors("online"), sensors("silent")) == (3, 0)


def warning(number: int, **changed: object) -> Warning:
    told = Warning(
        warning_id=f"{TOWN}/w{number}",
        seq=0,
        district=DISTRICT,
        town=TOWN,
        cell=None,
        group="water",
        category="water",
        colour=Colour.YELLOW,
        score=3.0,
        began=NOON,
        raised=NOON,
        changed=NOON,
        state=WarningState.ACTIVE,
        verdict=Verdict.UNKNOWN,
        signals=5,
    )
    return told.model_copy(update=changed)


def test_a_warning_counts_in_its_newest_colour_and_by_its_verdict(
    shown: Shown,
) -> None:
    def active(colour: str) -> float | None:
        return shown.value("hub_active_warnings", colour=colour, district=DISTRICT)

    def recent(colour: str, verdict: str) -> float | None:
        return shown.value("hub_recent_warnings", colour=colour, verdict=verdict, district=DISTRICT)

    shown.take(warning(1), warning(2), warning(1, seq=1, colour=Colour.RED))
    assert (active("yellow"), active("red"), active("blue")) == (1, 1, 0)
    over = {"state": WarningState.ENDED, "ended": NOON, "colour": Colour.RED}
    shown.take(warning(1, seq=2, **over))
    assert (active("red"), recent("red", "unknown")) == (0, 1)
    shown.take(warning(1, seq=3, verdict=Verdict.RIGHT, **over))
    assert (recent("red", "right"), recent("red", "unknown"), recent("yellow", "unknown")) == (1, None, 1)


def test_a_warning_of_long_ago_counts_no_more_unless_it_goes_on(shown: Shown) -> None:
    shown.take(warning(1), warning(2, state=WarningState.ENDED, ended=NOON))
    later = NOON + WARNINGS_KEPT + timedelta(hours=1)
    shown.take(warning(3, changed=later, colour=Colour.BLUE))
    assert shown.value("hub_recent_warnings", colour="yellow", verdict="unknown", district=DISTRICT) == 1
    assert shown.value("hub_recent_warnings", colour="blue", verdict="unknown", district=DISTRICT) == 1


def test_a_gauge_forgets_what_its_table_no_longer_has() -> None:
    registry = CollectorRegistry()
    gauge = ShownGauge(Gauge("g", "g", ("a",), registry=registry), rest=[("always",)])
    gauge.show({("x",): 2.0, ("y",): 1.0})
    gauge.show({("y",): 3.0})
    values = {sample.labels["a"]: sample.value for family in registry.collect() for sample in family.samples}
    assert values == {"always": 0, "y": 3}


def test_a_counter_counts_what_is_more_and_never_goes_back() -> None:
    registry = CollectorRegistry()
    counter = ShownCounter(Counter("c", "c", ("a",), registry=registry))
    for value in (2.0, 2.0, 1.0, 3.0):
        counter.show({("x",): value})
    assert registry.get_sample_value("c_total", {"a": "x"}) == 4


def test_the_memory_of_the_fold_does_not_grow_with_the_lives_that_are_over() -> None:
    def size_after(lives: int) -> int:
        fold = CityFold()
        for number in range(lives):
            for told in life(f"{TOWN}-{number:06}"):
                fold.add(told.model_copy(update={"at": told.at + timedelta(hours=number)}), NOON)
        # What counts is the number of things that it remembers: the newest decisions are of fixed number.
        return len(pickle.dumps(fold))

    assert size_after(400) - size_after(100) < 200, "counters grow by digits alone"
