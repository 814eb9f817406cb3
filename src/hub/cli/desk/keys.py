"""Which key makes which move: the same on every desk, so that clerks know them by heart. Data."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.feeds import ActionKind
from hub.contracts.orders import UnitOrder

KEYS: Mapping[ActionKind, str] = MappingProxyType(
    {
        ActionKind.SIGN_FOR: "s",
        ActionKind.START: "t",
        ActionKind.PROGRESS: "p",
        ActionKind.RESOLVE: "r",
        ActionKind.CLOSE: "c",
        ActionKind.OBJECT: "o",
        ActionKind.HAND_BACK: "b",
        ActionKind.RULE: "u",
        ActionKind.ROUTE: "d",
        ActionKind.CONVENE: "v",
        ActionKind.RULE_CONSULTATION: "V",
        ActionKind.WHISTLE: "w",
        ActionKind.REPORT_IN: "i",
        ActionKind.LEAVE: "l",
        ActionKind.COSIGN: "g",
        ActionKind.GRADE: "G",
        ActionKind.SUSPEND: "z",
        ActionKind.RESUME: "Z",
        ActionKind.ASK_EXTENSION: "x",
        ActionKind.RULE_EXTENSION: "X",
        ActionKind.ESCALATE: "e",
        ActionKind.CALLBACK: "a",
        ActionKind.REOPEN: "O",
        ActionKind.LOOK_BACK: "L",
        ActionKind.ASK_EXCLUSION: "n",
        ActionKind.RULE_EXCLUSION: "N",
        ActionKind.JOIN: "m",
        ActionKind.SPLIT: "y",
        ActionKind.MOVE_SIGNAL: "M",
        ActionKind.INVALIDATE: "I",
    }
)
"""The key of every move that a unit may make; what publishers do about their own signals has none."""

UP, DOWN, PAGE_UP, PAGE_DOWN = "up", "down", "page up", "page down"
ENTER, ESCAPE, ERASE, TAB = "enter", "escape", "erase", "tab"
QUIT = "q"

STEPS: Mapping[str, int] = MappingProxyType({UP: -1, "k": -1, DOWN: 1, "j": 1, PAGE_UP: -10, PAGE_DOWN: 10})
"""How far a key moves the selection."""


def move_for(key: str, order: UnitOrder) -> ActionKind | None:
    """The move that a key makes in a case, if the newest order allows it."""
    return next((kind for kind in order.allowed if KEYS.get(kind) == key), None)


def keys_of(order: UnitOrder) -> tuple[tuple[str, ActionKind], ...]:
    """The keys that an order allows, with their moves, in the table's order."""
    return tuple((KEYS[kind], kind) for kind in order.allowed if kind in KEYS)
