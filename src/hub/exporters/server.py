"""The page of a process: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever restarts it."""

import json
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from hub.errors import HubError
from hub.exporters.engine import Health

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"


class MetricsServer:
    """Serves one registry, and how the process is, on the loopback address; as a context manager it closes.

    Port 0 takes a free one. Raises HubError where the port is taken.
    """

    def __init__(
        self, registry: CollectorRegistry, port: int = 0, health: Callable[[], Health] | None = None
    ) -> None:
        try:
            self._server = make_server(HOST, port, _pages(registry, health), _Server, _Quiet)
        except OSError as trouble:
            raise HubError(
                f"The metrics page can't use port {port}: {trouble.strerror}",
                fix="set HUB_METRICS_PORT to another port, or to 0 for a free one",
            ) from None
        self._thread = threading.Thread(target=self._server.serve_forever, name="hub-page", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Where the metrics are."""
        return f"http://{HOST}:{self.port}/metrics"

    def close(self) -> None:
        """Stop serving; scrapes under way end first."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _pages(registry: CollectorRegistry, health: Callable[[], Health] | None) -> Callable[..., Any]:
    metrics = make_wsgi_app(registry)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if health is not None and path in ("/healthz", "/readyz"):
            now = health()
            well = now.alive if path == "/healthz" else now.ready
            told = {"ready": now.ready, "alive": now.alive, "stalled_seconds": dict(now.stalled)}
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            start(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
            return [json.dumps(told).encode() + b"\n"]
        page: Iterable[bytes] = metrics(environ, start)
        return page

    return answer


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each in a thread of its own, so that a slow reader keeps nobody waiting."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Logs no request: there is one every few seconds."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
