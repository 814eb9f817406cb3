"""Feeds a city with garbage and looks where each piece ended."""

from __future__ import annotations

from collections import Counter

from tests.scenarios.garbage import Piece, garbage
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.play import Runner

from hub import topics
from hub.contracts.operations import DeadLetter, Tally
from hub.contracts.reasons import tally_of
from hub.domain.warnings.tables import SOURCE

Identity = tuple[str, bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]


def feed_garbage(runner: Runner) -> Heard:
    """Publish all garbage at once; every bad record must end in its own dead letter, every good one not."""
    pieces = garbage()
    for piece in pieces:
        runner.publish(piece.sent)
    heard = Heard()
    heard.hear(runner.settle())
    _each_bad_one_has_its_letter(pieces, heard)
    _the_ledger_balances(pieces, heard)
    _good_ones_flow(pieces, heard)
    _no_clock_was_moved(runner, heard)
    return heard


def _each_bad_one_has_its_letter(pieces: tuple[Piece, ...], heard: Heard) -> None:
    letters: dict[Identity, list[DeadLetter]] = {}
    for letter in heard.letters:
        headers = tuple((header.name, header.value) for header in letter.headers)
        letters.setdefault((letter.topic, letter.key, letter.value, headers), []).append(letter)
    wrong = []
    for piece in pieces:
        found = [letter.reason for letter in letters.pop(_identity(piece.sent), [])]
        wanted = [] if piece.reason is None else [piece.reason.value]
        if found != wanted:
            wrong.append(f"{piece.name}: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)
    assert not letters, "nothing else is dead"


def _identity(sent: Sent) -> Identity:
    return sent.topic, sent.key, sent.value, sent.headers


def _the_ledger_balances(pieces: tuple[Piece, ...], heard: Heard) -> None:
    received: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for piece in pieces:
        source = _publisher(piece.sent)
        if (b"hub.ClockTick") not in dict(piece.sent.headers).values():
            received[source] += 1
            if piece.reason is not None:
                lost[tally_of(piece.reason)] += 1
    ended: Counter[str] = Counter()
    tallies: Counter[str] = Counter()
    for (source, tally), count in heard.ends.items():
        ended[source] += count
        tallies[tally] += count
    received[SOURCE] = sum(warning.report is not None for warning in heard.warnings.values())
    assert ended == received
    assert tallies[Tally.DEAD] == lost[Tally.DEAD]
    refused = sum(refusal.reason == "unknown_case" for refusal in heard.refusals)
    assert tallies[Tally.REJECTED] == lost[Tally.REJECTED] + refused


def _publisher(sent: Sent) -> str:
    """As the ledger has it: unknown where the header is absent or no identifier."""
    value = dict(sent.headers).get("ce_source") or b""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return "unknown"
    return text[:200] if text.isprintable() and text else "unknown"


def _good_ones_flow(pieces: tuple[Piece, ...], heard: Heard) -> None:
    good = Counter(piece.sent.topic for piece in pieces if piece.reason is None)
    assert heard.ends["operations-centre", Tally.ACCEPTED] == good[topics.PROACTIVE]
    assert len(heard.states) >= good[topics.HOTLINE] + good[topics.GRID]
    assert len(heard.refusals) == good[topics.ACTIONS]
    assert heard.ends["gateways", Tally.ACCEPTED] == good[topics.READINGS]
    assert heard.ends["inspectorate", Tally.ACCEPTED] == good[topics.INSPECTIONS]


def _no_clock_was_moved(runner: Runner, heard: Heard) -> None:
    assert not [event for event in heard.events if event.source == "clock"]
    runner.tick(minute(30))
    heard.hear(runner.settle())
    assert not [event for event in heard.events if event.source == "clock"]
    assert {summary.gateway for summary in heard.summaries} == {"g-mill", "g-heath"}
