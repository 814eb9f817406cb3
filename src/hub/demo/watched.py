"""The demo's monitoring: Prometheus and Alertmanager beside its worker, alerts back into its city."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hub.citypack.city import City
from hub.demo.driver import CityDriver
from hub.demo.monitoring import HOST, Monitoring, Programs, free_pair, monitoring, write_files
from hub.edges.alert_server import AlertServer
from hub.errors import HubError
from hub.exporters.totals import CityTotals

PATIENCE_S = 30.0
QUESTIONS = (
    ("cases", "sum(hub_cases)"),
    ("open cases by risk", "sum by (risk) (hub_unit_open_cases)"),
    ("busiest categories", "topk(5, sum by (category) (hub_category_open_cases))"),
    ("sensors", "sum by (condition) (hub_sensors)"),
    ("rates of 7 days", 'hub_score_ratio{by="city", days="7"}'),
    ("warnings", "sum by (colour) (hub_active_warnings)"),
    ("records of feeds", "sum by (feed) (hub_ledger_records_total)"),
    ("series", 'count({__name__=~"hub_.*"})'),
    ("alerts that fire", 'count by (alertname) (ALERTS{alertstate="firing"})'),
)
"""What the demo asks Prometheus at its end, with the words for it."""

_HIDDEN = {"__name__", "by", "subject", "days", "instance", "job"}


@contextmanager
def watched(
    programs: Programs, city: City, driver: CityDriver, worker_port: int, folder: Path
) -> Iterator[Monitoring]:
    """Both servers for a block, with the files that ship; the worker's page is that of the city, too."""
    ports = free_pair()
    page = f"{HOST}:{worker_port}"
    with AlertServer(city, driver.hear, port=0) as door:
        targets = {"city": [page], "workers": [page], "alertmanager": [f"{HOST}:{ports[1]}"]}
        write_files(folder, targets, door.url)
        with monitoring(programs, folder, ports) as servers:
            yield servers


def print_answers(console: Console, servers: Monitoring, totals: CityTotals) -> None:
    """What Prometheus answers, once it has seen that many cases. Raises HubError if it never does."""
    cases = sum(totals.cases.values())
    if not servers.wait_for("sum(hub_cases)", float(cases), PATIENCE_S):
        raise HubError(
            f"Prometheus has not seen all {cases:,} cases within {PATIENCE_S:.0f} s", fix="see its log"
        )
    table = Table(title="what Prometheus answers", title_justify="left", box=None, pad_edge=False)
    for column in ("", "query", "answer"):
        table.add_column(column)
    for words, query in QUESTIONS:
        answers = [_shown(labels, value) for labels, value in servers.ask(query).items()]
        table.add_row(words, query, ", ".join(answers) or "none")
    console.print(table)


def _shown(labels: tuple[tuple[str, str], ...], value: float) -> str:
    told = [text for name, text in labels if name not in _HIDDEN]
    number = f"{value:,.0f}" if value == int(value) else f"{value:.3f}"
    return " ".join([*told, number])
