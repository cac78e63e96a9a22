"""Another topic is another monitor file: the code knows none. Docstrings and comments may take examples from it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(path for room in ("monitors", "flows") for path in (ROOT / room).rglob("*.py"))
TOPIC = re.compile(
    r"Korea\b|\bKim\b|Trump|\bMoon\b|Pyongyang|Seoul|Jong[ -]Un|DPRK|USFK|Panmunjom|Yonhap|"
    r"북한|김정은|트럼프|평양|남북|한미|북미|北朝鮮|金正恩|トランプ|米朝|朝鲜|特朗普",
    re.IGNORECASE,
)
ALLOWED = frozenset({"us-korea.yaml", "Asia/Seoul"})
"""The shipped file's name, and the time zone in which the Korean language is mostly written."""


def spoken(code: str) -> Iterator[tuple[int, str]]:
    """Names and strings of `code` with their lines, without docstrings."""
    tree = ast.parse(code)
    remarks = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_no_code_names_the_shipped_topic(path: Path) -> None:
    found = [
        f"{line}: {text}"
        for line, text in spoken(path.read_text(encoding="utf-8"))
        if text not in ALLOWED and TOPIC.search(text.replace("_", " "))
    ]
    assert found == []


def test_the_check_sees_strings_and_names_and_passes_over_docstrings() -> None:
    code = 'def kim_score():\n    """Kim."""\n    return "Trump" + x\n'
    assert [text for _, text in spoken(code) if TOPIC.search(text.replace("_", " "))] == ["kim_score", "Trump"]
