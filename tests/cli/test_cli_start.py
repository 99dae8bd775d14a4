"""The program starts at once, says what it can do, and tells wrong use apart."""

import re
import subprocess
import sys

import pytest
from cli_world import Person

from foureyes import __version__
from foureyes.cli.verbs import VERBS

HEAVY = {
    "pydantic", "pydantic_ai", "openai", "anthropic", "ast_grep_py", "rich", "httpx2", "genai_prices", "fastapi",
    "sqlalchemy", "docket", "redis", "uvicorn", "alembic", "structlog", "prometheus_client",
}  # fmt: skip
LOOK = """
import sys
from foureyes.cli.main import app
app(["--help"], standalone_mode=False)
print("!", *sys.modules)
"""


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("!")[2].split())
    assert not loaded & HEAVY


def test_help_names_every_verb_and_the_exit_codes(installed: Person) -> None:
    ran = installed("--help")
    assert ran.code == 0
    assert all(re.search(rf"^  {verb} ", ran.out, re.MULTILINE) for verb in VERBS)
    assert "Exit codes: 0 fine, 1 findings" in ran.out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(foureyes: Person, verb: str) -> None:
    ran = foureyes(verb, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: foureyes {verb}")


def test_the_version_is_said(foureyes: Person) -> None:
    assert foureyes("--version").out == f"foureyes {__version__}\n"
    assert foureyes("version").out.startswith(f"foureyes {__version__} (Python ")


@pytest.mark.parametrize("arguments", [["reviw"], ["review", "--floor", "scary"], ["review", "--nonsense"], ["cache"]])
def test_wrong_use_ends_with_two_and_a_hint(foureyes: Person, arguments: list[str]) -> None:
    ran = foureyes(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_mistyped_verb_is_guessed(foureyes: Person) -> None:
    assert "Did you mean 'review'?" in foureyes("reviw").err


def test_completion_of_verbs_works_in_bash(installed: Person) -> None:
    ran = installed(_FOUREYES_COMPLETE="complete_bash", COMP_WORDS="foureyes ex", COMP_CWORD="1")
    assert ran.out.split() == ["explain"]


def test_completion_can_be_printed_for_a_shell(installed: Person) -> None:
    assert "_FOUREYES_COMPLETE" in installed("--show-completion", "bash").out


def test_python_can_run_it_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "foureyes", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"foureyes {__version__}\n"
