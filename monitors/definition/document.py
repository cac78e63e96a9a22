"""Reading YAML so that every value knows its line. Duplicate keys are faults; dates stay text for the model to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from monitors.definition.problems import Place
from monitors.errors import MonitorFileError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time: the C parser is ten times as fast
    """YAML's safe loader without timestamps: `2025-02-30` would end in an error that names no line."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Document:
    """`data` as plain dicts and lists, and the nodes it was made of."""

    path: Path
    data: Any
    root: yaml.Node

    def line(self, place: Place) -> int:
        """The line (from 1) of the key or item at `place`, or of the nearest thing above it that exists."""
        node, line = self.root, self.root.start_mark.line
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line + 1

    def value(self, place: Place) -> Any:
        """The plain value at `place`; None where there is none."""
        value = self.data
        for step in place:
            in_dict = isinstance(value, dict) and step in value
            in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
            if not (in_dict or in_list):
                return None
            value = value[step]
        return value


def read_document(path: Path) -> Document:
    """Read the YAML file at `path`.

    Raises MonitorFileError when it cannot be read, is not UTF-8, is not one YAML document, or has a key twice.
    """
    text = _read_text(path)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise MonitorFileError(path, [f"{path}:1: the file is empty; expected a monitor (version, id, title, …)"])
        twice = [f"{path}:{line + 1}: {key}: key is given twice in one place" for key, line in _duplicates(root)]
        if twice:
            raise MonitorFileError(path, twice)
        data = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise MonitorFileError(path, [_not_yaml(path, error)]) from error
    except RecursionError as error:
        raise MonitorFileError(path, [f"{path}: nested too deeply, or a part that contains itself"]) from error
    except ValueError as error:
        raise MonitorFileError(path, [f"{path}: not YAML: {error}"]) from error
    finally:
        loader.dispose()
    return Document(path, data, root)


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise MonitorFileError(path, [f"{path}: no such file"]) from error
    except IsADirectoryError as error:
        raise MonitorFileError(path, [f"{path}: is a directory; name the monitor file in it"]) from error
    except OSError as error:
        raise MonitorFileError(path, [f"{path}: cannot be read: {error.strerror or error}"]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"{path}:{line}: not UTF-8 (byte 0x{raw[error.start]:02x}); save the file as UTF-8"
        raise MonitorFileError(path, [problem]) from error


def _not_yaml(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = " ".join(str(part) for part in (getattr(error, "context", None), getattr(error, "problem", None)) if part)
    where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
    return f"{where}: not YAML: {what or ' '.join(str(error).split())}"


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item.start_mark.line
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line
    return None


def _duplicates(root: yaml.Node) -> Iterator[tuple[str, int]]:
    """Keys that one mapping has twice, with the line (from 0) of the second."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        children: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            keys: set[tuple[str, str]] = set()
            for key, value in node.value:
                children.append(value)
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if (key.tag, key.value) in keys:
                    yield key.value, key.start_mark.line
                keys.add((key.tag, key.value))
        elif isinstance(node, yaml.SequenceNode):
            children = node.value
        for child in reversed(children):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
