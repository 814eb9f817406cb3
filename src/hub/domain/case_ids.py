"""Ids of cases: they begin with the town that owns the case, so that every publisher can compute the key."""

import hashlib
from datetime import datetime


def case_id_of(key_town: str, opened: datetime, source: str, signal_id: str) -> str:
    """Town, day and a digest of the first signal's identity: the same signal always gives the same id."""
    digest = hashlib.blake2s(f"{source}\x1f{signal_id}".encode(), digest_size=5).hexdigest()
    return f"{key_town}-{opened:%y%m%d}-{digest}"


def town_of_case(case_id: str) -> str:
    """The town code that a case id begins with; an id of another form is given back whole."""
    return case_id.rsplit("-", 2)[0]
