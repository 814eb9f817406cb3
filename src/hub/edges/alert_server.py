"""The door for Alertmanager's webhook: HTTP on the loopback address, bodies of bounded size."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import structlog

from hub.citypack.city import City
from hub.contracts.proactive import ProactiveReport
from hub.edges.alerts import AlertMessage, Wrong, read_message, reports_of
from hub.errors import HubError

log = structlog.get_logger("hub.alerts")

HOST = "127.0.0.1"
PORT = 9095
"""Where the shipped Alertmanager file looks for it."""

PATH = "/alerts"
LARGEST = 1_048_576
"""The largest body, bytes."""

BODY_S = 10.0
"""How long a client may say nothing in the middle of one."""

Take = Callable[[Sequence[ProactiveReport]], None]
"""Puts reports on their feed before it returns; raises HubError where it can't."""


class AlertServer:
    """Serves `POST /alerts` in threads of its own; as a context manager it closes.

    Answers 200 once what opts in is on the feed, 400 with the fields that are wrong (the other alerts are
    taken all the same), 503 where the feed can't be written: Alertmanager sends it again then.
    """

    def __init__(self, city: City, take: Take, host: str = HOST, port: int = PORT) -> None:
        self._city = city
        self._take = take
        self._one_at_a_time = threading.Lock()
        try:
            self._server = _Server((host, port), self._answer)
        except OSError as trouble:
            raise HubError(
                f"Alerts can't be heard at {host}:{port}: {trouble.strerror}",
                fix="choose another with --host and --port, and put it into alertmanager.yml",
            ) from None
        self._thread = threading.Thread(target=self._server.serve_forever, name="hub-alerts", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where a receiver's `url` must point."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}{PATH}"

    def _answer(self, body: bytes) -> tuple[HTTPStatus, Mapping[str, object]]:
        message = read_message(body)
        if isinstance(message, Wrong):
            log.warning("alerts_refused", field=message.field, problem=message.problem)
            return HTTPStatus.BAD_REQUEST, {"wrong": [_shown(message)]}
        told = reports_of(message, self._city)
        try:
            with self._one_at_a_time:
                self._take(told.reports)
        except HubError as trouble:
            log.warning("alerts_not_taken", error=trouble.message)
            return HTTPStatus.SERVICE_UNAVAILABLE, {"error": trouble.message}
        _note(message)
        answer = {"alerts": len(message.alerts), "reports": [report.id for report in told.reports]}
        if told.wrong:
            log.warning("alerts_wrong", fields=[wrong.field for wrong in told.wrong])
            return HTTPStatus.BAD_REQUEST, {**answer, "wrong": [_shown(wrong) for wrong in told.wrong]}
        return HTTPStatus.OK, answer


def _note(message: AlertMessage) -> None:
    """What was told to whom, beginnings and ends alike."""
    for alert in message.alerts:
        where = {name: alert.labels[name] for name in ("district", "town", "unit") if name in alert.labels}
        log.info(
            "alert",
            receiver=message.receiver,
            status=alert.status,
            name=alert.name,
            case=alert.opts_in,
            **where,
        )


def _shown(wrong: Wrong) -> dict[str, str]:
    return {"field": wrong.field, "problem": wrong.problem}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[bytes], tuple[HTTPStatus, Mapping[str, object]]],
    ) -> None:
        self.answer = answer
        super().__init__(address, _Door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or is too slow, is no news."""
        log.info("alerts_client_left")


class _Door(BaseHTTPRequestHandler):
    """One request: its size is known before it is read, and read within a time."""

    timeout = BODY_S
    server: _Server

    def do_POST(self) -> None:
        """Take one message."""
        if self.path != PATH:
            return self._say(HTTPStatus.NOT_FOUND, {"error": f"alerts are taken at {PATH}"})
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return self._say(
                HTTPStatus.LENGTH_REQUIRED, {"error": "Content-Length must be the body's length"}
            )
        if int(length) > LARGEST:
            error = f"a message may have {LARGEST:,} bytes; lower max_alerts of the receiver"
            return self._say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": error})
        return self._say(*self.server.answer(self.rfile.read(int(length))))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: each alert is in the log already."""

    def _say(self, status: HTTPStatus, told: Mapping[str, object]) -> None:
        body = json.dumps(told).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
