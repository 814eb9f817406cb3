from collections.abc import Sequence
from datetime import datetime

def read_known(
    headers: Sequence[tuple[str, bytes | None]],
    kinds: dict[tuple[bytes | None, ...], tuple[str, int, bool]],
    first_year: int,
    end_year: int,
) -> tuple[str, str, int, str | None, datetime | None] | None: ...
def write_time(time: datetime) -> bytes | None: ...
