"""`wirewatch feeds` and the commands inside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from monitors.archive.connection import open_archive
from monitors.archive.feeds import save_poll
from monitors.archive.records import FeedState, Poll

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MONITOR = Path(__file__).parents[1] / "monitors_for_tests" / "glacier-talks.yaml"
RSS = (
    b'<rss version="2.0"><channel><title>Courier</title><item><title>One</title>'
    b"<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"/": b"<html><link rel=alternate type=application/rss+xml href=/rss></html>", "/rss": RSS}.get(
            self.path
        )
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"nothing")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


@pytest.fixture
def near(tmp_path: Path) -> Path:
    """A monitor file that may fetch from loopback, without pauses."""
    path = tmp_path / "near.yaml"
    path.write_text(f"{MONITOR.read_text()}\npolling:\n  allow_private: [127.0.0.1]\n  per_host_delay: 0\n")
    return path


def test_the_listing_names_ended_and_moved_feeds_and_gaps(call, tmp_path: Path) -> None:
    path = tmp_path / "wirewatch.db"
    with open_archive(path) as archive:
        for name, poll, state in (
            ("ended", {"outcome": "gone"}, {}),
            ("moved", {"outcome": "ok"}, {"moved_to": "https://new.example/rss"}),
            (
                "gap",
                {"outcome": "ok", "possible_gap": True, "detail": "possible gap"},
                {"guids_distrusted": "they rotate"},
            ),
        ):
            url = f"https://{name}.example/rss"
            save_poll(
                archive,
                Poll(monitor="m", feed_url=url, started=NOW, **poll),
                FeedState("m", url, last_polled=NOW, next_poll=NOW, **state),
            )
    shown = call("feeds", "--archive", path).stdout.splitlines()
    assert "ended: polled no more" in shown[2]
    assert "the monitor file should name https://new.example/rss" in next(
        line for line in shown if "moved.example" in line
    )
    assert "guids not trusted: they rotate" in next(line for line in shown if "gap.example" in line)
    rows = [json.loads(line) for line in call("feeds", "--archive", path, "--json").stdout.splitlines()]
    found = {row["url"].split("/")[2].split(".")[0]: row for row in rows}
    assert [found[name]["ended"] for name in ("ended", "moved", "gap")] == [True, False, False]
    assert [found[name]["possible_gap"] for name in ("ended", "moved", "gap")] == [False, False, True]
    assert found["moved"]["moved_to"] == "https://new.example/rss"


def test_discover_lists_the_feeds_of_a_site(call, site: str, near: Path) -> None:
    done = call("feeds", "discover", site, "--monitor", near, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"url": f"{site}/rss", "title": "Courier", "format": "rss20", "entries": 1, "newest": "2026-03-01T10:00:00Z"}
    ]
    shown = call("feeds", "discover", site, "--monitor", near).stdout
    assert f"{site}/rss" in shown
    assert "2026-03-01 10:00" in shown


def test_discover_says_why_it_found_nothing(call, site: str, near: Path) -> None:
    nothing = call("feeds", "discover", "http://127.0.0.1:9/", "--monitor", near)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "unreachable" in nothing.stderr
    private = call("feeds", "discover", site)
    assert private.returncode == 1
    assert "refused-address" in private.stderr
    wrong = call("feeds", "discover", "file:///etc/passwd")
    assert wrong.returncode == 2
    assert "not http or https" in wrong.stderr


def test_feeds_exported_come_back_as_the_block_of_a_monitor_file(call, tmp_path: Path) -> None:
    opml, block = tmp_path / "feeds.opml", tmp_path / "feeds.yaml"
    assert call("feeds", "export", "--monitor", MONITOR, "--out", opml).stderr == f"2 feeds written to {opml}\n"
    done = call("feeds", "import", opml, "--out", block)
    assert (done.returncode, done.stdout) == (0, "")
    ours = yaml.safe_load(MONITOR.read_text())["feeds"]
    back = yaml.safe_load(block.read_text())["feeds"]
    assert [(feed["url"], feed["publisher"], feed["language"]) for feed in back] == [
        (feed["url"], feed["publisher"], feed["language"]) for feed in ours
    ]
    assert call("feeds", "import", opml).stdout == block.read_text()
    assert call("feeds", "export", "--monitor", MONITOR).stdout.startswith("<?xml")


def test_a_list_that_cannot_be_read_is_named_with_its_line(call, tmp_path: Path) -> None:
    broken = tmp_path / "broken.opml"
    broken.write_text("<opml>\n<body>\n")
    done = call("feeds", "import", broken)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{broken}:3: not well-formed" in done.stderr
    missing = call("feeds", "import", tmp_path / "none.opml")
    assert missing.returncode == 2
    assert "No such file" in missing.stderr


def test_what_is_left_out_is_said(call, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text(
        '<opml><body><outline text="A" xmlUrl="https://a.example/rss"/>\n'
        '<outline text="B" xmlUrl="https://b.example/rss" language="fr"/>\n<outline xmlUrl="gopher://c"/></body></opml>'
    )
    done = call("feeds", "import", path)
    assert yaml.safe_load(done.stdout)["feeds"][0]["family"] == "a"
    assert "https://b.example/rss: language 'fr'" in done.stderr
    assert f"{path}:3: 'gopher://c'" in done.stderr
