"""Headers, logins and proxies go where the monitor file sends them, and what is secret is told nobody."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from documents import NOW, feed, healthy, polling
from fault_server import Conversation, FaultServer, Script, answer, redirect, says

from monitors.archive.records import FeedState
from monitors.definition.model import Feed
from monitors.errors import InputError
from monitors.feeds.failure import FetchError
from monitors.feeds.fetch import Fetcher
from monitors.feeds.moves import believed_move, note
from monitors.feeds.poll import poll_feed
from monitors.feeds.urls import check_url, keeps_trust, shown, without_secrets

LOGIN = "Basic ZGVzazpzZWNyZXQ="


class Ear:
    """A script that answers with a feed and remembers what it was sent."""

    def __init__(self) -> None:
        self.heard: list[Conversation] = []

    def __call__(self, talk: Conversation) -> None:
        self.heard.append(talk)
        talk.send(answer(healthy()))

    def header(self, name: str) -> list[str | None]:
        return [talk.header(name) for talk in self.heard]


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def server(ear: Ear) -> Iterator[FaultServer]:
    with FaultServer({"/feed": ear, "/old": redirect("/feed")}) as running:
        yield running


def failure(url: str, fetcher: Fetcher, feed: Feed | None = None) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, feed=feed)
    return caught.value


def test_headers_of_a_feed_are_sent_with_secrets_out_of_the_environment(server: FaultServer, ear: Ear) -> None:
    one = feed(server.url("/old"), headers={"Authorization": "env:DESK_TOKEN", "X-Reader": "desk"})
    fetcher = Fetcher(polling(), environment={"DESK_TOKEN": "Bearer s3cret"})
    fetcher.fetch(one.url, feed=one)
    assert ear.header("Authorization") == ["Bearer s3cret"]
    assert ear.header("X-Reader") == ["desk"]
    assert "s3cret" not in repr(fetcher)
    fetcher.fetch(server.url("/feed"))
    assert ear.header("X-Reader") == ["desk", None], "another feed of the host has none of its own"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_neither_headers_nor_login_go_to_another_host(server: FaultServer, ear: Ear, status: str) -> None:
    at_home: list[Conversation] = []

    def leads_away(talk: Conversation) -> None:
        at_home.append(talk)
        talk.send(answer(status=status, Location=server.url("/feed")))

    with FaultServer({"/out": leads_away}) as home:
        one = feed(home.url("/out", "desk:secret@127.0.0.1"), headers={"X-Key": "s3cret"})
        response = Fetcher(polling()).fetch(one.url, feed=one)
        one_name = feed(home.url("/out", "desk:secret@127.0.0.1"), headers={"X-Key": "s3cret"})
        Fetcher(polling()).fetch(server.url("/feed"), feed=one_name)
    assert [talk.header("Authorization") for talk in at_home] == [LOGIN]
    assert [talk.header("X-Key") for talk in at_home] == ["s3cret"]
    assert response.url == server.url("/feed")
    assert ear.header("Authorization") == [None, None]
    assert ear.header("X-Key") == [None, None]
    assert b"s3cret" not in b"".join(talk.request for talk in ear.heard)


def test_a_login_is_used_through_redirects_on_its_host_and_not_passed_on(server: FaultServer, ear: Ear) -> None:
    server.scripts["/whole"] = redirect(server.url("/feed"))
    server.scripts["/lured"] = redirect(server.url("/feed", "eve:pw@127.0.0.1"))
    fetcher = Fetcher(polling())
    for path in ("/old", "/whole", "/lured"):
        response = fetcher.fetch(server.url(path, "desk:secret@127.0.0.1"))
        assert response.url == server.url("/feed")
    fetcher.fetch(server.url("/lured"))
    assert ear.header("Authorization") == [LOGIN, LOGIN, LOGIN, None], "a redirect brings no login of its own"


def test_trust_ends_with_the_origin() -> None:
    home = "http://news.example/feed"
    assert keeps_trust(home, "http://NEWS.example:80/other")
    assert keeps_trust(home, "https://news.example/feed")
    for away in (
        "http://news.example:8080/",
        "https://news.example:8443/",
        "http://www.news.example/",
        "http://news.ex/",
    ):
        assert not keeps_trust(home, away)
    assert not keeps_trust("https://news.example/", home), "what is secret is not sent in the clear"


@pytest.mark.parametrize(
    ("variable", "told"), [(None, "DESK_TOKEN is not set"), ("two\nlines s3cret", "cannot be sent")]
)
def test_a_secret_that_is_missing_is_named_and_nothing_is_asked(
    server: FaultServer, variable: str | None, told: str
) -> None:
    one = feed(server.url("/feed"), headers={"X-Key": "env:DESK_TOKEN"})
    environment = {} if variable is None else {"DESK_TOKEN": variable}
    refused = failure(one.url, Fetcher(polling(), environment=environment), feed=one)
    assert refused.outcome == "secret-missing"
    assert told in refused.detail
    assert "s3cret" not in str(refused)
    assert server.seen == []


def test_a_proxy_named_in_the_environment_is_ignored(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert Fetcher(polling()).fetch(server.url("/feed")).status == 200


def test_a_configured_proxy_gets_the_request_with_its_login() -> None:
    ear = Ear()
    with FaultServer({"http://news.invalid/feed": ear}) as proxy:
        named = Fetcher(
            polling(proxy="env:DESK_PROXY", allow_private=()),
            environment={"DESK_PROXY": proxy.url("", "desk:secret@127.0.0.1"), "http_proxy": "http://127.0.0.1:9"},
        )
        assert named.fetch("http://news.invalid/feed").body == healthy()
        assert ear.header("Proxy-Authorization") == [LOGIN]
        refused = failure("https://news.invalid/feed", named)
        assert refused.outcome == "proxy-failed"
        assert "secret" not in f"{refused} {named!r}"
        plain = Fetcher(polling(proxy=proxy.url(""), allow_private=()))
        assert plain.fetch("http://news.invalid/feed").status == 200
        assert ear.header("Proxy-Authorization") == [LOGIN, None]


@pytest.mark.parametrize("environment", [{}, {"DESK_PROXY": "desk:secret@nowhere"}, {"DESK_PROXY": " "}])
def test_a_proxy_that_cannot_be_used_is_an_error_and_never_passed_by(environment: dict[str, str]) -> None:
    with pytest.raises(InputError, match="DESK_PROXY") as refused:
        Fetcher(polling(proxy="env:DESK_PROXY"), environment=environment)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("target", ["http://127.0.0.1:1/x", "http://2130706433/", "http://[::1]/", "http://localhost/"])
def test_a_proxy_is_not_sent_to_private_addresses(target: str) -> None:
    with FaultServer({"http://news.invalid/away": redirect(target)}) as proxy:
        fetcher = Fetcher(polling(proxy=proxy.url(""), allow_private=()))
        assert failure(target, fetcher).outcome == "refused-address"
        assert failure("http://news.invalid/away", fetcher).outcome == "refused-address"
        assert proxy.seen == ["http://news.invalid/away"]


SECRET_URLS = [
    "http://desk:hush-hush@127.0.0.1:{port}{path}",
    "http://127.0.0.1:{port}{path}?token=hush-hush",
    "http://127.0.0.1:{port}{path}?a=1&api_key=hush-hush&b=2",
    "http://127.0.0.1:{port}{path}?%74oken=hush-hush",
    "http://127.0.0.1:{port}{path}?key=hush-hush#access_token=hush-hush",
]


OUTCOMES_OF = {
    "/feed": {"ok"}, "/moved": {"ok"}, "/404": {"not-found"}, "/503": {"unavailable"}, "/loop": {"redirect-loop"},
    "/private": {"refused-address"}, "/html": {"not-a-feed"}, "/index": {"not-a-feed"}, "/reset": {"connection-broken"},
}  # fmt: skip


@pytest.mark.parametrize("url", SECRET_URLS)
@pytest.mark.parametrize("path", ["/feed", "/moved", "/404", "/503", "/loop", "/private", "/html", "/index", "/reset"])
def test_no_record_of_a_poll_holds_a_secret(url: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    def keep_query(to: str, status: str) -> Script:
        def script(talk: Conversation) -> None:
            query = talk.request.split(b" ", 2)[1].decode().partition("?")[2]
            talk.send(answer(status=status, Location=f"{to}?{query}"))

        return script

    scripts: dict[str, Script] = {
        "/feed": says(answer(healthy())),
        "/moved": keep_query("/feed", "301 Moved Permanently"),
        "/503": says(answer(status="503 Service Unavailable")),
        "/loop": keep_query("/loop", "302 Found"),
        "/private": keep_query("http://localhost/private", "302 Found"),
        "/html": says(answer(b"<html>no</html>", kind="text/html")),
        "/index": says(answer(b"<sitemapindex><sitemap><loc>http://a/?key=hush-hush</loc></sitemap></sitemapindex>")),
        "/reset": lambda talk: talk.reset(),
    }
    with FaultServer(scripts) as server, caplog.at_level(logging.DEBUG):
        address = url.format(port=server.port, path=path)
        fetcher = Fetcher(polling(allow_private=("127.0.0.1",)))
        result = poll_feed(feed(address), FeedState("m", address), fetcher, lambda: NOW)
    assert result.poll.outcome in OUTCOMES_OF[path], result.poll.detail
    assert "hush-hush" not in result.poll.detail
    assert "hush-hush" not in caplog.text
    assert any(record.name.startswith("urllib3") for record in caplog.records), "it is at debug level that they tell"


def test_a_move_to_an_address_with_a_secret_is_believed_in_full() -> None:
    target = "https://news.example/feed?token=hush-hush"
    with FaultServer({"/feed": says(answer(healthy()))}) as server:
        address = server.url("/feed")
        poll = poll_feed(feed(address), FeedState("m", address), Fetcher(polling()), lambda: NOW).poll
    polls = [replace(poll, detail=note(target))] * 3
    assert "hush-hush" not in polls[0].detail
    assert believed_move(polls, target) == target
    assert believed_move(polls) is None
    assert believed_move(polls, "https://else.example/?token=1") is None
    assert believed_move(polls[:2], target) is None


def test_messages_hold_no_password() -> None:
    url = "ftp://user:secret@news.example/feed?sig=secret"
    assert "secret" not in shown(url)
    assert "secret" not in str(failure(url, Fetcher(polling())))
    check_url("https://user:secret@news.example/feed")
    assert without_secrets("https://a.example/rss?q=summit&hl=ko") == "https://a.example/rss?q=summit&hl=ko"


def test_a_poll_sends_the_headers_of_its_feed_also_to_where_it_moved_on_its_host(server: FaultServer, ear: Ear) -> None:
    one = feed(server.url("/gone-from", "desk:secret@127.0.0.1"), headers={"X-Key": "env:DESK_KEY"})
    fetcher = Fetcher(polling(), environment={"DESK_KEY": "s3cret"})
    result = poll_feed(one, FeedState("m", one.url, moved_to=server.url("/feed")), fetcher, lambda: NOW)
    assert result.poll.outcome == "ok"
    assert (ear.header("X-Key"), ear.header("Authorization")) == (["s3cret"], [LOGIN])
    unset = poll_feed(one, FeedState("m", one.url), Fetcher(polling(), environment={}), lambda: NOW)
    assert (unset.poll.outcome, unset.state.failure_score) == ("secret-missing", 0.5)
    assert "DESK_KEY is not set" in unset.poll.detail
