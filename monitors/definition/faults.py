"""From pydantic's errors to lines an analyst can act on: `file:line: key.path: what was expected (got …)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitors.definition.document import Document
from monitors.definition.problems import PartError, Place, did_you_mean

_TYPES = {
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date as YYYY-MM-DD",
    "date_parsing": "a date as YYYY-MM-DD",
    "date_from_datetime_parsing": "a date as YYYY-MM-DD",
    "date_from_datetime_inexact": "a date as YYYY-MM-DD",
}
_PATTERNS = {
    r"^https?://": "an address that begins with http:// or https://",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "lower case words and digits joined by -",
    r"^[1-9][0-9]{0,3}[hd]$": "hours or days, as 6h or 2d",
}


def describe(error: ValidationError, document: Document, model: type[BaseModel]) -> list[str]:
    """One line for each fault, in the order of the file."""
    schema = model.model_json_schema()
    lines: dict[str, int] = {}
    for details in error.errors(include_url=False):
        for place, text in _faults(details, schema):
            # A missing key has no line of its own; the line of the part it belongs in is the nearest.
            line = document.line(place)
            lines.setdefault(f"{document.path}:{line}: {_key_path(place, document)}{text}", line)
    return [text for text, _ in sorted(lines.items(), key=lambda item: item[1])]


def _faults(details: ErrorDetails, schema: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    place = _real_place(details["loc"], schema)
    raised = details.get("ctx", {}).get("error")
    if isinstance(raised, PartError):
        for problem in raised.problems:
            yield (*place, *problem.at), problem.text
        return
    if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
        return  # pydantic counts only the items that are right; those that are not have their own lines
    yield place, _text(details, place, schema)


def _text(details: ErrorDetails, place: Place, schema: Mapping[str, Any]) -> str:
    kind, got, context = details["type"], details["input"], details.get("ctx", {})
    if kind == "missing":
        meaning = _schema_at(schema, place).get("description")
        return f"is missing{f' ({meaning})' if meaning else ''}"
    if kind == "extra_forbidden":
        known = list(_schema_at(schema, details["loc"][:-1]).get("properties", {}))
        return "unknown key" + (did_you_mean(place[-1], known) or f"; expected one of {', '.join(known)}")
    if kind == "invalid_key":
        return f"expected text as the key{_got(got)}; put it in quotes"
    if kind == "literal_error":
        wanted = str(context["expected"])
        return f"expected {wanted}{_got(got)}{did_you_mean(got, wanted.split(chr(39))[1::2])}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        wanted = str(context.get("expected_tags", "'terminal', 'file'"))
        given = context.get("tag")
        return f"type: expected one of {wanted} (got {given!r})" if given else "type is missing"
    if kind == "string_pattern_mismatch":
        return f"expected {_PATTERNS.get(str(context['pattern']), 'text like ' + str(context['pattern']))}{_got(got)}"
    if kind == "string_too_short":
        return "expected text, not nothing"
    if kind == "string_too_long":
        return f"expected at most {context['max_length']} characters (got {len(str(got))})"
    if kind == "too_short":
        return f"expected at least {context['min_length']} in the list (got {context['actual_length']})"
    if kind == "value_error":
        return str(context.get("error", details["msg"]))
    if kind in _TYPES:
        plain = isinstance(got, bool | int | float)
        quotes = "; put it in quotes" if kind == "string_type" and plain else ""
        return f"expected {_TYPES[kind]}{_got(got)}{quotes}"
    return details["msg"].replace("Input should be", "expected a number") + _got(got)


def _got(value: Any) -> str:
    if value is None:
        return " (got nothing)"
    if isinstance(value, bool):
        return f" (got {str(value).lower()}, which YAML reads from yes, no, on, off, true, false)"
    if isinstance(value, dict):
        return " (got keys with values)"
    if isinstance(value, list | tuple):
        return " (got a list)"
    shown = repr(value) if isinstance(value, str) else f"the number {value}"
    return f" (got {shown if len(shown) <= 60 else shown[:57] + '…'})"


def _key_path(place: Place, document: Document) -> str:
    """`entities[ada].names.en[2]: `; items are named by their id, others counted from 1."""
    out = ""
    for depth, step in enumerate(place):
        if isinstance(step, str) or isinstance(document.value(place[:depth]), dict):
            out += f".{step}" if out else str(step)
            continue
        item = document.value(place[: depth + 1])
        name = item.get("id") if isinstance(item, dict) else None
        out += f"[{name if isinstance(name, str) else step + 1}]"
    return f"{out}: " if out else ""


def _real_place(location: Place, schema: Mapping[str, Any]) -> Place:
    """`location` without what pydantic adds to it: the tag of a union, the mark of a key."""
    place: list[str | int] = []
    for step in location:
        if step == "[key]":
            continue
        here = _schema_at(schema, tuple(place))
        if isinstance(step, str) and step in here.get("discriminator", {}).get("mapping", {}):
            continue
        place.append(step)
    return tuple(place)


def _schema_at(schema: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    """The JSON Schema of the value at `place` (or at pydantic's location, with tags); empty where it says nothing."""
    here = _resolved(schema, schema)
    for step in place:
        tagged = here.get("discriminator", {}).get("mapping", {})
        if isinstance(step, int):
            below = here.get("items", {})
        elif step in tagged:
            below = {"$ref": tagged[step]}
        else:
            branches = [_resolved(branch, schema) for branch in here.get("oneOf", here.get("anyOf", [])) or [here]]
            below = next(
                (branch["properties"][step] for branch in branches if step in branch.get("properties", {})),
                here.get("additionalProperties") or {},
            )
        here = _resolved(below, schema) if isinstance(below, dict) else {}
    return here


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    some = [branch for branch in part.get("anyOf", ()) if branch.get("type") != "null"]
    if len(some) == 1:  # a part that may be left out
        return {**_resolved(some[0], schema), **{key: value for key, value in part.items() if key != "anyOf"}}
    if "$ref" not in part:
        return part
    target: Mapping[str, Any] = schema
    for name in str(part["$ref"]).removeprefix("#/").split("/"):
        target = target[name]
    return {**target, **{key: value for key, value in part.items() if key != "$ref"}}
