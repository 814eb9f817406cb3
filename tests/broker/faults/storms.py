"""Series of faults at moments that the seed chooses, aimed and not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.broker.faults.aims import kill_after_the_last_record, kill_amid_commit, kill_once_it_says
from tests.broker.faults.driver import Driver

AT_WORK_S = (0.0, 3.0)
"""From the moment when all workers work to a fault."""
ANYWHERE_S = (0.0, 4.0)
"""From one fault to the next where nobody waits: starts, restores and rebalances are hit, too."""
AWAY_S = (0.0, 9.0)
"""How long a killed worker stays away when its fellows are to take over: up to beyond its session."""


@dataclass(slots=True)
class Storm:
    """What was done: how often which kind of fault, and how many commits were really cut in two."""

    done: Counter[str] = field(default_factory=Counter)

    @property
    def kills(self) -> int:
        """How many workers were killed with -9."""
        return sum(count for kind, count in self.done.items() if kind.startswith("kill"))


def kills_at_random(driver: Driver, slots: Sequence[str], kills: int) -> Storm:
    """Kill workers at random moments so often; they come back at once, later, or leave and join in order."""
    storm = Storm()
    while storm.kills < kills:
        _wait(driver)
        slot = driver.chance.choice(slots)
        if slot not in driver.running():
            driver.start(slot)
            storm.done["join"] += 1
            continue
        kind = _kind(driver, len(slots))
        storm.done[kind] += 1
        match kind:
            case "leave":
                driver.terminate(slot)
            case "kill, away":
                driver.kill(slot)
                driver.wait(driver.chance.uniform(*AWAY_S))
                driver.start(slot)
            case _:
                driver.restart(slot)
    _bring_back(driver, slots)
    return storm


def _wait(driver: Driver) -> None:
    if driver.chance.random() < 0.6:
        for slot in driver.running():
            driver.until_working(slot)
        driver.wait(driver.chance.uniform(*AT_WORK_S))
    else:
        driver.wait(driver.chance.uniform(*ANYWHERE_S))


def aimed_kills(driver: Driver, slots: Sequence[str], rounds: int, of_each_round: int) -> Storm:
    """Kill a worker at moments that are worth it: in each round so many of them, in a random order."""
    storm = Storm()
    aims = ["commit", "last record", "restore", "assigned"] + (["rebalance"] if len(slots) > 1 else [])
    for _ in range(rounds):
        for aim in driver.chance.sample(aims, min(of_each_round, len(aims))):
            slot = driver.chance.choice(slots)
            _bring_back(driver, slots)
            _aim(driver, storm, aim, slot, next((other for other in slots if other != slot), None))
            storm.done[f"kill amid {aim}"] += 1
    _bring_back(driver, slots)
    return storm


def _aim(driver: Driver, storm: Storm, aim: str, slot: str, fellow: str | None) -> None:
    match aim:
        case "commit":
            driver.until_working(slot)
            storm.done["left open"] += kill_amid_commit(driver, slot)
        case "last record":
            driver.until_working(slot)
            kill_after_the_last_record(driver, slot)
        case "restore" | "assigned":
            driver.restart(slot)
            kill_once_it_says(driver, slot, "core_restoring" if aim == "restore" else "core_assigned")
        case _:
            assert fellow is not None, "a rebalance takes two"
            driver.until_working(slot)
            driver.terminate(fellow)
            kill_once_it_says(driver, slot, "core_revoked", start=fellow)


def _bring_back(driver: Driver, slots: Sequence[str]) -> None:
    for slot in slots:
        if slot not in driver.running():
            driver.start(slot)


def _kind(driver: Driver, workers: int) -> str:
    if workers == 1:
        return driver.chance.choices(("kill, back", "leave"), (9, 1))[0]
    return driver.chance.choices(("kill, back", "kill, away", "leave"), (6, 3, 1))[0]
