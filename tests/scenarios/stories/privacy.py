"""What a person said in confidence stays where it was said: every story checks that, these try harder."""

from __future__ import annotations

from tests.scenarios.brook import at_address, mill
from tests.scenarios.expectations import cases, dead, summarised
from tests.scenarios.language import at, expect, story
from tests.scenarios.reports import ID_NUMBER, NAME, PHONE, STREET, report, ticket

from hub.contracts.feeds import Appellant

STORIES = (
    story(
        "numbers in a title are masked",
        at(1, ticket("T-1", "noise", mill(), title=f"Noise! Call {PHONE} or +86 {PHONE}, id {ID_NUMBER}")),
        at(2, report("G-1", "bill", mill(), title=f"Told by {PHONE}")),
        expect(
            summarised("T-1", "Noise! Call [phone] or +86 [phone], id [id]"),
            summarised("G-1", "Told by 138****5678"),
        ),
    ),
    story(
        "what the caller gave as name, number and address is masked in the title, too",
        at(
            1,
            ticket("T-1", "bill", mill(), title=f"{NAME.upper()} of {STREET}  T-1 got no bill, says {NAME}"),
        ),
        at(
            2,
            ticket(
                "T-2",
                "bill",
                mill(),
                title="00436601234567 again",
                appellant=Appellant(phone="00436601234567"),
            ),
        ),
        at(
            3,
            ticket(
                "T-3",
                "bill",
                at_address(mill(), "花园路5号"),
                title="王伟住花园路5号,噪音",
                appellant=Appellant(name="王伟"),
            ),
        ),
        at(4, ticket("T-4", "lamp", mill(), title="Light at Lisbon Street", appellant=Appellant(name="Li"))),
        expect(
            summarised("T-1", "[name] of [address] got no bill, says [name]"),
            summarised("T-2", "[phone] again"),
            summarised("T-3", "[name]住[address],噪音"),
            summarised("T-4", "Light at Lisbon Street"),
        ),
    ),
    story(
        "a record that can't be used is kept whole in dead letters, and nowhere else",
        at(1, ticket("T-1", "noise", mill(), happened=-10_000_000, title=NAME)),
        at(2, ticket("T-2", "noise", at_address(mill(90), "5 Elm Street"), due=None)),
        expect(cases(1), dead(("T-1", "too_old"))),
    ),
)
