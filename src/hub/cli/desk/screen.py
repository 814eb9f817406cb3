"""The desk drawn for a terminal of any size: inbox, details, keys, status. No colour says anything alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from hub.citypack.city import City
from hub.cli.desk.asking import Asking, fitting
from hub.cli.desk.desk import NOTHING_SELECTED, Desk
from hub.cli.desk.inbox import Inbox, Item, Urge
from hub.cli.desk.keys import keys_of
from hub.cli.terminal import harmless

MARKS = {Urge.OVERDUE: "!!", Urge.NEAR: "! ", Urge.CALM: "  "}
_STYLES = {Urge.OVERDUE: "red", Urge.NEAR: "yellow", Urge.CALM: ""}
_LEAST_ROWS = 3
_NARROW = 60
_HOUR = timedelta(hours=1)
_WRAPS = Console()
"""What rich wraps lines with; nothing is printed on it."""


def screen(desk: Desk, city: City, now: datetime, width: int, height: int) -> list[Text]:
    """The whole screen, at most ``height`` lines of ``width`` cells."""
    item = desk.item
    foot = [*_below(desk, city, width)]
    details = (
        [part for line in _details(item, city, now) for part in line.wrap(_WRAPS, width)] if item else []
    )
    room = height - 1 - len(foot) - 2
    rows = max(_LEAST_ROWS, min(len(desk.inbox.waiting()), room - len(details)))
    shown = details[: max(0, room - rows)]
    lines = [
        _headline(desk.inbox, city, now),
        *inbox_lines(desk.inbox.waiting(), city, now, width, rows, desk.selected),
        Text("-" * width, style="dim"),
        *shown,
        *foot,
    ]
    return [_fit(line, width) for line in lines[:height]]


def _fit(line: Text, width: int) -> Text:
    """The line cut to the width, with what strangers wrote made harmless."""
    safe = line if line.plain.isprintable() else Text(harmless(line.plain), style=line.style)
    safe.no_wrap = True
    safe.truncate(width, overflow="ellipsis")
    return safe


def inbox_lines(
    items: Sequence[Item], city: City, now: datetime, width: int, rows: int, selected: str | None = None
) -> Iterator[Text]:
    """The inbox as lines: a head, and as many rows around the selected one as there is room for."""
    columns = _columns(width)
    yield Text(_row(("", *(name for name, _ in columns)), columns), style="bold")
    if not items:
        yield Text(f"  {NOTHING_SELECTED}")
        return
    place = next((at for at, item in enumerate(items) if item.order.case_id == selected), 0)
    first = max(0, min(place - rows // 2, len(items) - rows))
    for at, item in enumerate(items[first : first + rows], first):
        urge = item.urge(now)
        cursor = ">" if selected is not None and at == place else " "
        cells = (f"{cursor}{MARKS[urge]}", *(_cell(name, item, city, now) for name, _ in columns))
        style = _STYLES[urge] + (" reverse" if cursor == ">" else "")
        yield Text(_row(cells, columns), style=style.strip())


def _headline(inbox: Inbox, city: City, now: datetime) -> Text:
    waiting = inbox.waiting()
    urges = [item.urge(now) for item in waiting]
    unit = city.units.get(inbox.unit)
    local = now.astimezone(ZoneInfo(city.settings.timezone))
    return Text.assemble(
        (f" {unit.name if unit else inbox.unit} ", "bold reverse"),
        f" {len(waiting)} wait, {urges.count(Urge.OVERDUE)} overdue !!, {urges.count(Urge.NEAR)} near !"
        f"   {local:%m-%d %H:%M}",
    )


def _columns(width: int) -> tuple[tuple[str, int], ...]:
    """Columns and their widths; a narrow terminal or large type keeps the first ones."""
    fixed: tuple[tuple[str, int], ...] = (("left", 8), ("do", 12))
    if width >= _NARROW:
        fixed = (*fixed, ("stage", 11), ("case", 22))
    return (*fixed, ("matter", max(8, width - 4 - sum(size + 1 for _, size in fixed))))


def _row(cells: Sequence[str], columns: Sequence[tuple[str, int]]) -> str:
    sized = (set_cell_size(cell, size) for cell, (_, size) in zip(cells[1:], columns, strict=True))
    return f"{set_cell_size(cells[0], 3)} {' '.join(sized)}"


def _cell(column: str, item: Item, city: City, now: datetime) -> str:
    order = item.order
    match column:
        case "left":
            return left(item.deadline, now)
        case "do":
            return order.kind.replace("_", " ")
        case "stage":
            return order.stage.replace("_", " ")
        case "case":
            return order.case_id
        case _:
            return f"{_category(order.category, city)}: {order.summary}"


def left(deadline: datetime | None, now: datetime) -> str:
    """How long until a deadline, in words short enough for a column."""
    if deadline is None:
        return "no limit"
    hours = (deadline - now) / _HOUR
    number = f"{abs(hours) * 60:.0f} min" if abs(hours) < 1 else f"{abs(hours):.0f} h"
    if abs(hours) >= 100:
        number = f"{abs(hours) / 24:.0f} d"
    return f"-{number}" if hours < 0 else number


def _details(item: Item, city: City, now: datetime) -> Iterator[Text]:
    order = item.order
    town = city.towns.get(order.town)
    yield Text.assemble(
        (order.case_id, "bold"),
        f"  {_category(order.category, city)}, {order.urgency}, {town.name if town else order.town}",
    )
    feeds = ", ".join(f"{count.signals} {count.feed}" for count in order.feeds)
    newest = f"; newest: {item.newest}" if item.newest else ""
    yield Text(f"what     {order.summary or '(no title)'}{newest} ({feeds or order.signals})")
    yield Text(
        f"you      {order.role}: {order.kind.replace('_', ' ')}; stage {order.stage.replace('_', ' ')}"
    )
    if order.reason:
        yield Text(f"why      {order.reason}")
    yield Text(f"limits   {'; '.join(_limits(item, city, now)) or 'none runs'}")
    lead = _unit(order.lead_unit, city)
    helping = ", ".join(_unit(unit, city) for unit in order.assist_units) or "nobody"
    yield Text(f"units    {lead} answers for it; {helping} helps")
    past = (f"{_time(one.at, city)} {one.kind.replace('_', ' ')}" for one in (order, *item.history))
    yield Text(f"orders   {', '.join(past)}")


def _limits(item: Item, city: City, now: datetime) -> Iterator[str]:
    order = item.order
    named = (("sign for", order.sign_for_by), ("stage", order.stage_due), ("resolve", order.resolve_by))
    seen: set[datetime] = set()
    for name, due in named:
        if due is None or due in seen:
            continue
        seen.add(due)
        yield f"{name} by {_time(due, city)} ({_working(city, now, due)})"


def _working(city: City, now: datetime, due: datetime) -> str:
    late = due < now
    time = city.worktime.between(due, now) if late else city.worktime.between(now, due)
    return f"{time / _HOUR:.1f} working h {'too late' if late else 'left'}"


def _below(desk: Desk, city: City, width: int) -> Iterator[Text]:
    if desk.asking is not None:
        yield from _prompt(desk.asking, desk.units, width)
    elif desk.item is not None:
        yield from _keys(desk.item, width)
    sign = "REFUSED  " if desk.refused else ""
    yield Text(f"{sign}{desk.status}", style="bold red" if desk.refused else "bold")


def _keys(item: Item, width: int) -> Iterator[Text]:
    words = [f"[{key}] {kind.replace('_', ' ')}" for key, kind in keys_of(item.order)]
    words += ["[j/k] select", "[q] quit"]
    line = ""
    for word in words:
        if line and cell_len(line) + cell_len(word) + 2 > width:
            yield Text(line, style="bold cyan")
            line = ""
        line += f"  {word}" if line else word
    yield Text(line, style="bold cyan")


def _prompt(asking: Asking, units: Sequence[str], width: int) -> Iterator[Text]:
    question = asking.question
    what = f"{asking.kind.replace('_', ' ')} {asking.order.case_id}"
    yield Text(f"{what}: {question.asks}  [Enter] goes on, [Esc] gives up", style="bold")
    yield from (
        Text(f"  {number} {choice.replace('_', ' ')}") for number, choice in enumerate(question.choices, 1)
    )
    names = fitting(asking, units)
    if names:
        yield Text(f"  [Tab] completes: {', '.join(names)}", style="dim")
    problem = f"   ({asking.problem})" if asking.problem else ""
    yield Text(f"> {asking.typed}_{problem}", style="bold")


def _category(code: str, city: City) -> str:
    found = city.categories.get(code)
    return found.name if found else code


def _unit(code: str | None, city: City) -> str:
    found = city.units.get(code or "")
    return found.name if found else code or "nobody"


def _time(time: datetime, city: City) -> str:
    return f"{time.astimezone(ZoneInfo(city.settings.timezone)):%m-%d %H:%M}"
