"""The domain library imports no Prefect, and nothing of the flows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import monitors
names = [m.name for m in pkgutil.walk_packages(monitors.__path__, "monitors.") if not m.name.endswith("__main__")]
for name in names:
    importlib.import_module(name)
print(json.dumps({"imported": names, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def test_no_module_of_the_library_loads_prefect_or_flows() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert len(found["imported"]) > 50
    assert not {"prefect", "flows"} & set(found["loaded"])
