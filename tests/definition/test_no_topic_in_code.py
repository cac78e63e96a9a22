"""Another topic is another monitor file: the code knows none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(path for room in ("monitors", "flows") for path in (ROOT / room).rglob("*.py"))
TOPIC = re.compile(
    r"Korea|\bKim\b|Trump|\bMoon\b|Pyongyang|Seoul|Jong[ -]Un|DPRK|USFK|Panmunjom|Yonhap|"
    r"북한|김정은|트럼프|평양|남북|한미|북미|北朝鮮|金正恩|トランプ|米朝|朝鲜|特朗普",
    re.IGNORECASE,
)
LANGUAGE_NAMES = re.compile(r"\bKorean(?:,| and| or|:|\.| text| headlines?| dates?| time| year| month| day| titles?)")


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_no_code_names_the_shipped_topic(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(lines, 1)
        if TOPIC.search(LANGUAGE_NAMES.sub("", line))
    ]
    assert found == []
