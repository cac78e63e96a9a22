"""A good run asks for the ping's address; what goes wrong with it is logged and hurts nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from monitors.alerts.ping import ping
from monitors.definition.model import Monitor, Policy, Polling

SECRET = "a1b2c3-secret"


class Service(ThreadingHTTPServer):
    """Remembers what was asked for; answers with `status`."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{SECRET}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Service)
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def pinging(harbour: Monitor, url: str | None, hosts: tuple[str, ...] = ("127.0.0.1",)) -> Monitor:
    policy = Policy.model_validate({"rules": [{"channels": ["log"]}], "ping_url": url})
    polling = Polling(deadline=2, per_host_delay=0, allow_private=hosts)
    return harbour.model_copy(update={"policy": policy, "polling": polling})


def test_the_address_may_stand_in_the_file_or_in_the_environment(harbour: Monitor, service: Service) -> None:
    assert ping(pinging(harbour, service.url))
    assert ping(pinging(harbour, "env:PING"), {"PING": service.url})
    assert service.asked == [f"/{SECRET}", f"/{SECRET}"]


def test_without_one_nothing_is_asked(harbour: Monitor) -> None:
    assert not ping(pinging(harbour, None))


@pytest.mark.parametrize("fault", ["status", "closed", "private", "missing"])
def test_a_failure_is_logged_without_the_address(
    harbour: Monitor, service: Service, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    service.status = 500 if fault == "status" else 200
    url = {"closed": f"http://127.0.0.1:1/{SECRET}", "missing": "env:NO_SUCH_PING"}.get(fault, service.url)
    hosts = () if fault == "private" else ("127.0.0.1",)
    assert not ping(pinging(harbour, url, hosts), {})
    assert "ping_url" in caplog.text
    assert SECRET not in caplog.text
