"""Pictures of every page over the demo's archive, for docs/screenshots: `python tests/browse/screenshots.py [FOLDER]`.

Needs Chromium (Debian's, found by its name) and Playwright.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser


ROOT = Path(__file__).parents[2]
PAGES = {
    "now": "now",
    "situation": "situations/us-korea/trump-kim-meeting",
    "developments": "developments",
    "development": "developments/5",
    "article": "articles/5",
    "search": "search?q=summit",
    "calendar": "calendar",
    "sources": "sources",
    "alerts": "alerts",
    "runs": "runs",
}
LOOKS = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (420, "light")}
"""Width in pixels and colour scheme."""
HEIGHT = 900
SHIPPED = {("now", "dark"), ("now", "phone"), ("situation", "phone")}
"""What is shown in the docs beside every page in light."""


def main(folder: Path, *, everything: bool) -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as place:
        archive = Path(place) / "wirewatch.db"
        _wirewatch("demo", "--seconds", "5", "--archive", archive)
        with serving(archive) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            for look in LOOKS:
                _shoot(browser, address, folder, look, everything=everything)
            browser.close()


def _shoot(browser: Browser, address: str, folder: Path, look: str, *, everything: bool) -> None:
    width, scheme = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    for name, path in PAGES.items():
        if everything or look == "light" or (name, look) in SHIPPED:
            page.goto(f"{address}{path}")
            page.screenshot(path=folder / f"{name}-{look}.png")
    context.close()


@contextmanager
def serving(archive: Path, *options: object) -> Iterator[str]:
    """The address of a server over the archive while it runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "monitors.cli", "browse", "--port", "0", "--archive", str(archive), *map(str, options)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            raise SystemExit(line + process.stderr.read())
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def _wirewatch(*arguments: object) -> None:
    subprocess.run(
        [sys.executable, "-m", "monitors.cli", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--all"]
    target = Path(given[0]) if given else ROOT / "docs" / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    main(target, everything="--all" in sys.argv)
