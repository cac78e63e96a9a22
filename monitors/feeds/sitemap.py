"""Google News sitemaps (https://www.google.com/schemas/sitemap-news/0.9). Entity declarations are refused."""

from __future__ import annotations

from xml.parsers import expat

from monitors.feeds.document import Document, RawItem
from monitors.feeds.failure import NotAFeed
from monitors.feeds.urls import shown

_MAX_DEPTH = 20
_NEWS = "sitemap-news/"


class _Reader:
    """Collects the text of the elements of each `url`, by local name; those of the news namespace as `news:name`."""

    def __init__(self) -> None:
        self.root = ""
        self.items: list[dict[str, str]] = []
        self.maps: list[str] = []
        self._path: list[str] = []
        self._text: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        local = f"news:{local}" if _NEWS in space else local
        if not self._path:
            self.root = local
        self._path.append(local)
        if len(self._path) > _MAX_DEPTH:
            raise NotAFeed("a sitemap nested too deeply")
        if local == "url":
            self.items.append({})
        self._text = []

    def end(self, _name: str) -> None:
        local = self._path.pop()
        text = "".join(self._text).strip()
        if text and "url" in self._path and self.items:
            self.items[-1].setdefault(local, text)
        elif text and local == "loc":
            self.maps.append(text)
        self._text = []

    def data(self, text: str) -> None:
        self._text.append(text)


def read_sitemap(body: bytes) -> Document:
    """Raises NotAFeed for a sitemap without news, an index of sitemaps, broken XML or an entity declaration."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.EntityDeclHandler = _refuse
    warnings: tuple[str, ...] = ()
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        if not any("news:title" in item for item in reader.items):
            raise NotAFeed(f"a sitemap with broken XML: {error}") from None
        warnings = (f"broken XML after {len(reader.items)} addresses: {error}",)
    except (ValueError, LookupError) as error:
        raise NotAFeed(f"a sitemap in an encoding we cannot read: {error}") from None
    if reader.root == "sitemapindex":
        first = shown(reader.maps[0]) if reader.maps else "none"
        raise NotAFeed(f"an index of sitemaps; name one of its sitemaps instead, such as {first}")
    news = [item for item in reader.items if item.get("news:title")]
    if reader.items and not news:
        raise NotAFeed("a sitemap without news entries (no news:title)")
    return Document(
        format="news-sitemap",
        items=tuple(
            RawItem(
                guid=None,
                link=item.get("loc"),
                title=item["news:title"],
                title_is_html=False,
                summary="",
                dates=(item.get("news:publication_date"), item.get("lastmod")),
                language=item.get("news:language"),
                publisher=item.get("news:name"),
            )
            for item in news
        ),
        warnings=warnings,
    )


def _refuse(*_declaration: object) -> None:
    raise NotAFeed("a sitemap that declares entities, which is not safe to read")
