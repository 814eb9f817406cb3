from collections.abc import Callable, Mapping
from datetime import datetime

from hub.contracts.fields import Contract
from hub.flow import Arrival, Origin
from hub.runtime.at_once import Readable
from hub.runtime.record import Record

Kinds = Mapping[tuple[bytes | None, ...], tuple[Callable[[bytes], Contract], bool, bool]]

class Door:
    def __init__(
        self,
        kinds: Kinds,
        partitions: int,
        most_bytes: int,
        clock: Callable[[Contract, Arrival], datetime | None] | None,
        origin: Callable[[Contract, Arrival], Origin] | None,
    ) -> None: ...
    def read(self, record: Record) -> tuple[Contract, Arrival] | None: ...
    def readable(self, record: Record) -> Readable | None: ...
