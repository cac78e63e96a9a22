"""`run --plain` against a feed on loopback: baseline, then news once, then nothing; and how it ends when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MONITOR = """\
version: 1
id: harbour
title: Harbour
languages: [en]
polling: {{allow_private: [127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5],
  per_host_delay: 0, deadline: 3, max_pages: 0}}
feeds:
  - {{url: "http://127.0.0.1:{port}/rss", publisher: Harbour Post, family: post, language: en}}
{more}\
entities:
  - {{id: smith, name: Ada Smith, kind: person, names: {{en: [Ada Smith]}}, short: {{en: [Smith]}}}}
  - {{id: jones, name: Bo Jones, kind: person, names: {{en: [Bo Jones]}}, short: {{en: [Jones]}}}}
topic: {{any_of: [[smith, jones]]}}
situations:
  - {{id: smith-jones, kind: meeting, title: Smith meets Jones, parties: [[smith], [jones]]}}
policy: {{rules: [{{channels: [screen, log]}}]}}
channels:
  - {{id: screen, type: terminal}}
  - {{id: log, type: file, path: alerts.jsonl}}
"""
MORE = '  - {{url: "http://127.0.0.{host}:{port}/rss", publisher: Post {host}, family: post, language: en}}\n'
ITEM = "<item><title>{0}</title><link>https://harbour.example/{1}</link><pubDate>{2}</pubDate></item>"
OLD = ITEM.format("Ada Smith and Bo Jones in dispute over quays", "old", "Mon, 02 Feb 2026 10:00:00 GMT")
NEWS = ITEM.format("Ada Smith met with Bo Jones on Thursday", "new", "Thu, 05 Feb 2026 10:00:00 GMT")


def monitor_text(port: int, hosts: int = 1) -> str:
    more = "".join(MORE.format(host=host, port=port) for host in range(2, hosts + 1))
    return MONITOR.format(port=port, more=more)


@dataclass
class Site:
    """A web site with one feed, whose items a test sets."""

    port: int = 0
    items: list[str] = field(default_factory=lambda: [OLD])


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            items = "".join(served.items)
            body = f'<rss version="2.0"><channel><title>Harbour</title>{items}</channel></rss>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join(10)


@pytest.fixture
def monitor(tmp_path: Path, site: Site) -> Path:
    path = tmp_path / "harbour.yaml"
    path.write_text(monitor_text(site.port), encoding="utf-8")
    return path


def test_news_is_told_once_and_what_was_there_before_never(
    wirewatch, tmp_path: Path, monitor: Path, site: Site
) -> None:
    archive = tmp_path / "wirewatch.db"
    first, second, third = (
        wirewatch("run", "--plain", "--monitor", monitor, "--archive", archive)
        for site.items in ([OLD], [NEWS, OLD], [NEWS, OLD])
    )
    assert [done.returncode for done in (first, second, third)] == [0, 0, 0]
    assert ["! Smith meets Jones: occurred" in done.stdout for done in (first, second, third)] == [False, True, False]
    lines = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["occurred"]
    assert "1 seen: 0 new, 0 known" not in third.stdout
    assert f"wirewatch developments --archive {archive}" in third.stdout
    listed = wirewatch("developments", "--archive", archive, "--json").stdout
    assert [json.loads(line)["status"] for line in listed.splitlines()] == ["occurred"]


def test_alert_that_cannot_be_written_fails_the_command_and_nothing_else(
    wirewatch, tmp_path: Path, monitor: Path, site: Site
) -> None:
    archive = tmp_path / "wirewatch.db"
    wirewatch("run", "--plain", "--monitor", monitor, "--archive", archive)
    (tmp_path / "alerts.jsonl").mkdir()
    site.items = [NEWS, OLD]
    done = wirewatch("run", "--plain", "--monitor", monitor, "--archive", archive)
    assert done.returncode == 1
    assert "! Smith meets Jones: occurred" in done.stdout
    assert "1 deliveries failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_network_ends_well_and_points_at_the_demo(wirewatch, tmp_path: Path, monitor: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monitor.write_text(monitor_text(unused.getsockname()[1], hosts=5), encoding="utf-8")
        done = wirewatch("run", "--plain", "--monitor", monitor, "--archive", tmp_path / "wirewatch.db")
    assert done.returncode == 0
    assert done.stdout.count("could be reached") == 1
    assert "wirewatch demo" in done.stdout


def test_bad_archive_is_told_before_anything_is_fetched(wirewatch, tmp_path: Path, monitor: Path) -> None:
    bad = tmp_path / "notes.db"
    bad.write_text("this is no database " * 100, encoding="utf-8")
    before = bad.read_bytes()
    done = wirewatch("run", "--monitor", monitor, "--archive", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert bad.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_interrupt_ends_with_130_and_no_traceback(tmp_path: Path, monitor: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monitor.write_text(monitor_text(silent.getsockname()[1]), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "monitors.cli", "run", "--plain", "--monitor", monitor, "--archive", tmp_path / "w"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()
            connection.close()
    assert process.returncode == 130
    assert "Traceback" not in errors
