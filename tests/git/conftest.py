"""An empty repository for each test that asks for one."""

from pathlib import Path

import pytest
from git_places import Place, new_place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return new_place(tmp_path / "place")
