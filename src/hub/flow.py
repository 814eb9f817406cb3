"""The vocabulary of the map: steps, their state, what a handler answers. No IO, no clock, no randomness.

What is made anew for each record is a named tuple: it takes a third of a frozen dataclass's time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason

Row = TypeVar("Row", bound=Contract)
RowOut = TypeVar("RowOut", bound=Contract, covariant=True)


@dataclass(frozen=True, slots=True)
class Table(Generic[RowOut]):
    """Rows of one contract by key, kept per partition and logged in the step's changelog."""

    name: str
    row: type[RowOut]


@dataclass(frozen=True, slots=True)
class GroupIndex(Generic[Row]):
    """Finds rows by what they share: each row lies in any number of groups. Rebuilt, never logged."""

    name: str
    table: Table[Row]
    groups: Callable[[Row], Sequence[str]]


@dataclass(frozen=True, slots=True)
class DueIndex(Generic[Row]):
    """Finds the row that is due next. Rebuilt, never logged."""

    table: Table[Row]
    due: Callable[[Row], datetime | None]


class State(Protocol):
    """What a handler may read: the rows of its own partition, and nothing else."""

    def get(self, table: Table[Row], key: str) -> Row | None:
        """The row at a key, or None."""

    def scan(self, index: GroupIndex[Row], group: str) -> Iterator[tuple[str, Row]]:
        """The (key, row) pairs in a group, by key."""


class Put(NamedTuple):
    """Write a row."""

    table: Table[Contract]
    key: str
    row: Contract


class Delete(NamedTuple):
    """Remove a row."""

    table: Table[Contract]
    key: str


Change = Put | Delete


def put(table: Table[Row], key: str, row: Row) -> Put:
    """A write of ``row``, whose type is the table's own."""
    return Put(table, key, row)


def by_group(*indexes: GroupIndex[Row]) -> tuple[GroupIndex[Contract], ...]:
    """Indexes as a step declares them, whatever their rows."""
    return cast("tuple[GroupIndex[Contract], ...]", indexes)


def by_due(*indexes: DueIndex[Row]) -> tuple[DueIndex[Contract], ...]:
    """Due indexes as a step declares them, whatever their rows."""
    return cast("tuple[DueIndex[Contract], ...]", indexes)


class Emit(NamedTuple):
    """One record for a topic of the map.

    ``id`` derives from the input, so that the same input always gives the same id. ``case_id`` becomes the
    correlation id.
    """

    topic: str
    key: str
    id: str
    time: datetime
    value: Contract
    case_id: str | None = None


class Outcome(NamedTuple):
    """What a handler decided: rows to change, records to send, and why.

    ``detail`` says what to mend in a rejected record; it is free of personal data.
    """

    reason: Reason
    emits: tuple[Emit, ...] = ()
    changes: tuple[Change, ...] = ()
    detail: str = ""
    terminal: bool = True


class Arrival(NamedTuple):
    """How a record came: its CloudEvents identity and when the broker received it."""

    topic: str
    source: str
    id: str
    key: str
    time: datetime
    arrived: datetime


class Origin(NamedTuple):
    """Where the ledger counts a record: the feed it came on, its publisher, when it arrived there.

    ``counted`` is False where the record is the hub's own, or part of another one that the ledger counts.
    """

    feed: str
    source: str
    arrived: datetime
    counted: bool = True


Handler = Callable[[State, Contract, Arrival, datetime], Outcome]
"""``handle(state, body, arrival, now)``: ``now`` is the partition's log time."""

ManyHandler = Callable[[State, Sequence[tuple[Contract, Arrival]], Sequence[datetime]], Sequence[Outcome]]
"""``handle_many(state, items, nows)``: outcomes of the first few items, as many as it can tell at once.

They come to what ``handle`` would say of one after the other, each at its log time. A row that later ones
replace may be left out, unless it would come due by the last one's time: then it tells fewer, or none.
"""

AT_ONCE = 500
"""Records that a step handles at once, as a rule: with thousands, the first are out of the processor's cache
again when their turn comes, and each takes half as long again. Work by whole arrays gains more than that."""

Fire = Callable[[State, Table[Contract], str, datetime], Outcome]
"""``fire(state, table, key, due)``: a row's due time has come; must change the row so that it moves on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the map: what it reads, the pure function that decides, what it may write.

    A step with state has exactly one source topic, and its state is keyed as that topic is.
    ``clock`` tells which time a record shows; ``handle_many`` is a faster way to say what ``handle`` says, of
    ``at_once`` records at most; ``worker`` names the group of steps that run in one loop; ``patience_ms`` is
    how long a record may wait at the broker for more to come, so that they share a transaction.
    """

    name: str
    sources: tuple[str, ...]
    sinks: tuple[str, ...]
    handle: Handler
    doc: str
    tables: tuple[Table[Contract], ...] = ()
    groups: tuple[GroupIndex[Contract], ...] = ()
    dues: tuple[DueIndex[Contract], ...] = ()
    fire: Fire | None = None
    clock: Callable[[Contract, Arrival], datetime | None] | None = None
    origin: Callable[[Contract, Arrival], Origin] | None = None
    handle_many: ManyHandler | None = None
    at_once: int = AT_ONCE
    worker: str = "city"
    patience_ms: int = 0

    @property
    def stateful(self) -> bool:
        """Whether the step keeps rows, and so has a changelog."""
        return bool(self.tables)


@dataclass(frozen=True, slots=True)
class Edge:
    """A box of the map outside the core: asynchronous or another program's, at least once, keeps no state."""

    name: str
    sources: tuple[str, ...]
    sinks: tuple[str, ...]
    doc: str
