"""The public address of the pages, by which messages link to a development."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitors.definition.load import load_monitor
from monitors.definition.model import Browse
from monitors.errors import MonitorFileError

GLACIER = Path(__file__).parent.parent / "monitors_for_tests" / "glacier-talks.yaml"


def with_address(folder: Path, url: str) -> Path:
    path = folder / "monitor.yaml"
    path.write_text(f"{GLACIER.read_text('utf-8')}\nbrowse:\n  url: {url}\n", "utf-8")
    return path


@pytest.mark.parametrize("url", ["https://archive.example", "https://Archive.example/", "http://127.0.0.1:8765"])
def test_the_address_of_a_development_leads_to_its_page(tmp_path: Path, browsing: Any, url: str) -> None:
    browse = load_monitor(with_address(tmp_path, url)).browse
    address = browse.page_of(2)
    assert address == f"{url.rstrip('/')}/developments/2"
    served = browsing(hosts=(browse.host(),))
    host = url.rstrip("/").partition("//")[2]
    assert served.get(address.removeprefix(url.rstrip("/")), headers={"Host": host}).status_code == 200


def test_without_an_address_there_is_no_link() -> None:
    assert load_monitor(GLACIER).browse == Browse()
    assert (Browse().page_of(2), Browse().host()) == (None, None)


@pytest.mark.parametrize(
    "url", ["archive.example", "ftp://a.example", "https://a.example/wire", "https://me@a.example", "'https://a b'"]
)
def test_an_address_that_leads_nowhere_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(MonitorFileError, match=r"browse\.url"):
        load_monitor(with_address(tmp_path, url))
