"""The README's commands, run as they stand: a person types them, and they do what is said beside them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from foureyes.cli.verbs import VERBS
from server_processes import Server, running

TOP = Path(__file__).parents[1]
README = (TOP / "README.md").read_text()
API = (TOP / "docs/api.md").read_text()
SCRIPT = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def typed(blocks: list[str], server: Server, folder: Path) -> str:
    """What the commands print, typed one after the other into one shell."""
    script = "\n".join(["set -euo pipefail", *blocks])
    script = script.replace("localhost:8000", f"localhost:{server.port}").replace(
        ".venv/bin/python", shlex.quote(sys.executable)
    )
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{server.said()[-3000:]}"
    return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running("serve", tmp_path) as started:
        assert started.get("/readyz")[0] == 200
        yield started


def test_a_file_is_reviewed_as_the_readme_says(server: Server, tmp_path: Path) -> None:
    blocks = SCRIPT.findall(section(README, "Have a file reviewed"))
    assert len(blocks) == 4
    printed = typed(blocks, server, tmp_path)
    assert '"operator":true' in printed.replace(" ", "")
    assert "A value is put into the text of an SQL statement" in printed
    assert "'status': 'completed'" in printed


def test_the_page_about_the_api_can_be_typed_too(server: Server, tmp_path: Path) -> None:
    first, _, third, *_ = SCRIPT.findall(section(README, "Have a file reviewed"))
    ask, read = SCRIPT.findall(section(README, "Have a file reviewed"))[1:3]
    printed = typed([first, ask, read, *SCRIPT.findall(API)], server, tmp_path)
    assert third == read
    assert '"secret":"fe_' in printed.replace(" ", "")
    assert "problem+json" not in printed
    assert '"code":' not in re.sub(r'"error":\{"code":', "", printed.replace(" ", ""))


@pytest.mark.parametrize("line", re.findall(r"^foureyes .*", README, re.MULTILINE))
def test_every_command_begins_with_a_verb_that_there_is(line: str) -> None:
    assert re.split(r"[ ,]+", line)[1] in VERBS


def test_every_make_target_of_the_readme_is_there() -> None:
    targets = set(re.findall(r"^(\w+):.*## ", (TOP / "Makefile").read_text(), re.MULTILINE))
    asked = set(re.findall(r"\bmake (\w+)", README))
    assert {"run", "test"} <= asked
    assert asked <= targets
