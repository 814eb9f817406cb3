"""The ticker's clock: follows corrections, ignores jumps, and comes back where the machine's clock does."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hub.runtime.steady_clock import SteadyClock

NOON = 1_772_366_400.0
HOUR = 3_600.0


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.passed = 100.0
        self.off = 0.0

    def wait(self, seconds: float) -> None:
        self.passed += seconds

    def told(self) -> float:
        return NOON + self.passed - 100.0 + self.off


@pytest.fixture
def machine() -> Machine:
    return Machine()


def _clock(machine: Machine) -> SteadyClock:
    return SteadyClock(machine.told, lambda: machine.passed)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 1.0, -86_400.0])
def test_a_jump_is_not_followed(machine: Machine, jump: float, capsys: pytest.CaptureFixture[str]) -> None:
    clock = _clock(machine)
    machine.wait(10)
    machine.off = jump
    for number in range(5):
        assert clock.now().timestamp() == pytest.approx(NOON + 10 + number)
        machine.wait(1)
    assert capsys.readouterr().out.count("clock_was_set") == 1, "told once"
    machine.off = 0.0
    assert clock.now().timestamp() == pytest.approx(NOON + 15)


def test_a_clock_that_is_corrected_bit_by_bit_is_followed(machine: Machine) -> None:
    clock = _clock(machine)
    for _ in range(1_000):
        machine.wait(1)
        machine.off += 0.01
        clock.now()
    assert clock.now().timestamp() == pytest.approx(NOON + 1_010)


def test_after_a_jump_corrections_are_still_followed(machine: Machine) -> None:
    clock = _clock(machine)
    machine.off = HOUR
    clock.now()
    for _ in range(100):
        machine.wait(1)
        machine.off -= 0.1
        clock.now()
    assert clock.now().timestamp() == pytest.approx(NOON + 90)


def test_time_never_goes_back_by_a_jump(machine: Machine) -> None:
    clock = _clock(machine)
    told = []
    for jump in (0.0, HOUR, -HOUR, 3 * HOUR, 0.0):
        machine.wait(1)
        machine.off = jump
        told.append(clock.now())
    assert all(later > earlier for earlier, later in pairwise(told))
