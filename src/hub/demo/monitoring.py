"""Prometheus and Alertmanager beside a hub, with the files that ship: found, set up in a folder, run."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hub
from hub.errors import HubError
from hub.runtime.ports import free_ports

HOST = "127.0.0.1"
WEBHOOK = "http://127.0.0.1:9095/alerts"
"""Where the receivers of the file that ships point."""

START_S = 30.0
STOP_S = 10.0
ASK_S = 5.0
_POLL_S = 0.2
_PACKAGE = Path(hub.__file__).parent


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the two servers are installed."""

    prometheus: str
    alertmanager: str


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The two servers while they run."""

    prometheus: str
    """Address of its page and its interface, e.g. http://127.0.0.1:9090."""
    alertmanager: str

    def ask(self, query: str) -> dict[tuple[tuple[str, str], ...], float]:
        """What a query gives now, by the labels of each series, sorted; empty while nothing is known."""
        url = f"{self.prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
        try:
            with urllib.request.urlopen(url, timeout=ASK_S) as answer:
                found = json.load(answer)["data"]["result"]
        except urllib.error.URLError:
            return {}
        return {tuple(sorted(each["metric"].items())): float(each["value"][1]) for each in found}

    def wait_for(self, query: str, value: float, patience_s: float) -> bool:
        """Whether a query gives one value within so many seconds."""
        deadline = time.monotonic() + patience_s
        while [*self.ask(query).values()] != [value]:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True


def find_programs() -> Programs:
    """Prometheus and Alertmanager of this machine. Raises HubError where one is missing."""
    prometheus = shutil.which("prometheus")
    alertmanager = shutil.which("alertmanager") or shutil.which("prometheus-alertmanager")
    if prometheus is None or alertmanager is None:
        raise HubError(
            f"{'Prometheus' if prometheus is None else 'Alertmanager'} is not installed",
            fix="Debian, Ubuntu: apt-get install prometheus prometheus-alertmanager; "
            "elsewhere put `prometheus` and `alertmanager` of their releases into PATH",
        )
    return Programs(prometheus, alertmanager)


def deploy_folder() -> Path:
    """The files that ship for operators: in the package when it is installed, beside it in a checkout."""
    installed = _PACKAGE / "deploy"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "deploy"


def write_files(folder: Path, targets: Mapping[str, Sequence[str]], webhook: str, every: str = "2s") -> None:
    """Copy the files that ship into a folder of one's own, for these targets and this webhook.

    ``targets`` are host:port by file of `targets/`: city, workers, alertmanager.
    """
    deploy = deploy_folder()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(deploy / "prometheus", folder, ignore=shutil.ignore_patterns("tests"))
    config = folder / "prometheus.yml"
    config.write_text(config.read_text("utf-8").replace("15s", every), "utf-8")
    for name, addresses in targets.items():
        told = json.dumps([{"targets": list(addresses)}])
        (folder / "targets" / f"{name}.yml").write_text(told, "utf-8")
    routes = (deploy / "alertmanager" / "alertmanager.yml").read_text("utf-8")
    (folder / "alertmanager.yml").write_text(routes.replace(WEBHOOK, webhook), "utf-8")


@contextmanager
def monitoring(programs: Programs, folder: Path, ports: tuple[int, int]) -> Iterator[Monitoring]:
    """Both servers on the loopback address for a block, with the files of a folder; both have answered.

    ``ports`` are those of Prometheus and of Alertmanager.
    """
    prometheus, alertmanager = (f"{HOST}:{port}" for port in ports)
    first = [
        programs.alertmanager,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={alertmanager}",
        "--cluster.listen-address=",  # alone: no gossip with others
        "--log.level=warn",
    ]
    second = [
        programs.prometheus,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={prometheus}",
        "--log.level=warn",
    ]
    with _running(first, alertmanager, folder), _running(second, prometheus, folder):
        yield Monitoring(f"http://{prometheus}", f"http://{alertmanager}")


def free_pair() -> tuple[int, int]:
    """Two ports for the servers."""
    first, second = free_ports(2)
    return first, second


@contextmanager
def _running(line: Sequence[str], address: str, folder: Path) -> Iterator[None]:
    log = folder / f"{Path(line[0]).name}.log"
    with log.open("wb") as written:
        # Ctrl-C is for the demo, which then ends them in order.
        process = subprocess.Popen(line, stdout=written, stderr=written, start_new_session=True)
    try:
        _wait_until_ready(process, address, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{address}/-/ready", timeout=ASK_S):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(_POLL_S)
    last = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    raise HubError(f"{log.stem} does not start; last: {' '.join(last)}", fix=f"read {log}")
