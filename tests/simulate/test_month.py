"""A month of Beijing: units object, whistle, err and are late, citizens are called back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from statistics import median, quantiles

import pytest
from tests.figures import Tell
from tests.simulate.conftest import START
from tests.simulate.month import Month, fold_again, live_a_month
from tests.verify.hearing_scores import ScoreFiles

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import EventKind, Stage
from hub.contracts.operations import Tally

DAYS = 30
WHOLE = 200_000
"""Cases of the whole month; every test run lives a tenth."""
CASES_AT_SCALE_1 = 2_540_000
"""What 30 days of the whole city come to, joined signals once."""
SEED = 11


SHARES = [
    pytest.param(10, id="tenth", marks=pytest.mark.timeout(1_200)),
    pytest.param(1, id="whole", marks=[pytest.mark.soak, pytest.mark.timeout(0)]),
]


@pytest.fixture(scope="module", params=SHARES)
def month(
    request: pytest.FixtureRequest,
    people_of_beijing: City,
    tell: Tell,
    tmp_path_factory: pytest.TempPathFactory,
) -> Month:
    share = int(os.environ.get("HUB_MONTH_SHARE", request.param))
    scale = WHOLE / share / CASES_AT_SCALE_1
    scores = ScoreFiles(tmp_path_factory.mktemp("scores"))
    lived = live_a_month(people_of_beijing, SEED, START, DAYS, scale, scores)
    for line in _told(lived):
        tell(line)
    return lived


def _told(month: Month) -> Iterator[str]:
    """Rates and times of a month."""
    cases, moves = len(month.newest), month.moves
    first = [hours[0] for hours in month.hours.values()]
    nine = quantiles(first, n=10)[8]
    yield f"a month: {cases:,} cases of {sum(month.published.values()):,} records; {moves.total():,} moves"
    yield f"  closed after {median(first):.1f} h (median), {nine:.0f} h (p90); open {len(month.open)}"
    called = moves[EventKind.CALLED_BACK]
    for kind, of in (
        (EventKind.OBJECTED, cases),
        (EventKind.OBJECTION_UPHELD, moves[EventKind.OBJECTED]),
        (EventKind.WHISTLED, cases),
        (EventKind.ABSENT, moves[EventKind.ABSENT] + moves[EventKind.REPORTED_IN]),
        (EventKind.SUSPENDED, cases),
        (EventKind.EXTENDED, moves[EventKind.EXTENSION_ASKED]),
        (EventKind.ESCALATED, cases),
        (EventKind.BREACHED, cases),
        (EventKind.REOPENED, called),
    ):
        yield f"  {kind.replace('_', ' ')}: {moves[kind]:,} ({moves[kind] / max(of, 1):.1%})"
    yield f"  refused: {dict(month.refused.most_common())}"


def test_every_case_is_over_or_has_a_clock_that_runs(month: Month) -> None:
    last = max(event.at for event in month.newest.values())
    assert all(event.next_due is not None for event in month.open)
    waiting = Counter(event.stage for event in month.open)
    assert len(month.open) < len(month.newest) / 50, f"too many are left over: {waiting}"
    assert last > START


def test_one_unit_answers_for_each_open_case_at_every_moment(month: Month) -> None:
    assert month.unaccountable == 0
    assert not month.wrong, month.wrong[:5]


def test_the_ledger_balances(month: Month) -> None:
    received = sum(month.published.values())
    assert sum(month.ended.values()) == received
    assert month.ended[Tally.DEAD] == month.letters == 0
    assert month.published[topics.HOTLINE] > 0
    assert month.published[topics.ACTIONS] > 0


def test_everything_that_can_happen_to_a_case_does(month: Month) -> None:
    by_hand = {
        EventKind.CASE_JOINED, EventKind.JOINED_TO, EventKind.SPLIT_OFF, EventKind.RESTORED,
        EventKind.SIGNAL_MOVED, EventKind.INVALIDATED, EventKind.TOWN_IN_REMEDIATION,
    }  # fmt: skip
    rare = {
        EventKind.RAISED, EventKind.JOINT_PLAN,  # a major hazard, or one beside complaints
        EventKind.REPEATED, EventKind.HELP_NEEDED,  # so few tickets that hardly anybody comes again
        EventKind.TOWN_IN_REMEDIATION,  # no town was reviewed
    }  # fmt: skip
    assert not set(EventKind) - month.moves.keys() - by_hand - rare - {EventKind.UNKNOWN}
    assert {event.stage for event in month.newest.values()} >= {Stage.CLOSED}


def test_scores_are_those_recomputed(month: Month) -> None:
    cells, rates = month.scores
    assert cells.shown == rates.shown == ()
    assert min(cells.compared, rates.compared) > len(month.newest)


@pytest.mark.parametrize(("batch", "crashes"), [(37, 40), (2_000, 7)])
def test_other_batches_and_crashes_tell_the_same(
    month: Month, people_of_beijing: City, batch: int, crashes: int
) -> None:
    assert fold_again(people_of_beijing, month.log, batch, crashes, SEED + batch) == month.digest
