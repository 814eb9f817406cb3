"""How a case knows its own actions again: a digest of each, eight bytes behind one another."""

import hashlib

DIGEST_BYTES = 8


def action_digest(source: str, action_id: str) -> bytes:
    """The mark of an action: two of one case are equal by chance once in 10^18."""
    return hashlib.blake2b(f"{source}\x1f{action_id}".encode(), digest_size=DIGEST_BYTES).digest()


def acted_in_either(one: bytes, other: bytes) -> bytes:
    """The marks of two cases, those in both once."""
    marks = (other[at : at + DIGEST_BYTES] for at in range(0, len(other), DIGEST_BYTES))
    known = {one[at : at + DIGEST_BYTES] for at in range(0, len(one), DIGEST_BYTES)}
    return one + b"".join(mark for mark in marks if mark not in known)


def has_acted(acted: bytes, source: str, action_id: str) -> bool:
    """Whether an action is among the marks."""
    wanted = action_digest(source, action_id)
    found = acted.find(wanted)
    while found % DIGEST_BYTES and found != -1:
        found = acted.find(wanted, found + 1)
    return found != -1
