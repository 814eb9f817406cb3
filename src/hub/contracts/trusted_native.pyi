from collections.abc import Callable
from typing import TypeVar

from hub.contracts.fields import Contract

Made = TypeVar("Made", bound=Contract)

def maker(kind: type[Made], every: set[str], defaults: dict[str, object]) -> Callable[..., Made]: ...
def unchecked(kind: type[Made], fields: dict[str, object], names: set[str]) -> Made: ...
