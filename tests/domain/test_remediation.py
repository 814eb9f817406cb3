"""A town's log knows how towns stand: the latest decision holds, in whatever order they come, how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.town_log import cases_task
from tests.scenarios.brook import PARTITIONS, brook, steps

from hub import topics
from hub.contracts.operations import LedgerEntry
from hub.contracts.reasons import Reason
from hub.contracts.standing import Standing, TownStatus
from hub.domain.remediation import announcements, heed
from hub.domain.tables import STANDINGS, standing_key
from hub.flow import Arrival
from hub.runtime.codec import decode
from hub.runtime.memory import MemoryRunner

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
STANDING = st.sampled_from((Standing.NORMAL, Standing.REMEDIATION))


def arrival(status: TownStatus, key: str | None = None) -> Arrival:
    key = status.key_town if key is None else key
    return Arrival(topics.SIGNALS, "unknown", status.id, key, status.at, NOW)


def status(number: int, standing: Standing, **more: object) -> TownStatus:
    fields: dict[str, object] = {
        "source": "review",
        "id": f"review-{number}",
        "key_town": "MILL",
        "town": "QUAY",
        "standing": standing,
        "at": NOW - timedelta(days=number),
    }
    return TownStatus.model_validate({**fields, **more})


@given(st.lists(st.tuples(st.integers(0, 5), STANDING), min_size=1, max_size=12), st.randoms())
def test_the_latest_decision_holds_in_whatever_order_and_number(
    decisions: list[tuple[int, Standing]], chance: Random
) -> None:
    said = [status(number, standing) for number, standing in dict(decisions).items()]
    heard = [*said, *said]
    chance.shuffle(heard)
    state = cases_task().state
    reasons = []
    for one in heard:
        outcome = heed(brook(), state, one, arrival(one))
        assert outcome.emits == ()
        state.apply(outcome.changes)
        reasons.append(outcome.reason)
    latest = max(said, key=lambda one: one.at)
    row = state.get(STANDINGS, standing_key("MILL", "QUAY"))
    assert row is not None
    assert (row.standing, row.at, row.id) == (latest.standing, latest.at, latest.id)
    assert set(reasons) <= {Reason.STANDING_KNOWN, Reason.DECIDED_ANEW, Reason.DUPLICATE}
    assert reasons.count(Reason.STANDING_KNOWN) <= len(said), "what is heard again changes nothing"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (status(0, Standing.UNKNOWN), Reason.INVALID_FIELD),
        (status(0, Standing.NORMAL, town="NOWHERE"), Reason.UNKNOWN_PLACE),
        (status(0, Standing.NORMAL, at=NOW + timedelta(days=400)), Reason.AHEAD_OF_CLOCK),
    ],
)
def test_a_wrong_status_is_refused_with_the_field(wrong: TownStatus, reason: Reason) -> None:
    outcome = heed(brook(), cases_task().state, wrong, arrival(wrong))
    assert (outcome.reason, outcome.changes) == (reason, ())
    assert outcome.detail


def test_a_status_under_another_key_is_refused() -> None:
    one = status(0, Standing.NORMAL)
    assert heed(brook(), cases_task().state, one, arrival(one, key="QUAY")).reason is Reason.HEADER_MISMATCH


def test_each_log_that_may_hold_a_towns_cases_is_told_and_the_ledger_is_not() -> None:
    told = announcements(
        brook(),
        source="review",
        id="2026-02",
        town="QUAY",
        standing=Standing.REMEDIATION,
        at=NOW,
        why="900 appeals in February",
    )
    assert [emit.key for emit in told] == ["HEATH", "MILL", "QUAY"]
    runner = MemoryRunner(steps(), PARTITIONS)
    for emit in told:
        runner.publish(emit.topic, emit.key, emit.value, source="review", id=emit.id, time=emit.time)
    runner.run()
    kept = [row for (table, _), row in sorted(runner.logged("cases").items()) if table == STANDINGS.name]
    assert len(kept) == 3
    entries = [decode("LedgerEntry", 1, record.value or b"") for record in runner.records(topics.LEDGER)]
    assert sum(entry.records for entry in entries if isinstance(entry, LedgerEntry)) == 3
    assert [entry for entry in entries if isinstance(entry, LedgerEntry) and entry.counts] == []
