from collections.abc import Callable, Sequence

from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.flow import Emit, Origin, Outcome
from hub.runtime.at_once import Readable
from hub.runtime.outputs import Output, Plan
from hub.runtime.record import Record

class Writer:
    def __init__(
        self,
        kind: type[Output],
        source: str,
        plan_of: Callable[[str, type[Contract]], Plan],
        any_output: Callable[[Emit, str | None], Output],
    ) -> None: ...
    def output(self, emit: Emit, causation: str | None) -> Output: ...
    def settle(
        self,
        outputs: list[Output],
        records: Sequence[Readable],
        outcomes: Sequence[Outcome],
        plain: frozenset[Reason],
        count: Callable[[Outcome, Origin, int], object],
        settle: Callable[[Record, Outcome, Origin], None],
    ) -> None: ...
