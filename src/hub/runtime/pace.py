"""How many records a core loop takes at once: as many as it can finish well before anybody loses patience."""

FIRST_RECORDS = 500
MOST_RECORDS = 10_000
FEWEST_RECORDS = 20
BATCH_S = 1.0
"""A batch takes about so long at most: fellows that wait for a rebalance wait for it, and so do readers."""


class Pace:
    """The size of the next batch: doubled while batches are full and quick, cut as soon as one is slow."""

    def __init__(self) -> None:
        self.records = FIRST_RECORDS
        """How many records to take next."""

    def took(self, records: int, seconds: float) -> None:
        """Hear how long so many records took, from the first look at them to their commit."""
        if seconds > BATCH_S:
            self.records = max(FEWEST_RECORDS, min(self.records, int(records * BATCH_S / seconds)))
        elif records >= self.records and seconds < BATCH_S / 2:
            self.records = min(MOST_RECORDS, self.records * 2)
