"""Personal data look real, belong to nobody, and are there to be masked."""

import re
from collections import Counter

import pytest
from tests.simulate.conftest import START

from hub.citypack.city import City
from hub.contracts.feeds import HotlineTicket
from hub.domain.privacy import mask
from hub.simulate.city_life import simulate
from hub.simulate.people import person

CHINESE_ID = re.compile(r"^119999(19[4-9]\d|200\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d)\d{3}[\dX]$")


@pytest.fixture(scope="module")
def tickets(people_of_beijing: City) -> list[HotlineTicket]:
    sent = simulate(people_of_beijing, 7, START, 1, 0.05)
    return [one.value for one in sent if isinstance(one.value, HotlineTicket)]


def test_chinese_people_have_numbers_in_the_real_form_that_belong_to_nobody() -> None:
    people = [person(1, "zh", "110101001", number) for number in range(500)]
    assert all(re.fullmatch(r"(154|16[013489])\d{8}", one.phone) for one in people)
    assert all(CHINESE_ID.match(one.id_number) for one in people)
    weights = [2 ** (17 - at) % 11 for at in range(18)]
    for one in people:
        digits = [10 if digit == "X" else int(digit) for digit in one.id_number]
        assert sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 == 1
    assert len({one.phone for one in people}) == 500


def test_english_people_have_numbers_kept_for_fiction() -> None:
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", person(1, "en", "T", number).phone) for number in range(200))


def test_the_same_citizen_is_the_same_person() -> None:
    assert person(7, "zh", "110101001", 3) == person(7, "zh", "110101001", 3)
    assert person(7, "zh", "110101001", 3).phone != person(8, "zh", "110101001", 3).phone


def test_everything_that_masking_knows_is_there_and_gone_afterwards(tickets: list[HotlineTicket]) -> None:
    texts = [ticket.text or "" for ticket in tickets]
    masks = Counter(
        kind
        for text in texts
        for kind in ("****", "[id]", "[plate]", "[email]")
        if kind in mask(text, 2000) and kind not in text
    )
    assert min(masks[kind] for kind in ("****", "[id]", "[plate]", "[email]")) > 5
    told = [(t.text or "", t.appellant.phone) for t in tickets if t.appellant and t.appellant.phone]
    assert any(phone in text for text, phone in told)
    assert not any(phone in mask(text, 2000) for text, phone in told)


def test_some_titles_name_a_telephone(tickets: list[HotlineTicket]) -> None:
    named = [t for t in tickets if mask(t.title or "") != t.title]
    assert 0.005 * len(tickets) < len(named) < 0.05 * len(tickets)


def test_some_citizens_call_again_and_again(tickets: list[HotlineTicket]) -> None:
    calls = Counter(t.appellant.phone for t in tickets if t.appellant)
    assert calls.most_common(1)[0][1] >= 3
    assert sum(1 for count in calls.values() if count == 1) > 0.7 * len(tickets)
    assert any(t.appellant is None for t in tickets)


def test_texts_are_whole(tickets: list[HotlineTicket]) -> None:
    assert not any("{" in f"{t.title}{t.text}" for t in tickets)
    assert len({t.text for t in tickets}) > 0.9 * len(tickets)
