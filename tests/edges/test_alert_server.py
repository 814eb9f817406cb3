"""The door for alerts: what it answers, what it takes, what it never waits for."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from collections.abc import Iterator, Sequence

import pytest
from tests.edges.alert_messages import alert, message

from hub.citypack.load import load_city
from hub.contracts.proactive import ProactiveReport
from hub.edges.alert_server import LARGEST, AlertServer
from hub.errors import HubError

CITY = load_city("beijing")


class Feed:
    """Where reports go; it may be away."""

    def __init__(self) -> None:
        self.taken: list[ProactiveReport] = []
        self.away = False

    def take(self, reports: Sequence[ProactiveReport]) -> None:
        if self.away:
            raise HubError("No Kafka answers")
        self.taken.extend(reports)


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def server(feed: Feed) -> Iterator[AlertServer]:
    with AlertServer(CITY, feed.take, port=0) as running:
        yield running


def ask(
    server: AlertServer, body: bytes, path: str = "/alerts", method: str = "POST"
) -> tuple[int, dict[str, object]]:
    client = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=10)
    client.request(method, path, body)
    answer = client.getresponse()
    text = answer.read()
    client.close()
    return answer.status, json.loads(text) if text.startswith(b"{") else {}


def test_it_listens_on_the_loopback_address_alone(server: AlertServer) -> None:
    assert urllib.parse.urlsplit(server.url).hostname == "127.0.0.1"


def test_a_message_is_answered_once_its_reports_are_taken(server: AlertServer, feed: Feed) -> None:
    status, told = ask(server, message(alert(), alert(proactive="")))
    assert (status, told["alerts"]) == (200, 2)
    assert told["reports"] == [report.id for report in feed.taken]
    assert len(feed.taken) == 1


def test_an_alert_that_ends_is_noted_and_takes_nothing_back(server: AlertServer, feed: Feed) -> None:
    assert ask(server, message(alert("resolved")))[0] == 200
    assert not feed.taken


def test_bad_messages_are_answered_with_the_field(server: AlertServer, feed: Feed) -> None:
    status, told = ask(server, message(version="1"))
    assert (status, told["wrong"]) == (400, [{"field": "version", "problem": "Input should be '4'"}])
    status, told = ask(server, message(alert(town="nowhere"), alert()))
    assert status == 400
    assert [wrong["field"] for wrong in told["wrong"]] == ["alerts.0.labels.town"]  # type: ignore[attr-defined]
    assert len(feed.taken) == 1


def test_while_the_feed_is_away_alertmanager_shall_come_again(server: AlertServer, feed: Feed) -> None:
    feed.away = True
    assert ask(server, message(alert()))[0] == 503
    feed.away = False
    assert ask(server, message(alert()))[0] == 200


def test_a_body_without_a_length_or_beyond_the_largest_is_never_read(server: AlertServer) -> None:
    address = (urllib.parse.urlsplit(server.url).hostname, urllib.parse.urlsplit(server.url).port)
    for header, status in (("Content-Length: x", 411), (f"Content-Length: {LARGEST + 1}", 413)):
        with socket.create_connection(address, timeout=10) as client:
            client.sendall(f"POST /alerts HTTP/1.1\r\nHost: hub\r\n{header}\r\n\r\n".encode())
            assert client.recv(1_000).startswith(f"HTTP/1.0 {status} ".encode())


def test_other_paths_and_methods_are_none(server: AlertServer) -> None:
    assert ask(server, b"{}", "/else")[0] == 404
    assert ask(server, b"", method="GET")[0] == 501


def test_a_client_that_goes_away_keeps_nobody_waiting(server: AlertServer) -> None:
    address = (urllib.parse.urlsplit(server.url).hostname, urllib.parse.urlsplit(server.url).port)
    with socket.create_connection(address, timeout=10) as slow:
        slow.sendall(b"POST /alerts HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
        assert ask(server, message(alert()))[0] == 200


def test_a_port_that_is_taken_is_named(server: AlertServer, feed: Feed) -> None:
    port = urllib.parse.urlsplit(server.url).port
    assert port is not None
    with pytest.raises(HubError, match=str(port)):
        AlertServer(CITY, feed.take, port=port)
