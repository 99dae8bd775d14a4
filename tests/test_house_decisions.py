"""Decisions that bind: what docs/decisions/ ruled out is not among the dependencies, and every page has its parts."""

import json
import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
DECISIONS = sorted((TOP / "docs/decisions").glob("[0-9]*.md"))
RULED_OUT = {
    "0001": {"pymongo", "motor", "beanie", "mongoengine", "couchdb", "pika", "aio-pika", "kombu", "celery"},
    "0002": {"celery", "dramatiq", "taskiq", "taskiq-redis", "rq", "arq", "huey", "procrastinate"},
    "0006": {"pygit2", "gitpython", "dulwich"},
    "0007": {"litellm"},
}
CLIENT_FRAMEWORKS = {"react", "react-dom", "vue", "svelte", "@angular/core", "solid-js", "preact", "next", "nuxt"}


def locked_names() -> set[str]:
    text = "\n".join(path.read_text() for path in (TOP / "requirements").glob("*.lock"))
    return set(re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE))


@pytest.mark.parametrize("decision", sorted(RULED_OUT))
def test_nothing_is_installed_that_a_decision_ruled_out(decision: str) -> None:
    assert not locked_names() & RULED_OUT[decision]


def test_no_page_is_drawn_by_a_client_side_framework() -> None:
    packages = TOP.glob("web/package.json")
    asked = {name for path in packages for name in json.loads(path.read_text()).get("dependencies", {})}
    assert not asked & CLIENT_FRAMEWORKS


def test_the_import_floors_that_decisions_name_are_there() -> None:
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = "\n".join(path.read_text() for path in DECISIONS)
    quoted = set(re.findall(r'`import-linter` \("([^"]+)"', named))
    assert quoted
    assert quoted <= {contract["name"] for contract in contracts}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_one_line_to_quote_and_says_what_enforces_it(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]}: ")
    assert len(re.findall(r"^> ", text, re.MULTILINE)) == 1
    assert text.partition("## What enforces it")[2].strip()
    assert len(text.splitlines()) <= 80


def test_the_index_lists_every_decision() -> None:
    index = (TOP / "docs/decisions/README.md").read_text()
    assert [path.name for path in DECISIONS] == re.findall(r"\]\((0[^)]+\.md)\)", index)
