"""Fixtures of the command line: a person, and a repository to stand in."""

import os
from pathlib import Path

import pytest
from cli_world import Person, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without commits."""
    path = tmp_path / "project"
    path.mkdir()
    made = Repository(path)
    made.git("init", "--quiet")
    return made


@pytest.fixture
def foureyes(repository: Repository) -> Person:
    """The program, run inside the repository; byte code is kept, or each start would compile it all again."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return Person(repository.path, kept)
