"""One form for the many addresses of one article."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from courlan import clean_url

_HOST_PREFIX = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_PATH = re.compile(r"/amp/?$|\.amp(?=\.html?$)|(?<=\.)amp\.(?=html?$)")
_AMP_QUERY = frozenset({"amp", "outputtype"})
_FEED_QUERY = frozenset({"oc", "cmp", "ocid", "ito", "ns_mchannel", "ns_campaign", "rss", "feedtype", "feedname"})
_IDENTITY = re.compile(r"(?i)^(?:cid|eid|uid|clid)$")
_ROUNDS = 8


def canonical_url(url: str) -> str:
    """The address by which an article is recognised, not one to be fetched.

    Scheme https, host in lower case without `www.` or `m.`, no fragment, no tracking parameters (courlan's list), the
    rest of the query sorted, no AMP variant, no slash at the end. Anything that is no http address comes back as it is,
    without the space around it. Idempotent.
    """
    text = url.strip()
    for _ in range(_ROUNDS):
        simpler = _simplified(text)
        if simpler == text:
            break
        text = simpler
    return text


def _simplified(url: str) -> str:
    if not url[:8].lower().startswith(("http://", "https://")):
        return url
    cleaned = clean_url(_without_fragment(url))
    if cleaned is None:
        return url
    try:
        parts = urlsplit(cleaned)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if not host:
        return url
    host = _HOST_PREFIX.sub("", host.rstrip("."))
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = _AMP_PATH.sub("", parts.path)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=False)
        if name.lower() not in _AMP_QUERY and name.lower() not in _FEED_QUERY
    ]
    kept += _identities(url, path, kept)
    return urlunsplit(("https", host, path.rstrip("/"), urlencode(sorted(kept)), ""))


def _identities(url: str, path: str, kept: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Parameters that look like trackers but name the article, because nothing else in the address does."""
    if kept or any(character.isdigit() for character in path) or path.count("-") > 2:
        return []
    return [(name, value) for name, value in parse_qsl(urlsplit(url).query) if _IDENTITY.match(name) and value]


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
