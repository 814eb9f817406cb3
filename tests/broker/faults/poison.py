"""Poison amid good records: the garbage of the stories on every feed, random bytes, thousands of headers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from random import Random

from tests.broker.faults.tape import Tape
from tests.scenarios.brook import mill
from tests.scenarios.garbage import Piece, garbage
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.runtime.codec import decode
from hub.runtime.record import Record

HEADERS = 10_000
LARGE_BYTES = 1_000_000
"""Larger ones cost the test time: one of them is enough."""

Identity = tuple[str, bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]


@dataclass(frozen=True, slots=True)
class PoisonedTape:
    """A tape with poison in it, and the reason that each kind must end with."""

    tape: Tape
    wanted: Counter[tuple[Identity, str]]


def poisoned(tape: Tape, share: float) -> PoisonedTape:
    """The tape with so much poison for each good record, spread over it; at least one piece of each kind."""
    chance = Random(tape.seed)
    kinds = _kinds(chance)
    chance.shuffle(kinds)
    count = max(len(kinds), round(len(tape.sent) * share))
    pieces = kinds + [_random_bytes(chance, number) for number in range(count - len(kinds))]
    sent: list[Sent] = list(tape.sent)
    for piece in pieces:
        sent.insert(chance.randrange(len(sent) + 1), piece.sent)
    wanted = Counter((_identity(piece.sent), str(piece.reason)) for piece in pieces)
    return PoisonedTape(replace(tape, sent=tuple(sent)), wanted)


def letters_of(records: list[Record]) -> Counter[tuple[Identity, str]]:
    """What dead letters say was refused, and why, as often as they say it."""
    letters: Counter[tuple[Identity, str]] = Counter()
    for record in records:
        letter = decode("DeadLetter", 1, record.value or b"")
        assert isinstance(letter, DeadLetter)
        headers = tuple((header.name, header.value) for header in letter.headers)
        letters[(letter.topic, letter.key, letter.value, headers), letter.reason] += 1
    return letters


def _kinds(chance: Random) -> list[Piece]:
    bad = [piece for piece in garbage() if piece.reason is not None]
    large = [piece for piece in bad if len(piece.sent.value or b"") > LARGE_BYTES]
    small = [piece for piece in bad if len(piece.sent.value or b"") <= LARGE_BYTES]
    return [
        *small,
        *large[:1],
        *_of_nothing(),
        _many_headers(),
        *(_random_bytes(chance, -n) for n in (1, 2, 3)),
    ]


def _of_nothing() -> list[Piece]:
    made = _ticket("nothing")
    return [
        Piece("no key, no value", replace(made, key=None, value=None, partition=0), Reason.NO_VALUE),
        Piece(
            "nothing at all", replace(made, key=None, value=None, headers=(), partition=0), Reason.NO_VALUE
        ),
    ]


def _many_headers() -> Piece:
    made = _ticket("many headers")
    more = tuple((f"x-{number}", b"\xff\xfe") for number in range(HEADERS))
    return Piece(
        "ten thousand headers",
        replace(made, value=b"\xff", headers=(*made.headers, *more)),
        Reason.UNREADABLE,
    )


def _random_bytes(chance: Random, number: int) -> Piece:
    """Bytes that no contract reads: the length of the first text is beyond their end."""
    made = _ticket(f"random {number}")
    value = b"\xfe\xff\x7f" + chance.randbytes(chance.randrange(200))
    return Piece("random bytes", replace(made, value=value), Reason.UNREADABLE)


def _ticket(id: str) -> Sent:
    return ticket(id, "noise", mill())(minute(10), Heard())


def _identity(sent: Sent) -> Identity:
    return sent.topic, sent.key, sent.value, sent.headers
