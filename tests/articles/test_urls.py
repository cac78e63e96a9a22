"""One form for the many addresses of one article."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.articles.urls import canonical_url

PLAIN = "https://post.example/world/talks-260301"


@pytest.mark.parametrize(
    "variant",
    [
        "http://post.example/world/talks-260301",
        "HTTPS://WWW.Post.Example/world/talks-260301",
        "https://m.post.example/world/talks-260301/",
        "https://post.example:443/world/talks-260301",
        "https://post.example/world/talks-260301#comments",
        "https://post.example/world/talks-260301?utm_source=rss&utm_medium=feed",
        "https://post.example/world/talks-260301?fbclid=abc",
        "https://post.example/world/talks-260301/amp/",
        "https://post.example/world/talks-260301?outputType=amp",
        "  https://post.example/world/talks-260301\n",
        "https://post.example//world/talks-260301",
    ],
)
def test_variants_of_an_address_are_one(variant: str) -> None:
    assert canonical_url(variant) == PLAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://post.example/news?id=1", "https://post.example/news?id=2"),
        ("https://post.example/view.php?idxno=10", "https://post.example/view.php?idxno=11"),
        ("https://post.example/view?cid=10", "https://post.example/view?cid=11"),
        ("https://post.example/a", "https://herald.example/a"),
        ("https://post.example:8080/a", "https://post.example/a"),
        ("https://post.example/A", "https://post.example/a"),
        ("https://post.example/뉴스/1", "https://post.example/뉴스/2"),
    ],
)
def test_different_articles_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_the_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("https://post.example/v?b=2&a=1") == canonical_url("https://post.example/v?a=1&b=2")


@pytest.mark.parametrize(
    "text", ["", "urn:wirewatch:1", "mailto:desk@post.example", "tag:post.example,2026:1", "talks"]
)
def test_what_is_no_web_address_stays_as_it_is(text: str) -> None:
    assert canonical_url(text) == text


PARTS = json.loads(Path(__file__).with_name("url_parts.json").read_text(encoding="utf-8"))


@given(
    st.lists(st.sampled_from(PARTS), max_size=12).map("".join)
    | st.builds("https://post.example/{}".format, st.text(max_size=20))
)
def test_it_is_idempotent(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
