"""The demo's terminal view: the city in figures, its districts, clocks, alarms, newest decisions."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import ENDED, Stage
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind
from hub.exporters.totals import CityTotals

FEEDS = (
    topics.HOTLINE,
    topics.GRID,
    topics.INSPECTIONS,
    topics.ACTIONS,
    topics.READINGS,
    topics.PROACTIVE,
)
MAIN_STAGES = (Stage.DISPATCHED, Stage.SIGNED_FOR, Stage.IN_WORK, Stage.RESOLVED, Stage.CLOSED)
SIDE_STAGES = tuple(stage for stage in Stage if stage not in {*MAIN_STAGES, Stage.UNKNOWN, Stage.RECEIVED})
"""What a case waits for besides the plain work, and other ends than closing: shown where there are any."""
TALLIES = (Tally.ACCEPTED, Tally.REJECTED, Tally.DUPLICATE, Tally.LATE, Tally.DEAD)
DISTRICTS = 16
DECISIONS = 10


@dataclass(frozen=True, slots=True)
class Moment:
    """What the view shows beside the totals: the city's time, what was sent, where metrics are."""

    now: datetime
    sent: dict[str, int]
    speed: str
    hints: tuple[str, ...] = ()


def city_view(city: City, totals: CityTotals, moment: Moment) -> RenderableType:
    """The whole view."""
    local = moment.now.astimezone(ZoneInfo(city.settings.timezone))
    title = Text.assemble(
        (f" {city.settings.name} ", "bold reverse"), f"  {local:%Y-%m-%d %H:%M} local, {moment.speed}"
    )
    top = Columns([feeds_table(totals, moment), stages_table(totals), alarms_table(totals)], padding=(0, 3))
    hints = Text("\n".join(moment.hints), style="dim")
    return Group(title, top, district_table(city, totals), decisions_table(city, totals), hints)


def feeds_table(totals: CityTotals, moment: Moment) -> Table:
    """Per feed: sent by publishers, and how it ended in the hub."""
    table = Table(title="feeds", title_justify="left", box=None, pad_edge=False)
    for name in ("", "sent", *TALLIES):
        table.add_column(name, justify="left" if not name else "right")
    for feed in FEEDS:
        ends = (f"{totals.ledger.get((feed, tally), 0):,}" for tally in TALLIES)
        table.add_row(feed, f"{moment.sent.get(feed, 0):,}", *ends)
    return table


def stages_table(totals: CityTotals) -> Table:
    """Cases by stage, orders to units, and the figure that must be 0."""
    table = Table(title="cases", title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for stage in (*MAIN_STAGES, *SIDE_STAGES):
        cases = sum(_of_stage(totals, stage))
        if cases or stage in MAIN_STAGES:
            table.add_row(stage.replace("_", " "), f"{cases:,}")
    table.add_row("orders sent to units", f"{totals.orders.get(OrderKind.NEW, 0):,}")
    lost = sum(totals.unaccountable.values())
    table.add_row("without one accountable unit", Text(str(lost), style="bold red" if lost else "green"))
    return table


def alarms_table(totals: CityTotals) -> Table:
    """Sensor alarms by state and kind."""
    table = Table(title="sensor alarms", title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for (state, kind), count in sorted(totals.alarms.by_state.items()):
        table.add_row(f"{kind}, {state.replace('_', ' ')}", f"{count:,}")
    return table


def district_table(city: City, totals: CityTotals) -> Table:
    """Per district: open cases, clocks at risk, breached, closed. The busiest first."""
    table = Table(title="districts", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for name in ("open", "at risk", "breached", "closed"):
        table.add_column(name, justify="right")
    opened = {code: _open_in(totals, code) for code in city.districts}
    for code in sorted(opened, key=lambda code: (-opened[code], code))[:DISTRICTS]:
        closed = totals.cases.get((code, Stage.CLOSED), 0)
        at_risk, breached = totals.warned.get(code, 0), totals.breached.get(code, 0)
        table.add_row(
            city.districts[code].name,
            f"{opened[code]:,}",
            Text(f"{at_risk:,}", style="yellow" if at_risk else "dim"),
            Text(f"{breached:,}", style="red" if breached else "dim"),
            f"{closed:,}",
        )
    return table


def decisions_table(city: City, totals: CityTotals) -> Panel:
    """The newest decisions, each with its reason."""
    table = Table(box=None, pad_edge=False, show_header=False)
    zone = ZoneInfo(city.settings.timezone)
    for decision in reversed(totals.decisions[-DECISIONS:]):
        unit = city.units.get(decision.lead_unit or "")
        category = city.categories.get(decision.category)
        table.add_row(
            f"{decision.at.astimezone(zone):%H:%M:%S}",
            decision.case_id,
            category.name if category else decision.category,
            Text(decision.kind.replace("_", " "), style="bold"),
            unit.name if unit else "",
            Text(decision.detail or decision.reason.replace("_", " "), style="dim", overflow="ellipsis"),
        )
    return Panel(table, title="decisions", title_align="left")


def _of_stage(totals: CityTotals, stage: Stage) -> list[int]:
    return [count for (_, found), count in totals.cases.items() if found is stage]


def _open_in(totals: CityTotals, district: str) -> int:
    return sum(
        count for (code, stage), count in totals.cases.items() if code == district and stage not in ENDED
    )
