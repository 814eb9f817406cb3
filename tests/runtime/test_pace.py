"""The size of batches follows the time that they take."""

from __future__ import annotations

from hub.runtime.pace import BATCH_S, FEWEST_RECORDS, FIRST_RECORDS, MOST_RECORDS, Pace


def test_full_and_quick_batches_grow_up_to_a_limit() -> None:
    pace = Pace()
    assert pace.records == FIRST_RECORDS
    for _ in range(10):
        pace.took(pace.records, 0.01)
    assert pace.records == MOST_RECORDS


def test_batches_that_are_not_full_say_nothing_about_larger_ones() -> None:
    pace = Pace()
    pace.took(10, 0.001)
    assert pace.records == FIRST_RECORDS


def test_a_slow_batch_is_cut_to_what_fits_at_once() -> None:
    pace = Pace()
    pace.took(FIRST_RECORDS, 10 * BATCH_S)
    assert pace.records == FIRST_RECORDS // 10
    pace.took(1, 60.0)
    assert pace.records == FEWEST_RECORDS


def test_it_settles_where_a_batch_takes_its_time() -> None:
    pace = Pace()
    for _ in range(20):
        pace.took(pace.records, pace.records * 0.001)
    assert BATCH_S / 2 <= pace.records * 0.001 <= BATCH_S
