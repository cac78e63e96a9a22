"""The scripted faults: what the server does, and the outcome a poll of it must end under."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from documents import healthy, item, rss
from fault_server import Conversation, Script, answer, redirect, says, zipped

LIMIT = 1024 * 1024
"""Decoded bytes allowed in these tests."""


@dataclass(frozen=True)
class Fault:
    """`what` is for readers. `detail` must occur in the poll's detail. A slow fault gets a deadline of half a second."""

    name: str
    what: str
    outcome: str
    script: Script
    slow: bool = False
    detail: str = ""
    entries: int | None = None


def _headers(**more: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/rss+xml"]
    return "\r\n".join([*lines, *(f"{key.replace('_', '-')}: {value}" for key, value in more.items())]).encode()


def _drip_after(head: bytes, body: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.drip(body)

    return script


def _stall(head: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.wait(5)

    return script


def _for_ever(head: bytes, piece: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        while not talk.server.stopping.is_set():
            talk.send(piece)

    return script


def _reset_after(head: bytes) -> Script:
    def script(talk: Conversation) -> None:
        talk.send(head)
        talk.wait(0.05)
        talk.reset()

    return script


def _hops(count: int) -> Callable[[Conversation], None]:
    """Redirects `count` times through the query, then answers."""

    def script(talk: Conversation) -> None:
        target = talk.request.split(b" ", 2)[1].decode()
        path, _, query = target.partition("?")
        done = int(query or 0)
        talk.send(answer(healthy()) if done == count else answer(status="302 Found", Location=f"{path}?{done + 1}"))

    return script


_FEED = healthy()
_CHUNKED = _headers(Transfer_Encoding="chunked") + b"\r\n\r\n"
_PAGE = b"<!DOCTYPE html><html><head><title>News</title></head><body><p>Hello</p></body></html>"
_CAPTCHA = b"<!DOCTYPE html><html><body>Please solve the captcha. Enable JavaScript to go on.</body></html>"
_ZEROS = bytes(80 * LIMIT)
_LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE rss [<!ENTITY outside SYSTEM "file:///etc/hostname">]>'
_SITEMAP = b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>'
_KOREAN = [item(1, title="한미 정상회담 개최"), item(2, title="북한 똠방각하 발표")]
_JAPANESE = [item(1, title="米朝首脳会談へ")]

FAULTS: tuple[Fault, ...] = (
    # time
    Fault("drip-status", "status line byte by byte", "deadline", lambda talk: talk.drip(answer(_FEED)), slow=True),
    Fault("drip-headers", "headers byte by byte", "deadline", _drip_after(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 999), slow=True),
    Fault("drip-body", "body byte by byte", "deadline", _drip_after(answer(length=len(_FEED)), _FEED), slow=True),
    Fault("drip-body-no-length", "body byte by byte, length unknown", "deadline", _drip_after(_headers() + b"\r\n\r\n", _FEED), slow=True),
    Fault("drip-chunk-line", "the length line of a chunk byte by byte", "deadline", _drip_after(_CHUNKED, b"0" * 999), slow=True),
    Fault("drip-gzip", "a compressed body byte by byte", "deadline", _drip_after(answer(length=9999, Content_Encoding="gzip"), zipped(_FEED)), slow=True),
    Fault("stall-headers", "no answer to the request", "deadline", _stall(b""), slow=True),
    Fault("stall-body", "headers, then silence", "deadline", _stall(answer(length=500)), slow=True),
    Fault("endless-continue", "100 Continue for ever", "deadline", _for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), slow=True),
    Fault("endless-trailers", "trailer lines for ever after the last chunk", "deadline", _for_ever(_CHUNKED + b"0\r\n", b"X: y\r\n" * 100), slow=True),
    Fault("endless-empty-gzip", "compressed blocks that hold nothing, for ever", "deadline", _for_ever(_headers(Content_Encoding="gzip") + b"\r\n\r\n" + b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\x00\x00\x00\xff\xff" * 100), slow=True),
    # size
    Fault("too-large", "a body over the limit", "too-large", says(answer(b" " * (LIMIT + 1)))),
    Fault("endless-body", "a body without end", "too-large", _for_ever(_headers() + b"\r\n\r\n", b" " * 65536)),
    Fault("gzip-bomb", "80 MiB of zeros in 80 KB of gzip", "too-large", says(answer(zipped(_ZEROS), Content_Encoding="gzip"))),
    Fault("double-gzip-bomb", "the same, compressed twice", "too-large", says(answer(zipped(_ZEROS, 2), Content_Encoding="gzip, gzip"))),
    Fault("double-gzip", "a feed compressed twice and declared so", "ok", says(answer(zipped(_FEED, 2), Content_Encoding="gzip, gzip")), entries=3),
    Fault("truncated-gzip", "the compressed body is cut off", "bad-encoding", says(answer(zipped(_FEED)[:-20], Content_Encoding="gzip"))),
    Fault("broken-gzip", "not gzip although declared", "bad-encoding", says(answer(_FEED, Content_Encoding="gzip"))),
    Fault("brotli", "an encoding we did not ask for", "bad-encoding", says(answer(b"\x0b\x02", Content_Encoding="br"))),
    Fault("many-encodings", "seven chained encodings", "bad-encoding", says(answer(_FEED, Content_Encoding=", ".join(["gzip"] * 7)))),
    Fault("short-body", "fewer bytes than Content-Length says", "connection-broken", says(answer(_FEED, length=len(_FEED) + 50))),
    Fault("short-chunk", "a chunk shorter than its length", "connection-broken", says(_CHUNKED + b"ffff\r\n" + _FEED)),
    Fault("many-headers", "150 header lines", "bad-response", says(_headers(**{f"X_{n}": "y" for n in range(150)}) + b"\r\n\r\n")),
    Fault("long-header", "a header line of 100 KB", "bad-response", says(_headers(X="y" * 100_000) + b"\r\n\r\n")),
    Fault("no-http", "an answer that is not HTTP", "bad-response", says(b"220 mail.example ESMTP\r\n\r\n")),
    # connection
    Fault("reset", "reset before an answer", "connection-broken", _reset_after(b"")),
    Fault("reset-body", "reset in the body", "connection-broken", _reset_after(answer(length=500))),
    Fault("hang-up", "closed without an answer", "connection-broken", says(b"")),
    # redirects
    Fault("circle", "redirects to itself", "redirect-loop", redirect("/circle")),
    Fault("six-hops", "six redirects", "redirect-loop", _hops(6)),
    Fault("five-hops", "five redirects", "ok", _hops(5), entries=3),
    Fault("to-private", "redirects to a private address", "refused-address", redirect("http://127.0.0.2/feed")),
    Fault("to-number", "redirects to a private address in disguise", "refused-address", redirect("http://2130706433/feed")),
    Fault("to-mapped", "redirects to a private address inside IPv6", "refused-address", redirect("http://[::ffff:10.0.0.1]/feed")),
    Fault("to-metadata", "redirects to the metadata service of clouds", "refused-address", redirect("http://169.254.169.254/latest/")),
    Fault("to-file", "redirects to a local file", "bad-url", redirect("file:///etc/passwd")),
    Fault("to-backslash", "redirects to an address with a backslash", "bad-url", redirect("http://127.0.0.1\\@news.example/")),
    Fault("to-long", "redirects to an address of 5,000 characters", "bad-url", redirect("/" + "x" * 5000)),
    Fault("to-html", "redirects to a web page", "not-a-feed", redirect("/html")),
    Fault("to-nowhere", "a redirect without a target", "unexpected-status", says(answer(status="302 Found"))),
    # what is no feed
    Fault("html", "status 200 with a web page", "not-a-feed", says(answer(_PAGE, kind="text/html"))),
    Fault("empty", "status 200 with no body", "empty-body", says(answer())),
    Fault("blank", "status 200 with blanks", "empty-body", says(answer(b" \n\n "))),
    Fault("captcha", "status 200 with a challenge", "challenge", says(answer(_CAPTCHA, kind="text/html"))),
    Fault("json", "JSON that is no feed", "not-a-feed", says(answer(b'{"error": "no"}', kind="application/json"))),
    Fault("text", "a line of text", "not-a-feed", says(answer(b"Service is down", kind="text/plain"))),
    Fault("local-path", "a body that is the path of a local file", "not-a-feed", says(answer(__file__.encode()))),
    Fault("binary", "a picture", "not-a-feed", says(answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), kind="image/png"))),
    Fault("laughs", "a billion laughs", "ok", says(answer(rss([item(1, title="x")], prolog=_LAUGHS).replace(b"<title>x", b"<title>&j;")))),
    Fault("outside-entity", "an entity that names a local file", "ok", says(answer(rss([item(1, title="x")], prolog=_OUTSIDE).replace(b"<title>x", b"<title>&outside;")))),
    Fault("sitemap-entity", "a sitemap that declares entities", "not-a-feed", says(answer(_SITEMAP)), detail="entities"),
    Fault("nested", "20,000 elements inside each other", "not-a-feed", says(answer(b"<a>" * 20_000))),
    # statuses
    Fault("unasked-304", "304 to a request without conditions", "unexpected-status", says(answer(status="304 Not Modified"))),
    Fault("no-content", "status 204", "unexpected-status", says(b"HTTP/1.1 204 No Content\r\n\r\n")),
    Fault("401", "status 401", "refused", says(answer(status="401 Unauthorized"))),
    Fault("403", "status 403", "refused", says(answer(status="403 Forbidden"))),
    Fault("challenge-403", "status 403 with a challenge", "challenge", says(answer(_PAGE, status="403 Forbidden", cf_mitigated="challenge"))),
    Fault("404", "status 404", "not-found", says(answer(status="404 Not Found"))),
    Fault("410", "status 410", "gone", says(answer(status="410 Gone"))),
    Fault("418", "another status of the 400s", "client-error", says(answer(status="418 I'm a teapot"))),
    Fault("429-seconds", "status 429, wait in seconds", "rate-limited", says(answer(status="429 Too Many Requests", Retry_After="7200"))),
    Fault("429-date", "status 429, wait until a date", "rate-limited", says(answer(status="429 Too Many Requests", Retry_After="Mon, 25 Aug 2025 12:00:00 GMT", Date="Mon, 25 Aug 2025 10:00:00 GMT"))),
    Fault("500", "status 500", "server-error", says(answer(status="500 Internal Server Error"))),
    Fault("503", "status 503", "unavailable", says(answer(status="503 Service Unavailable"))),
    Fault("503-bomb", "status 503 with a compressed bomb as its page", "unavailable", says(answer(zipped(_ZEROS), status="503 Service Unavailable", Content_Encoding="gzip"))),
    # text
    Fault("euc-kr", "Korean in EUC-KR", "ok", says(answer(rss(_KOREAN[:1], encoding="euc-kr"))), entries=1),
    Fault("cp949", "Korean in CP949 declared as EUC-KR", "ok", says(answer(rss(_KOREAN, encoding="cp949", declared="euc-kr"))), entries=2),
    Fault("lying-utf-8", "Korean in CP949 declared as UTF-8", "ok", says(answer(rss(_KOREAN, encoding="cp949", declared="utf-8"))), entries=2, detail="written in cp949"),
    Fault("lying-header", "UTF-8 with a header that says Latin-1", "ok", says(answer(rss(_KOREAN), kind="text/xml; charset=iso-8859-1")), entries=2),
    Fault("shift-jis", "Japanese in Shift JIS", "ok", says(answer(rss(_JAPANESE, encoding="shift_jis"))), entries=1),
    Fault("unknown-charset", "a charset that does not exist", "ok", says(answer(rss(_KOREAN, declared="x-none"))), entries=2),
    Fault("nul-bytes", "NUL bytes in the text", "ok", says(answer(_FEED.replace(b"Headline", b"Head\x00line"))), entries=3, detail="control characters"),
    Fault("stray-ampersand", "not well-formed", "ok", says(answer(_FEED.replace(b"Headline", b"Head & line"))), entries=3, detail="not quite valid"),
    Fault("cut-off", "the document ends in the middle", "ok", says(answer(_FEED[:-120])), detail="not quite valid"),
    # entries
    Fault("many-items", "20,000 items", "ok", says(answer(rss(f"<item><title>{n}</title></item>" for n in range(20_000)))), entries=2000, detail="18000 entries over the cap"),
    Fault("no-items", "a feed without entries", "ok", says(answer(rss([]))), entries=0, detail="no entries"),
    Fault("undated", "items without dates", "ok", says(answer(rss(item(n, date=None) for n in range(3)))), entries=3, detail="3 undated"),
    Fault("one-date", "one date on every item", "ok", says(answer(rss(item(n, date="Mon, 25 Aug 2025 10:17:09 GMT") for n in range(5)))), entries=5, detail="one date"),
    Fault("future", "items dated next year", "ok", says(answer(rss(item(n, date=f"Tue, 25 Aug 2099 10:0{n}:00 GMT") for n in range(3)))), entries=3, detail="3 clamped"),
    Fault("repeated-guid", "one guid over different addresses", "ok", says(answer(rss(item(n, guid="same") for n in range(4)))), entries=4),
    Fault("no-guid", "no guids", "ok", says(answer(rss(item(n, guid=None) for n in range(4)))), entries=4),
)  # fmt: skip
