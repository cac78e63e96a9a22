"""What a run leaves in Prefect: text from feeds cannot become markup, and an event says all its contract names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitors.ingest.summary import PassSummary

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROW: dict[str, Any] = {
    "situation": "smith-jones",
    "status": "agreed",
    "previous_status": "proposed",
    "title": "Smith and Jones agree to meet",
    "publisher": "Harbour Post",
    "url": "https://harbour.example/1",
    "published": "2026-03-01T11:00:00Z",
    "event_date": "2026-04",
    "place": "Oslo",
    "tier": "reported",
    "families": ["post"],
    "novelty": "status",
    "reason": "first report of agreed",
    "baseline": False,
}


def summary(**values: Any) -> PassSummary:
    return PassSummary(monitor="harbour", archive="w.db", started=NOW, finished=NOW, **values)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "![x](https://tracker.example/p.png)",
        "a | b | c",
        "line\n\n# heading",
        "`code` **bold** &lt;img&gt;",
        "https://tracker.example/auto",
    ],
)
def test_hostile_text_becomes_no_markup(hostile: str) -> None:
    from markdown_it import MarkdownIt

    from flows.report import markdown

    text = markdown(
        summary(
            feeds_failed=(("https://x.example", hostile, "not-found", ""),),
            developments=(ROW | {"title": hostile, "publisher": hostile},),
        )
    )
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child for token in tokens for child in token.children or []]
    assert {child.type for child in inline} <= {"text"}, text
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2"]
    assert "html_block" not in {token.type for token in tokens}
    cells = [
        sum(row.count(cell) for cell in ("<td>",))
        for row in MarkdownIt("gfm-like", {"linkify": False}).render(text).split("<tr>")
    ]
    assert set(cells) <= {0, 2, 4}


def test_offline_blames_no_feed() -> None:
    from flows.report import markdown

    text = markdown(summary(offline=True, feeds_failed=(("https://x.example", "Harbour Post", "offline", ""),)))
    assert "offline" in text
    assert "Harbour Post" not in text
