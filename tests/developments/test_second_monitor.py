"""A second monitor, written by file alone, against its labelled stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from monitors.definition.kinds import STATUSES
from monitors.definition.load import load_monitor
from monitors.definition.model import Monitor
from monitors.ingest.documents import read_documents
from monitors.ingest.replay import Replay

ROOT = Path(__file__).resolve().parents[2]
MONITOR = ROOT / "seeds" / "russia-ukraine.yaml"
STREAM = ROOT / "tests" / "streams" / "russia-ukraine"
LEAST_PRECISION = 0.92
LEAST_RECALL = 0.80


@pytest.fixture(scope="module")
def monitor() -> Monitor:
    return load_monitor(MONITOR)


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = json.loads((STREAM / "gold.json").read_text("utf-8"))
    return labels


@pytest.fixture(scope="module")
def copies() -> list[list[str]]:
    groups: list[list[str]] = json.loads((STREAM / "duplicates.json").read_text("utf-8"))
    return groups


@pytest.fixture(scope="module")
def replayed(monitor: Monitor) -> tuple[list[dict[str, Any]], list[list[str]]]:
    """The developments and the copy groups that a replay of the stream finds."""
    replay = Replay(monitor)
    raised = [dict(one.line()) for one in replay.raise_for(read_documents([str(STREAM / "docs.jsonl")]))]
    groups = [list(group) for group in replay.groups()]
    replay.close()
    return raised, groups


def right(raised: list[dict[str, Any]], gold: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What was raised beside the label it meets: same situation and status, at a document that reports it, once."""
    open_labels, pairs = list(gold), []
    for one in raised:
        for label in open_labels:
            same = (one["situation"], one["status"]) == (label["situation"], label["status"])
            if same and one["doc"] in (label["doc"], *label["also"]):
                open_labels.remove(label)
                pairs.append((one, label))
                break
    return pairs


def test_what_it_raises_is_labelled_and_most_labels_are_raised(
    replayed: tuple[list[dict[str, Any]], list[list[str]]], gold: list[dict[str, Any]]
) -> None:
    raised, _ = replayed
    pairs = right(raised, gold)
    matched = [one for one, _ in pairs]
    wrong = [(one["doc"], one["situation"], one["status"]) for one in raised if one not in matched]
    assert len(pairs) >= LEAST_PRECISION * len(raised), wrong
    met = [label for _, label in pairs]
    missed = [(label["doc"], label["situation"], label["status"]) for label in gold if label not in met]
    assert len(pairs) >= LEAST_RECALL * len(gold), missed


def test_every_situation_rings_at_the_first_document_that_reports_it(
    replayed: tuple[list[dict[str, Any]], list[list[str]]], gold: list[dict[str, Any]], monitor: Monitor
) -> None:
    prompt = {one["situation"] for one, label in right(replayed[0], gold) if one["doc"] == label["doc"]}
    assert prompt == {situation.id for situation in monitor.situations}


def test_every_labelled_copy_is_found(
    replayed: tuple[list[dict[str, Any]], list[list[str]]], copies: list[list[str]]
) -> None:
    found = [set(group) for group in replayed[1]]
    assert [group for group in copies if not any(set(group) <= one for one in found)] == []


def test_the_labels_fit_the_stream_and_the_monitor(gold: list[dict[str, Any]], monitor: Monitor) -> None:
    documents = [json.loads(line) for line in (STREAM / "docs.jsonl").read_text("utf-8").splitlines()]
    order = {document["id"]: number for number, document in enumerate(documents)}
    assert [document["published"] for document in documents] == sorted(document["published"] for document in documents)
    assert all(str(urlsplit(document["url"]).hostname).endswith(".example") for document in documents)
    kinds = {situation.id: situation.kind for situation in monitor.situations}
    for label in gold:
        assert label["status"] in STATUSES[kinds[label["situation"]]], label
        assert all(order[label["doc"]] < order[later] for later in label["also"]), label
