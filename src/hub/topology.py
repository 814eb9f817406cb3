"""The map of one city: every step, what it reads, what it keeps, what it writes. Read this file first."""

from datetime import datetime
from functools import partial

from hub import topics
from hub.citypack.city import City
from hub.contracts.fields import Contract, Feed
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.domain import cases, intake_feeds, sensing
from hub.domain.gateways import GATEWAYS, GATEWAYS_DUE, rules_of
from hub.domain.intake import Intake
from hub.domain.moves import CaseRules
from hub.domain.privacy import Pseudonyms
from hub.domain.scoring import changes as score_changes
from hub.domain.scoring import totals
from hub.domain.scoring.facts import ScoreRules
from hub.domain.tables import (
    ARCHIVED,
    ARCHIVED_DUE,
    CASES,
    CASES_BY_CELL,
    CASES_BY_SIGNAL,
    CASES_DUE,
    OBSERVATIONS,
    OBSERVATIONS_DUE,
    PAST_APPEALS,
    PAST_APPEALS_DUE,
    REFUSED,
    REFUSED_DUE,
    SEEN,
    SEEN_DUE,
    STANDINGS,
    cases_by_place,
)
from hub.domain.warnings import step as warnings_step
from hub.domain.warnings.tables import (
    NORMS,
    PARTITION,
    TRACES,
    TRACES_DUE,
    WARNINGS,
    WARNINGS_BY_PROACTIVE,
    WARNINGS_DUE,
    Watch,
)
from hub.flow import Arrival, Edge, Origin, Step, by_due, by_group

FEED_TOPICS = {
    Feed.HOTLINE: topics.HOTLINE,
    Feed.GRID: topics.GRID,
    Feed.INSPECTION: topics.INSPECTIONS,
    Feed.PROACTIVE: topics.PROACTIVE,
}

SCORES_WORKER = "scores"
"""The group of steps that count what the others say: they never delay a case."""

_FEEDS = tuple(topic.name for topic in topics.TOPICS.values() if topic.feed)

EDGES = (
    Edge("publishers", (), _FEEDS, "Departments' own programs; `hub publish` for files"),
    Edge(
        "clerks",
        (topics.EVENTS, topics.REFUSALS, topics.ALARMS, topics.DEAD_LETTERS),
        (topics.ACTIONS,),
        "A clerk of a unit acts on a case with `hub act` and reads the answer",
    ),
    Edge("alerts", (), (topics.PROACTIVE,), "`hub alerts`: alerts of Prometheus that are to open a case"),
    Edge("ticker", (), (topics.SIGNALS, topics.READINGS), "Time itself, as a record on every partition"),
    Edge(
        "delivery",
        (topics.ORDERS,),
        (topics.unit_orders("<unit>").name, topics.DEAD_LETTERS),
        "Each order to the topic of its unit, at least once, with the same id",
    ),
    Edge(
        "exporter",
        (topics.EVENTS, topics.ALARMS, topics.WARNINGS, topics.SCORES_DAILY, topics.ORDERS, topics.LEDGER),
        (),
        "Figures of the city for Prometheus, rebuilt from the topics",
    ),
    Edge(
        "analysts",
        (topics.ALARMS, topics.SCORE_CASES, topics.SCORES_DAILY, topics.WARNINGS),
        (),
        "`hub scores` shows rates, scores and rankings, and opens each figure down to its cases",
    ),
    Edge(
        "verifier",
        tuple(topics.TOPICS),
        (),
        "`hub verify` and `hub ledger` count again what must hold, without code of the rules",
    ),
    Edge(
        "operators",
        (topics.DEAD_LETTERS,),
        (*_FEEDS, topics.SIGNALS, topics.ORDERS),
        "`hub dead-letters` lists what could not be used and puts it back once it is mended",
    ),
)
"""What stands around the core steps: how records come in, go out and are looked at."""


def build_steps(city: City, pseudonyms: Pseudonyms) -> tuple[Step, ...]:
    """The core steps of a city, in the order in which a signal meets them."""
    intake = Intake(city, pseudonyms)
    return (
        _intake("intake_hotline", topics.HOTLINE, intake, (), "Citizens' tickets become signals"),
        _intake("intake_grid", topics.GRID, intake, (), "Grid workers' reports become signals"),
        _intake("intake_inspections", topics.INSPECTIONS, intake, (), "Each finding becomes a signal"),
        _intake(
            "intake_actions", topics.ACTIONS, intake, (topics.READINGS,), "Units' actions find their town"
        ),
        _intake(
            "intake_proactive",
            topics.PROACTIVE,
            intake,
            (),
            "Reports made before anybody complains, likewise",
        ),
        _sensing(city),
        _cases(city),
        _scores(city),
        _totals(),
        _warnings(city),
    )


def _intake(name: str, topic: str, intake: Intake, also: tuple[str, ...], doc: str) -> Step:
    return Step(
        name=name,
        sources=(topic,),
        sinks=(topics.SIGNALS, *also, topics.DEAD_LETTERS, topics.LEDGER),
        handle=partial(intake_feeds.handle, intake),
        doc=doc,
    )


def _sensing(city: City) -> Step:
    rules = rules_of(city)
    return Step(
        name="sensing",
        sources=(topics.READINGS,),
        sinks=(topics.ALARMS, topics.SUMMARIES, topics.SIGNALS, topics.DEAD_LETTERS, topics.LEDGER),
        handle=partial(sensing.handle, rules),
        handle_many=partial(sensing.handle_many, rules),
        at_once=sensing.AT_ONCE,
        fire=partial(sensing.fire, rules),
        doc="Packs of readings become alarms and window summaries",
        tables=(GATEWAYS,),
        dues=by_due(GATEWAYS_DUE),
        clock=partial(sensing.time_shown, rules),
        origin=sensing.origin_of,
        worker="sensing",
        patience_ms=100,
    )


def _cases(city: City) -> Step:
    by_place = cases_by_place(city)
    rules = CaseRules(city, by_place)
    return Step(
        name="cases",
        sources=(topics.SIGNALS,),
        sinks=(
            topics.EVENTS,
            topics.STATE,
            topics.REFUSALS,
            topics.ORDERS,
            topics.DEAD_LETTERS,
            topics.LEDGER,
        ),
        handle=partial(cases.handle, rules),
        fire=partial(cases.fire, rules),
        doc="Signals join or open cases, actions move them, clocks fire",
        tables=(CASES, SEEN, REFUSED, OBSERVATIONS, ARCHIVED, PAST_APPEALS, STANDINGS),
        groups=(*by_group(CASES_BY_SIGNAL), *by_group(by_place), *by_group(CASES_BY_CELL)),
        dues=(
            *by_due(CASES_DUE),
            *by_due(SEEN_DUE),
            *by_due(REFUSED_DUE),
            *by_due(OBSERVATIONS_DUE),
            *by_due(ARCHIVED_DUE),
            *by_due(PAST_APPEALS_DUE),
        ),
        clock=time_shown,
        origin=origin_of,
    )


def _scores(city: City) -> Step:
    rules = ScoreRules.of(city)
    return Step(
        name="scores",
        sources=(topics.EVENTS,),
        sinks=(topics.SCORE_CASES, topics.DEAD_LETTERS, topics.LEDGER),
        handle=partial(score_changes.handle, rules),
        fire=partial(score_changes.fire, rules),
        doc="What each case counts for, whenever an event changes that",
        tables=(score_changes.SCORED,),
        dues=by_due(score_changes.SCORED_DUE),
        clock=score_changes.time_shown,
        origin=score_changes.origin_of,
        worker=SCORES_WORKER,
        patience_ms=100,
    )


def _totals() -> Step:
    return Step(
        name="totals",
        sources=(topics.SCORE_CASES,),
        sinks=(topics.SCORES_DAILY, topics.DEAD_LETTERS, topics.LEDGER),
        handle=partial(totals.handle),
        handle_many=partial(totals.handle_many),
        at_once=totals.AT_ONCE,
        doc="Sums of each day by district, town, unit and category, corrected as cases go on",
        tables=(totals.DAILY,),
        origin=score_changes.origin_of,
        worker=SCORES_WORKER,
        patience_ms=100,
    )


def _warnings(city: City) -> Step:
    watch = Watch.over(city)
    return Step(
        name="warnings",
        sources=(topics.EVENTS,),
        sinks=(topics.WARNINGS, topics.PROACTIVE, topics.DEAD_LETTERS, topics.LEDGER),
        handle=partial(warnings_step.handle, watch),
        fire=partial(warnings_step.fire, watch),
        doc="Surges, alarms, hazards and repeats become early warnings, later told right or wrong",
        tables=(TRACES, NORMS, PARTITION, WARNINGS),
        groups=by_group(WARNINGS_BY_PROACTIVE),
        dues=(*by_due(TRACES_DUE), *by_due(WARNINGS_DUE)),
        clock=warnings_step.time_shown,
        origin=warnings_step.origin_of,
        worker="warnings",
    )


def time_shown(body: Contract, _: Arrival) -> datetime | None:
    """The time that a record of a town's log shows."""
    match body:
        case Signal():
            return body.time
        case CaseAction():
            return body.arrived
        case ClockTick():
            return body.at
        case _:
            return None


def origin_of(body: Contract, arrival: Arrival) -> Origin:
    """Where the ledger counts a record of a town's log: on the feed that it came from."""
    match body:
        case Signal():
            feed = FEED_TOPICS.get(body.feed, arrival.topic)
        case CaseAction():
            feed = FEED_TOPICS.get(body.feed, topics.ACTIONS)
        case _:
            return Origin(arrival.topic, arrival.source, arrival.arrived, counted=False)
    counted = body.part == 0 and body.feed is not Feed.SENSOR
    return Origin(feed, body.source, body.arrived, counted)
