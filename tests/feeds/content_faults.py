"""Faults of what is in the body: no feeds, charsets, entries."""

from __future__ import annotations

from documents import item, rss
from fault_scripts import FEED, PAGE, Fault
from fault_server import answer, says

_CAPTCHA = b"<!DOCTYPE html><html><body>Please solve the captcha. Enable JavaScript to go on.</body></html>"
_LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE rss [<!ENTITY outside SYSTEM "file:///etc/hostname">]>'
_SITEMAP = b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "b">]><urlset></urlset>'
_KOREAN = [item(1, title="한미 정상회담 개최"), item(2, title="북한 똠방각하 발표")]
_JAPANESE = [item(1, title="米朝首脳会談へ")]

CONTENT_FAULTS: tuple[Fault, ...] = (
    # what is no feed
    Fault("html", "status 200 with a web page", "not-a-feed", says(answer(PAGE, kind="text/html"))),
    Fault("empty", "status 200 with no body", "empty-body", says(answer())),
    Fault("blank", "status 200 with blanks", "empty-body", says(answer(b" \n\n "))),
    Fault("captcha", "status 200 with a challenge", "challenge", says(answer(_CAPTCHA, kind="text/html"))),
    Fault("json", "JSON that is no feed", "not-a-feed", says(answer(b'{"error": "no"}', kind="application/json"))),
    Fault("text", "a line of text", "not-a-feed", says(answer(b"Service is down", kind="text/plain"))),
    Fault("local-path", "a body that is the path of a local file", "not-a-feed", says(answer(__file__.encode()))),
    Fault(
        "binary", "a picture", "not-a-feed", says(answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), kind="image/png"))
    ),
    Fault(
        "laughs",
        "a billion laughs",
        "not-a-feed",
        says(answer(rss([item(1, title="x")], prolog=_LAUGHS).replace(b"<title>x", b"<title>&j;"))),
        detail="entities",
    ),
    Fault(
        "outside-entity",
        "an entity that names a local file",
        "ok",
        says(answer(rss([item(1, title="x")], prolog=_OUTSIDE).replace(b"<title>x", b"<title>&outside;"))),
    ),
    Fault(
        "sitemap-entity", "a sitemap that declares entities", "not-a-feed", says(answer(_SITEMAP)), detail="entities"
    ),
    Fault("nested", "300,000 elements inside each other", "too-large", says(answer(b"<a>" * 300_000))),
    # text
    Fault("euc-kr", "Korean in EUC-KR", "ok", says(answer(rss(_KOREAN[:1], encoding="euc-kr"))), entries=1),
    Fault(
        "cp949",
        "Korean in CP949 declared as EUC-KR",
        "ok",
        says(answer(rss(_KOREAN, encoding="cp949", declared="euc-kr"))),
        entries=2,
    ),
    Fault(
        "lying-utf-8",
        "Korean in CP949 declared as UTF-8",
        "ok",
        says(answer(rss(_KOREAN, encoding="cp949", declared="utf-8"))),
        entries=2,
        detail="written in cp949",
    ),
    Fault(
        "lying-header",
        "UTF-8 with a header that says Latin-1",
        "ok",
        says(answer(rss(_KOREAN), kind="text/xml; charset=iso-8859-1")),
        entries=2,
    ),
    Fault("shift-jis", "Japanese in Shift JIS", "ok", says(answer(rss(_JAPANESE, encoding="shift_jis"))), entries=1),
    Fault(
        "unknown-charset",
        "a charset that does not exist",
        "ok",
        says(answer(rss(_KOREAN, declared="x-none"))),
        entries=2,
    ),
    Fault(
        "nul-bytes",
        "NUL bytes in the text",
        "ok",
        says(answer(FEED.replace(b"Headline", b"Head\x00line"))),
        entries=3,
        detail="control characters",
    ),
    Fault(
        "stray-ampersand",
        "not well-formed",
        "ok",
        says(answer(FEED.replace(b"Headline", b"Head & line"))),
        entries=3,
        detail="not quite valid",
    ),
    Fault("cut-off", "the document ends in the middle", "ok", says(answer(FEED[:-120])), detail="not quite valid"),
    # entries
    Fault(
        "many-items",
        "20,000 items",
        "ok",
        says(answer(rss(f"<item><title>{n}</title></item>" for n in range(20_000)))),
        entries=2000,
        detail="18000 entries over the cap",
    ),
    Fault("no-items", "a feed without entries", "ok", says(answer(rss([]))), entries=0, detail="no entries"),
    Fault(
        "undated",
        "items without dates",
        "ok",
        says(answer(rss(item(n, date=None) for n in range(3)))),
        entries=3,
        detail="3 undated",
    ),
    Fault(
        "one-date",
        "one date on every item",
        "ok",
        says(answer(rss(item(n, date="Mon, 25 Aug 2025 10:17:09 GMT") for n in range(5)))),
        entries=5,
        detail="one date",
    ),
    Fault(
        "future",
        "items dated next year",
        "ok",
        says(answer(rss(item(n, date=f"Tue, 25 Aug 2099 10:0{n}:00 GMT") for n in range(3)))),
        entries=3,
        detail="3 clamped",
    ),
    Fault(
        "repeated-guid",
        "one guid over different addresses",
        "ok",
        says(answer(rss(item(n, guid="same") for n in range(4)))),
        entries=4,
    ),
    Fault("no-guid", "no guids", "ok", says(answer(rss(item(n, guid=None) for n in range(4)))), entries=4),
)
