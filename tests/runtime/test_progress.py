"""Whether a partition moves, and how fast a lag grows, from looks alone."""

from __future__ import annotations

import pytest

from hub.runtime.lag import Position
from hub.runtime.progress import PROBE_AFTER_S, Progress, Slope


def never() -> bool:
    raise AssertionError("nothing to ask for")


def test_a_partition_that_moves_or_has_nothing_to_do_is_not_stalled() -> None:
    progress = Progress()
    for now, position in enumerate((Position(0, 0), Position(0, 9), Position(5, 9), Position(9, 9))):
        progress.look(position, float(now), never)
        assert progress.stalled_s(float(now)) == 0
    assert progress.waiting == 0


def test_a_partition_that_stands_while_records_wait_is_stalled_since_they_came() -> None:
    progress = Progress()
    progress.look(Position(5, 5), 0.0, never)
    progress.look(Position(5, 9), 100.0, never)
    progress.look(Position(5, 20), 110.0, never)
    assert (progress.stalled_s(112.0), progress.waiting) == (12.0, 15)
    progress.look(Position(5, 20), 100.0 + PROBE_AFTER_S, lambda: True)
    assert progress.stalled_s(130.0) == 30.0
    progress.look(Position(6, 20), 131.0, never)
    assert progress.stalled_s(131.0) == 0


def test_the_rest_of_a_transaction_is_nothing_that_waits() -> None:
    progress = Progress()
    asked: list[bool] = []

    def nothing() -> bool:
        asked.append(False)
        return False

    for now in range(0, 120, 5):
        progress.look(Position(5, 6), float(now), nothing)
    assert (progress.waiting, progress.stalled_s(120.0), len(asked)) == (0, 0.0, 1)
    progress.look(Position(5, 9), 125.0, never)
    assert progress.waiting == 4
    assert progress.stalled_s(130.0) == 5.0


def test_what_could_not_be_looked_at_is_held_against_nobody() -> None:
    progress = Progress()
    progress.look(Position(5, 9), 0.0, never)
    progress.forget()
    assert (progress.stalled_s(500.0), progress.waiting) == (0.0, 0)
    progress.look(Position(5, 9), 500.0, never)
    assert progress.stalled_s(501.0) == 1.0


@pytest.mark.parametrize(
    ("figures", "slope"),
    [
        ([], 0.0),
        ([7], 0.0),
        ([7, 7, 7], 0.0),
        ([0, 50, 100, 150], 10.0),
        ([100, 0], -20.0),
        ([0, 30, 0], 0.0),
    ],
)
def test_the_slope_of_a_lag(figures: list[float], slope: float) -> None:
    drawn = Slope()
    for number, figure in enumerate(figures):
        drawn.look(number * 5.0, figure)
    assert drawn.per_second() == pytest.approx(slope)
    drawn.clear()
    assert drawn.per_second() == 0.0


def test_only_the_last_minute_counts() -> None:
    drawn = Slope()
    for number in range(40):
        drawn.look(number * 5.0, 0.0 if number < 20 else (number - 20) * 5.0)
    assert drawn.per_second() == pytest.approx(1.0)
