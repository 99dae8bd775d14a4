"""`foureyes doctor` where something is broken: each gap is a line with its fix, and the rest is still looked at."""

import shutil
import socket
from pathlib import Path

import pytest
from cli_world import Person, Ran, one_clear_sentence

GOOD, LESS, BAD = "\N{CHECK MARK}", "\N{WHITE CIRCLE}", "\N{MULTIPLICATION X}"


def line(ran: Ran, label: str) -> str:
    """What stands behind a label, lines that follow it included, on one line."""
    rows = ran.out.splitlines()
    at = next(number for number, row in enumerate(rows) if row[2:].startswith(label))
    end = next((n for n in range(at + 1, len(rows)) if rows[n][0] != " "), len(rows))
    return " ".join(" ".join(rows[at:end]).split())


def test_without_git_everything_else_is_still_looked_at(installed: Person, tmp_path: Path) -> None:
    ran = installed("doctor", PATH=str(tmp_path))
    assert ran.code == 1
    assert line(ran, "git").startswith(f"{BAD} git git 2.31 or newer is needed and was not found")
    assert line(ran, "Cache").startswith(GOOD)
    assert line(ran, "Model").startswith(LESS)


def test_without_a_sandbox_what_stays_off_is_said_and_it_is_no_defect(installed: Person, tmp_path: Path) -> None:
    (tmp_path / "git").symlink_to(shutil.which("git") or "git")
    ran = installed("doctor", PATH=str(tmp_path))
    assert ran.code == 0
    assert line(ran, "Sandbox").startswith(f"{LESS} Sandbox none: ")
    assert line(ran, "Sandbox").endswith("tools that run the repository's code stay off")


@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null/x"])
def test_a_cache_that_can_not_be_written_names_the_variable(foureyes: Person, place: str) -> None:
    ran = foureyes("doctor", FOUREYES_CACHE_DIR=place)
    assert ran.code == 1
    assert line(ran, "Cache").startswith(f"{BAD} Cache {place}: ")
    assert line(ran, "Cache").endswith("Set FOUREYES_CACHE_DIR.")


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("anthropic:claude-sonnet-5", "needs a key: set ANTHROPIC_API_KEY"),
        ("openai:gpt-5", "needs a key: set OPENAI_API_KEY"),
        ("compatible:x", "has no address: set FOUREYES_MODEL_URL"),
    ],
)
def test_a_model_that_can_not_be_opened_says_what_to_set(foureyes: Person, model: str, said: str) -> None:
    ran = foureyes("doctor", FOUREYES_MODEL=model)
    assert ran.code == 1
    assert line(ran, "Model").startswith(f"{BAD} Model {model}")
    assert said in line(ran, "Model")


def test_a_server_of_ones_own_needs_no_key(foureyes: Person) -> None:
    ran = foureyes("doctor", FOUREYES_MODEL="ollama:qwen3")
    assert ran.code == 0
    assert line(ran, "Model") == f"{GOOD} Model ollama:qwen3, no key is needed"


def test_each_fallback_is_looked_at_too(foureyes: Person) -> None:
    ran = foureyes("doctor", FOUREYES_MODEL="ollama:qwen3", FOUREYES_FALLBACK_MODELS="vllm:a, openai:gpt-5")
    assert ran.code == 1
    assert f"{GOOD} Fallback   vllm:a, no key is needed\n" in ran.out
    assert f"{BAD} Fallback   openai:gpt-5: needs a key: set OPENAI_API_KEY\n" in ran.out


def test_keys_without_a_model_are_named_by_provider(foureyes: Person) -> None:
    ran = foureyes("doctor", ANTHROPIC_API_KEY="sk-very-secret")
    assert line(ran, "Model").endswith("There are keys for anthropic.")
    assert "sk-very-secret" not in ran.out


def test_models_that_are_switched_off_are_not_looked_at(foureyes: Person) -> None:
    ran = foureyes("doctor", FOUREYES_MODEL="openai:gpt-5", FOUREYES_NO_MODEL="1")
    assert ran.code == 0
    assert "none is set" in line(ran, "Model")


def test_nothing_is_asked_live_where_there_is_no_model(foureyes: Person) -> None:
    ran = foureyes("doctor", "--live")
    assert ran.code == 0
    assert line(ran, "Live") == f"{LESS} Live there is no model to ask"


def test_a_model_that_can_not_be_opened_is_not_asked_live(foureyes: Person) -> None:
    ran = foureyes("doctor", "--live", FOUREYES_MODEL="openai:gpt-5")
    assert ran.code == 1
    assert "Live" not in ran.out


def test_a_server_that_is_down_is_found_out_live_only(foureyes: Person) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        variables = {"FOUREYES_MODEL": "compatible:x", "FOUREYES_MODEL_URL": address}
        assert foureyes("doctor", **variables).code == 0
        ran = foureyes("doctor", "--live", **variables)
    assert ran.code == 1
    assert line(ran, "Live").startswith(f"{BAD} Live compatible:x: no connection could be made")


def test_a_broken_setting_is_one_clear_sentence(foureyes: Person) -> None:
    assert one_clear_sentence(foureyes("doctor", FOUREYES_MODEL="claude"), 2)


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_doctor_fits_the_terminal(foureyes: Person, tmp_path: Path, columns: str) -> None:
    ran = foureyes("doctor", COLUMNS=columns, FOUREYES_MODEL="openai:gpt-5")
    assert max(map(len, ran.out.splitlines())) <= int(columns)


def test_doctor_needs_no_repository(foureyes: Person, tmp_path: Path) -> None:
    assert foureyes("doctor", where=tmp_path).code == 0
