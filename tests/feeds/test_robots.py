"""robots.txt as RFC 9309 has it: groups, the longest rule, wildcards; and Crawl-delay beside it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.feeds.robots import read_robots


def allowed(text: str, path: str) -> bool:
    return read_robots(text, "wirewatch").allow(f"https://news.example{path}")


@pytest.mark.parametrize(
    ("lines", "path", "may"),
    [
        ("Disallow: /", "/a", False),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Allow: /\nDisallow: /closed/", "/closed/a", False),
        ("Disallow: /closed/\nAllow: /closed/open", "/closed/open/a", True),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*?print=", "/story?print=1", False),
        ("Disallow: /*?print=", "/story", True),
        ("Disallow: /*.pdf$", "/a/b.pdf", False),
        ("Disallow: /*.pdf$", "/a/b.pdf?x=1", True),
        ("Disallow: /a*b*c", "/a-b-c-d", False),
        ("Disallow: /a*b*c", "/a-c-b", True),
        ("Disallow: /Closed", "/closed", True),
        ("Disallow: /%EC%86%8D%EB%B3%B4", "/속보/1", False),
        ("Disallow: /속보", "/%ec%86%8d%eb%b3%b4", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("disallow:/a # for now", "/a", False),
        ("Disallow: /a\n\nDisallow: /b", "/b", False),
    ],
)
def test_the_longest_rule_that_fits_decides(lines: str, path: str, may: bool) -> None:
    assert allowed(f"User-agent: *\n{lines}\n", path) is may


def test_groups_that_name_us_count_together_and_instead_of_the_rest() -> None:
    text = (
        "\ufeffUser-agent: *\nDisallow: /\nCrawl-delay: 9\n\nUser-agent: other\nUser-Agent: WireWatch/2\n"
        "Disallow: /a\n\nSitemap: https://news.example/map.xml\nUser-agent: wirewatch\nDisallow: /b\n"
    )
    assert [allowed(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]
    assert read_robots(text, "wirewatch").crawl_delay is None
    assert read_robots(text, "someone-else").crawl_delay == 9
    assert allowed("User-agent: wirewatcher\nDisallow: /\n", "/a")
    assert allowed("Disallow: /\n", "/a"), "a rule above every group is nobody's"


@pytest.mark.parametrize(
    ("value", "delay"),
    [("10", 10.0), ("0.5", 0.5), ("0", 0.0), ("-1", None), ("soon", None), ("1e9", None), ("inf", None), ("", None)],
)
def test_crawl_delay_is_a_number_of_seconds(value: str, delay: float | None) -> None:
    assert read_robots(f"User-agent: *\nCrawl-delay: {value}\nAllow: /\n", "wirewatch").crawl_delay == delay


def test_a_rule_made_to_take_long_does_not() -> None:
    text = f"User-agent: *\nDisallow: /{'*a' * 900}*b$\nDisallow: /{'*' * 1900}c\n"
    began = time.monotonic()
    assert allowed(text, "/" + "a" * 2000)
    assert time.monotonic() - began < 0.5


@given(
    st.lists(st.sampled_from(["User-agent: *", "Disallow: /", "Allow:", "*", "$", "%2f", "%", "\n", "(", "속", ":"])),
    st.text(max_size=20),
)
def test_any_text_is_read(parts: list[str], path: str) -> None:
    assert allowed("".join(parts), f"/{path.replace('[', '').replace(']', '')}") in {True, False}
