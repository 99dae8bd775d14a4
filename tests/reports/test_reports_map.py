"""A map of a repository in its forms: for people, for a page, for a drawing program."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from report_samples import HOSTILE_NAME, HOSTILE_TEXT
from rich.cells import cell_len

from foureyes.engine.architecture.values import (
    Architecture,
    Arrow,
    Cycle,
    Dependency,
    HotFunction,
    Hotspot,
    LargeFile,
    Observation,
    Place,
    Room,
)
from foureyes.engine.reports.map_graph import write_dot, write_mermaid
from foureyes.engine.reports.map_markdown import write_map_markdown
from foureyes.engine.reports.map_terminal import write_map_terminal
from foureyes.engine.values import Notice

UP = Arrow("engine", "cli", 2, (Place("engine/run.py", 3), Place("engine/go.py", 9)), up=True)
MAP = Architecture(
    files=12,
    lines=3400,
    languages={"python": 3000, "bash": 400},
    rooms=(Room("cli", 4, 900, 80, 1, 1, 1), Room("engine", 8, 2500, 300, 1, 1, 0)),
    arrows=(UP, Arrow("cli", "engine", 14, (Place("cli/main.py", 1),))),
    file_cycles=(
        Cycle(("a.py", "b.py"), (Dependency(Place("a.py", 1), "b.py"), Dependency(Place("b.py", 2), "a.py"))),
    ),
    room_cycles=(),
    hot_functions=(HotFunction(Place("engine/run.py", 30), "review", 80, 24),),
    hotspots=tuple(Hotspot(f"engine/{number}.py", 9, 40, 500) for number in range(12)),
    large_files=(LargeFile("engine/run.py", 1200),),
    imports=60,
    imports_inside=40,
    commits=120,
    notices=(Notice("aside", "3 files vendored or generated: left out."),),
)
CLEAN = replace(MAP, arrows=(MAP.arrows[1],), file_cycles=())
EMPTY = Architecture(0, 0, {}, (), (), (), (), (), (), (), 0, 0)
HOSTILE = replace(
    MAP,
    rooms=(Room(HOSTILE_NAME, 1, 1, 1, 0, 0, 0),),
    arrows=(Arrow(HOSTILE_NAME, HOSTILE_NAME, 1, (Place(HOSTILE_NAME, 1),), up=True),),
    observations=(Observation(HOSTILE_TEXT, HOSTILE_TEXT, (Place(HOSTILE_NAME, 1),)),),
    notices=(Notice("x", HOSTILE_TEXT),),
)


def test_the_first_line_says_how_it_stands() -> None:
    first = write_map_terminal(MAP).splitlines()[0]
    assert first == "◆ 2 rooms on 2 floors; 1 arrow between rooms back up, 1 cycle of files."
    assert write_map_terminal(CLEAN).startswith("✓ 2 rooms on 2 floors, and no import runs back up.")
    assert "There is no code here to map." in write_map_terminal(EMPTY)


def test_every_statement_names_its_place() -> None:
    shown = write_map_terminal(MAP)
    assert "engine → cli  2 imports: engine/run.py:3, engine/go.py:9" in shown
    assert "a.py → b.py → a.py  a.py:1, b.py:2" in shown
    assert "engine/run.py:30 review  24 in 80 lines" in shown


def test_long_lists_are_cut_and_counted() -> None:
    shown = write_map_terminal(MAP)
    assert shown.count(" 9 \N{MULTIPLICATION SIGN} 40") == 8
    assert "and 4 more in --format json" in shown


def test_it_says_that_no_model_was_asked() -> None:
    assert "No model was asked: this is what the imports say." in write_map_terminal(MAP)


def test_what_a_model_observed_is_shown_with_its_citations() -> None:
    judged = replace(
        MAP, model="anthropic:claude", observations=(Observation("Engine knows the cli", "Why.", UP.evidence),)
    )
    shown = write_map_terminal(judged)
    assert "Engine knows the cli\n  Why.\n  See engine/run.py:3, engine/go.py:9" in shown
    assert "anthropic:claude · $0.00" in shown


def test_hostile_names_stay_text_in_the_terminal() -> None:
    lines = write_map_terminal(HOSTILE).splitlines()
    assert not any("\x1b" in line or line.lstrip().startswith("::") for line in lines)
    assert max(map(cell_len, lines)) <= 80


def test_the_page_holds_a_drawing_and_the_lists() -> None:
    page = write_map_markdown(MAP)
    assert "```mermaid\nflowchart TD\n" in page
    assert "- `engine` uses `cli`, 2 imports: engine/run.py:3, engine/go.py:9" in page
    assert "- `a.py → b.py → a.py`" in page


def test_hostile_names_do_nothing_on_the_page() -> None:
    page = write_map_markdown(HOSTILE)
    assert "<img" not in page
    assert not [line for line in page.splitlines() if line.startswith(("/", "@", "::"))]


def test_mermaid_draws_arrows_back_up_thick_and_names_as_text() -> None:
    assert "r1 == 2 ==> r0" in write_mermaid(MAP)
    assert "r0 -- 14 --> r1" in write_mermaid(MAP)
    assert all(sign not in write_mermaid(HOSTILE).split("\n")[1] for sign in ("`", "(http", "@"))


def test_dot_names_every_room_and_arrow() -> None:
    dot = write_dot(MAP)
    assert '"engine" -> "cli" [label="2", color=red, constraint=false];' in dot
    assert dot.startswith("digraph architecture {")


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_takes_it() -> None:
    subprocess.run(["dot", "-Tsvg"], input=write_dot(HOSTILE).encode(), check=True, capture_output=True)
