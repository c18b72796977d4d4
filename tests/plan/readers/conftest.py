from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def fonts(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("fonts")


@pytest.fixture(scope="session")
def plan_2017() -> Path:
    return ROOT / "examples" / "mia-ird-2017" / "plan.txt"


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"
