"""Faults of time, size, connection, redirects and statuses."""

from __future__ import annotations

from fault_scripts import FEED, LIMIT, PAGE, SITEMAP, Fault, drip_after, for_ever, headers, hops, reset_after, stall
from fault_server import answer, redirect, says, zipped

_CHUNKED = headers(Transfer_Encoding="chunked") + b"\r\n\r\n"
_BOMB = zipped(bytes(30 * LIMIT))
_GZIP_START = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"

TRANSPORT_FAULTS: tuple[Fault, ...] = (
    # time
    Fault("drip-status", "status line byte by byte", "deadline", lambda talk: talk.drip(answer(FEED)), slow=True),
    Fault(
        "drip-headers",
        "headers byte by byte",
        "deadline",
        drip_after(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 999),
        slow=True,
    ),
    Fault("drip-body", "body byte by byte", "deadline", drip_after(answer(length=len(FEED)), FEED), slow=True),
    Fault(
        "drip-body-no-length",
        "body byte by byte, length unknown",
        "deadline",
        drip_after(headers() + b"\r\n\r\n", FEED),
        slow=True,
    ),
    Fault(
        "drip-chunk-line",
        "the length line of a chunk byte by byte",
        "deadline",
        drip_after(_CHUNKED, b"0" * 999),
        slow=True,
    ),
    Fault(
        "drip-gzip",
        "a compressed body byte by byte",
        "deadline",
        drip_after(answer(length=9999, Content_Encoding="gzip"), zipped(FEED)),
        slow=True,
    ),
    Fault("stall-headers", "no answer to the request", "deadline", stall(b""), slow=True),
    Fault("stall-body", "headers, then silence", "deadline", stall(answer(length=500)), slow=True),
    Fault(
        "endless-continue",
        "100 Continue for ever",
        "deadline",
        for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        slow=True,
    ),
    Fault(
        "endless-trailers",
        "trailer lines for ever after the last chunk",
        "deadline",
        for_ever(_CHUNKED + b"0\r\n", b"X: y\r\n" * 100),
        slow=True,
    ),
    Fault(
        "endless-empty-gzip",
        "compressed blocks that hold nothing, for ever",
        "deadline",
        for_ever(headers(Content_Encoding="gzip") + b"\r\n\r\n" + _GZIP_START, b"\x00\x00\x00\xff\xff" * 100),
        slow=True,
    ),
    # size
    Fault("too-large", "a body over the limit", "too-large", says(answer(b" " * (LIMIT + 1)))),
    Fault("endless-body", "a body without end", "too-large", for_ever(headers() + b"\r\n\r\n", b" " * 65536)),
    Fault(
        "gzip-bomb",
        "30 MiB of zeros in 30 KB of gzip",
        "too-large",
        says(answer(_BOMB, Content_Encoding="gzip")),
    ),
    Fault(
        "double-gzip-bomb",
        "the same, compressed twice",
        "too-large",
        says(answer(zipped(_BOMB), Content_Encoding="gzip, gzip")),
    ),
    Fault(
        "double-gzip",
        "a feed compressed twice and declared so",
        "ok",
        says(answer(zipped(FEED, 2), Content_Encoding="gzip, gzip")),
        entries=3,
    ),
    Fault(
        "gzip-file",
        "a feed stored as a gzip file",
        "ok",
        says(answer(zipped(FEED), kind="application/gzip")),
        entries=3,
    ),
    Fault(
        "gzip-file-encoded",
        "the same, declared as an encoding too but sent once",
        "ok",
        says(answer(zipped(FEED), kind="application/x-gzip", Content_Encoding="gzip")),
        entries=3,
    ),
    Fault(
        "gzip-sitemap",
        "a news sitemap as a gzip file",
        "ok",
        says(answer(zipped(SITEMAP), kind="application/octet-stream")),
        entries=1,
    ),
    Fault(
        "gzip-file-bomb", "a gzip file of 30 MiB of zeros", "too-large", says(answer(_BOMB, kind="application/gzip"))
    ),
    Fault(
        "gzip-file-cut",
        "a gzip file that is cut off",
        "bad-encoding",
        says(answer(zipped(FEED)[:-20], kind="application/gzip")),
    ),
    Fault(
        "gzip-file-twice",
        "a gzip file in a gzip file",
        "not-a-feed",
        says(answer(zipped(FEED, 2), kind="application/gzip")),
    ),
    Fault(
        "truncated-gzip",
        "the compressed body is cut off",
        "bad-encoding",
        says(answer(zipped(FEED)[:-20], Content_Encoding="gzip")),
    ),
    Fault("broken-gzip", "not gzip although declared", "bad-encoding", says(answer(FEED, Content_Encoding="gzip"))),
    Fault("brotli", "an encoding we did not ask for", "bad-encoding", says(answer(b"\x0b\x02", Content_Encoding="br"))),
    Fault(
        "many-encodings",
        "seven chained encodings",
        "bad-encoding",
        says(answer(FEED, Content_Encoding=", ".join(["gzip"] * 7))),
    ),
    Fault(
        "short-body",
        "fewer bytes than Content-Length says",
        "connection-broken",
        says(answer(FEED, length=len(FEED) + 50)),
    ),
    Fault("short-chunk", "a chunk shorter than its length", "connection-broken", says(_CHUNKED + b"ffff\r\n" + FEED)),
    Fault(
        "many-headers",
        "150 header lines",
        "bad-response",
        says(headers(**{f"X_{n}": "y" for n in range(150)}) + b"\r\n\r\n"),
    ),
    Fault("long-header", "a header line of 100 KB", "bad-response", says(headers(X="y" * 100_000) + b"\r\n\r\n")),
    Fault("no-http", "an answer that is not HTTP", "bad-response", says(b"220 mail.example ESMTP\r\n\r\n")),
    # connection
    Fault("reset", "reset before an answer", "connection-broken", reset_after(b"")),
    Fault("reset-body", "reset in the body", "connection-broken", reset_after(answer(length=500))),
    Fault("hang-up", "closed without an answer", "connection-broken", says(b"")),
    # redirects
    Fault("circle", "redirects to itself", "redirect-loop", redirect("/circle")),
    Fault("six-hops", "six redirects", "redirect-loop", hops(6)),
    Fault("five-hops", "five redirects", "ok", hops(5), entries=3),
    Fault("to-private", "redirects to a private address", "refused-address", redirect("http://127.0.0.2/feed")),
    Fault(
        "to-number", "redirects to a private address in disguise", "refused-address", redirect("http://2130706433/feed")
    ),
    Fault(
        "to-mapped",
        "redirects to a private address inside IPv6",
        "refused-address",
        redirect("http://[::ffff:10.0.0.1]/feed"),
    ),
    Fault(
        "to-metadata",
        "redirects to the metadata service of clouds",
        "refused-address",
        redirect("http://169.254.169.254/latest/"),
    ),
    Fault("to-file", "redirects to a local file", "bad-url", redirect("file:///etc/passwd")),
    Fault(
        "to-backslash",
        "redirects to an address with a backslash",
        "bad-url",
        redirect("http://127.0.0.1\\@news.example/"),
    ),
    Fault("to-long", "redirects to an address of 5,000 characters", "bad-url", redirect("/" + "x" * 5000)),
    Fault("to-html", "redirects to a web page", "not-a-feed", redirect("/html")),
    Fault("to-nowhere", "a redirect without a target", "unexpected-status", says(answer(status="302 Found"))),
    # statuses
    Fault(
        "unasked-304",
        "304 to a request without conditions",
        "unexpected-status",
        says(answer(status="304 Not Modified")),
    ),
    Fault("no-content", "status 204", "unexpected-status", says(b"HTTP/1.1 204 No Content\r\n\r\n")),
    Fault("401", "status 401", "refused", says(answer(status="401 Unauthorized"))),
    Fault("403", "status 403", "refused", says(answer(status="403 Forbidden"))),
    Fault(
        "challenge-403",
        "status 403 with a challenge",
        "challenge",
        says(answer(PAGE, status="403 Forbidden", cf_mitigated="challenge")),
    ),
    Fault("404", "status 404", "not-found", says(answer(status="404 Not Found"))),
    Fault("410", "status 410", "gone", says(answer(status="410 Gone"))),
    Fault("418", "another status of the 400s", "client-error", says(answer(status="418 I'm a teapot"))),
    Fault(
        "429-seconds",
        "status 429, wait in seconds",
        "rate-limited",
        says(answer(status="429 Too Many Requests", Retry_After="7200")),
    ),
    Fault(
        "429-date",
        "status 429, wait until a date",
        "rate-limited",
        says(
            answer(
                status="429 Too Many Requests",
                Retry_After="Mon, 25 Aug 2025 12:00:00 GMT",
                Date="Mon, 25 Aug 2025 10:00:00 GMT",
            )
        ),
    ),
    Fault("500", "status 500", "server-error", says(answer(status="500 Internal Server Error"))),
    Fault("503", "status 503", "unavailable", says(answer(status="503 Service Unavailable"))),
    Fault(
        "503-bomb",
        "status 503 with a compressed bomb as its page",
        "unavailable",
        says(answer(_BOMB, status="503 Service Unavailable", Content_Encoding="gzip")),
    ),
)
