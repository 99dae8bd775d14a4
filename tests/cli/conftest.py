"""Fixtures of the command line: a person, and a repository to stand in."""

from pathlib import Path

import pytest
from cli_world import Inside, Installed, Person, Repository


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
    """The program, run inside the repository and inside this process."""
    return Inside(repository.path)


@pytest.fixture
def installed(repository: Repository) -> Person:
    """The installed program, run inside the repository in a process of its own."""
    return Installed(repository.path)
