"""Limits: warnings, breaches, the order in which they come, what moves the clocks and what does not."""

from __future__ import annotations

from tests.scenarios.brook import heath, mill
from tests.scenarios.expectations import (
    case,
    cases,
    dead,
    ended,
    fired,
    life,
    orders,
    rang,
    refused,
    why,
)
from tests.scenarios.language import at, by, days, expect, hours, just_after, minute, story, tick
from tests.scenarios.reports import act, inspection, pack, report, ticket

YEAR_2099 = days(365 * 73)


STORIES = (
    story(
        "limits warn at three quarters and are breached just after their end",
        at(0, ticket("T-1", "noise", heath())),
        by(hours(3) - 1, rang("T-1")),
        by(hours(3), rang("T-1", ("sign_for", "warned", minute(hours(3))))),
        by(hours(4), rang("T-1", ("sign_for", "warned", minute(hours(3))))),
        by(
            hours(5),
            rang(
                "T-1",
                ("sign_for", "warned", minute(hours(3))),
                ("sign_for", "breached", minute(just_after(hours(4)))),
            ),
            case("T-1", met=(None,)),
        ),
        by(
            days(5),
            life(
                "T-1",
                "opened dispatched",
                "warned",
                "breached escalated",
                "warned",
                "warned",
                "breached escalated",
                "breached",
                "reminded",
            ),
            rang(
                "T-1",
                ("sign_for", "warned", minute(hours(3))),
                ("sign_for", "breached", minute(just_after(hours(4)))),
                ("resolve", "warned", minute(hours(6))),
                ("sign_for", "warned", minute(just_after(hours(7)))),
                ("resolve", "breached", minute(just_after(hours(8)))),
                ("sign_for", "breached", minute(just_after(just_after(hours(8))))),
                ("remind", "reminded", minute(just_after(just_after(just_after(hours(80)))))),
            ),
            why("T-1", "breached", "limit_passed", "limit to sign for: 2026-03-02 16:00:00 UTC"),
            case("T-1", met=(False,), stage="dispatched", lead_unit="heath"),
            orders(
                "heath",
                "new lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "warned lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "breached lead T-1",
                "reminded lead T-1",
            ),
            orders("east", "escalated supervisor T-1"),
            orders("hall", "escalated supervisor T-1", "reminded supervisor T-1"),
        ),
    ),
    story(
        "one tick far ahead rings everything in the order in which it was due",
        at(
            0,
            ticket("T-1", "noise", heath()),
            ticket("T-2", "lamp", heath(500)),
            ticket("T-3", "gas", heath(900)),
        ),
        tick(days(2)),
        expect(
            fired(
                ("T-3", "sign_for", "warned", minute(45)),
                ("T-3", "sign_for", "breached", minute(just_after(60))),
                ("T-3", "resolve", "warned", minute(90)),
                ("T-3", "sign_for", "warned", minute(just_after(105))),
                ("T-3", "resolve", "breached", minute(just_after(120))),
                ("T-3", "sign_for", "breached", minute(just_after(just_after(120)))),
                ("T-1", "sign_for", "warned", minute(hours(3))),
                ("T-1", "sign_for", "breached", minute(just_after(hours(4)))),
                ("T-2", "sign_for", "warned", minute(hours(4.5))),
                ("T-2", "resolve", "warned", minute(hours(4.5))),
                ("T-1", "resolve", "warned", minute(hours(6))),
                ("T-2", "sign_for", "breached", minute(just_after(hours(6)))),
                ("T-2", "resolve", "breached", minute(just_after(hours(6)))),
                ("T-1", "sign_for", "warned", minute(just_after(hours(7)))),
                ("T-1", "resolve", "breached", minute(just_after(hours(8)))),
                ("T-1", "sign_for", "breached", minute(just_after(just_after(hours(8))))),
                ("T-2", "sign_for", "warned", minute(just_after(hours(10.5)))),
                ("T-2", "sign_for", "breached", minute(just_after(just_after(hours(12))))),
            ),
        ),
    ),
    story(
        "done at the very end of the limit is in time",
        at(0, ticket("T-1", "noise", mill()), ticket("T-2", "noise", mill(200))),
        at(1, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "sign_for", "T-2", "mill")),
        at(hours(8), act("A-3", "resolve", "T-1", "mill")),
        at(just_after(hours(8)), act("A-4", "resolve", "T-2", "mill")),
        expect(
            life("T-1", "opened dispatched", "signed_for", "warned", "resolved"),
            case("T-1", met=(True,)),
            life("T-2", "opened dispatched", "signed_for", "warned", "breached escalated", "resolved"),
            case("T-2", met=(False,)),
        ),
    ),
    story(
        "what arrives within the grace counts from when it was done, later it does not",
        at(
            0,
            ticket("T-1", "noise", mill()),
            ticket("T-2", "noise", mill(200)),
            ticket("T-3", "noise", mill(400)),
        ),
        at(1, *(act(f"S-{n}", "sign_for", f"T-{n}", "mill") for n in (1, 2, 3))),
        at(hours(8) + 14, act("A-1", "resolve", "T-1", "mill", done=hours(8) - 1)),
        at(hours(8) + 15, act("A-2", "resolve", "T-2", "mill", done=hours(8) - 1)),
        at(hours(8) + 16, act("A-3", "resolve", "T-3", "mill", done=hours(8) + 18)),
        expect(
            case("T-1", met=(True,)),
            case("T-2", met=(False,)),
            case("T-3", met=(False,)),
            life("T-1", "opened dispatched", "signed_for", "warned", "breached escalated", "resolved"),
        ),
    ),
    story(
        "signing for stops its own clock, resolving stops the other",
        at(0, ticket("T-1", "noise", mill())),
        at(hours(3.5), act("A-1", "sign_for", "T-1", "mill")),
        at(hours(5), act("A-2", "resolve", "T-1", "mill")),
        by(
            days(3),
            life("T-1", "opened dispatched", "warned", "signed_for", "resolved", "closed"),
            case("T-1", stage="closed", met=(True,)),
        ),
    ),
    story(
        "a quiet town is woken by ticks alone",
        at(0, ticket("T-1", "noise", heath())),
        at(hours(10), ticket("T-2", "noise", mill())),
        expect(rang("T-1")),
        by(
            hours(10),
            rang(
                "T-1",
                ("sign_for", "warned", minute(hours(3))),
                ("sign_for", "breached", minute(just_after(hours(4)))),
                ("resolve", "warned", minute(hours(6))),
                ("sign_for", "warned", minute(just_after(hours(7)))),
                ("resolve", "breached", minute(just_after(hours(8)))),
                ("sign_for", "breached", minute(just_after(just_after(hours(8))))),
            ),
        ),
    ),
    story(
        "a ticket's own limit goes before its category's",
        at(0, ticket("T-1", "noise", mill(), due=minute(100)), ticket("T-2", "bill", mill(), due=minute(60))),
        at(10, ticket("T-3", "noise", mill(5), due=minute(50))),
        by(
            hours(2),
            case("T-1", members=("T-1", "T-3"), due=50, met=(False, False)),
            rang(
                "T-1",
                ("resolve", "warned", minute(40)),
                ("resolve", "breached", minute(just_after(50))),
                ("resolve", "warned", minute(75)),
                ("resolve", "breached", minute(just_after(100))),
            ),
            rang("T-2", ("resolve", "warned", minute(45)), ("resolve", "breached", minute(just_after(60)))),
        ),
    ),
    story(
        "news that comes after its limit is late at once, and says so once",
        tick(hours(20)),
        at(hours(20), ticket("T-1", "noise", mill(), happened=0)),
        by(
            hours(21),
            case("T-1", met=(False,)),
            life("T-1", "opened dispatched", "breached escalated", "breached escalated"),
        ),
    ),
    story(
        "what claims to come from the future is refused and moves no clock",
        at(0, ticket("T-1", "noise", mill()), pack("P-0", "g-mill", (0, 0.3), (1, 50.0))),
        at(1, ticket("T-2", "noise", mill(), happened=YEAR_2099)),
        at(1, report("G-2", "noise", mill(), happened=YEAR_2099)),
        at(1, inspection("I-2", "bakery", mill(), score=90.0, happened=YEAR_2099)),
        at(1, act("A-2", "sign_for", "T-1", "mill", done=YEAR_2099)),
        at(1, pack("P-2", "g-mill", (0, 0.3), happened=YEAR_2099)),
        at(1, pack("P-3", "g-mill", (0, 0.3), (0, 0.3), happened=1, every=days(20) * 60)),
        at(2, ticket("T-3", "noise", mill(300), happened=7)),
        at(2, ticket("T-4", "noise", mill(600), happened=just_after(7))),
        expect(
            dead(
                *((one, "ahead_of_clock") for one in ("T-2", "G-2", "I-2", "A-2", "P-2", "P-3", "T-4")),
            ),
            life("T-1", "opened dispatched"),
            cases(2),
            refused(),
            ended("call-centre", accepted=2, rejected=2),
            ended("gateways", accepted=1, rejected=2),
        ),
    ),
    story(
        "a date that can't be meant is refused",
        at(
            0,
            ticket("T-1", "noise", mill(), happened=-days(365 * 11)),
            ticket("T-2", "noise", mill(), happened=-days(31)),
        ),
        expect(
            dead(("T-1", "too_old")),
            case("T-2", stage="dispatched"),
        ),
    ),
)
