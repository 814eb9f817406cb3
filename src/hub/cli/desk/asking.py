"""A move on its way: its questions one after the other, typed or chosen by number, until it can be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.cli.desk.keys import ENTER, ERASE, ESCAPE, TAB
from hub.cli.desk.questions import Question
from hub.contracts.feeds import ActionKind
from hub.contracts.orders import UnitOrder


@dataclass(frozen=True, slots=True)
class Asking:
    """A move that still asks: of which order, what is left to ask, what was answered, what is typed."""

    order: UnitOrder
    kind: ActionKind
    left: tuple[Question, ...]
    said: Mapping[str, object] = field(default_factory=dict)
    typed: str = ""
    problem: str = ""

    @property
    def question(self) -> Question:
        """What is asked now."""
        return self.left[0]

    @property
    def complete(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.left


def pressed(asking: Asking, key: str, units: Sequence[str] = ()) -> Asking | None:
    """The move after a key; None where its clerk gave it up."""
    match key:
        case _ if key == ESCAPE:
            return None
        case _ if key == ERASE:
            return replace(asking, typed=asking.typed[:-1], problem="")
        case _ if key == TAB:
            return replace(asking, typed=completed(asking.question, asking.typed, units))
        case _ if key == ENTER:
            return _answered(asking, units)
        case _ if len(key) == 1 and key.isprintable():
            return replace(asking, typed=asking.typed + key, problem="")
    return asking


def completed(question: Question, typed: str, units: Sequence[str]) -> str:
    """What is typed, as far as the names that begin so agree."""
    names = units if question.of_units else question.choices
    head, comma, last = typed.rpartition(",") if question.many else ("", "", typed)
    fitting = [name for name in names if name.startswith(last.strip())]
    if not fitting:
        return typed
    first, last_one = min(fitting), max(fitting)
    same = next((at for at, (a, b) in enumerate(zip(first, last_one, strict=False)) if a != b), len(first))
    return f"{head}{comma}{first[:same]}"


def fitting(asking: Asking, units: Sequence[str], most: int = 6) -> tuple[str, ...]:
    """A few units that begin as typed."""
    if not asking.question.of_units:
        return ()
    last = asking.typed.rpartition(",")[2].strip() if asking.question.many else asking.typed
    return tuple(unit for unit in units if unit.startswith(last))[:most]


def _answered(asking: Asking, units: Sequence[str]) -> Asking:
    question, text = asking.question, asking.typed.strip()
    if not text and not question.needed:
        return replace(asking, left=asking.left[1:], typed="", problem="")
    if question.choices and text not in question.choices:
        number = int(text) if text.isdecimal() else 0
        if not 1 <= number <= len(question.choices):
            return replace(asking, typed="", problem=f"choose 1 to {len(question.choices)}")
        text = question.choices[number - 1]
    if question.of_units:
        unknown = [name for name in _names(question, text) if name not in units]
        if unknown or not text:
            return replace(asking, problem=f"no unit is called {', '.join(unknown)}" if text else "name one")
    try:
        value = question.read(text)
    except ValueError:
        return replace(asking, typed="", problem=f"{text} is no number")
    if value in ("", ()):
        return replace(asking, problem="an answer is needed; Esc gives the move up")
    said = {**asking.said, question.name: value}
    return replace(asking, left=asking.left[1:], said=said, typed="", problem="")


def _names(question: Question, text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] if question.many else [text]


def terms_said(said: Mapping[str, object]) -> dict[str, object] | None:
    """The terms of what was answered, as plain values; None where nothing of them was asked."""
    terms = {name: value for name, value in said.items() if "." not in name and name != "note"}
    answers = {name.partition(".")[2]: value for name, value in said.items() if name.startswith("answers.")}
    if answers:
        terms["answers"] = answers
    return terms or None
