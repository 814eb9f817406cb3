"""Dead letters on a real broker: listed without what they hold, replayed as they came."""

from __future__ import annotations

import json

import pytest
from tests.broker.deployment import Deployment

from hub.cli.dead_letters import REPLAYED_FROM
from hub.contracts.operations import DeadLetter
from hub.runtime.publisher import Publisher
from hub.topics import DEAD_LETTERS, GRID, HOTLINE

SECRET = b"\x1b[31mWang 13800138000\x00\xff"
HEADERS = [{"name": "ce_id", "value": b"t1"}, {"name": "odd", "value": None}]


@pytest.fixture
def city(broker: str, request: pytest.FixtureRequest) -> Deployment:
    deployment = Deployment.of_test(broker, request)
    deployment.make_topics()
    return deployment


def bury(
    publisher: Publisher, offset: int, *, reason: str = "unknown_place", topic: str = HOTLINE, **more: object
) -> None:
    """Write a letter as a step does."""
    identity = f"{topic}:0:{offset}"
    letter = DeadLetter.model_validate(
        {
            "letter_id": identity,
            "step": "intake_hotline",
            "reason": reason,
            "detail": "place.code: unknown",
            "topic": topic,
            "partition": 0,
            "offset": offset,
            "arrived": f"2026-03-01T08:00:{offset:02}Z",
            "source": "hotline-12345",
            "source_id": f"t{offset}",
            "trace_id": identity,
            "key": b"town",
            "value": SECRET,
            "headers": HEADERS,
        }
        | more
    )
    publisher.publish(
        DEAD_LETTERS, letter.source, letter, source="hub", id=letter.letter_id, time=letter.arrived
    )


def test_a_list_tells_where_and_why_and_never_what(city: Deployment) -> None:
    with city.publisher() as publisher:
        for offset in (2, 0, 1):
            bury(publisher, offset, reason="no_place" if offset == 1 else "unknown_place")
        bury(publisher, 0)  # one letter, however often it was written
        publisher.publish_raw(DEAD_LETTERS, b"x", b"no letter", [])
    listed = city.hub("dead-letters", "list", "--json")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [row["letter_id"] for row in rows] == [f"{HOTLINE}:0:{offset}" for offset in range(3)]
    assert rows[0]["bytes"] == len(SECRET)
    assert "is no letter" in listed.stderr
    chosen = city.hub("dead-letters", "list", "--reason", "no_place")
    assert "1 of 3 letters" in chosen.output
    newest = city.hub("dead-letters", "list", "--limit", "1")
    assert f"{HOTLINE}:0:2" in newest.output
    for result in (listed, chosen, newest):
        assert "Wang" not in result.output
        assert "138001" not in result.output


def test_a_letters_bytes_are_shown_only_to_who_may_see_them(city: Deployment) -> None:
    with city.publisher() as publisher:
        bury(publisher, 7, source="[red]evil[/]\x7f")
    shut = city.hub("dead-letters", "show", f"{HOTLINE}:0:7")
    assert "Wang" not in shut.output
    assert "place.code: unknown" in shut.output
    opened = city.hub("dead-letters", "show", f"{HOTLINE}:0:7", "--i-may-see-personal-data")
    assert "may be personal data" in opened.stderr
    assert r"\x1b[31mWang 13800138000\x00\xff" in opened.stdout
    assert "\x1b" not in opened.stdout
    assert "[red]evil[/]" in city.hub("dead-letters", "list").output
    absent = city.hub("dead-letters", "show", "nothing:0:0")
    assert absent.exit_code == 2
    assert "There is no letter" in absent.stderr


def test_a_replayed_letter_comes_back_as_it_was(city: Deployment) -> None:
    with city.publisher() as publisher:
        bury(publisher, 3)
        bury(publisher, 4, reason="no_place", topic=GRID)
    result = city.hub("dead-letters", "replay", "--reason", "unknown_place")
    assert result.output == "1 of 2 letters replayed\n"
    (record,) = city.records(HOTLINE)
    assert (record.key, record.value) == (b"town", SECRET)
    assert record.headers == (
        ("ce_id", b"t1"),
        ("odd", None),
        (REPLAYED_FROM, f"{HOTLINE}:0:3".encode()),
    )
    assert city.records(GRID) == []
    city.hub("dead-letters", "replay", f"{GRID}:0:4")
    assert len(city.records(GRID)) == 1


def test_a_letter_that_came_back_is_left_to_its_successor(city: Deployment) -> None:
    with city.publisher() as publisher:
        bury(publisher, 0)
        came_from = {"name": REPLAYED_FROM, "value": f"{HOTLINE}:0:0".encode()}
        bury(publisher, 5, headers=[*HEADERS, came_from])
    assert city.hub("dead-letters", "replay", "--all").output == "1 of 2 letters replayed\n"
    (record,) = city.records(HOTLINE)
    assert [value for name, value in record.headers if name == REPLAYED_FROM] == [f"{HOTLINE}:0:5".encode()]
    rows = [json.loads(line) for line in city.hub("dead-letters", "list", "--json").stdout.splitlines()]
    assert [row["came_back"] for row in rows] == [True, False]


def test_a_clocks_letter_has_no_record_to_replay(city: Deployment) -> None:
    with city.publisher() as publisher:
        bury(publisher, 1, letter_id="clock:cases:0", value=None, headers=[], source="clock")
    assert city.hub("dead-letters", "replay", "--all").output == "0 of 1 letters replayed\n"
    assert city.records(HOTLINE) == []


@pytest.mark.parametrize("words", [[], ["--all", "--reason", "no_place"], ["x:0:0", "--all"]])
def test_it_must_be_said_which_letters(city: Deployment, words: list[str]) -> None:
    result = city.hub("dead-letters", "replay", *words)
    assert result.exit_code == 2
    assert "Say which letters" in result.stderr
