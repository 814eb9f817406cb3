"""Sensors: limits with hysteresis, silence, windows, acknowledgement, and what becomes of alarms."""

from __future__ import annotations

from math import inf, nan

from tests.scenarios.brook import heath, mill
from tests.scenarios.expectations import (
    alarm,
    alarms,
    case,
    cases,
    dead,
    ended,
    life,
    orders,
    refused,
    summaries,
    summary,
    why,
)
from tests.scenarios.language import at, by, expect, hours, just_after, story, tick
from tests.scenarios.reports import act_on, pack, ticket

STORIES = (
    story(
        "an alarm is raised once, known, and cleared beyond its limit",
        at(0, pack("P-1", "g-heath", (0, 0.30))),
        expect(alarms(), cases(0)),
        at(5, pack("P-2", "g-heath", (0, 0.30), (0, 0.19), every=30)),
        expect(
            alarms(("p2/low/1", "active_unacked")),
            alarm("p2/low/1", value=0.19, raised=5.5, changed=5.5),
            case(
                "g-heath/p2/low/1", category="water.burst", lead_unit="water-works", assist_units=("heath",)
            ),
            orders("water-works", "new lead g-heath/p2/low/1"),
        ),
        at(6, pack("P-3", "g-heath", (0, 0.10)), pack("P-4", "g-heath", (0, 0.22))),
        expect(alarms(("p2/low/1", "active_unacked"))),
        at(7, act_on("A-1", "ack_alarm", "g-heath/p2/low/1", "heath")),
        expect(alarms(("p2/low/1", "active_unacked"), ("p2/low/1", "active_acked"))),
        at(8, pack("P-5", "g-heath", (0, 0.25))),
        expect(
            alarms(
                ("p2/low/1", "active_unacked"), ("p2/low/1", "active_acked"), ("p2/low/1", "cleared_acked")
            ),
            case("g-heath/p2/low/1", stage="closed", closed=8),
            why("g-heath/p2/low/1", "closed", "last_signal_closed"),
            ended("gateways", accepted=5),
            ended("units", accepted=1),
        ),
        at(9, pack("P-6", "g-heath", (0, 0.15))),
        expect(case("g-heath/p2/low/2", stage="dispatched"), cases(2)),
    ),
    story(
        "an alarm that clears before anybody knew is still told to somebody",
        at(0, pack("P-1", "g-mill", (0, 0.3), (1, 71.0))),
        at(1, pack("P-2", "g-mill", (0, 0.3), (1, 66.0)), pack("P-3", "g-mill", (0, 0.3), (1, 65.0))),
        at(2, act_on("A-1", "ack_alarm", "g-mill/s1/high/1", "mill")),
        expect(
            alarms(
                ("s1/high/1", "active_unacked"),
                ("s1/high/1", "cleared_unacked"),
                ("s1/high/1", "cleared_acked"),
            ),
            case("g-mill/s1/high/1", category="noise", stage="closed", lead_unit="mill"),
        ),
    ),
    story(
        "an acknowledgement of what is not there changes nothing, a repeated one neither",
        at(0, pack("P-1", "g-mill", (0, 0.3), (1, 71.0))),
        at(
            1,
            act_on("A-1", "ack_alarm", "g-mill/s1/high/2", "mill"),
            act_on("A-2", "ack_alarm", "g-mill", "mill"),
        ),
        at(
            1,
            act_on("A-3", "ack_alarm", "g-no/s1/high/1", "mill"),
            act_on("A-4", "ack_alarm", "g-mill/s1/high/1", None),
        ),
        at(
            2,
            act_on("A-5", "ack_alarm", "g-mill/s1/high/1", "mill"),
            act_on("A-5", "ack_alarm", "g-mill/s1/high/1", "mill"),
        ),
        expect(
            alarms(("s1/high/1", "active_unacked"), ("s1/high/1", "active_acked")),
            dead(
                ("A-1", "unknown_alarm"),
                ("A-2", "unknown_alarm"),
                ("A-3", "unknown_alarm"),
                ("A-4", "unknown_unit"),
            ),
        ),
    ),
    story(
        "a sensor that says nothing is silent until it is heard again",
        at(0, pack("P-1", "g-heath", (0, 0.30))),
        by(15, alarms()),
        by(
            16,
            alarms(("p2/silent/1", "active_unacked")),
            alarm("p2/silent/1", value=None, raised=just_after(15), changed=just_after(15)),
            case("g-heath/p2/silent/1", category="sensor.silent", lead_unit="hall"),
        ),
        at(20, pack("P-2", "g-heath", (0, nan)), pack("P-3", "g-heath", (0, inf))),
        expect(alarms(("p2/silent/1", "active_unacked"))),
        at(25, pack("P-4", "g-heath", (0, 0.30))),
        expect(
            alarms(("p2/silent/1", "active_unacked"), ("p2/silent/1", "cleared_unacked")),
            case("g-heath/p2/silent/1", stage="closed", closed=25),
        ),
        by(40, cases(1)),
        by(41, case("g-heath/p2/silent/2", stage="dispatched")),
    ),
    story(
        "a gap is silence, not zero",
        at(0, pack("P-0", "g-mill", (0, 0.30), (1, 50.0))),
        *(at(10 * n, pack(f"P-{n}", "g-mill", (0, 0.30), (1, nan))) for n in range(1, 5)),
        by(45, alarms()),
        by(
            46,
            alarms(("s1/silent/1", "active_unacked")),
            summary("g-mill", 0, 3, (0.30, 50.0)),
            case("g-mill/s1/silent/1", lead_unit="hall"),
        ),
    ),
    story(
        "windows are summed up when they end",
        at(1, pack("P-1", "g-mill", (0, 0.30), (1, 40.0), (1, 60.0), every=1)),
        at(20, pack("P-2", "g-mill", (0, 0.40))),
        by(29, summaries(0)),
        by(30, summaries(1), summary("g-mill", 0, 2, (0.35, 50.0))),
        at(31, pack("P-3", "g-mill", (0, 0.5), (1, nan))),
        by(hours(3), summaries(2), summary("g-mill", 30, 1, (0.5, nan))),
    ),
    story(
        "an alarm that goes on is told again when a window ends, not with every pack",
        at(1, pack("P-1", "g-mill", (0, 0.30), (1, 80.0))),
        *(at(n, pack(f"P-{n}", "g-mill", (0, 0.30), (1, 80.0 + n))) for n in range(2, 26, 4)),
        by(
            30,
            alarms(("s1/high/1", "active_unacked"), ("s1/high/1", "active_unacked")),
            alarm("s1/high/1", value=102.0, raised=1, changed=30),
            cases(1),
        ),
    ),
    story(
        "a value that stays the same for too long is a fault of the sensor, until another one comes",
        *(at(10 * n, pack(f"P-{n}", "g-heath", (0, 0.30))) for n in range(15)),
        by(149, alarms()),
        by(
            150,
            alarms(("p2/stuck/1", "active_unacked")),
            alarm("p2/stuck/1", value=0.30, raised=150, changed=150),
            case("g-heath/p2/stuck/1", category="sensor.silent", lead_unit="hall"),
        ),
        at(151, act_on("A-1", "ack_alarm", "g-heath/p2/stuck/1", "hall")),
        *(at(152 + 10 * n, pack(f"Q-{n}", "g-heath", (0, 0.30), (0, 0.31), every=60)) for n in range(3)),
        by(
            180,
            alarms(
                ("p2/stuck/1", "active_unacked"),
                ("p2/stuck/1", "active_acked"),
                ("p2/stuck/1", "cleared_acked"),
            ),
            alarm("p2/stuck/1", value=0.31, raised=150, changed=180),
            case("g-heath/p2/stuck/1", stage="closed"),
        ),
    ),
    story(
        "a value at its instrument's floor may stay",
        *(at(10 * n, pack(f"P-{n}", "g-heath", (0, 0.10))) for n in range(19)),
        expect(alarms(("p2/low/1", "active_unacked"), *(("p2/low/1", "active_unacked"),) * 6)),
    ),
    story(
        "a silence ends the time in which a value stayed the same",
        *(at(10 * n, pack(f"P-{n}", "g-heath", (0, 0.30))) for n in range(8)),
        *(at(90 + 10 * n, pack(f"Q-{n}", "g-heath", (0, 0.30))) for n in range(13)),
        expect(alarms(("p2/silent/1", "active_unacked"), ("p2/silent/1", "cleared_unacked"))),
        *(at(220 + 10 * n, pack(f"R-{n}", "g-heath", (0, 0.30))) for n in range(3)),
        expect(
            alarms(
                ("p2/silent/1", "active_unacked"),
                ("p2/silent/1", "cleared_unacked"),
                ("p2/stuck/1", "active_unacked"),
            ),
            alarm("p2/stuck/1", value=0.30, raised=240, changed=240),
        ),
    ),
    story(
        "a sensor that often answers without a value is faulty, not silent",
        *(
            at(10 * n, pack(f"P-{n}", "g-mill", (0, 0.30 + n / 100), (1, nan if n % 3 else 50.0)))
            for n in range(6)
        ),
        by(59, alarms()),
        by(
            60,
            alarms(("s1/missing/1", "active_unacked")),
            alarm("s1/missing/1", value=None, raised=60, changed=60),
            case("g-mill/s1/missing/1", category="sensor.fault", lead_unit="water-works"),
        ),
    ),
    story(
        "repeated packs and packs of a window long gone",
        at(1, pack("P-1", "g-heath", (0, 0.30)), pack("P-1", "g-heath", (0, 0.30))),
        at(10, pack("P-2", "g-heath", (0, 0.30)), pack("P-0", "g-heath", (0, 0.10), happened=5)),
        expect(ended("gateways", accepted=3, duplicate=1), cases(1)),
        at(31, pack("P-3", "g-heath", (0, 0.30)), pack("P-4", "g-heath", (0, 0.30), happened=29)),
        expect(ended("gateways", accepted=4, duplicate=1, late=1), refused(), dead()),
    ),
    story(
        "a burst main is one case with its sensor and its tickets, whoever comes first",
        at(0, pack("P-0", "g-mill", (0, 0.30), (1, 50.0)), pack("Q-0", "g-heath", (0, 0.30))),
        at(1, ticket("T-1", "water.none", mill(50))),
        at(2, pack("P-1", "g-mill", (0, 0.10))),
        at(3, ticket("T-2", "water.burst", mill(-30))),
        at(4, pack("Q-1", "g-heath", (0, 0.10)), ticket("T-3", "water.burst", heath(60))),
        expect(
            case("T-1", members=("T-1", "g-mill/p0/low/1", "T-2"), category="water.none"),
            case("T-3", members=("g-heath/p2/low/1", "T-3")),
            life("T-1", "opened dispatched", "joined", "joined"),
            why("T-3", "joined", "joined_near"),
        ),
        at(5, pack("P-2", "g-mill", (0, 0.30)), pack("Q-2", "g-heath", (0, 0.30))),
        expect(
            case("T-1", stage="dispatched", met=(None, True, None)),
            case("T-3", stage="dispatched", met=(True, None)),
            cases(2),
        ),
    ),
    story(
        "an alarm says that it joined as an alarm",
        at(0, ticket("T-1", "water.burst", heath(10))),
        at(1, pack("P-1", "g-heath", (0, 0.10))),
        expect(
            case("T-1", members=("T-1", "g-heath/p2/low/1")),
            why("T-1", "joined", "joined_alarm"),
            ended("gateways", accepted=1),
        ),
    ),
    story(
        "records of gateways that can't be used",
        at(0, pack("P-1", "g-heath", (0, 0.3), (1, 0.3)), pack("P-2", "g-nowhere", (0, 0.1))),
        tick(60),
        expect(
            alarms(),
            summaries(0),
            dead(("P-1", "unknown_slot"), ("P-2", "unknown_gateway")),
            ended("gateways", rejected=2),
        ),
    ),
)
