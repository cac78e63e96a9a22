"""The demo stream: dated documents in order, with publishers and addresses that do not exist."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitors.definition.load import shipped_monitor_path

STREAM = shipped_monitor_path().parent / "demo" / "stream.jsonl"


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for line in STREAM.read_text(encoding="utf-8").splitlines()]


def test_documents_come_in_order_of_time(documents: list[dict[str, Any]]) -> None:
    times = [datetime.fromisoformat(document["published"]) for document in documents]
    assert times == sorted(times)
    assert all(moment.tzinfo is not None for moment in times)


def test_every_document_has_the_fields_of_a_replay(documents: list[dict[str, Any]]) -> None:
    assert all(set(document) == {"id", "published", "source", "lang", "url", "title", "text"} for document in documents)
    assert len({document["id"] for document in documents}) == len(documents) == 159


def test_no_address_can_exist(documents: list[dict[str, Any]]) -> None:
    assert all((urlsplit(document["url"]).hostname or "").endswith(".example") for document in documents)
