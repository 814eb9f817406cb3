"""What a verification found: one result for each check, with how much was looked at."""

from dataclasses import dataclass

from hub.verify.ledger import LedgerReport
from hub.verify.violations import Violation


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it looked at, what is wrong."""

    name: str
    examined: str
    violations: tuple[Violation, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of one run, and the ledger as they found it."""

    checks: tuple[Check, ...]
    ledger: LedgerReport

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Everything that is wrong, in the order of the checks."""
        return tuple(violation for check in self.checks for violation in check.violations)
