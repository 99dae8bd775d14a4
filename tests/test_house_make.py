"""The Makefile and its scripts: they explain themselves, and bad ground gets a sentence."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
MAKEFILE = (TOP / "Makefile").read_text()


def make(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def git(*arguments: str, cwd: Path) -> None:
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What installing needs, in a path with a space, without a .venv."""
    folder = tmp_path / "a checkout"
    shutil.copytree(TOP / "tools", folder / "tools")
    shutil.copytree(TOP / "requirements", folder / "requirements")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(TOP / name, folder / name)
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "a repository"
    folder.mkdir()
    git("init", "-q", cwd=folder)
    return folder


def commit(folder: Path, count: int) -> None:
    for number in range(count):
        git("commit", "-q", "--allow-empty", "-m", f"commit {number}", cwd=folder)


def review_last_commits(folder: Path, foureyes: Path) -> subprocess.CompletedProcess[str]:
    script = TOP / "tools/review_last_commits.sh"
    return subprocess.run(["sh", script, foureyes], cwd=folder, capture_output=True, text=True, check=False)


def test_make_alone_lists_the_commands() -> None:
    listed = make(cwd=TOP).stdout
    assert set(re.findall(r"^make (\w+) ", listed, re.MULTILINE)) >= {"run", "test", "check", "fix", "bench", "help"}


def test_every_command_says_what_it_does() -> None:
    commands = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[1].split())
    assert commands == set(re.findall(r"^(\w+):.*## ", MAKEFILE, re.MULTILINE))


def test_a_python_that_is_too_old_gets_a_sentence(checkout: Path) -> None:
    program(checkout / "old-python", '[ "$1" = -V ] && echo Python 3.10.2; exit 1')
    result = make("install", "PYTHON=./old-python", cwd=checkout)
    assert "Foureyes needs Python 3.11 or newer, and ./old-python is Python 3.10.2" in result.stderr
    assert result.returncode != 0
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_missing_gets_a_sentence(checkout: Path) -> None:
    result = make("install", "PYTHON=python-nobody-has", cwd=checkout)
    assert "there is no python-nobody-has here" in result.stderr
    assert result.returncode != 0


def test_a_python_without_venv_gets_a_sentence(checkout: Path) -> None:
    program(checkout / "bare-python", '[ "$1" = -m ] && exit 1; exit 0')
    result = make("install", "PYTHON=./bare-python", cwd=checkout)
    assert "apt-get install python3-venv" in result.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("commits", "asked"),
    [(1, "review HEAD"), (2, "review HEAD~1..HEAD"), (3, "review HEAD~2..HEAD"), (9, "review HEAD~3..HEAD")],
)
def test_the_last_commits_are_reviewed_or_as_many_as_there_are(repository: Path, commits: int, asked: str) -> None:
    commit(repository, commits)
    result = review_last_commits(repository, program(repository / "foureyes", 'echo "asked: $*"'))
    assert f"asked: {asked}\n" in result.stdout


def test_a_shallow_clone_is_reviewed_as_deep_as_it_goes(repository: Path, tmp_path: Path) -> None:
    commit(repository, 5)
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth=2", repository.as_uri(), str(shallow), cwd=tmp_path)
    result = review_last_commits(shallow, program(shallow / "foureyes", 'echo "asked: $*"'))
    assert "asked: review HEAD~1..HEAD\n" in result.stdout


def test_a_shallow_clone_of_one_commit_has_its_files_reviewed(repository: Path, tmp_path: Path) -> None:
    commit(repository, 2)
    shallow = tmp_path / "shallow"
    git("clone", "-q", "--depth=1", repository.as_uri(), str(shallow), cwd=tmp_path)
    result = review_last_commits(shallow, program(shallow / "foureyes", 'echo "asked: $*"'))
    assert "asked: review .\n" in result.stdout


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (1, 0), (2, 2), (3, 3)])
def test_findings_do_not_fail_make_and_everything_else_does(repository: Path, code: int, seen: int) -> None:
    commit(repository, 1)
    assert review_last_commits(repository, program(repository / "foureyes", f"exit {code}")).returncode == seen


def test_a_folder_without_commits_gets_a_sentence(repository: Path) -> None:
    result = review_last_commits(repository, repository / "foureyes")
    assert "no commit here to review" in result.stderr
    assert result.returncode == 2


def test_the_scripts_are_fit_for_any_shell() -> None:
    scripts = [TOP / ".ci/run", *sorted((TOP / "tools").glob("*.sh"))]
    shellcheck = Path(sysconfig.get_path("scripts")) / "shellcheck"
    result = subprocess.run([shellcheck, "--norc", *scripts], capture_output=True, text=True, check=False)
    assert result.stdout == ""
