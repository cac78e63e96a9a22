"""What an analyst does, in a real browser: by links, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitors.browse.pages import PAGES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (apt install chromium)"),
    pytest.mark.skipif(importlib.util.find_spec("playwright") is None, reason="Playwright is not installed"),
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
SITUATION = "/situations/glacier-talks/brunnick-saal-meeting"
PLACES = [page.path.replace("{id:number}", "2") for page in PAGES if "{situation}" not in page.path]
PLACES += [SITUATION, "/articles/1", "/search?q=summit"]
HOSTILE = (
    "/now", "/developments", "/alerts", "/sources", "/runs", "/search", "/calendar", "/articles/4", "/articles/5",
    "/developments/3", "/sources/3", SITUATION,
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(archive_file: Path, screenshots: Any) -> Iterator[str]:
    with screenshots.serving(
        archive_file, "--allow-actions", "--monitor", screenshots.ROOT / "tests/monitors_for_tests/glacier-talks.yaml"
    ) as at:
        yield at.rstrip("/")


@pytest.fixture(scope="module")
def hostile_address(hostile_file: Path, screenshots: Any) -> Iterator[str]:
    with screenshots.serving(hostile_file) as at:
        yield at.rstrip("/")


@pytest.fixture(scope="module")
def screenshots() -> Any:
    """The module that makes the pictures, whose server is used here too."""
    spec = importlib.util.spec_from_file_location("screenshots", Path(__file__).with_name("screenshots.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def opening(browser: Any) -> Iterator[Any]:
    """Opens a page; notes what it asked for and what it complained of."""
    contexts: list[Any] = []

    def start(**options: Any) -> Any:
        context = browser.new_context(**({"viewport": WIDE, "java_script_enabled": False} | options))
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        return page

    yield start
    for context in contexts:
        context.close()


def test_from_an_alert_to_its_proof_and_back_to_the_situation(opening: Any, address: str) -> None:
    page = opening()
    page.goto(f"{address}/developments/2")
    page.click("dl >> text=Brunnick offers Saal a summit")
    assert page.url.endswith("/articles/1")
    assert page.text_content("main mark") == "Brunnick and Saal will meet on Thursday."
    page.fill("#find", "summit")
    page.press("#find", "Enter")
    assert page.url.endswith("/search?q=summit")
    page.click("aside >> text=/Brunnick/")
    assert "situation=brunnick-saal-meeting" in page.url
    page.click("ol.hits a")
    page.click("text=What was read in it >> xpath=.. >> a >> nth=0")
    assert page.url.endswith(SITUATION)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_sticks_out_on_a_phone_or_a_small_screen(opening: Any, address: str, place: str) -> None:
    page = opening(viewport=PHONE, java_script_enabled=True)
    page.goto(f"{address}{place}")
    for width in (PHONE["width"], 740, 800, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), width


def test_the_dark_scheme_is_dark(opening: Any, address: str) -> None:
    colours = []
    for scheme in ("light", "dark"):
        page = opening(color_scheme=scheme, java_script_enabled=True)
        page.goto(f"{address}/now")
        colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_the_keyboard_reaches_the_content_first(opening: Any, address: str) -> None:
    page = opening(java_script_enabled=True)
    page.goto(f"{address}/now")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert page.url != f"{address}/now"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_serious(opening: Any, address: str, place: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    page = opening(color_scheme=scheme, java_script_enabled=True, bypass_csp=True)
    page.goto(f"{address}{place}")
    found = axe.Axe().run(page).response["violations"]
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_hostile_archive_runs_nothing_and_asks_nobody(opening: Any, hostile_address: str) -> None:
    page = opening(java_script_enabled=True)
    for place in HOSTILE:
        page.goto(f"{hostile_address}{place}")
    assert [url for url in page.asked if not url.startswith(f"{hostile_address}/")] == []
    assert page.complaints == []


def test_pages_break_no_rule_of_their_own(opening: Any, address: str) -> None:
    page = opening(java_script_enabled=True)
    for place in PLACES:
        page.goto(f"{address}{place}")
    assert page.complaints == []


def test_a_development_is_marked_and_alerts_kept_back_by_keyboard(
    opening: Any, filling: Any, tmp_path: Path, screenshots: Any
) -> None:
    path = tmp_path / "wirewatch.db"
    filling(path)
    monitor = screenshots.ROOT / "tests/monitors_for_tests/glacier-talks.yaml"
    with screenshots.serving(path, "--monitor", monitor, "--allow-actions") as at:
        page = opening(viewport=PHONE)
        page.goto(f"{at}developments/2")
        page.fill("form.marking >> nth=0 >> input[name=comment]", "a look back")
        page.press("form.marking >> nth=0 >> input[name=comment]", "Enter")
        assert page.url == f"{at}developments/2"
        assert "wrong, says a reader of the pages: a look back" in page.text_content("p.correction")
        page.select_option("select[name=into]", "1")
        page.fill("form.marking >> nth=1 >> input[name=comment]", "the same offer")
        page.press("form.marking >> nth=1 >> input[name=comment]", "Enter")
        assert "merged into another development" in page.text_content("p.correction")
        page.goto(f"{at.rstrip('/')}{SITUATION}")
        page.fill("form.inline input[name=comment]", "a rehearsal")
        page.press("form.inline input[name=comment]", "Enter")
        assert "kept back until" in page.text_content("p.notice")
        assert page.complaints == []
