"""Every status and every fault of the way means the same for each channel: sent, to be tried again, or never."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from monitors.alerts.channels.answers import meaning_of_status
from monitors.errors import ChannelError
from tests.alerts.receivers.desk import MESSAGE, OVER_HTTP, local, opened
from tests.alerts.receivers.http_sink import Reply, http_sink

SENT = (200, 201, 202, 204, 299)
RETRY = (408, 425, 429, 500, 502, 503, 504, 599)
NEVER = (300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 413, 415, 422, 451, 499)
CHANNELS = pytest.mark.parametrize("channel", OVER_HTTP, ids=lambda channel: channel["id"])


def outcome(channel: dict[str, Any], *replies: Reply, **changes: Any) -> tuple[str, ChannelError | None]:
    with http_sink(*replies) as sink:
        try:
            opened(local(channel, **changes), sink.url).send("key-1", MESSAGE)
        except ChannelError as error:
            return ("retry" if error.retry else "never"), error
        return "sent", None


@CHANNELS
def test_every_status_has_one_meaning(channel: dict[str, Any]) -> None:
    wanted = {**dict.fromkeys(SENT, "sent"), **dict.fromkeys(RETRY, "retry"), **dict.fromkeys(NEVER, "never")}
    headers = {"Location": "http://127.0.0.1:9/elsewhere"}
    assert {status: outcome(channel, Reply(status, headers, b""))[0] for status in wanted} == wanted


@pytest.mark.parametrize("status", range(100, 600))
def test_no_status_is_without_meaning(status: int) -> None:
    meaning = meaning_of_status(status)
    assert meaning.verdict == "sent" or meaning.advice
    assert (meaning.verdict == "sent") == (200 <= status < 300)


@CHANNELS
def test_redirect_of_a_post_is_not_followed(channel: dict[str, Any]) -> None:
    with http_sink() as elsewhere:
        said, error = outcome(channel, Reply(307, {"Location": f"{elsewhere.url}/take"}))
        assert (said, elsewhere.got) == ("never", [])
        assert "redirects are not followed" in str(error)


@CHANNELS
def test_gone_for_good_is_said(channel: dict[str, Any]) -> None:
    said, error = outcome(channel, Reply(410))
    assert said == "never"
    assert "gone for good; take the channel out" in str(error)


@CHANNELS
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "17"}, 17),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 30),
        ({"Retry-After": "99999999"}, 86400),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
    ids=["seconds", "date", "too-long", "nonsense", "none"],
)
def test_wait_that_a_receiver_asks_for_is_known(channel: dict[str, Any], headers: dict[str, str], wait: float) -> None:
    for status in (429, 503):
        said, error = outcome(channel, Reply(status, headers))
        assert said == "retry"
        assert error is not None
        assert error.retry_after == wait


@pytest.mark.parametrize("body", [b'{"retry_after": 1.5}', b'{"ok":false,"parameters":{"retry_after":1.5}}'])
def test_wait_may_stand_in_the_body(body: bytes) -> None:
    _, error = outcome(OVER_HTTP[2], Reply(429, body=body))
    assert error is not None
    assert error.retry_after == 1.5


@CHANNELS
def test_good_status_with_a_refusal_in_its_body_is_none(channel: dict[str, Any]) -> None:
    assert outcome(channel, Reply(200, body=b'{"ok": false, "description": "chat not found"}'))[0] == "never"


@CHANNELS
def test_silence_ends_at_the_time_limit_and_is_tried_again(channel: dict[str, Any]) -> None:
    said, error = outcome(channel, Reply(hang=True), timeout=0.3)
    assert said == "retry"
    assert "no answer in time" in str(error)


@CHANNELS
def test_connection_that_ends_after_the_request_is_tried_again(channel: dict[str, Any]) -> None:
    said, error = outcome(channel, Reply(drop=True))
    assert said == "retry"
    assert "ended before the answer" in str(error)


@CHANNELS
def test_nobody_listening_is_tried_again(channel: dict[str, Any]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with pytest.raises(ChannelError, match="cannot be reached") as raised:
        opened(local(channel), url).send("k", MESSAGE)
    assert raised.value.retry


@CHANNELS
def test_private_address_is_refused_unless_the_channel_allows_it(channel: dict[str, Any]) -> None:
    with http_sink() as sink:
        with pytest.raises(ChannelError, match="allow_private") as raised:
            opened(channel, sink.url).send("k", MESSAGE)
        assert (raised.value.retry, sink.got) == (False, [])


@CHANNELS
def test_unusable_address_is_never_tried_again_and_not_repeated(channel: dict[str, Any]) -> None:
    with pytest.raises(ChannelError) as raised:
        opened(local(channel), "ftp://topsecret.example/x y").send("k", MESSAGE)
    assert not raised.value.retry
    assert "topsecret" not in str(raised.value)


def test_words_of_a_refusal_are_told_but_no_page_and_no_secret() -> None:
    _, worded = outcome(OVER_HTTP[3], Reply(400, body=b'{"ok":false,"description":"chat not found"}'))
    _, echoed = outcome(OVER_HTTP[3], Reply(401, body=b'{"description":"bad token 12345:token-of-bot"}'))
    _, page = outcome(OVER_HTTP[3], Reply(404, body=b"<html><h1>No such page</h1></html>"))
    assert "status 400 (“chat not found”)" in str(worded)
    assert "token-of-bot" not in str(echoed)
    assert "***" in str(echoed)
    assert "html" not in str(page)


def test_missing_secret_is_named_and_tried_again() -> None:
    with pytest.raises(ChannelError, match="variable TOKEN is not set") as raised:
        opened(local(OVER_HTTP[3]), TOKEN=" ").send("k", MESSAGE)
    assert raised.value.retry
