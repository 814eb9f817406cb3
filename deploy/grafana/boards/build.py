"""Makes Grafana's JSON of the boards: ``make boards`` writes ``deploy/grafana/dashboards``."""

import itertools
import json
import string
from collections.abc import Iterator
from pathlib import Path

from deploy.grafana.boards import BOARDS
from deploy.grafana.boards.panels import Board, Choice, Kind, Panel
from deploy.grafana.boards.panels import Step as Colour
from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

DASHBOARDS = Path(__file__).resolve().parents[1] / "dashboards"
SOURCE = models.DataSourceRef(type_val="prometheus", uid="hub-prometheus")

Built = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel

_OVER_TIME = frozenset({Kind.LINES, Kind.STACK})


def as_json(board: Board) -> str:
    """One board as Grafana reads it."""
    made = (
        dashboard.Dashboard(board.zh)
        .uid(board.uid)
        .description(_both(board.about_zh, board.about_en))
        .tags(list(board.tags))
        .timezone("browser")
        .time("now-24h", "now")
        .refresh("30s")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .links([_menu()])
    )
    for choice in board.choices:
        made = made.with_variable(_variable(choice))
    numbers = itertools.count(1)
    for row in board.rows:
        made = made.with_row(dashboard.Row(row.zh).id(next(numbers)))
        for panel in row.panels:
            made = made.with_panel(_panel(panel).id(next(numbers)))
    encoded = JSONEncoder(sort_keys=True).encode(made.build())
    return json.dumps(json.loads(encoded), ensure_ascii=False, indent=1)


def write_all(folder: Path = DASHBOARDS) -> Iterator[Path]:
    """Write each board as a file; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    for board in BOARDS:
        path = folder / f"{board.uid}.json"
        path.write_text(as_json(board) + "\n", encoding="utf-8")
        yield path


def _menu() -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("一网统管")
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags(["hub"])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(False)
    )


def _variable(choice: Choice) -> dashboard.QueryVariable:
    names = rf'/{choice.label}="(?<value>[^"]+)".*{choice.shown}="(?<text>[^"]+)"/'
    return (
        dashboard.QueryVariable(choice.name)
        .label(choice.zh)
        .datasource(SOURCE)
        .query(f"query_result({choice.metric})")
        .regex(names)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
        .multi(False)
        .include_all(False)
    )


def _panel(panel: Panel) -> Built:
    made = _of_kind(panel)
    made = (
        made.title(panel.zh)
        .description(_both(panel.about_zh, panel.about_en))
        .datasource(SOURCE)
        .unit(panel.unit)
        .span(panel.width)
        .height(panel.height)
        .thresholds(_thresholds(panel.steps))
    )
    if panel.quiet:
        made = made.no_value("无 · none")
    if panel.down_to:
        made = made.data_links([_down(panel)])
    for number, query in enumerate(panel.queries):
        asked = prometheus.Dataquery().expr(query.expr).legend_format(query.legend)
        asked = asked.ref_id(string.ascii_uppercase[number])
        asked = asked.range() if panel.kind in _OVER_TIME else asked.instant()
        if panel.kind is Kind.TABLE:
            asked = asked.format(PromQueryFormat.TABLE)
        made = made.with_target(asked)
    return made


def _of_kind(panel: Panel) -> Built:
    match panel.kind:
        case Kind.STAT:
            return stat.Panel().graph_mode(common_models.BigValueGraphMode.NONE).reduce_options(_newest())
        case Kind.BARS:
            return (
                bargauge.Panel()
                .orientation(common_models.VizOrientation.HORIZONTAL)
                .display_mode(common_models.BarGaugeDisplayMode.BASIC)
                .reduce_options(_newest())
            )
        case Kind.TABLE:
            return table.Panel()
        case Kind.LINES:
            return timeseries.Panel().line_width(1).fill_opacity(0)
        case Kind.STACK:
            stacked = common.StackingConfig().mode(common_models.StackingMode.NORMAL)
            return timeseries.Panel().line_width(1).fill_opacity(30).stacking(stacked)


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)


def _thresholds(steps: tuple[Colour, ...]) -> dashboard.ThresholdsConfig:
    found = [models.Threshold(value=step.above, color=step.colour) for step in steps]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(found)


def _down(panel: Panel) -> dashboard.DashboardLink:
    target = next(other for other in BOARDS if other.uid == panel.down_to)
    kept = "".join(f"&var-{one.name}=${{__field.labels.{one.label}}}" for one in target.choices)
    return dashboard.DashboardLink(target.zh).url(f"/d/{target.uid}?${{__url_time_range}}{kept}")


def _both(zh: str, en: str) -> str:
    return f"{zh}\n\n{en}"


if __name__ == "__main__":
    for written in write_all():
        print(written.relative_to(DASHBOARDS.parent))
