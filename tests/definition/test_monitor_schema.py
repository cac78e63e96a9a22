"""The JSON Schema for editors: current, and the shipped monitor fits it."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from monitors.definition.document import read_document
from monitors.definition.load import shipped_monitor_path
from monitors.definition.schema import monitor_schema, schema_text, write_schema

GLACIER = Path(__file__).resolve().parent.parent / "monitors_for_tests" / "glacier-talks.yaml"


def test_the_schema_file_is_current() -> None:
    shipped = shipped_monitor_path().with_name("monitor.schema.json")
    assert shipped.read_text(encoding="utf-8") == schema_text()


def test_the_schema_can_be_written(tmp_path: Path) -> None:
    write_schema(tmp_path / "s.json")
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(monitor_schema())
    assert monitor_schema()["title"] == "Wirewatch monitor file"


@pytest.mark.parametrize("path", [shipped_monitor_path(), GLACIER], ids=["shipped", "glacier"])
def test_monitors_fit_the_schema(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(monitor_schema())
    assert [error.message for error in validator.iter_errors(read_document(path).data)] == []


def test_the_schema_refuses_an_unknown_key() -> None:
    data = {**read_document(GLACIER).data, "feedz": []}
    with pytest.raises(jsonschema.ValidationError, match="feedz"):
        jsonschema.validate(data, monitor_schema())


def test_the_shipped_monitor_tells_editors_where_its_schema_is() -> None:
    first = shipped_monitor_path().read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=monitor.schema.json"
