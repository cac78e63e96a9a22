"""Bodies whose bytes do not keep what their declared charset promises."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_USUAL = {
    "ko": ("cp949",), "ja": ("cp932", "euc_jp"), "zh": ("gb18030", "big5"), "en": ("cp1252",),
}  # fmt: skip
_WIDER = {
    "euc_kr": "cp949", "shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "iso8859_1": "cp1252",
}  # fmt: skip
"""What publishers really write under these names."""
_ILLEGAL = bytes(code for code in range(32) if code not in {0x09, 0x0A, 0x0D, 0x1B})
XML_UTF8 = "application/xml; charset=utf-8"


def readable(body: bytes, content_type: str, language: str) -> tuple[bytes, str, tuple[str, ...]]:
    """The body in UTF-8, a Content-Type that is true of it, and warnings.

    A body that is not what it is declared to be is tried as UTF-8 and then in the charsets usual in `language`.
    Control characters that XML forbids are removed.
    """
    wide = _wide(body)
    if wide:
        body = body.decode(wide, "replace").encode("utf-8", "replace")
    warnings: list[str] = []
    cleaned = body.translate(None, _ILLEGAL)
    if len(cleaned) != len(body):
        warnings.append(f"{len(body) - len(cleaned)} control characters removed")
    declared = "utf_8" if wide else _declared(cleaned, content_type)
    if cleaned.isascii() and declared in {"utf_8", "ascii"}:
        return cleaned, XML_UTF8, tuple(warnings)
    # Text in another charset is hardly ever valid UTF-8, so UTF-8 is tried first unless all bytes are ASCII (ISO-2022).
    first = () if cleaned.isascii() else ("utf_8",)
    for name in (*first, _WIDER.get(declared, declared), declared, *_USUAL.get(language, ())):
        text = _decode(cleaned, name)
        if text is not None:
            break
    else:
        name, text = declared, cleaned.decode(declared, "replace")
        warnings.append(f"not valid {declared}; some characters are lost")
    if name not in {declared, _WIDER.get(declared)}:
        warnings.append(f"declared as {declared}, but written in {name}")
    return text.encode("utf-8", "replace"), XML_UTF8, tuple(warnings)


def _wide(body: bytes) -> str | None:
    """UTF-32 or UTF-16, known by its mark or by the zeros around the first bracket."""
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return {b"\x00<": "utf-16-be", b"<\x00": "utf-16-le"}.get(body[:2])


def _declared(body: bytes, content_type: str) -> str:
    """The declared charset as Python names it, with underscores; utf_8 where nothing usable is declared."""
    if body.startswith(codecs.BOM_UTF8):
        return "utf_8"
    in_header = _IN_HEADER.search(content_type)
    in_document = _DECLARED.match(body)
    name = in_header[1] if in_header else in_document[1].decode("ascii") if in_document else "utf-8"
    try:
        found = codecs.lookup(name)
        b" ".decode(name, "replace")  # refuses codecs that are no charsets (hex, zip)
    except LookupError:
        return "utf_8"
    return "utf_8" if found.name.startswith(("utf-16", "utf-32")) else found.name.replace("-", "_")


def _decode(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
