"""Safety inspections: rounds over the sites of each town, what is found there, and looking again later."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import Finding, HazardGrade, Inspection, Reinspection
from hub.contracts.fields import Feed, PlaceRef
from hub.domain.intake_feeds import finding_id
from hub.simulate.chance import Weighted, between, lognormal, poisson, stream
from hub.simulate.habits import Habits, Hazard
from hub.simulate.publication import HOUR_MS, Publication, millis, moment
from hub.simulate.reports import repeated
from hub.simulate.spots import Spot, Spots
from hub.simulate.truth import Begun, Incident, Planned, Tell, lead_of

SOURCE = "safety-inspectors"

FINDINGS = (0.68, 0.2, 0.09, 0.03)
"""Shares of inspections with no, one, two and three findings."""

RECTIFY_DAYS = {HazardGrade.GENERAL: 15, HazardGrade.MAJOR: 3}

PASSED = 0.85
"""Share of findings that are rectified when the inspector looks again; the others are looked at once more."""

REPEATED = 0.003

_HOURS = (9, 17)
"""Inspectors work from 9 to 17 o'clock, on working days."""


class Inspections:
    """Makes the inspections of a city, and says which hazard each finding is."""

    def __init__(self, city: City, habits: Habits, spots: Spots, seed: int, scale: float) -> None:
        self._city = city
        self._spots = spots
        self._seed = seed
        self._sites = habits.sites_per_town
        self._zone = ZoneInfo(city.settings.timezone)
        self._per_hour = (
            habits.inspections_per_day * scale / (_HOURS[1] - _HOURS[0]) if habits.hazards else 0.0
        )
        self._hazards = Weighted(habits.hazards, [hazard.weight for hazard in habits.hazards])
        self._codes = {h.category: city.category_of(h.category) for h in habits.hazards}

    def hour(self, start: datetime) -> Iterator[Begun]:
        """The inspections of the hour from ``start`` in order of time, each with its later re-inspections."""
        local = start.astimezone(self._zone)
        if not (_HOURS[0] <= local.hour < _HOURS[1] and self._city.worktime.works_on(local.date())):
            return
        rng = stream(self._seed, "inspections", start.isoformat())
        times = sorted(
            millis(start) + int(rng.random() * HOUR_MS) for _ in range(poisson(rng, self._per_hour))
        )
        for number, at_ms in enumerate(times):
            yield at_ms, tuple(self._visit(rng, f"I{start:%y%m%d%H}{number:04d}", at_ms))

    def _visit(self, rng: random.Random, name: str, at_ms: int) -> Iterator[Planned]:
        """One inspection; if something is found, the inspector comes again until it is rectified."""
        town = self._spots.towns.draw(rng)
        site = f"S{town}-{int(rng.random() * self._sites):04d}"
        spot = self._spots.in_town(stream(self._seed, "site", site), town)
        place = PlaceRef(point=spot.point, code=spot.area)
        count = Weighted(range(len(FINDINGS)), FINDINGS).draw(rng)
        drawn = [self._hazards.draw(rng) for _ in range(count)]
        findings = tuple(self._finding(rng, hazard, at_ms) for hazard in drawn)
        tells = tuple(
            Tell(self._incident(finding_id(name, number), finding, spot, at_ms), finding_id(name, number))
            for number, finding in enumerate(findings)
        )
        first = self._planned(rng, name, site, place, at_ms, findings=findings, tells=tells)
        yield first
        if rng.random() < REPEATED:
            yield repeated(rng, first)
        for number in range(count):
            yield from self._look_again(rng, name, number, site, place, at_ms)

    def _look_again(
        self, rng: random.Random, name: str, finding: int, site: str, place: PlaceRef, at_ms: int
    ) -> Iterator[Planned]:
        for visit in range(1, 4):
            at_ms += int(max(lognormal(rng, 48.0, 0.9), 3.0) * HOUR_MS)
            passed = rng.random() < PASSED
            result = Reinspection(inspection_id=name, finding=finding, passed=passed)
            yield self._planned(rng, f"{name}-R{finding}{visit}", site, place, at_ms, reinspections=(result,))
            if passed:
                return

    def _finding(self, rng: random.Random, hazard: Hazard, at_ms: int) -> Finding:
        grade = HazardGrade.MAJOR if rng.random() < hazard.major else HazardGrade.GENERAL
        by = moment(at_ms) + timedelta(days=RECTIFY_DAYS[grade])
        return Finding(hazard=self._code(hazard), grade=grade, rectify_by=by)

    def _incident(self, name: str, finding: Finding, spot: Spot, at_ms: int) -> Incident:
        return Incident(
            id=f"hazard/{name}",
            kind="hazard",
            category=finding.hazard,
            town=spot.at.town,
            lead_unit=lead_of(self._city, finding.hazard, spot.at.town, Feed.INSPECTION),
            lon=spot.point.lon,
            lat=spot.point.lat,
            began=moment(at_ms),
        )

    def _planned(
        self,
        rng: random.Random,
        name: str,
        site: str,
        place: PlaceRef,
        at_ms: int,
        *,
        findings: tuple[Finding, ...] = (),
        reinspections: tuple[Reinspection, ...] = (),
        tells: tuple[Tell, ...] = (),
    ) -> Planned:
        inspection = Inspection(
            source=SOURCE,
            id=name,
            inspected_at=moment(at_ms),
            site=site,
            place=place,
            inspector=f"inspector-{1 + int(rng.random() * 400):03d}",
            findings=findings,
            reinspections=reinspections,
        )
        arrived = moment(at_ms + int(between(rng, 2_000, 120_000)))
        sent = Publication(
            topics.INSPECTIONS, site, inspection, SOURCE, name, inspection.inspected_at, arrived
        )
        return Planned(sent, tells)

    def _code(self, hazard: Hazard) -> str:
        found = self._codes[hazard.category]
        assert found is not None, "habits are checked against the pack when they are loaded"
        return found.code
