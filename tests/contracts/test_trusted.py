"""What is made without checks equals what is made with them."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from hub.contracts.case_memory import SeenSignal
from hub.contracts.feeds import ActionKind
from hub.contracts.signals import CaseAction, ClockTick
from hub.contracts.trusted import altered, trusted

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SEEN = SeenSignal(case_id="A-1", time=NOW, forget_at=NOW)


def test_it_is_the_model_itself() -> None:
    made = trusted(SeenSignal)(case_id="A-1", time=NOW, forget_at=NOW)

    assert made == SEEN
    assert type(made) is SeenSignal
    assert made.model_dump() == SEEN.model_dump()
    assert made.model_copy(update={"case_id": "B"}).case_id == "B"
    with pytest.raises(ValidationError, match="frozen"):
        made.case_id = "C"  # type: ignore[misc]


def test_defaults_are_the_models_own() -> None:
    fields = {"source": "a", "id": "1", "kind": ActionKind.START, "at": NOW, "arrived": NOW, "key_town": "t"}

    assert trusted(CaseAction)(**fields) == CaseAction(**fields)  # type: ignore[arg-type]


def test_a_missing_field_and_a_strange_one_are_told() -> None:
    make = trusted(ClockTick)

    with pytest.raises(TypeError, match=r"ClockTick: wrong fields: \['at'\]"):
        make()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="when"):
        make(at=NOW, when=NOW)  # type: ignore[call-arg]


def test_an_altered_copy_leaves_the_first_alone() -> None:
    copy = altered(SEEN, case_id=None)

    assert copy == SeenSignal(case_id=None, time=NOW, forget_at=NOW)
    assert SEEN.case_id == "A-1"
