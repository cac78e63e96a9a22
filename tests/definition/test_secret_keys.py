"""Headers of feeds and the proxy: what can be sent is taken, what cannot is named by line, and no value is repeated."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from monitors.definition.model import Feed, Polling
from monitors.definition.secrets import MissingVariable, revealed, variables_missing

FEED = {"url": "https://post.example/rss", "publisher": "Post", "family": "post", "language": "en"}


def feed(headers: Any) -> Feed:
    return Feed.model_validate(FEED | {"headers": headers})


def test_headers_and_proxy_may_name_variables() -> None:
    headers = {"Authorization": "env:DESK_TOKEN", "X-Reader": "desk 7", "Cookie": "a=b; c=d"}
    assert feed(headers).headers == headers
    for proxy in ("env:DESK_PROXY", "http://proxy.example:3128", "https://desk:pw@proxy.example", "http://[::1]:3128"):
        assert Polling(proxy=proxy).proxy == proxy
    assert Feed.model_validate(FEED).headers == {}
    assert Polling().proxy is None


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"X Key": "s3cret"}, "no name of a header"),
        ({"": "s3cret"}, "no name of a header"),
        ({"X-Key:": "s3cret"}, "no name of a header"),
        ({"X-Key": "s3cret\r\nX-Evil: 1"}, "printable ASCII"),
        ({"X-Key": " s3cret"}, "printable ASCII"),
        ({"X-Key": ""}, "printable ASCII"),
        ({"X-Key": "s3cret한"}, "printable ASCII"),
        ({"X-Key": "env:"}, "environment variable"),
        ({"X-Key": "env:s3cret-name"}, "environment variable"),
        ({"User-Agent": "s3cret"}, "sets itself"),
        ({"host": "s3cret"}, "sets itself"),
        ({"Proxy-Authorization": "s3cret"}, "sets itself"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused_without_their_value(headers: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        feed(headers)
    assert "s3cret" not in str(refused.value.errors()[0]["ctx"]["error"])


@pytest.mark.parametrize(
    "proxy", ["", "proxy.example:3128", "socks5://s3cret@proxy.example", "http://", "env:", "env:a-b", "http://a:0"]
)
def test_a_proxy_is_an_address_or_names_a_variable(proxy: str) -> None:
    with pytest.raises(ValidationError, match="expected http://host:port") as refused:
        Polling(proxy=proxy)
    assert "s3cret" not in str(refused.value.errors()[0]["ctx"]["error"])


def test_a_variable_is_read_when_it_is_needed() -> None:
    assert revealed("plain", {}) == "plain"
    assert revealed("env:DESK", {"DESK": " s3cret\n"}) == "s3cret"
    for environment in ({}, {"DESK": ""}, {"DESK": "  "}):
        with pytest.raises(MissingVariable, match="DESK is not set"):
            revealed("env:DESK", environment)
    assert variables_missing(["env:A", "env:B", "plain", "env:A", "env:C"], {"B": "1", "C": ""}) == ["A", "C"]
