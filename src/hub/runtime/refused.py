"""A record that can't be used, told by whoever tried to read it."""

from hub.contracts.reasons import Reason


class Refused(Exception):
    """A record's fault, never the hub's: why, and what to mend. ``detail`` holds no value of the record."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Doubtful(Exception):
    """A value that can't be judged at a glance: its model must say whether it is allowed."""
