"""Articles as RIS, which reference managers import. Tags as Zotero, EndNote and Mendeley read them for a newspaper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitors.alerts.message import safe_link
from monitors.exports.text import line


def ris(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A reference for each article; lines end in CR LF. `DA` is the publication, `Y2` when we first saw it."""
    for article in articles:
        address = safe_link(article["url"])
        tags = (
            ("TY", "NEWS"),
            ("TI", article["title"]),
            ("AU", article["publisher"]),
            ("T2", article["publisher"]),
            ("PB", article["publisher"]),
            ("PY", article["published"][:4]),
            ("DA", _day(article["published"])),
            ("Y2", _day(article["discovered"])),
            ("LA", article["language"]),
            ("UR", address or ""),
            ("N1", "" if address else f"Address as given: {article['url']}"),
            ("N2", article["text"]),
        )
        lines = [f"{tag}  - {text}" for tag, given in tags if (text := line(given))]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _day(moment: str) -> str:
    """A day as RIS writes it: year, month, day, and an empty field for anything else."""
    return f"{moment[:10].replace('-', '/')}/"
