"""What a check of a deployment found: whether it is as it should be, and what to do where it is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SHOWN = 3
"""How many names a finding lists; the rest it counts."""


class Result(StrEnum):
    """How a check ended. A warning is for working hours; what is wrong loses, delays or stops something."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, what was found, and what to do about it (empty where all is well).

    ``passing`` trouble ends when the cluster is whole again: a worker begins all the same, and waits for it.
    """

    check: str
    result: Result
    found: str
    fix: str = ""
    passing: bool = False


def ok(check: str, found: str) -> Finding:
    """A check that found things as they should be."""
    return Finding(check, Result.OK, found)


def warning(check: str, found: str, fix: str) -> Finding:
    """A check that found something to look after."""
    return Finding(check, Result.WARNING, found, fix)


def wrong(check: str, found: str, fix: str, *, passing: bool = False) -> Finding:
    """A check that found something broken."""
    return Finding(check, Result.WRONG, found, fix, passing)


def listed(names: Iterable[str]) -> str:
    """The first few names, and how many there are beside them."""
    all_names = sorted(names)
    more = len(all_names) - SHOWN
    return ", ".join(all_names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
