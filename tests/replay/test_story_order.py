"""The story of records tells of each record what came of it, and of no other."""

from __future__ import annotations

from datetime import timedelta

from tests.scenarios.brook import brook, by_code
from tests.scenarios.language import START

from hub import topics
from hub.contracts.feeds import Appellant, HotlineTicket
from hub.domain.privacy import Pseudonyms
from hub.edges.profiles import Made
from hub.replay.story import story_of_records


def test_each_record_is_followed_by_what_came_of_it() -> None:
    """Towns lie on different partitions; what is said of one must not be taken for another's."""
    towns = ("HEATH", "MILL", "QUAY", "HEATH", "MILL", "QUAY")
    made = [_ticket(number, town) for number, town in enumerate(towns)]
    told: list[list[str]] = []
    for line in story_of_records(brook(), Pseudonyms(b"a key"), made):
        if line.step == "publisher":
            told.append([])
        told[-1].append(line.what)
    assert len(told) == len(towns)
    for town, lines in zip(towns, told, strict=True):
        about = " ".join(lines[1:])
        assert town in about
        assert not [other for other in set(towns) - {town} if other in about]


def test_a_repeat_is_told_with_its_causes_and_without_the_person() -> None:
    keys, phone = Pseudonyms(b"a key"), "13812345678"
    made = [_ticket(number, "MILL", "smell", Appellant(name="x", phone=phone)) for number in range(3)]
    told = [f"{line.what}: {line.why}" for line in story_of_records(brook(), keys, made)]
    (repeated,) = (line for line in told if line.startswith("repeated ("))
    assert "same_appellant: 3 tickets of one appellant since 2026-03-02" in repeated
    assert repeated.count("MILL-260302-") == 3, "the case itself and its two causes"
    assert [line for line in told if line.startswith("escalated to west (supervisor)")]
    assert not [line for line in told if phone in line or keys.of("appellant", phone) in line]


def _ticket(number: int, town: str, category: str = "bill", who: Appellant | None = None) -> Made:
    time = START + timedelta(minutes=number)
    ticket = HotlineTicket(
        source="call-centre",
        id=f"T-{number}",
        reported_at=time,
        category=category,
        place=by_code(town),
        appellant=who,
    )
    return Made(topics.HOTLINE, f"T-{number}", ticket, time)
