"""Decompression of a response body in small steps, so that a bomb never fills the memory and a cut-off is seen."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

_STEP = 65536
_LAYERS = 3
_GZIP = b"\x1f\x8b\x08"
"""How a gzip file begins (RFC 1952: its mark and the one method there is); no feed or page does."""


class DecodingError(Exception):
    """The body does not decompress, ends too early, or uses an encoding that was not asked for."""


def decoded(pieces: Iterable[bytes], content_encoding: str | None) -> Iterator[bytes]:
    """The pieces after undoing `Content-Encoding`, each at most 64 KiB larger than what came in.

    Raises DecodingError, at the first piece for an unknown encoding and at the end for a body that is cut off.
    """
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    layers = [name for name in names if name not in {"", "identity"}]
    if len(layers) > _LAYERS:
        raise DecodingError(f"{len(layers)} chained encodings")
    stream: Iterable[bytes] = pieces
    for name in reversed(layers):
        if name not in {"gzip", "x-gzip", "deflate"}:
            raise DecodingError(f"encoding {name[:40]!r}, which was not asked for")
        stream = _inflate(stream, name)
    return iter(stream)


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, decompressed if they are a gzip file: sitemaps and dumps of feeds are stored as such (`.xml.gz`).

    A file inside the file stays as it is. Raises DecodingError as `decoded` does.
    """
    waiting = iter(pieces)
    start = b""
    while len(start) < len(_GZIP) and (piece := next(waiting, b"")):
        start += piece
    stream = chain([start] if start else [], waiting)
    return _inflate(stream, "gzip") if start.startswith(_GZIP) else stream


def _inflate(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    wbits = 15 if name == "deflate" else 31
    engine = zlib.decompressobj(wbits)
    started = False
    for piece in pieces:
        data = piece
        while data:
            try:
                out = engine.decompress(data, _STEP)
            except zlib.error as error:
                if name == "deflate" and not started:  # some servers send deflate without the zlib header
                    engine = zlib.decompressobj(-15)
                    started = True
                    continue
                raise DecodingError(f"{name}: {error}") from None
            started = True
            if out:
                yield out
            data = engine.unconsumed_tail
            if engine.eof:
                rest = engine.unused_data
                if not rest.startswith(b"\x1f\x8b"):
                    return  # padding after the end is ignored, as browsers do
                engine, data = zlib.decompressobj(wbits), rest
    while started and not engine.eof:
        out = engine.decompress(engine.unconsumed_tail, _STEP)
        if not out:
            raise DecodingError(f"{name}: the body is cut off")
        yield out
