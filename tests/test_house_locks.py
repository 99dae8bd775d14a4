"""The locks: the same bytes for everyone, from wherever they get them (docs/decisions/0004)."""

import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
LOCKS = sorted((TOP / "requirements").glob("*.lock"))
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())


def normal(requirement: str) -> str:
    """`Name[extra]==1.0` as a lock writes it: without extras, lower case, dashes."""
    name, _, version = re.sub(r"\[.*\]", "", requirement).partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def pins(lock: str) -> set[str]:
    text = (TOP / "requirements" / lock).read_text()
    return set(re.findall(r"^([a-z0-9._-]+==[^ ;\\]+)", text, re.MULTILINE))


def test_there_are_five_locks() -> None:
    assert [path.name for path in LOCKS] == ["build.lock", "core.lock", "dev.lock", "full.lock", "installer.lock"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_place_that_packages_come_from(path: Path) -> None:
    text = path.read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)
    assert not re.search(r"(^|\s)/\w+/", text)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_requirement_has_hashes(path: Path) -> None:
    entries = re.split(r"^(?=[a-z0-9])", path.read_text(), flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_product_is_locked_as_the_project_pins_it() -> None:
    assert {normal(one) for one in PROJECT["project"]["dependencies"]} <= pins("core.lock")


def test_the_tools_of_development_are_locked_as_the_project_pins_them() -> None:
    asked = [one for one in PROJECT["dependency-groups"]["dev"] if isinstance(one, str)]
    assert {normal(one) for one in asked} <= pins("dev.lock")


def test_what_is_tested_is_what_is_shipped() -> None:
    assert pins("core.lock") <= pins("full.lock")
    assert pins("core.lock") <= pins("dev.lock")
    assert pins("installer.lock") <= pins("dev.lock")


def test_the_build_backend_is_locked_too() -> None:
    assert set(PROJECT["build-system"]["requires"]) <= pins("build.lock")
    assert pins("build.lock") <= pins("dev.lock")


def test_every_direct_dependency_is_pinned_exactly() -> None:
    project = PROJECT["project"]
    extras = [one for several in project["optional-dependencies"].values() for one in several]
    groups = [one for several in PROJECT["dependency-groups"].values() for one in several if isinstance(one, str)]
    assert [one for one in project["dependencies"] + extras + groups if "==" not in one] == []
