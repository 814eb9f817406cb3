"""Dead letters held against what they bury: each once, its record whole, and none missing."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b

from hub.contracts.operations import DeadLetter, Tally
from hub.contracts.reasons import Reason, tally_of
from hub.runtime.record import Record
from hub.verify.ledger import LedgerRow
from hub.verify.violations import Violation, ViolationKind

KEPT = timedelta(days=80)
"""Dead letters are kept a little longer than this; older ones may be gone."""

_DEAD = frozenset(reason.value for reason in Reason if tally_of(reason) is Tally.DEAD)
_NOT_COUNTED = frozenset({"delivery"})
"""Steps whose letters bury no publisher's record, so that the ledger does not count them."""

Place = tuple[str, int, int]
"""Topic, partition and offset."""


class LetterAudit:
    """Give it all letters, then the records of the topics that they came from."""

    def __init__(self) -> None:
        self._buried: dict[Place, bytes] = {}
        self._ids: set[str] = set()
        self._dead: list[datetime] = []

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def topics(self) -> frozenset[str]:
        """The topics that letters came from."""
        return frozenset(topic for topic, _, _ in self._buried)

    def take_letter(self, letter: DeadLetter) -> Iterator[Violation]:
        """The next letter."""
        if letter.letter_id in self._ids:
            yield Violation(ViolationKind.LETTER_DOUBLED, f"letter {letter.letter_id}", "was there before")
            return
        self._ids.add(letter.letter_id)
        if letter.letter_id.startswith("clock:"):
            return
        headers = tuple((header.name, header.value) for header in letter.headers)
        place = (letter.topic, letter.partition, letter.offset)
        self._buried[place] = _digest(letter.key, letter.value, headers)
        if letter.step not in _NOT_COUNTED and letter.reason in _DEAD:
            self._dead.append(letter.arrived)

    def take_record(self, record: Record) -> Iterator[Violation]:
        """A record of a topic that letters came from; those that are not kept any more can't be compared."""
        place = (record.topic, record.partition, record.offset)
        told = self._buried.get(place)
        if told is not None and told != _digest(record.key, record.value, record.headers):
            where = f"letter {record.topic}:{record.partition}:{record.offset}"
            yield Violation(ViolationKind.LETTER_DIFFERS, where, "key, value or headers are not the record's")

    def compare(self, rows: tuple[LedgerRow, ...]) -> Iterator[Violation]:
        """Every dead record of the ledger, which was read before the letters, must have its letter."""
        hours: Counter[datetime] = Counter()
        for row in rows:
            if row.line.hour is not None:
                hours[row.line.hour] += row.ends.get(Tally.DEAD, 0)
        if not hours:
            return
        since = max(hours) - KEPT
        dead = sum(count for hour, count in hours.items() if hour >= since)
        letters = sum(arrived >= since for arrived in self._dead)
        if letters < dead:
            found = f"{letters:,} letters for {dead:,} dead records"
            yield Violation(ViolationKind.LETTER_MISSING, f"since {since:%Y-%m-%d %H:%M} UTC", found)


def _digest(key: bytes | None, value: bytes | None, headers: tuple[tuple[str, bytes | None], ...]) -> bytes:
    digest = blake2b(digest_size=16)
    for part in (key, value, *(part for name, content in headers for part in (name.encode(), content))):
        digest.update(b"-" if part is None else b"+%d:" % len(part))
        digest.update(part or b"")
    return digest.digest()
